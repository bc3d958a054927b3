/*
 * The serial memory of one user's document or of an index: the highest serial that was accepted, and its text's hash.
 *
 *   ka1 serial serial=N sha512=HEX at=SEC LF             at: when it was accepted, UTC; for people
 *
 * MUST: remember only what ka_signedcheck() accepted, and only upwards; never take a file that cannot be read for one that
 * is not there.
 */
#ifndef KA_STORE_SERIAL_H
#define KA_STORE_SERIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "store/serialdir.h"
#include "store/signedcheck.h"

enum ka_serial_answer {
	KA_SERIAL_KNOWN,
	KA_SERIAL_MISSING, /* nothing was ever remembered, or it was lost: no attack */
	KA_SERIAL_BROKEN,  /* something is there and says nothing: nobody can tell which serials are too low */
};

/**
 * ka_serial_read() - what is remembered; one open, one fstat, one read
 * @what: the entry's name, KA_SERIALDIR_INDEX (for the revoked list see store/revoked.h)
 * @out:  known is false unless the answer is KA_SERIAL_KNOWN
 *
 * Errors: KA_ERR_SYS; KA_ERR_LIMIT for a name that cannot be.
 */
KA_MUST_CHECK enum ka_err ka_serial_read(const struct ka_serialdir *d, const char *source, const char *what,
					 enum ka_serial_answer *answer, struct ka_serial_memory *out);

/* one accepted document; borrowed */
struct ka_serial_new {
	const char *source, *what;
	uint64_t serial;
	const uint8_t *sha512; /* 64 bytes */
	int64_t now;
};

struct ka_serial_kept {
	enum ka_reason reason; /* KA_REASON_NONE; store.serial-lower, store.serial-reused: another process was faster, and
	                          now this document is too old */
	bool is_first;         /* nothing of this source was known before: to be said, once */
};

/**
 * ka_serial_remember() - raise the memory to this document, when that is higher
 *
 * Nothing is written when the memory has this very document already. Under the lock what is there is read again, so of
 * two processes that accept different documents the higher one stays.
 *
 * Errors: KA_ERR_TIMEOUT, KA_ERR_SYS: it is not remembered, and kept->reason is KA_REASON_NONE: whether the document is
 *         used all the same is the caller's decision (a full disk must not keep everybody out).
 *         KA_ERR_SYNTAX: what is there is broken, and stays.
 */
KA_MUST_CHECK enum ka_err ka_serial_remember(const struct ka_serialdir *d, const struct ka_serial_new *n,
					     struct ka_serial_kept *kept);

/** ka_serial_forget() - an admin's reset of one memory; *was_there says whether there was one */
KA_MUST_CHECK enum ka_err ka_serial_forget(const struct ka_serialdir *d, const char *source, const char *what, bool *was_there);

/**
 * ka_serial_forget_source() - the same for every user of a source, its index, and the note that it was known
 * @count: memories that went
 *
 * The revoked list stays: store/revoked.h forgets its serial and keeps its entries.
 */
KA_MUST_CHECK enum ka_err ka_serial_forget_source(const struct ka_serialdir *d, const char *source, size_t *count);

#endif
