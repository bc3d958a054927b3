/* Addresses out of sshd's log. Lines are hostile: users choose names, and local users write syslog files. */
#include "keyaudit/logaddr.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/spawn.h"
#include "base/text.h"

#include "base/poison.h"


static bool take_address(struct ka_span word, char out[static 64])
{
	uint8_t raw[16];

	return ka_span_copy(word, out, 64) && (inet_pton(AF_INET, out, raw) == 1 || inet_pton(AF_INET6, out, raw) == 1);
}

bool ka_logaddr_message(struct ka_span message, struct ka_witness *out)
{
	static const char *const shape[] = { "Connection", "from", NULL, "port", NULL, "on", NULL, "port", NULL };
	struct ka_span word[KA_ARRAY_LEN(shape)], rest = message;
	uint64_t cport, sport;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < KA_ARRAY_LEN(shape); i++)
		if (!ka_text_word(&rest, &word[i]) || (shape[i] != NULL && !ka_span_is(word[i], shape[i])))
			return false;
	rest = ka_text_trim(rest);
	if (rest.len > 0 && !ka_span_starts(rest, "rdomain \"")) /* 8.0 and later add the routing domain */
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

bool ka_logaddr_syslog_line(struct ka_span line, pid_t m, struct ka_witness *out)
{
	static const char *const idents[] = { " sshd[", " sshd-session[" };

	for (size_t i = 0; i < KA_ARRAY_LEN(idents); i++) {
		const uint8_t *hit = line.len > 0 ? memmem(line.p, line.len, idents[i], strlen(idents[i])) : NULL;
		struct ka_span rest;
		size_t close_at;
		uint64_t pid;

		/* the ident stands behind time and host; further right it is somebody's text */
		if (hit == NULL || (size_t)(hit - line.p) > 128)
			continue;
		rest = ka_span_sub(line, (size_t)(hit - line.p) + strlen(idents[i]), line.len);
		close_at = ka_span_find(rest, ']');
		if (!ka_text_to_u64(ka_span_sub(rest, 0, close_at), INT32_MAX, &pid) || pid != (uint64_t)m)
			continue;
		rest = ka_span_sub(rest, close_at, rest.len);
		if (ka_span_starts(rest, "]: "))
			return ka_logaddr_message(ka_span_sub(rest, 3, rest.len), out);
	}
	return false;
}

static bool two(struct ka_span s, size_t at, int *out)
{
	uint64_t v;

	if (s.len < at + 2 || !ka_text_is_digit(s.p[at]) || !ka_text_is_digit(s.p[at + 1]))
		return false;
	v = (uint64_t)(s.p[at] - '0') * 10 + (uint64_t)(s.p[at + 1] - '0');
	*out = (int)v;
	return true;
}

int64_t ka_logaddr_time(struct ka_span line)
{
	int century, year, month, day, hour, min, sec, zh = 0, zm = 0, sign;
	size_t zone = 19;

	if (line.len < 20 || line.p[4] != '-' || line.p[7] != '-' || line.p[10] != 'T' || line.p[13] != ':' || line.p[16] != ':' ||
	    !two(line, 0, &century) || !two(line, 2, &year) || !two(line, 5, &month) || !two(line, 8, &day) ||
	    !two(line, 11, &hour) || !two(line, 14, &min) || !two(line, 17, &sec) || month < 1 || month > 12)
		return 0;
	while (zone < line.len && (line.p[zone] == '.' || ka_text_is_digit(line.p[zone])))
		zone++;
	if (zone == line.len || (line.p[zone] != 'Z' && (!two(line, zone + 1, &zh) || !two(line, zone + 4, &zm))))
		return 0;
	sign = line.p[zone] == '-' ? 1 : -1;
	return ka_clock_from_civil(century * 100 + year, month, day, hour, min, sec) + sign * (zh * 3600 + zm * 60);
}

static bool search_file(const char *path, pid_t m, int64_t since_sec, struct ka_witness *out)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	KA_AUTOFREE char *text = NULL;
	struct ka_witness found;
	struct ka_cursor c;
	struct ka_span line;
	struct stat st;
	bool any = false;
	size_t len;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	if (st.st_size > KA_LOG_TAIL_MAX && lseek(fd, st.st_size - KA_LOG_TAIL_MAX, SEEK_SET) < 0)
		return false;
	if (ka_fd_slurp(fd, 2 * KA_LOG_TAIL_MAX, &text, &len) != KA_ERR_OK)
		return false;
	ka_cursor_init(&c, text, len);
	while (ka_cursor_line(&c, &line, NULL))
		if (ka_logaddr_syslog_line(line, m, &found)) {
			int64_t at = ka_logaddr_time(line);

			if (at != 0 && at < since_sec)
				continue; /* another process that had this number */
			*out = found;
			any = true;
			if (at != 0)
				return true; /* M's first line is this one; later ones are of those who have the number after it */
		}
	return any;
}

/* when M began, with a second for the clocks' grain; 0 = unknown */
static int64_t start_of(const struct ka_conn *conn)
{
	int64_t hz = sysconf(_SC_CLK_TCK);

	if (conn->start == 0 || hz <= 0)
		return 0;
	return ka_clock_wall_us() / 1000000 - (ka_clock_boot_ms() - (int64_t)conn->start * 1000 / hz) / 1000 - 1;
}

static bool search_journal(pid_t m, int64_t since_sec, struct ka_witness *out)
{
	char pid[32], since[48];
	const char *argv[] = { "/usr/bin/journalctl", "-o", "json", "-b", "-q", "--no-pager", since, "_UID=0", pid,
			       "SYSLOG_IDENTIFIER=sshd", "SYSLOG_IDENTIFIER=sshd-session", NULL };
	struct ka_spawn what = { .argv = argv, .output_max = KA_JOURNAL_MAX, .deadline_ms = KA_JOURNAL_MS };
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
	ka_buf_i64(&b, since_sec);
	if (ka_spawn_run(&what, &run) != KA_ERR_OK)
		return false;
	ka_cursor_init(&c, run.output, run.len);
	while (!any && ka_cursor_line(&c, &line, NULL)) { /* the first one since then is M's own */
		json_t *object = json_loadb((const char *)line.p, line.len, 0, NULL);
		const char *message = json_string_value(json_object_get(object, "MESSAGE"));
		struct ka_witness found;

		if (message != NULL && ka_logaddr_message(ka_span_of(message), &found)) {
			*out = found;
			any = true;
		}
		json_decref(object);
	}
	free(run.output);
	return any;
}

bool ka_logaddr_find(const struct ka_conf *conf, const struct ka_conn *conn, struct ka_witness *out, bool *verified)
{
	memset(out, 0, sizeof(*out));
	*verified = conf->sshd_log == KA_CONF_LOG_JOURNAL;
	switch (conf->sshd_log) {
	case KA_CONF_LOG_JOURNAL:
		return search_journal(conn->m, start_of(conn), out);
	case KA_CONF_LOG_FILE:
		return search_file(conf->sshd_log_file, conn->m, start_of(conn), out);
	case KA_CONF_LOG_NONE:
		break;
	}
	return false;
}
