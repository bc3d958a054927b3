/* Whole files of a tool: read with a limit, written under another name and renamed. */
#ifndef KA_PLAINFILE_H
#define KA_PLAINFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/cursor.h"
#include "base/err.h"

enum ka_plainfile_answer {
	KA_PLAINFILE_READ,
	KA_PLAINFILE_ABSENT,
	KA_PLAINFILE_CLOSED,     /* permission denied */
	KA_PLAINFILE_NO_REGULAR, /* a directory, a link, a fifo ... */
	KA_PLAINFILE_TOO_LARGE,
	KA_PLAINFILE_FAILED,     /* the system could not: errno */
};

/**
 * ka_plainfile_read() - read a regular file to its end
 * @bytes: with a NUL behind it; the caller's to free(), NULL unless KA_PLAINFILE_READ
 * @st:    of the opened file; may be NULL
 *
 * A link as the last component is followed only with @follow.
 */
enum ka_plainfile_answer ka_plainfile_read(int dir, const char *name, bool follow, size_t max, char **bytes, size_t *len, struct stat *st);

/** ka_plainfile_text() - what an answer means, for people; NULL for KA_PLAINFILE_READ */
const char *ka_plainfile_text(enum ka_plainfile_answer a);

/** ka_plainfile_write() - make a file that is not there yet, exactly with this mode. Errors: KA_ERR_SYS; nothing is left behind */
KA_MUST_CHECK enum ka_err ka_plainfile_write(int dir, const char *name, struct ka_span bytes, mode_t mode, bool sync);

#endif
