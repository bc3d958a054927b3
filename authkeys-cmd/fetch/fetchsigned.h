/*
 * What the fetcher looks at in a signed document, so that rubbish never replaces a good copy. Nobody relies on it: the
 * command verifies every document again on every use, with a serial memory that the fetcher cannot reach.
 */
#ifndef KA_FETCHSIGNED_H
#define KA_FETCHSIGNED_H

#include "authkeys-cmd/fetch/fetchask.h"

/**
 * ka_fetchsigned_check() - may this body take the place of the entry that lies in the cache?
 * @have: that entry, or NULL; a document with a lower serial does not replace it
 *
 * Answers: KA_REASON_NONE; else the reason of docs/store-protocol.md; conf.invalid or conf.unsafe when the signer file cannot
 * be used; internal.error.
 */
enum ka_reason ka_fetchsigned_check(const struct ka_fetchask *ask, struct ka_span body, const struct ka_entry *have, int64_t now);

/**
 * ka_fetchsigned_index() - the users of the verified index that lies in @cache
 *
 * Answers: false when there is none that can be believed, or one of its lines is none: who was not taken is not absent.
 */
bool ka_fetchsigned_index(const char *cache, const struct ka_conf_source *s, int64_t now, void (*take)(void *ctx, struct ka_span user), void *ctx);

/** ka_fetchsigned_index_lacks() - a verified index lies in @cache, and the user stands in no line of it */
bool ka_fetchsigned_index_lacks(const char *cache, const struct ka_conf_source *s, int64_t now, const char *user);

#endif
