/* The reader: one block, lines as spans into it. It must never judge what it reads. */
#include "keyaudit/verify/verifyread.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"

#include "base/poison.h"

struct block {
	char *p;
	size_t begin, end;
	int64_t at, size; /* how far the file has been read, and how far it is */
};

static enum ka_err fill(int fd, struct block *b, bool *more)
{
	size_t want;
	ssize_t got;

	memmove(b->p, b->p + b->begin, b->end - b->begin);
	b->end -= b->begin;
	b->begin = 0;
	want = KA_VERIFY_BLOCK - b->end;
	if ((int64_t)want > b->size - b->at)
		want = (size_t)(b->size - b->at);
	do
		got = pread(fd, b->p + b->end, want, (off_t)b->at);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return KA_ERR_SYS;
	b->end += (size_t)got;
	b->at += got;
	*more = got > 0;
	return KA_ERR_OK;
}

/* Give out the complete lines of the block; false when enough was seen. */
static bool give(struct block *b, ka_verifyread_line *each, void *ctx)
{
	for (;;) {
		struct ka_span rest = { (const uint8_t *)b->p + b->begin, b->end - b->begin };
		size_t n = ka_span_find(rest, '\n');

		if (n == rest.len)
			return true;
		b->begin += n + 1;
		if (!each(ctx, ka_span_sub(rest, 0, n), true))
			return false;
	}
}

static enum ka_err read_all(int fd, struct block *b, struct ka_progress *bar, ka_verifyread_line *each, void *ctx)
{
	bool more = true;

	for (;;) {
		enum ka_err err = fill(fd, b, &more);

		if (err != KA_ERR_OK)
			return err;
		if (more && !give(b, each, ctx))
			return KA_ERR_OK;
		if (bar != NULL)
			ka_progress_done(bar, (size_t)(b->at / 1024));
		if (more && b->end - b->begin < KA_VERIFY_BLOCK)
			continue;
		/* no newline: the last line, or a piece of one that is far too long */
		if (b->end > b->begin && !each(ctx, (struct ka_span){ (const uint8_t *)b->p + b->begin, b->end - b->begin }, false))
			return KA_ERR_OK;
		b->begin = b->end;
		if (!more)
			return KA_ERR_OK;
	}
}

enum ka_err ka_verifyread(const char *path, struct ka_progress *bar, ka_verifyread_line *each, void *ctx)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	KA_AUTOFREE char *room = malloc(KA_VERIFY_BLOCK);
	struct block b = { .p = room };
	struct stat st;

	if (room == NULL)
		return KA_ERR_NOMEM;
	if (fd < 0 || fstat(fd, &st) < 0)
		return KA_ERR_SYS;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return KA_ERR_SYS;
	}
	b.size = st.st_size;
	if (bar != NULL)
		ka_progress_stage(bar, "KiB", (size_t)(st.st_size / 1024));
	return read_all(fd, &b, bar, each, ctx);
}
