/* Addresses out of sshd's log. MUST: give the address of M and of no other process that had or will have its number, or none. */
#include "keyaudit/case/logaddr.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/paths.h"
#include "base/spawn.h"
#include "base/text.h"
#include "keyaudit/ear/logline.h"

#include "base/poison.h"

static bool take_address(struct ka_span word, char out[static 64])
{
	uint8_t raw[16];

	return ka_span_copy(word, out, 64) && (inet_pton(AF_INET, out, raw) == 1 || inet_pton(AF_INET6, out, raw) == 1);
}

/* the routing domain in its quotes (since 8.0), or nothing */
static bool is_end(struct ka_span rest)
{
	static const char before[] = "rdomain \"";

	if (rest.len == 0)
		return true;
	return ka_span_starts(rest, before) && rest.len > strlen(before) &&
	       ka_span_find(ka_span_sub(rest, strlen(before), rest.len), '"') == rest.len - strlen(before) - 1;
}

bool ka_logaddr_read(struct ka_span message, struct ka_witness *out)
{
	static const char *const shape[] = { "Connection", "from", NULL, "port", NULL, "on", NULL, "port", NULL };
	struct ka_span word[KA_ARRAY_LEN(shape)], rest = message;
	uint64_t cport, sport;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < KA_ARRAY_LEN(shape); i++)
		if (!ka_text_word(&rest, &word[i]) || (shape[i] != NULL && !ka_span_is(word[i], shape[i])))
			return false;
	if (!is_end(ka_text_trim(rest)))
		return false;
	if (!take_address(word[2], out->client) || !take_address(word[6], out->server) ||
	    !ka_text_to_u64(word[4], 65535, &cport) || !ka_text_to_u64(word[8], 65535, &sport)) {
		memset(out, 0, sizeof(*out));
		return false;
	}
	out->client_port = (unsigned)cport;
	out->server_port = (unsigned)sport;
	return true;
}

/* when M may have said it */
struct window {
	int64_t from_sec, to_sec;
};

/* M's start on the wall clock, with a second for the clocks' grain; false when it is not known */
static bool window_of(const struct ka_conn *conn, struct window *out)
{
	int64_t hz = sysconf(_SC_CLK_TCK);

	if (conn->start == 0 || hz <= 0)
		return false;
	out->from_sec = ka_clock_wall_us() / 1000000 - (ka_clock_boot_ms() - (int64_t)conn->start * 1000 / hz) / 1000 - 1;
	out->to_sec = out->from_sec + 1 + KA_LOGADDR_LATE_SEC;
	return true;
}

static bool is_same(const struct ka_witness *a, const struct ka_witness *b)
{
	return strcmp(a->client, b->client) == 0 && a->client_port == b->client_port && strcmp(a->server, b->server) == 0 &&
	       a->server_port == b->server_port;
}

static bool search_text(struct ka_cursor *c, pid_t m, const struct window *when, struct ka_witness *out)
{
	int64_t now = ka_clock_wall_us() / 1000000;
	struct ka_witness found;
	struct ka_logline l;
	struct ka_span line;
	bool any = false;

	while (ka_cursor_line(c, &line, NULL)) {
		if (!ka_logline_read(line, now, &l) || l.pid != (uint64_t)m || l.at_sec < when->from_sec || l.at_sec > when->to_sec ||
		    !ka_logaddr_read(l.message, &found))
			continue;
		if (any && !is_same(&found, out)) { /* one of them is forged, and nobody knows which */
			memset(out, 0, sizeof(*out));
			return false;
		}
		*out = found;
		any = true;
	}
	return any;
}

static bool search_file(const char *path, pid_t m, const struct window *when, struct ka_witness *out)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	KA_AUTOFREE char *text = NULL;
	struct ka_cursor c;
	struct ka_span part;
	struct stat st;
	size_t len;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	if (st.st_size > KA_LOG_TAIL_MAX && lseek(fd, st.st_size - KA_LOG_TAIL_MAX, SEEK_SET) < 0)
		return false;
	if (ka_fd_slurp(fd, 2 * KA_LOG_TAIL_MAX, &text, &len) != KA_ERR_OK)
		return false;
	ka_cursor_init(&c, text, len);
	if (st.st_size > KA_LOG_TAIL_MAX && !ka_cursor_line(&c, &part, NULL)) /* the end of somebody's text may look like a line */
		return false;
	return search_text(&c, m, when, out);
}

static bool search_journal(pid_t m, const struct window *when, struct ka_witness *out)
{
	char pid[32], since[48], until[48];
	const char *argv[] = { KA_PATH_JOURNALCTL, "-o", "json", "-b", "-q", "--no-pager", "-p", "info", since, until, "_UID=0", pid,
			       "SYSLOG_IDENTIFIER=sshd", "SYSLOG_IDENTIFIER=sshd-session", NULL };
	struct ka_spawn what = { .argv = argv, .output_max = KA_JOURNAL_MAX, .deadline_ms = KA_JOURNAL_MS, .is_front_enough = true };
	struct ka_spawn_out run;
	struct ka_cursor c;
	struct ka_span line;
	struct ka_buf b;
	bool any = false;

	ka_buf_init_array(&b, pid);
	ka_buf_text(&b, "_PID=");
	ka_buf_i64(&b, m);
	ka_buf_init_array(&b, since);
	ka_buf_text(&b, "--since=@");
	ka_buf_i64(&b, when->from_sec);
	ka_buf_init_array(&b, until);
	ka_buf_text(&b, "--until=@");
	ka_buf_i64(&b, when->to_sec);
	if (ka_spawn_run(&what, &run) != KA_ERR_OK)
		return false;
	ka_cursor_init(&c, run.output, run.len);
	while (!any && ka_cursor_line(&c, &line, NULL)) { /* the first one since then is M's own */
		json_t *object = json_loadb((const char *)line.p, line.len, 0, NULL);
		const char *message = json_string_value(json_object_get(object, "MESSAGE"));

		any = message != NULL && ka_logaddr_read(ka_span_of(message), out);
		json_decref(object);
	}
	free(run.output);
	return any;
}

bool ka_logaddr_find(const struct ka_conf *conf, const struct ka_conn *conn, struct ka_witness *out, bool *verified)
{
	struct window when;

	memset(out, 0, sizeof(*out));
	*verified = conf->sshd_log == KA_CONF_LOG_JOURNAL;
	if (!window_of(conn, &when))
		return false;
	switch (conf->sshd_log) {
	case KA_CONF_LOG_JOURNAL:
		return search_journal(conn->m, &when, out);
	case KA_CONF_LOG_FILE:
		return search_file(conf->sshd_log_file, conn->m, &when, out);
	case KA_CONF_LOG_NONE:
		break;
	}
	return false;
}
