/* What a source is asked with, as far as the answer depends on it: a change of it voids what the cache holds. Pure. */
#ifndef KA_STORE_QUESTION_H
#define KA_STORE_QUESTION_H

#include "conf/conf.h"
#include "store/entry.h"

/** ka_question_hash() - for `url` of a cache entry; @urls: the source's url, or index_url, revoked_url for those lists */
void ka_question_hash(const struct ka_conf_source *s, const char *urls, char out[static KA_ENTRY_HEX]);

/* the lists of a source are asked for and cached like users of these names; no user's name begins with a colon */
#define KA_QUESTION_REVOKED ":revoked"
#define KA_QUESTION_INDEX ":index"

/** ka_question_has_fp() - whether the offered key (%f or %k) is part of the question, and so its fingerprint of the entry's name */
bool ka_question_has_fp(const struct ka_conf_source *s);

/** ka_question_has_key() - whether it is asked with the key itself (%k) */
bool ka_question_has_key(const struct ka_conf_source *s);

#endif
