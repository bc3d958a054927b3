/* Keys go out one by one, answers come back at the end. It must never take a missing answer for "alone". */
#include "keyaudit/vet/vetshared.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/childpipe.h"
#include "base/fd.h"
#include "judge/vetask.h"
#include "key/keyb64.h"
#include "verdict/sharedanswer.h"

#include "base/poison.h"

static void close_one(int *fd)
{
	if (*fd > 0)
		close(*fd);
	*fd = 0;
}

static void end(struct ka_vetshared *s)
{
	close_one(&s->to);
	close_one(&s->from);
	if (s->pid > 0)
		ka_childpipe_stop(s->pid);
	s->pid = 0;
}

static bool start(struct ka_vetshared *s)
{
	const char *argv[] = { s->program != NULL ? s->program : ka_vetask_program(s->path, sizeof(s->path)), "--shared", NULL };
	int ends[2];
	enum ka_err err;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	err = ka_childpipe_start(argv, ends[0], &s->pid, &s->from);
	close(ends[0]);
	s->to = ends[1];
	return err == KA_ERR_OK;
}

/* it reads all before it writes, so this never waits for a reader of its answers */
static void send_line(struct ka_vetshared *s, struct ka_span line)
{
	if (!s->is_broken && s->pid == 0)
		s->is_broken = !start(s);
	while (!s->is_broken && line.len > 0) {
		ssize_t n = ka_fd_write_quietly(s->to, line.p, line.len);

		if (n > 0)
			line = ka_span_sub(line, (size_t)n, line.len);
		else if (n == 0 || errno != EINTR)
			s->is_broken = true;
	}
}

static enum ka_err grow(struct ka_vetshared *s)
{
	size_t room = s->room == 0 ? 64 : 2 * s->room;
	struct ka_vetshared_key *keys;

	if (s->count < s->room)
		return KA_ERR_OK;
	keys = realloc(s->keys, room * sizeof(*keys));
	if (keys == NULL)
		return KA_ERR_NOMEM;
	s->keys = keys;
	s->room = room;
	return KA_ERR_OK;
}

enum ka_err ka_vetshared_put(struct ka_vetshared *s, struct ka_span blob, struct ka_span account, const struct ka_vetshared_key *key)
{
	struct ka_buf b;
	enum ka_err err = grow(s);

	if (err != KA_ERR_OK)
		return err;
	if (s->count == KA_GCD_LINES_MAX) {
		s->undecided++;
		return KA_ERR_OK;
	}
	if (s->count == 1)
		send_line(s, ka_span_of(s->line));
	ka_buf_init_array(&b, s->line);
	ka_keyb64_encode(&b, blob);
	ka_buf_char(&b, '\n');
	if (s->count > 0)
		send_line(s, ka_buf_as_span(&b));
	s->keys[s->count] = *key;
	s->keys[s->count].account = account.len > 0 ? strndup((const char *)account.p, account.len) : NULL;
	if (account.len > 0 && s->keys[s->count].account == NULL)
		return KA_ERR_NOMEM;
	s->count++;
	return KA_ERR_OK;
}

/* one line of its, without the newline, borrowed until the next one */
static bool next_line(struct ka_vetshared *s, size_t *used, struct ka_span *line)
{
	memmove(s->answers, s->answers + *used, s->have - *used);
	s->have -= *used;
	for (;;) {
		struct ka_span text = { (const uint8_t *)s->answers, s->have };
		struct pollfd p = { .fd = s->from, .events = POLLIN };
		size_t n = ka_span_find(text, '\n');
		ssize_t got;

		if (n < text.len) {
			*line = ka_span_sub(text, 0, n);
			*used = n + 1;
			return true;
		}
		if (s->have == sizeof(s->answers) || poll(&p, 1, KA_VET_SHARED_QUIET_MS) == 0)
			return false;
		got = read(s->from, s->answers + s->have, sizeof(s->answers) - s->have);
		if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
			return false;
		s->have += got > 0 ? (size_t)got : 0;
	}
}

static enum ka_err hear(struct ka_vetshared *s, ka_vetshared_found *found, ka_vetshared_told *told, void *ctx)
{
	enum ka_err err = KA_ERR_OK;
	size_t heard = 0, used = 0;
	struct ka_sharedanswer a;
	struct ka_span line;

	while (err == KA_ERR_OK && heard < s->count && next_line(s, &used, &line) && ka_sharedanswer_parse(line, &a)) {
		if (a.word == KA_SHAREDANSWER_STEP) {
			told(ctx, a.a, a.b);
			continue;
		}
		if (a.a > s->count || a.a == heard + 1)
			break;
		if (a.word == KA_SHAREDANSWER_SHARED) {
			s->found++;
			err = found(ctx, &s->keys[heard], a.a > 0 ? &s->keys[a.a - 1] : NULL);
		}
		s->undecided += a.word == KA_SHAREDANSWER_UNJUDGED;
		heard++;
	}
	if (err == KA_ERR_OK)
		s->undecided += s->count - heard;
	return err;
}

enum ka_err ka_vetshared_finish(struct ka_vetshared *s, ka_vetshared_found *found, ka_vetshared_told *told, void *ctx)
{
	if (s->count < 2)
		return KA_ERR_OK;
	if (s->is_broken) {
		s->undecided += s->count;
		return KA_ERR_OK;
	}
	close_one(&s->to);
	return hear(s, found, told, ctx);
}

void ka_vetshared_free(struct ka_vetshared *s)
{
	end(s);
	for (size_t i = 0; i < s->count; i++)
		free(s->keys[i].account);
	free(s->keys);
	s->keys = NULL;
	s->count = s->room = 0;
}
