/* Making a file of the trail. It must never replace a file that holds anything, nor leave half a genesis. */
#include "audit/trailnew.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "audit/chain.h"
#include "audit/trailopen.h"
#include "audit/trailscan.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"

#include "base/poison.h"

/* 20260823T101542Z */
static void put_date(struct ka_buf *b, int64_t at_us)
{
	char at[KA_CLOCK_TEXT_MAX];

	ka_clock_text(at_us, at);
	for (const char *p = at; *p != '\0' && *p != '.'; p++)
		if (*p != '-' && *p != ':')
			ka_buf_char(b, *p);
	ka_buf_char(b, 'Z');
}

enum ka_err ka_trailnew_name(int dirfd, const char *name, const char *infix, int64_t at_us, char out[static KA_TRAIL_NAME_MAX])
{
	struct stat st;
	struct ka_buf b;

	for (unsigned i = 1; i <= KA_TRAIL_DATED_MAX; i++) {
		ka_buf_init(&b, out, KA_TRAIL_NAME_MAX);
		ka_buf_text(&b, name);
		ka_buf_text(&b, infix);
		ka_buf_char(&b, '-');
		put_date(&b, at_us);
		if (i > 1) {
			ka_buf_char(&b, '-');
			ka_buf_u64(&b, i);
		}
		if (ka_buf_check(&b) != KA_ERR_OK)
			return KA_ERR_LIMIT;
		if (fstatat(dirfd, out, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
			return KA_ERR_OK;
	}
	return KA_ERR_LIMIT;
}

enum ka_err ka_trailnew_aside(int dirfd, const char *from, const char *to)
{
	struct stat st;

	if (renameat2(dirfd, from, dirfd, to, RENAME_NOREPLACE) == 0)
		return KA_ERR_OK;
	if (errno != EINVAL && errno != ENOSYS)
		return KA_ERR_SYS;
	/* a file system that cannot: under the lock only somebody else's tool could come between */
	if (fstatat(dirfd, to, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return KA_ERR_SYS;
	}
	return renameat(dirfd, from, dirfd, to) == 0 ? KA_ERR_OK : KA_ERR_SYS;
}

/* the number and prev that the genesis has, and the id of its chain */
static void draw_chain(struct ka_trailorigin *o)
{
	uint8_t id[(KA_TRAILSELF_CHAIN - 1) / 2];

	if (o->chain[0] != '\0')
		return;
	randombytes_buf(id, sizeof(id));
	ka_text_hex(id, sizeof(id), o->chain, sizeof(o->chain));
	(void)ka_span_copy(ka_span_of(KA_CHAIN_ZEROS), o->hash, sizeof(o->hash));
}

/* @open: KA_TRAILSELF_MAX bytes of scratch */
static enum ka_err render(struct ka_trailorigin *o, char *open, struct ka_buf *out)
{
	struct ka_event_host host;
	char hash[KA_CHAIN_HEX];
	struct ka_trailself self = { .host = &host, .at_us = ka_clock_wall_us() };
	struct ka_buf b;

	ka_eventjson_host(&host);
	draw_chain(o);
	self.chain = o->chain;
	self.seq = o->seq + 1;
	ka_buf_init(&b, open, KA_TRAILSELF_MAX);
	ka_trailself_genesis(&self, o, &b);
	if (b.overflow || !ka_chain_put(out, ka_buf_as_span(&b), self.seq, o->hash, hash))
		return KA_ERR_LIMIT;
	return ka_buf_check(out);
}

static enum ka_err write_whole(int fd, struct ka_span line, bool *full)
{
	ssize_t put;

	do
		put = write(fd, line.p, line.len);
	while (put < 0 && errno == EINTR);
	if (put < 0 && !ka_trailopen_is_full(errno))
		return KA_ERR_SYS;
	*full = put != (ssize_t)line.len;
	if (*full)
		return KA_ERR_OK;
	return fdatasync(fd) == 0 || errno == EINVAL || errno == EROFS ? KA_ERR_OK : KA_ERR_SYS;
}

/* Into @name's place, where only an empty file may be. */
static enum ka_err settle(int dirfd, const char *from, const char *name)
{
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) && st.st_size == 0)
		return renameat(dirfd, from, dirfd, name) == 0 ? KA_ERR_OK : KA_ERR_SYS;
	return ka_trailnew_aside(dirfd, from, name);
}

enum ka_err ka_trailnew_make(int dirfd, const char *name, struct ka_trailorigin *origin, char *block, bool *full)
{
	KA_AUTOCLOSE int fd = -1;
	char half[KA_TRAIL_NAME_MAX];
	struct ka_buf b, text;
	enum ka_err err;

	*full = false;
	ka_buf_init_array(&b, half);
	ka_buf_char(&b, '.');
	ka_buf_text(&b, name);
	ka_buf_text(&b, ".new");
	ka_buf_init(&text, block, KA_TRAILSELF_MAX);
	err = render(origin, block + KA_TRAILSELF_MAX, &text);
	if (err == KA_ERR_OK)
		err = ka_buf_check(&b);
	if (err == KA_ERR_OK)
		err = ka_trailopen_new(dirfd, half, &fd);
	if (err == KA_ERR_SYS && ka_trailopen_is_full(errno)) {
		*full = true; /* not even a name */
		return KA_ERR_OK;
	}
	if (err != KA_ERR_OK)
		return err;
	err = write_whole(fd, ka_buf_as_span(&text), full);
	if (err == KA_ERR_OK && !*full)
		err = settle(dirfd, half, name);
	if (err != KA_ERR_OK || *full)
		(void)unlinkat(dirfd, half, 0);
	return err;
}
