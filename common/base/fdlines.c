/* A window that moves over a file. It must never hand on half a line as if it were one. */
#include "base/fdlines.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"

#include "base/poison.h"

struct window {
	char *p;
	size_t size, len; /* @p's bytes; those that hold something */
	size_t seen;      /* of the file */
};

/* The file's next bytes behind what is there. */
static ssize_t fill(struct window *w, int fd)
{
	ssize_t got;

	do
		got = read(fd, w->p + w->len, w->size - w->len);
	while (got < 0 && errno == EINTR);
	if (got > 0) {
		w->len += (size_t)got;
		w->seen += (size_t)got;
	}
	return got;
}

/* Hand on what has a newline; the rest goes to the front. */
static void hand_on(struct window *w, ka_fdlines_take *take, void *ctx)
{
	const char *last = memrchr(w->p, '\n', w->len);
	size_t n = last != NULL ? (size_t)(last - w->p) + 1 : 0;

	if (n == 0)
		return;
	take(ctx, (struct ka_span){ (const uint8_t *)w->p, n });
	w->len -= n;
	memmove(w->p, w->p + n, w->len);
}

static enum ka_err widen(struct window *w)
{
	char *wider = realloc(w->p, w->size * 2);

	if (wider == NULL)
		return KA_ERR_NOMEM;
	w->p = wider;
	w->size *= 2;
	return KA_ERR_OK;
}

static enum ka_err each(struct window *w, int fd, size_t max, off_t size, ka_fdlines_take *take, void *ctx)
{
	for (;;) {
		ssize_t got = fill(w, fd);

		if (got < 0)
			return KA_ERR_SYS;
		if (w->seen > max)
			return KA_ERR_LIMIT;
		/* a file that gives its size, when it was asked for a byte more, has been read to its end */
		if (got == 0 || ((off_t)w->seen == size && w->len < w->size))
			break;
		hand_on(w, take, ctx);
		if (w->len == w->size && widen(w) != KA_ERR_OK)
			return KA_ERR_NOMEM;
	}
	if (w->len > 0)
		take(ctx, (struct ka_span){ (const uint8_t *)w->p, w->len });
	return KA_ERR_OK;
}

enum ka_err ka_fdlines_each(int fd, size_t max, ka_fdlines_take *take, void *ctx)
{
	struct window w = { .size = KA_FDLINES_ROOM };
	struct stat st;
	enum ka_err err;

	if (fstat(fd, &st) < 0)
		return KA_ERR_SYS;
	if (st.st_size > 0 && (uint64_t)st.st_size > max)
		return KA_ERR_LIMIT;
	if (st.st_size > 0 && st.st_size < KA_FDLINES_ROOM)
		w.size = (size_t)st.st_size + 1;
	w.p = malloc(w.size);
	if (w.p == NULL)
		return KA_ERR_NOMEM;
	err = each(&w, fd, max, st.st_size, take, ctx);
	free(w.p);
	return err;
}
