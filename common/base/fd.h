/* Descriptors: whole reads and writes with limits. EINTR is handled here and nowhere else. */
#ifndef KA_BASE_FD_H
#define KA_BASE_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/**
 * ka_fd_read_all() - read to the end of the file, at most @size bytes
 * @len: bytes read
 *
 * Errors: KA_ERR_LIMIT when there is more than @size; KA_ERR_SYS.
 */
KA_MUST_CHECK enum ka_err ka_fd_read_all(int fd, void *bytes, size_t size, size_t *len);

/**
 * ka_fd_slurp() - read to the end into memory of its own
 * @max: limit in bytes; one NUL is added behind the data
 *
 * Errors: KA_ERR_LIMIT, KA_ERR_NOMEM, KA_ERR_SYS. Owns: *out is the caller's to free().
 */
KA_MUST_CHECK enum ka_err ka_fd_slurp(int fd, size_t max, char **out, size_t *len);

/** ka_fd_write_all() - every byte, or KA_ERR_SYS */
KA_MUST_CHECK enum ka_err ka_fd_write_all(int fd, const void *bytes, size_t len);

/**
 * ka_fd_write_quietly() - write(2) to a pipe whose reader may be gone, without the SIGPIPE that this raises
 *
 * Answers: as write(2); EPIPE when nobody reads. The signal's action and mask, and one that was pending before, stay as they were.
 */
ssize_t ka_fd_write_quietly(int fd, const void *bytes, size_t len);

/**
 * ka_fd_wait() - wait until poll(2) sees one of @events, or the other end's end, at most until ka_clock_boot_ms() is @until_ms
 *
 * Answers: false when nothing came in time, or the descriptor cannot be waited for. What is ready already is seen after the time too.
 */
bool ka_fd_wait(int fd, short events, int64_t until_ms);

/** ka_fd_read_deadline() - read until newline, end or @size-1 bytes, at most @ms milliseconds; NUL-terminated */
KA_MUST_CHECK enum ka_err ka_fd_read_deadline(int fd, char *out, size_t size, int ms, size_t *len);

/**
 * ka_fd_lock() - flock(2) for one holder alone, waited for at most @ms; closing the descriptor (all its copies) gives it back
 *
 * Errors: KA_ERR_TIMEOUT - somebody else held it all the time; KA_ERR_SYS.
 */
KA_MUST_CHECK enum ka_err ka_fd_lock(int fd, int ms);

/** ka_fd_is_shortage() - an errno that says that we lacked a descriptor or memory, and nothing about what was to be opened */
bool ka_fd_is_shortage(int errnum);

/** ka_fd_reserve_std() - make sure that 0, 1 and 2 are open (on /dev/null), so that no file of ours takes their place */
KA_MUST_CHECK enum ka_err ka_fd_reserve_std(void);

#endif
