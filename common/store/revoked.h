/*
 * The accepted revoked list of a source, as it is kept in force on this host: the file SOURCE.revoked of
 * store/serialdir.h. Asked on every look-up; store/revokedkeep.h writes it.
 *
 *   ka1 revoked serial=N sha512=HEX at=SEC expires=SEC count=N LF
 *   HASH LF ...                 43 base64 characters each (a fingerprint without "SHA256:"), in byte order, none twice
 *
 * An entry stays until a list with a higher serial that lacks it is accepted; no missing, older or expired list takes it
 * away. Where a line of the new list could not be read, it may have been any of the old ones, so these stay as well.
 * Behind `expires` the entries hold, but the list is no longer current.
 *
 * MUST: never take a file that cannot be read for an empty one.
 */
#ifndef KA_STORE_REVOKED_H
#define KA_STORE_REVOKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "store/revokedlist.h"
#include "store/serialdir.h"
#include "store/signedcheck.h"

enum ka_revoked_state {
	KA_REVOKED_OPEN,
	KA_REVOKED_MISSING, /* no list was ever accepted */
	KA_REVOKED_BROKEN,  /* there is something, and it cannot be read */
};

/* an open list; about 3 KiB, of which a short list touches little */
struct ka_revoked {
	enum ka_revoked_state state;
	int fd; /* -1 when everything is in bytes */
	struct ka_serial_memory memory;
	int64_t expires;
	size_t count, head; /* entries, and the bytes in front of them */
	size_t len;
	uint8_t bytes[KA_REVOKED_READ_MAX];
};

/**
 * ka_revoked_open() - one open, one fstat, one read
 *
 * A list that is longer than KA_REVOKED_READ_MAX stays open and is searched where it lies.
 *
 * Errors: KA_ERR_SYS, KA_ERR_LIMIT (a name that cannot be): the state is KA_REVOKED_BROKEN. Owns: ka_revoked_close().
 */
KA_MUST_CHECK enum ka_err ka_revoked_open(const struct ka_serialdir *d, const char *source, struct ka_revoked *out);
void ka_revoked_close(struct ka_revoked *r);

/**
 * ka_revoked_judge() - is the key with this fingerprint revoked?
 * @fp: "SHA256:..." of the plain key
 *
 * At most KA_REVOKED_STEPS_MAX reads.
 *
 * Answers: KA_REASON_NONE; revoked.store; store.cache-invalid - nobody can tell, so the key must not be served.
 */
enum ka_reason ka_revoked_judge(const struct ka_revoked *r, const char *fp);

/** ka_revoked_currency() - KA_REASON_NONE while the list is current; store.revoked-stale when it has expired or there is none */
enum ka_reason ka_revoked_currency(const struct ka_revoked *r, int64_t now);

/* one entry as it stands in the file: the hash and its LF */
#define KA_REVOKED_ENTRY_LEN (KA_REVOKEDLIST_HASH_LEN + 1)

/** ka_revoked_entries() - all entries as they stand in the file, @r->count of them. Errors: KA_ERR_SYS, KA_ERR_SYNTAX */
KA_MUST_CHECK enum ka_err ka_revoked_entries(const struct ka_revoked *r, uint8_t *out);

/** ka_revoked_head() - append the first line; serial 0 stands for a list whose serial was forgotten */
void ka_revoked_head(struct ka_buf *out, const struct ka_serial_memory *memory, int64_t at, int64_t expires, size_t count);

#endif
