/*
 * A key store that misbehaves as it is told, for the tests of a throw-away world: HTTP/1.1 with TLS or without, one
 * process for each connection.
 *
 *   faultstore SCRIPTS LOG LISTENER...
 *
 *   plain:PORT                      HTTP on 127.0.0.1
 *   tls:PORT:CERT:KEY[:CLIENT-CA]   the same with TLS; with CLIENT-CA a client certificate is demanded
 *   unix:PATH                       HTTP on a unix socket that everybody may use
 *
 * A request for /NAME/REST is answered as the file SCRIPTS/NAME says (tests/tools/lib/faultscript.h), which is read
 * anew each time; without one, with 404. SCRIPTS/PORT.accept is for connections to that port before they say anything.
 *
 * LOG gets one line for each request, before it is answered, fields divided by tabs: milliseconds since boot, method,
 * target, connection ("plain", "TLSv1.3 /CN=..."), each header line, "body=..." when there is one; control characters are
 * written \xHH. LOG.sent gets "NAME BYTES" when an answer has ended, however it ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/text.h"
#include "tests/tools/lib/faultscript.h"
#include "tests/tools/lib/faultwire.h"

#include "base/poison.h"

#define LISTENERS_MAX 8
#define REQUEST_MAX 65536

struct listener {
	int fd;
	char name[16]; /* the port */
	struct ssl_ctx_st *tls;
};

struct request {
	char text[REQUEST_MAX + 1]; /* the head, then what of the body was read with it */
	size_t len, head_len, body_len;
	char method[16], target[1024], name[64];
	const char *rest; /* behind /NAME/ */
};

struct body {
	const char *bytes; /* NULL: nothing but filling */
	size_t len;
};

static const char *scripts_at, *log_at;

static void die(const char *what)
{
	fprintf(stderr, "faultstore: %s: %s\n", what, strerrorname_np(errno));
	exit(2);
}

static void append_line(const char *suffix, const char *line, size_t len)
{
	char path[1024];
	KA_AUTOCLOSE int fd = -1;

	snprintf(path, sizeof(path), "%s%s", log_at, suffix);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 || ka_fd_write_all(fd, line, len) != KA_ERR_OK) /* one write: whole lines of many processes */
		die(path);
}

/* ---- the request ---- */

static const char *header(const struct request *r, const char *name)
{
	static char value[1024];
	size_t name_len = strlen(name);

	for (const char *line = strstr(r->text, "\r\n"); line != NULL && line[2] != '\r'; line = strstr(line + 2, "\r\n"))
		if (strncasecmp(line + 2, name, name_len) == 0 && line[2 + name_len] == ':') {
			const char *p = line + 3 + name_len;

			p += strspn(p, " \t");
			snprintf(value, sizeof(value), "%.*s", (int)strcspn(p, "\r"), p);
			return value;
		}
	return NULL;
}

static void log_request(const struct request *r, const char *who)
{
	static char line[4 * REQUEST_MAX];
	struct ka_buf b;
	struct ka_cursor c;
	struct ka_span part;

	ka_buf_init_array(&b, line);
	ka_buf_i64(&b, ka_clock_boot_ms());
	ka_buf_char(&b, '\t');
	ka_buf_text(&b, r->method);
	ka_buf_char(&b, '\t');
	ka_text_escape(&b, ka_span_of(r->target), '\0', sizeof(r->target));
	ka_buf_char(&b, '\t');
	ka_buf_text(&b, who);
	ka_cursor_init(&c, r->text, r->head_len);
	for (bool is_first = true; ka_cursor_line(&c, &part, NULL); is_first = false)
		if (!is_first && part.len > 1) {
			part.len -= part.p[part.len - 1] == '\r';
			ka_buf_char(&b, '\t');
			ka_text_escape(&b, part, '\0', REQUEST_MAX);
		}
	if (r->body_len > 0) {
		ka_buf_text(&b, "\tbody=");
		ka_text_escape(&b, (struct ka_span){ (const uint8_t *)r->text + r->head_len, r->body_len }, '\0', REQUEST_MAX);
	}
	ka_buf_char(&b, '\n');
	append_line("", line, ka_buf_as_span(&b).len);
}

/* one request; false at the end of the connection */
static bool read_request(struct faultwire *w, struct request *r)
{
	const char *end = NULL, *length;
	size_t n, wanted = 0, name_len;

	memset(r, 0, sizeof(*r));
	while (end == NULL || r->len < r->head_len + wanted) {
		n = faultwire_read(w, r->text + r->len, REQUEST_MAX - r->len);
		if (n == 0)
			return false;
		r->len += n;
		if (end == NULL && (end = strstr(r->text, "\r\n\r\n")) != NULL) {
			r->head_len = (size_t)(end - r->text) + 4;
			length = header(r, "Content-Length");
			wanted = length != NULL ? strtoul(length, NULL, 10) : 0;
		}
	}
	r->body_len = r->len - r->head_len;
	n = strcspn(r->text, " ");
	snprintf(r->method, sizeof(r->method), "%.*s", (int)n, r->text);
	if (r->text[n] == ' ')
		n++;
	snprintf(r->target, sizeof(r->target), "%.*s", (int)strcspn(r->text + n, " \r"), r->text + n);
	name_len = strcspn(r->target + 1, "/?");
	snprintf(r->name, sizeof(r->name), "%.*s", (int)name_len, r->target + 1);
	r->rest = r->target + 1 + name_len;
	r->rest += *r->rest == '/';
	return r->name[0] != '.' && r->target[0] == '/';
}

/* ---- the answer ---- */

static struct body file_body(const char *path)
{
	static char *bytes; /* lives as long as the process */
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct body b = { NULL, 0 };

	free(bytes);
	bytes = NULL;
	if (fd >= 0 && ka_fd_slurp(fd, 256 * 1024 * 1024, &bytes, &b.len) == KA_ERR_OK)
		b.bytes = bytes;
	return b;
}

static struct body body_of(const struct request *r, struct faultscript *s)
{
	char path[2048];
	struct body b = { s->body, strlen(s->body) };

	if (s->tree[0] != '\0') {
		snprintf(path, sizeof(path), "%s/%s", s->tree, r->rest);
		b = strstr(r->rest, "..") != NULL ? (struct body){ NULL, 0 } : file_body(path);
		if (b.bytes == NULL)
			snprintf(s->status, sizeof(s->status), "404 Not Found");
	} else if (s->file[0] != '\0') {
		b = file_body(s->file);
		if (b.bytes == NULL)
			die(s->file);
	} else if (s->fill > 0) {
		b = (struct body){ NULL, s->fill };
	}
	return b;
}

/* true when that was the end of the connection */
static bool end_here(struct faultwire *w, const struct faultscript *s, enum faultscript_where where)
{
	if (s->end == FAULTSCRIPT_NONE || s->where != where)
		return false;
	switch (s->end) {
	case FAULTSCRIPT_NONE:
		break;
	case FAULTSCRIPT_HANG:
		faultwire_hang(w);
		break;
	case FAULTSCRIPT_RESET:
		faultwire_reset(w);
		break;
	case FAULTSCRIPT_CLOSE:
		faultwire_close(w);
		break;
	}
	return true;
}

static bool write_head(struct faultwire *w, const struct faultscript *s, size_t body_len)
{
	static const char fill[] = "X-Fill: 0123456789012345678901234567890123456789012345678901\r\n";
	char line[512];

	snprintf(line, sizeof(line), "HTTP/1.1 %s\r\n", s->status);
	faultwire_write(w, line, strlen(line));
	for (size_t n = 0; n < s->fill_header; n += sizeof(fill) - 1)
		if (!faultwire_write(w, fill, sizeof(fill) - 1))
			return false;
	if (s->etag[0] != '\0') {
		snprintf(line, sizeof(line), "ETag: %s\r\n", s->etag);
		faultwire_write(w, line, strlen(line));
	}
	if (!s->no_length && strncmp(s->status, "304", 3) != 0) {
		snprintf(line, sizeof(line), "Content-Length: %lld\r\n", s->has_length ? s->length : (long long)body_len);
		faultwire_write(w, line, strlen(line));
	}
	if (s->no_length)
		faultwire_write(w, "Connection: close\r\n", 19);
	faultwire_write(w, s->headers, strlen(s->headers));
	return faultwire_write(w, "\r\n", 2);
}

static bool write_body(struct faultwire *w, const struct faultscript *s, struct body b)
{
	static char filling[65536];
	size_t part;

	if (s->end != FAULTSCRIPT_NONE && s->where == FAULTSCRIPT_AT_BODY && s->behind < b.len)
		b.len = s->behind;
	if (filling[0] == '\0')
		memset(filling, 'x', sizeof(filling));
	for (size_t at = 0; at < b.len; at += part) {
		part = b.len - at;
		if (s->drip_ms > 0)
			part = 1;
		else if (b.bytes == NULL && part > sizeof(filling))
			part = sizeof(filling);
		if (!faultwire_write(w, b.bytes != NULL ? b.bytes + at : filling, part))
			return false;
		if (s->drip_ms > 0)
			poll(NULL, 0, (int)s->drip_ms);
	}
	return true;
}

static void log_sent(const struct request *r, uint64_t bytes)
{
	char line[128];
	int n = snprintf(line, sizeof(line), "%s %llu\n", r->name, (unsigned long long)bytes);

	append_line(".sent", line, (size_t)n);
}

/* true: the connection goes on */
static bool answer(struct faultwire *w, const struct request *r)
{
	static struct faultscript s;
	uint64_t before = w->sent;
	char path[1024];
	const char *match;
	struct body b;
	bool goes_on;

	snprintf(path, sizeof(path), "%s/%s", scripts_at, r->name);
	if (!faultscript_read(path, &s))
		snprintf(s.status, sizeof(s.status), "404 Not Found");
	if (s.pause_ms > 0)
		poll(NULL, 0, (int)s.pause_ms);
	if (end_here(w, &s, FAULTSCRIPT_AT_ANSWER))
		return false;
	b = body_of(r, &s);
	match = header(r, "If-None-Match");
	if (s.etag[0] != '\0' && match != NULL && strcmp(match, s.etag) == 0)
		snprintf(s.status, sizeof(s.status), "304 Not Modified");
	if (strncmp(s.status, "304", 3) == 0 || strcmp(r->method, "HEAD") == 0)
		b.len = 0;
	goes_on = s.is_raw || write_head(w, &s, b.len);
	if (goes_on && end_here(w, &s, FAULTSCRIPT_AT_HEADER))
		return false;
	goes_on = goes_on && write_body(w, &s, b);
	log_sent(r, w->sent - before);
	return goes_on && !end_here(w, &s, FAULTSCRIPT_AT_BODY) && !s.no_length && !s.is_raw;
}

static void serve(const struct listener *l, int fd)
{
	static struct faultscript s;
	static struct request r;
	static const int one = 1;
	struct faultwire w = { .fd = fd };
	char path[1024], who[512];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)); /* a unix socket does not know it */
	snprintf(path, sizeof(path), "%s/%s.accept", scripts_at, l->name);
	if (faultscript_read(path, &s) && end_here(&w, &s, FAULTSCRIPT_AT_ACCEPT))
		return;
	if (!faultwire_open(&w, fd, l->tls))
		return;
	faultwire_who(&w, who, sizeof(who));
	while (read_request(&w, &r)) {
		log_request(&r, who);
		if (!answer(&w, &r))
			break;
	}
	if (!w.is_broken)
		faultwire_close(&w);
}

/* ---- listeners ---- */

static void listen_on(struct listener *l, const char *how)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	char text[1024], *rest = text, *kind, *port, *certificate, *key;
	int one = 1, status;

	snprintf(text, sizeof(text), "%s", how);
	kind = strsep(&rest, ":");
	port = strsep(&rest, ":");
	certificate = strsep(&rest, ":");
	key = strsep(&rest, ":");
	if (port == NULL || (strcmp(kind, "tls") == 0) != (key != NULL)) {
		fprintf(stderr, "faultstore: listener not understood: %s\n", how);
		exit(2);
	}
	if (strcmp(kind, "unix") == 0) {
		snprintf(un.sun_path, sizeof(un.sun_path), "%s", port);
		snprintf(l->name, sizeof(l->name), "unix");
		unlink(port);
		l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		status = bind(l->fd, (const struct sockaddr *)&un, sizeof(un));
		if (status == 0)
			status = chmod(port, 0666);
	} else {
		in.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
		snprintf(l->name, sizeof(l->name), "%s", port);
		l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
		status = bind(l->fd, (const struct sockaddr *)&in, sizeof(in));
	}
	if (status != 0 || listen(l->fd, 1024) != 0)
		die(how);
	if (key != NULL && (l->tls = faultwire_tls(certificate, key, rest)) == NULL)
		exit(2);
}

int main(int argc, char **argv)
{
	static struct listener listeners[LISTENERS_MAX];
	struct pollfd fds[LISTENERS_MAX];
	nfds_t count = 0;

	if (argc < 4 || argc - 3 > LISTENERS_MAX) {
		fputs("usage: faultstore SCRIPTS LOG LISTENER...\n", stderr);
		return 2;
	}
	scripts_at = argv[1];
	log_at = argv[2];
	signal(SIGCHLD, SIG_IGN);
	for (; (int)count < argc - 3; count++) {
		listen_on(&listeners[count], argv[3 + count]);
		fds[count] = (struct pollfd){ .fd = listeners[count].fd, .events = POLLIN };
	}
	while (poll(fds, count, -1) > 0)
		for (nfds_t i = 0; i < count; i++)
			if ((fds[i].revents & POLLIN) != 0) {
				int fd = accept4(fds[i].fd, NULL, NULL, SOCK_CLOEXEC);
				pid_t pid = fd >= 0 ? fork() : -1;

				if (pid == 0) {
					serve(&listeners[i], fd);
					_exit(0);
				}
				if (fd >= 0)
					close(fd);
			}
	return 1;
}
