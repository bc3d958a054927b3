/* The list of points. It grows by doubling and is sorted once. */
#include "keyaudit/verify/verifypoint.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

#include "base/poison.h"

static uint8_t digit(char c)
{
	return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* @hex has passed ka_sealline_*(): lower case, exactly as long */
static void from_hex(const char *hex, uint8_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
}

static enum ka_err make_room(struct ka_verifypoints *v)
{
	size_t room = v->room == 0 ? 64 : 2 * v->room;
	struct ka_verifypoint *p;

	if (v->count < v->room)
		return KA_ERR_OK;
	if (v->count >= KA_VERIFY_POINTS_MAX)
		return KA_ERR_LIMIT;
	p = reallocarray(v->p, room, sizeof(*p));
	if (p == NULL)
		return KA_ERR_NOMEM;
	v->p = p;
	v->room = room;
	return KA_ERR_OK;
}

enum ka_err ka_verifypoints_add(struct ka_verifypoints *v, const struct ka_seal *s, bool is_anchor, uint64_t line)
{
	enum ka_err err = make_room(v);
	struct ka_verifypoint *p;

	if (err != KA_ERR_OK)
		return err;
	p = &v->p[v->count++];
	*p = (struct ka_verifypoint){ .seq = s->seq, .epoch = s->epoch, .line = line, .is_anchor = is_anchor };
	from_hex(s->head, p->head, sizeof(p->head));
	from_hex(s->chain, p->chain, sizeof(p->chain));
	if (is_anchor) {
		v->anchors++;
		v->anchored = s->seq > v->anchored ? s->seq : v->anchored;
	}
	return KA_ERR_OK;
}

static int by_number(const void *a, const void *b)
{
	const struct ka_verifypoint *x = a, *y = b;

	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

void ka_verifypoints_sort(struct ka_verifypoints *v)
{
	if (v->count > 1)
		qsort(v->p, v->count, sizeof(*v->p), by_number);
}

void ka_verifypoints_free(struct ka_verifypoints *v)
{
	free(v->p);
	memset(v, 0, sizeof(*v));
}
