/*
 * Writing behind the chain's end. MUST: one write(2) for whatever belongs together; never truncate; never write behind
 * a fragment without saying what it is.
 */
#include "audit/trailwrite.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "audit/chain.h"
#include "audit/trailnew.h"
#include "audit/trailopen.h"
#include "audit/trailorigin.h"
#include "audit/trailscan.h"
#include "base/clock.h"

#include "base/poison.h"

static enum ka_err put_bytes(const struct ka_trailwrite *w, const char *bytes, size_t len, bool *full)
{
	ssize_t put;

	do
		put = write(w->fd, bytes, len);
	while (put < 0 && errno == EINTR);
	if (put < 0 && !ka_trailopen_is_full(errno))
		return KA_ERR_SYS;
	*full = put != (ssize_t)len;
	if (!*full && w->is_synced && fdatasync(w->fd) != 0)
		return KA_ERR_SYS;
	return KA_ERR_OK;
}

/* what the file with the descriptor of @w was, under the name that it has now */
static enum ka_err set_aside(const struct ka_trailwrite *w, struct ka_trailorigin *was)
{
	char name[KA_TRAIL_NAME_MAX];
	bool is_chained = ka_trailorigin_read(w->fd, was);
	enum ka_err err = ka_trailnew_name(w->dirfd, w->name, is_chained ? "-damaged" : "-unchained", ka_clock_wall_us(), name);

	if (err == KA_ERR_OK)
		err = ka_trailorigin_behind(w->fd, name, w->block, was);
	return err == KA_ERR_OK ? ka_trailnew_aside(w->dirfd, w->name, name) : err;
}

static void forget(struct ka_trailwrite *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

/* There is no trail to write into, or none with a chain's end: make one. */
static enum ka_err make(const struct ka_trailwrite *w, bool *full)
{
	struct ka_trailorigin origin;
	enum ka_err err = ka_trailopen_floor(w->dirfd, w->min_free_mib, full);

	if (err != KA_ERR_OK || *full)
		return err;
	err = w->fd >= 0 ? set_aside(w, &origin) : ka_trailorigin_youngest(w->dirfd, w->name, w->block, &origin);
	return err == KA_ERR_OK ? ka_trailnew_make(w->dirfd, w->name, &origin, w->block, full) : err;
}

enum ka_err ka_trailwrite_open(struct ka_trailwrite *w, bool *full)
{
	*full = false;
	for (int tries = 0; tries < KA_TRAIL_REOPEN_MAX && !*full; tries++) {
		enum ka_err err;

		forget(w);
		err = ka_trailopen_file(w->dirfd, w->name, &w->fd);
		if (err == KA_ERR_OK && w->fd >= 0)
			err = ka_trailhead_read(w->fd, w->block, &w->head);
		if (err == KA_ERR_OK && w->fd >= 0 && w->head.is_found)
			return w->head.is_unended ? put_bytes(w, "\n", 1, full) : KA_ERR_OK;
		if (err == KA_ERR_OK)
			err = make(w, full);
		if (err != KA_ERR_OK && !(err == KA_ERR_SYS && errno == EEXIST))
			return err;
	}
	return *full ? KA_ERR_OK : ka_trailopen_refused();
}

/* the newline that the fragment lacks, and the record of it */
static enum ka_err put_recovery(const struct ka_trailwrite *w, struct ka_trailhead *at, struct ka_buf *out)
{
	struct ka_event_host host;
	struct ka_trailorigin origin;
	struct ka_trailself self = { .host = &host, .chain = origin.chain, .seq = at->seq + 1, .at_us = ka_clock_wall_us() };
	char *open = w->block + KA_TRAILSCAN_BLOCK - KA_TRAILSELF_MAX; /* the far end of what @out writes into */
	struct ka_buf b;

	ka_eventjson_host(&host);
	if (!ka_trailorigin_read(w->fd, &origin))
		memset(origin.chain, '0', sizeof(origin.chain) - 1); /* its first line is damaged: somebody will ask about that */
	if (!at->fragment.is_ended)
		ka_buf_char(out, '\n');
	ka_buf_init(&b, open, KA_TRAILSELF_MAX);
	ka_trailself_recovery(&self, &at->fragment, &b);
	if (b.overflow || !ka_chain_put(out, ka_buf_as_span(&b), self.seq, at->hash, at->hash))
		return KA_ERR_LIMIT;
	at->seq++;
	at->fragment = (struct ka_trailfragment){ .is_there = false };
	return KA_ERR_OK;
}

enum ka_err ka_trailwrite_line(struct ka_trailwrite *w, struct ka_span line, bool *full)
{
	struct ka_trailhead next = w->head;
	struct ka_buf b;
	enum ka_err err = KA_ERR_OK;

	ka_buf_init(&b, w->block, KA_TRAILSCAN_BLOCK - KA_TRAILSELF_MAX);
	if (next.fragment.is_there)
		err = put_recovery(w, &next, &b);
	if (err == KA_ERR_OK && !ka_chain_put(&b, line, next.seq + 1, next.hash, next.hash))
		err = KA_ERR_SYNTAX;
	if (err == KA_ERR_OK)
		err = ka_buf_check(&b);
	if (err == KA_ERR_OK)
		err = put_bytes(w, b.p, b.len, full);
	if (err != KA_ERR_OK || *full)
		return err;
	next.seq++;
	next.is_unended = next.is_rotate = false;
	w->head = next;
	return KA_ERR_OK;
}
