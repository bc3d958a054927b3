/* Bytes that come in blocks, given out as whole lines. What is too long is left out whole: its end is not a line. */
#ifndef KA_EARLINES_H
#define KA_EARLINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"

struct ka_earlines {
	uint8_t *p;      /* borrowed */
	size_t size, line_max;
	size_t from, to; /* bytes not given out yet */
	bool is_long;    /* in the middle of a line that is too long */
	uint64_t done;   /* offset in the stream behind the last whole line */
	uint64_t at;     /* offset of p[from] */
};

/** ka_earlines_init() - @size must be more than @line_max by as much as is to be read at once; both lie in the caller's storage */
void ka_earlines_init(struct ka_earlines *l, void *storage, size_t size, size_t line_max);

/** ka_earlines_begin() - forget what was not given out; the next byte has the offset @at, where a line begins */
void ka_earlines_begin(struct ka_earlines *l, uint64_t at);

/** ka_earlines_room() - where bytes may be put, @n of them; never 0. What was given out last is no longer valid */
uint8_t *ka_earlines_room(struct ka_earlines *l, size_t *n);

/** ka_earlines_add() - so many were put there */
void ka_earlines_add(struct ka_earlines *l, size_t n);

/** ka_earlines_next() - the next whole line, without its newline; false when there is none yet. A half line waits for its end */
bool ka_earlines_next(struct ka_earlines *l, struct ka_span *line);

/** ka_earlines_end() - offset behind all bytes that were put in */
uint64_t ka_earlines_end(const struct ka_earlines *l);

#endif
