// SPDX-License-Identifier: ISC
/*
 * syslogcat - the smallest syslog daemon that a test can read back.
 *
 * Binds a datagram socket (usually /dev/log of a throw-away world) and appends each message to a file
 * in the form that rsyslog uses on Debian 12: "TIME HOST ident[pid]: text". A second file, when named,
 * gets "facility.severity ident[pid]: text". Control bytes are written as #ooo, so that one message is
 * always one line. For tests only: it trusts whoever may reach its socket, and it runs until killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define MSG_MAX	 8192
#define LINE_MAX_ (4 * MSG_MAX + 256)

static const char *const facility_names[] = {
	"kern", "user", "mail",	    "daemon", "auth",	"syslog", "lpr",    "news",
	"uucp", "cron", "authpriv", "ftp",    "ntp",	"audit",  "alert",  "clock",
	"local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
};
static const char *const severity_names[] = {
	"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug",
};

/* One received message, cut into its parts; @text points into the caller's buffer. */
struct message {
	unsigned int pri;
	const char *text;
	size_t len;
};

/* Takes "<PRI>" and the optional "Mon dd hh:mm:ss " off the front, and newlines off the end. */
static struct message split(const char *buf, size_t len)
{
	struct message msg = { .pri = 13, .text = buf, .len = len };
	size_t at = 0;

	if (len > 2 && buf[0] == '<') {
		unsigned int pri = 0;

		for (at = 1; at < len && at < 5 && buf[at] >= '0' && buf[at] <= '9'; at++)
			pri = pri * 10 + (unsigned int)(buf[at] - '0');
		if (at > 1 && at < len && buf[at] == '>' && pri < 192) {
			msg.pri = pri;
			at++;
		} else {
			at = 0;
		}
	}
	if (len - at > 16 && buf[at + 3] == ' ' && buf[at + 6] == ' ' && buf[at + 9] == ':' &&
	    buf[at + 12] == ':' && buf[at + 15] == ' ')
		at += 16;
	while (len > at && (buf[len - 1] == '\n' || buf[len - 1] == '\0'))
		len--;
	msg.text = buf + at;
	msg.len = len - at;
	return msg;
}

/* Appends @head, the escaped text and a newline with one write. */
static bool append(int fd, const char *head, const struct message *msg)
{
	static char line[LINE_MAX_];
	size_t n = strlen(head);

	memcpy(line, head, n);
	for (size_t i = 0; i < msg->len; i++) {
		unsigned char c = (unsigned char)msg->text[i];

		if (c < 0x20 || c == 0x7f) {
			line[n++] = '#';
			line[n++] = (char)('0' + (c >> 6));
			line[n++] = (char)('0' + ((c >> 3) & 7));
			line[n++] = (char)('0' + (c & 7));
		} else {
			line[n++] = (char)c;
		}
	}
	line[n++] = '\n';
	return write(fd, line, n) == (ssize_t)n;
}

/* Writes "2025-01-31T23:59:59.123456+00:00 HOST " into @out; always UTC. */
static void stamp(char *out, size_t cap, const char *host)
{
	struct timeval now = { 0 };
	struct tm tm = { 0 };
	char day[32] = "";

	gettimeofday(&now, NULL);
	gmtime_r(&now.tv_sec, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out, cap, "%s.%06ld+00:00 %s ", day, (long)now.tv_usec, host);
}

/* Binds the socket; everybody may send, as to a real /dev/log. */
static int open_socket(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof(addr.sun_path))
		return -1;
	memcpy(addr.sun_path, path, strlen(path) + 1);
	if (unlink(path) < 0 && errno != ENOENT)
		return -1;
	umask(0);
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -1;
	umask(022);
	return fd;
}

static int open_log(const char *path)
{
	return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
}

int main(int argc, char **argv)
{
	static char buf[MSG_MAX];
	char host[65] = "localhost";
	char head[160];

	if (argc < 3 || argc > 4) {
		fputs("usage: syslogcat SOCKET FILE [FILE-WITH-PRIORITIES]\n", stderr);
		return 2;
	}
	int logfd = open_log(argv[2]);
	int prifd = argc == 4 ? open_log(argv[3]) : -1;
	int sock = open_socket(argv[1]);

	if (logfd < 0 || sock < 0 || (argc == 4 && prifd < 0)) {
		perror("syslogcat");
		return 1;
	}
	gethostname(host, sizeof(host) - 1);
	for (;;) {
		ssize_t got = recv(sock, buf, sizeof(buf), 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return 1;
		struct message msg = split(buf, (size_t)got);

		stamp(head, sizeof(head), host);
		if (!append(logfd, head, &msg))
			return 1;
		snprintf(head, sizeof(head), "%s.%s ", facility_names[msg.pri >> 3],
			 severity_names[msg.pri & 7]);
		if (prifd >= 0 && !append(prifd, head, &msg))
			return 1;
	}
}
