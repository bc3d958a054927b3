/* The last intact line, from the end backwards. It must never take a line at its word: only its hash makes it one. */
#include "audit/trailhead.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/trailscan.h"
#include "base/limits.h"

#include "base/poison.h"

static bool take_line(struct ka_span line, struct ka_trailhead *out)
{
	static const char rotate[] = "\"action\":\"trail-rotate\"";
	struct ka_chain_link link;

	if (line.len >= KA_EVENT_LINE_MAX || !ka_chain_parse(line, &link) || !ka_chain_is_intact(line, &link))
		return false;
	out->is_found = true;
	out->seq = link.seq;
	memcpy(out->hash, link.hash, sizeof(out->hash));
	out->is_rotate = memmem(line.p, line.len, rotate, sizeof(rotate) - 1) != NULL;
	return true;
}

static void take_fragment(struct ka_span behind, struct ka_trailfragment *f)
{
	if (behind.len == 0)
		return;
	f->is_there = true;
	f->is_ended = behind.p[behind.len - 1] == '\n';
	f->bytes = behind.len - (f->is_ended ? 1 : 0);
	ka_chain_fragment_hash(ka_span_sub(behind, 0, f->bytes), f->hash);
}

void ka_trailhead_find(struct ka_span tail, bool is_whole, struct ka_trailhead *out)
{
	size_t begin, end = tail.len; /* of a line; its newline, if it has one, stands at @end */

	memset(out, 0, sizeof(*out));
	for (;;) {
		const uint8_t *newline = end > 0 ? memrchr(tail.p, '\n', end) : NULL;

		begin = newline != NULL ? (size_t)(newline - tail.p) + 1 : 0;
		if (begin == 0 && !is_whole)
			return;
		if (take_line(ka_span_sub(tail, begin, end - begin), out))
			break;
		if (begin == 0)
			return;
		end = begin - 1;
	}
	out->is_unended = end == tail.len;
	if (!out->is_unended)
		take_fragment(ka_span_sub(tail, end + 1, tail.len), &out->fragment);
}

static enum ka_err read_tail(int fd, int64_t from, size_t n, char *block, struct ka_span *out)
{
	size_t have = 0;

	while (have < n) {
		ssize_t got = pread(fd, block + have, n - have, (off_t)from + (off_t)have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return KA_ERR_SYS;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	*out = (struct ka_span){ (const uint8_t *)block, have };
	return KA_ERR_OK;
}

enum ka_err ka_trailhead_read(int fd, char *block, struct ka_trailhead *out)
{
	static const size_t sizes[] = { KA_TRAILHEAD_READ_MAX, KA_TRAILSCAN_BLOCK };
	struct stat st;

	memset(out, 0, sizeof(*out));
	if (fstat(fd, &st) < 0)
		return KA_ERR_SYS;
	for (size_t i = 0; i < KA_ARRAY_LEN(sizes) && !out->is_found; i++) {
		size_t n = st.st_size < (off_t)sizes[i] ? (size_t)st.st_size : sizes[i];
		struct ka_span tail;
		enum ka_err err = read_tail(fd, (int64_t)st.st_size - (int64_t)n, n, block, &tail);

		if (err != KA_ERR_OK)
			return err;
		ka_trailhead_find(tail, (off_t)n == st.st_size, out);
		if ((off_t)n == st.st_size)
			break;
	}
	return KA_ERR_OK;
}
