/* Lines out of blocks. MUST: never give out the rest of a line whose beginning was left out. */
#include "keyaudit/ear/earlines.h"

#include <string.h>

#include "base/poison.h"

void ka_earlines_init(struct ka_earlines *l, void *storage, size_t size, size_t line_max)
{
	*l = (struct ka_earlines){ .p = storage, .size = size, .line_max = line_max };
}

void ka_earlines_begin(struct ka_earlines *l, uint64_t at)
{
	l->from = l->to = 0;
	l->is_long = false;
	l->done = l->at = at;
}

uint8_t *ka_earlines_room(struct ka_earlines *l, size_t *n)
{
	memmove(l->p, l->p + l->from, l->to - l->from);
	l->to -= l->from;
	l->from = 0;
	if (l->to > l->line_max) { /* whole lines that nobody asked for are not here: see next() */
		l->is_long = true;
		l->at += l->to;
		l->to = 0;
	}
	*n = l->size - l->to;
	return l->p + l->to;
}

void ka_earlines_add(struct ka_earlines *l, size_t n)
{
	l->to += n;
}

bool ka_earlines_next(struct ka_earlines *l, struct ka_span *line)
{
	for (;;) {
		struct ka_span rest = { l->p + l->from, l->to - l->from };
		size_t len = ka_span_find(rest, '\n');
		bool is_whole = !l->is_long && len <= l->line_max;

		if (len == rest.len)
			return false;
		l->from += len + 1;
		l->at += len + 1;
		l->done = l->at;
		l->is_long = false;
		if (!is_whole)
			continue;
		*line = ka_span_sub(rest, 0, len);
		return true;
	}
}

uint64_t ka_earlines_end(const struct ka_earlines *l)
{
	return l->at + (l->to - l->from);
}
