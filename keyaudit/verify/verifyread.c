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

static enum ka_err fault(const struct ka_trailbytes *bytes)
{
	switch (bytes->fault) {
	case KA_TRAILBYTES_DAMAGED:
		return KA_ERR_SYNTAX;
	case KA_TRAILBYTES_ENDLESS:
		return KA_ERR_LIMIT;
	case KA_TRAILBYTES_NO_GZIP:
		errno = ENOTSUP;
		return KA_ERR_SYS;
	case KA_TRAILBYTES_UNREADABLE:
		errno = EIO;
		return KA_ERR_SYS;
	default:
		return KA_ERR_OK;
	}
}

static enum ka_err fill(struct ka_trailbytes *bytes, struct block *b, bool *more)
{
	size_t want, got;

	memmove(b->p, b->p + b->begin, b->end - b->begin);
	b->end -= b->begin;
	b->begin = 0;
	want = KA_VERIFY_BLOCK - b->end;
	if ((int64_t)want > b->size - b->at)
		want = (size_t)(b->size - b->at);
	got = ka_trailbytes_read(bytes, b->at, b->p + b->end, want);
	b->end += got;
	b->at += (int64_t)got;
	*more = got > 0;
	return fault(bytes);
}

/* how far the file itself has been read */
static size_t kib_done(const struct ka_trailbytes *bytes, const struct block *b)
{
	off_t at = bytes->is_packed ? lseek(bytes->fd, 0, SEEK_CUR) : (off_t)b->at;

	return at > 0 ? (size_t)(at / 1024) : 0;
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

static enum ka_err read_all(struct ka_trailbytes *bytes, struct block *b, struct ka_progress *bar, ka_verifyread_line *each, void *ctx)
{
	bool more = true;

	for (;;) {
		enum ka_err err = fill(bytes, b, &more);

		if (err != KA_ERR_OK)
			return err;
		if (more && !give(b, each, ctx))
			return KA_ERR_OK;
		if (bar != NULL)
			ka_progress_done(bar, kib_done(bytes, b));
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

enum ka_err ka_verifyread_bytes(struct ka_trailbytes *bytes, struct ka_progress *bar, ka_verifyread_line *each, void *ctx)
{
	KA_AUTOFREE char *room = malloc(KA_VERIFY_BLOCK);
	struct block b = { .p = room };
	enum ka_err err;
	struct stat st;

	if (room == NULL)
		return KA_ERR_NOMEM;
	if (fstat(bytes->fd, &st) < 0)
		return KA_ERR_SYS;
	b.size = bytes->is_packed ? INT64_MAX : st.st_size;
	if (bar != NULL)
		ka_progress_stage(bar, "KiB", (size_t)(st.st_size / 1024));
	err = read_all(bytes, &b, bar, each, ctx);
	ka_trailbytes_rest(bytes);
	return err;
}

enum ka_err ka_verifyread(const char *path, struct ka_progress *bar, ka_verifyread_line *each, void *ctx)
{
	struct ka_trailbytes bytes;
	enum ka_err err = ka_trailbytes_open(AT_FDCWD, path, &bytes);

	if (err != KA_ERR_OK)
		return err;
	err = ka_verifyread_bytes(&bytes, bar, each, ctx);
	ka_trailbytes_close(&bytes);
	return err;
}
