/*
 * /var/lib/keyaudit/serials: what is remembered about signed documents, out of the reach of whoever fetches them.
 * One small file for each thing that has a serial:
 *
 *   SOURCE.HEX       the document of one user (store/serial.h); HEX is the name of its cache entry
 *   SOURCE.index     the index (store/serial.h)
 *   SOURCE.revoked   the revoked list with its entries (store/revoked.h)
 *   SOURCE.begun     empty: something of this source has been remembered before
 *
 * MUST: judge descriptors, never names; replace a file whole, synced, or leave it as it was; write only while the lock of
 * the directory is held, after reading again what is there.
 */
#ifndef KA_STORE_SERIALDIR_H
#define KA_STORE_SERIALDIR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/cursor.h"
#include "base/err.h"
#include "base/limits.h"

#define KA_SERIALDIR_REVOKED "revoked"
#define KA_SERIALDIR_INDEX "index"
#define KA_SERIALDIR_BEGUN "begun"

/* an open directory; its owner is who must own the files */
struct ka_serialdir {
	int fd; /* -1: there is none */
	uid_t owner;
};

/**
 * ka_serialdir_open() - open the directory
 * @path: KA_PATH_SERIALS
 *
 * It must be the caller's own, or the caller is root; nobody else may write there. Else errno is EPERM and out->fd is -1,
 * as with every other fault.
 */
KA_MUST_CHECK enum ka_err ka_serialdir_open(const char *path, struct ka_serialdir *out);

/** ka_serialdir_close() - also of one that could not be opened */
void ka_serialdir_close(struct ka_serialdir *d);

/**
 * ka_serialdir_name() - the file of @what of a source
 *
 * Answers: false when one of them cannot be part of a file name here (a source name outside conf's grammar, a slash, a
 *          dot in @what, too long); out is "" then.
 */
bool ka_serialdir_name(const char *source, const char *what, char out[static KA_SERIAL_NAME_MAX]);

/** ka_serialdir_is_of() - is this file name one of that source's? (the source "corp" has nothing of "corp.eu") */
bool ka_serialdir_is_of(const char *name, const char *source);

/**
 * ka_serialdir_file() - open one file for reading
 * @fd:   the descriptor, or -1 when there is none or it is not to be trusted
 * @size: its size
 *
 * Answers: false when there is something that is no regular file of the owner's that only the owner writes: it is not
 *          read, and what it should have said is not known.
 * Errors:  KA_ERR_SYS (not when it does not exist).
 */
KA_MUST_CHECK enum ka_err ka_serialdir_file(const struct ka_serialdir *d, const char *name, int *fd, size_t *size, bool *is_ours);

/** ka_serialdir_bytes() - read exactly @n bytes at @offset. Errors: KA_ERR_SYNTAX when the file has less; KA_ERR_SYS */
KA_MUST_CHECK enum ka_err ka_serialdir_bytes(int fd, size_t offset, void *out, size_t n);

/** ka_serialdir_lock() - nobody else writes until ka_serialdir_unlock(). Errors: KA_ERR_TIMEOUT after KA_SERIAL_LOCK_MS; KA_ERR_SYS */
KA_MUST_CHECK enum ka_err ka_serialdir_lock(const struct ka_serialdir *d);
void ka_serialdir_unlock(const struct ka_serialdir *d);

/** ka_serialdir_replace() - write a file anew: temporary name, fsync, rename, fsync of the directory. The lock must be held */
KA_MUST_CHECK enum ka_err ka_serialdir_replace(const struct ka_serialdir *d, const char *name, struct ka_span bytes);

/**
 * ka_serialdir_begin() - is this the first thing that is remembered of a source? True once, until all of it is reset
 *
 * A memory that was lost is said once and not for every user. Errors of the disk count as "no".
 */
bool ka_serialdir_begin(const struct ka_serialdir *d, const char *source);

#endif
