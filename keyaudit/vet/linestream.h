/* A file of any size, line by line, in constant memory. Longer lines arrive cut, never joined with the next. */
#ifndef KA_LINESTREAM_H
#define KA_LINESTREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/err.h"
#include "base/limits.h"

struct ka_linestream {
	int fd; /* borrowed */
	uint64_t number; /* 1-based, of the line that was returned last */
	size_t at, len;
	bool is_over;
	uint8_t chunk[64 * 1024];
	/* one more than the longest good line with its CR and the account of a dump before it: what is cut is still too long */
	uint8_t line[KA_VET_ACCOUNT_MAX + 1 + KA_LINE_MAX + 2];
};

/** ka_linestream_init() - begin to read @fd */
void ka_linestream_init(struct ka_linestream *s, int fd);

/**
 * ka_linestream_next() - the next line without its newline, borrowed until the next call
 * @more: false when the file has ended; a last line without newline is a line
 *
 * Errors: KA_ERR_SYS.
 */
KA_MUST_CHECK enum ka_err ka_linestream_next(struct ka_linestream *s, struct ka_span *line, bool *more);

#endif
