/*
 * journalctl as a child. MUST: never lose an entry (the next child begins with the last entry that this one gave, and that one is
 * left out), never spin when children die.
 */
#include "keyaudit/ear/earjournal.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/childpipe.h"
#include "base/clock.h"
#include "base/paths.h"
#include "base/spawn.h"

#include "base/poison.h"

#define ARGS 20

void ka_earjournal_begin(struct ka_earjournal *j, bool follow, const char *cursor, int64_t at_us)
{
	*j = (struct ka_earjournal){ .program = KA_PATH_JOURNALCTL, .follow = follow, .fd = -1, .cursor_us = at_us, .pause_ms = KA_EAR_PAUSE_MS };
	if (!ka_span_copy(ka_span_of(cursor), j->cursor, sizeof(j->cursor)))
		j->cursor[0] = '\0';
	ka_earlines_init(&j->lines, j->bytes, sizeof(j->bytes), KA_EAR_JSON_MAX);
}

/* where the child begins: with the last entry that was read and not behind it, for --after-cursor leaves out the next entry too
 * when that one has been vacuumed away */
static void put_start(const struct ka_earjournal *j, char *out, size_t size)
{
	struct ka_buf b;

	ka_buf_init(&b, out, size);
	if (j->cursor[0] != '\0' && !j->is_by_time) {
		ka_buf_text(&b, "--cursor=");
		ka_buf_text(&b, j->cursor);
		return;
	}
	ka_buf_text(&b, "--since=@");
	ka_buf_i64(&b, j->cursor_us / 1000000);
}

/* the next child comes later than this one did */
static void put_off(struct ka_earjournal *j, bool is_good)
{
	j->failures = is_good ? 0 : j->failures + 1;
	j->pause_ms = is_good ? KA_EAR_PAUSE_MS : j->pause_ms;
	j->due_ms = ka_clock_boot_ms() + j->pause_ms;
	if (!is_good)
		j->pause_ms = 2 * j->pause_ms < KA_EAR_PAUSE_MAX_MS ? 2 * j->pause_ms : KA_EAR_PAUSE_MAX_MS;
}

static void start(struct ka_earjournal *j)
{
	char since[KA_EAR_CURSOR_MAX + 16];
	const char *args[ARGS] = { j->program, "-o", "json", "-b", "-q", "--no-pager", "-p", "info",
				   "--output-fields=" KA_EARJSON_FIELDS, since, "_UID=0", "SYSLOG_IDENTIFIER=sshd",
				   "SYSLOG_IDENTIFIER=sshd-session", "SYSLOG_IDENTIFIER=sshd-auth" };

	put_start(j, since, sizeof(since));
	if (j->follow) {
		args[14] = "-f";
		args[15] = "--no-tail";
	}
	j->begun_ms = j->heard_ms = ka_clock_boot_ms();
	j->has_spoken = false;
	j->is_by_cursor = j->cursor[0] != '\0' && !j->is_by_time;
	ka_earlines_begin(&j->lines, 0);
	if (ka_childpipe_start(args, -1, &j->child, &j->fd) != KA_ERR_OK) {
		j->is_ended = !j->follow;
		put_off(j, false);
	}
}

/* the child has closed its output, or is to end */
static void finish(struct ka_earjournal *j, int wait_ms)
{
	bool is_good = j->has_spoken || ka_clock_boot_ms() - j->begun_ms >= KA_EAR_GOOD_MS, is_refused;
	int status;

	close(j->fd);
	j->fd = -1;
	status = ka_spawn_reap(j->child, wait_ms, true);
	j->child = 0;
	/* a cursor that journalctl does not take: from its time on */
	is_refused = j->is_by_cursor && !is_good && WIFEXITED(status) && WEXITSTATUS(status) != 0;
	j->is_by_time |= is_refused;
	j->is_ended = !j->follow && !is_refused;
	put_off(j, is_good || (j->is_ended && WIFEXITED(status) && WEXITSTATUS(status) == 0));
}

/* one read(2); false when there is nothing now */
static bool fill(struct ka_earjournal *j)
{
	size_t room;
	uint8_t *p = ka_earlines_room(&j->lines, &room);
	ssize_t got = read(j->fd, p, room < KA_EAR_BLOCK ? room : KA_EAR_BLOCK);

	if (got > 0) {
		j->heard_ms = ka_clock_boot_ms();
		ka_earlines_add(&j->lines, (size_t)got);
		j->is_idle = false;
		return true;
	}
	j->is_idle = true;
	if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
		if (!j->follow && ka_clock_boot_ms() - j->heard_ms >= KA_EAR_STALL_MS)
			finish(j, 0);
		return false;
	}
	finish(j, KA_EAR_REAP_MS);
	return false;
}

/* of what is in memory */
static bool take(struct ka_earjournal *j)
{
	char last[KA_EAR_CURSOR_MAX];
	struct ka_span line;

	while (ka_earlines_next(&j->lines, &line)) {
		enum ka_earjson_answer answer;

		memcpy(last, j->cursor, sizeof(last));
		answer = ka_earjson_read(line, &j->entry);
		if (answer == KA_EARJSON_BROKEN)
			continue;
		memcpy(j->cursor, j->entry.cursor, sizeof(j->cursor));
		j->cursor_us = j->entry.at_us;
		j->is_by_time = false;
		if (strcmp(last, j->cursor) == 0) /* the one that it began with */
			continue;
		j->has_spoken = true;
		if (answer == KA_EARJSON_LINE)
			return true;
	}
	return false;
}

bool ka_earjournal_next(struct ka_earjournal *j)
{
	if (take(j))
		return true;
	if (j->is_ended)
		return false;
	if (j->child == 0) {
		if (ka_clock_boot_ms() < j->due_ms)
			return false;
		start(j);
	}
	return j->child > 0 && fill(j) && take(j);
}

int ka_earjournal_patience_ms(const struct ka_earjournal *j)
{
	int64_t left = j->due_ms - ka_clock_boot_ms();

	if (!j->is_idle)
		return 0;
	if (j->child > 0 || j->is_ended)
		return KA_EAR_POLL_MS;
	return left < 0 ? 0 : left > KA_EAR_POLL_MS ? KA_EAR_POLL_MS : (int)left;
}

bool ka_earjournal_is_drained(const struct ka_earjournal *j)
{
	return j->is_ended || (j->follow && j->child > 0 && j->is_idle);
}

const char *ka_earjournal_trouble(const struct ka_earjournal *j)
{
	return j->failures > 1 || (j->is_ended && j->failures > 0) ? KA_PATH_JOURNALCTL " cannot be run, or ends at once" : NULL;
}

void ka_earjournal_stop(struct ka_earjournal *j)
{
	if (j->fd >= 0)
		close(j->fd);
	j->fd = -1;
	if (j->child > 0)
		ka_childpipe_stop(j->child);
	j->child = 0;
}
