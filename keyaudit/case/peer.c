/* Reading /proc/PID/fd and /proc/PID/net. Tables are read in blocks: a busy server has many connections. */
#include "keyaudit/case/peer.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

#define BLOCK 3072 /* a line of these tables has at most 200 bytes */
#define LISTEN_STATE "0A"

/* as the kernel calls the protocol of a socket, xattr(7) system.sockprotoname */
static const struct { const char *protocol, *path; unsigned table; } tables[] = {
	{ "TCP", "/net/tcp", KA_PEER_TCP }, { "TCPv6", "/net/tcp6", KA_PEER_TCP6 },
};

static void proc_path(char *out, size_t size, pid_t pid, const char *rest)
{
	struct ka_buf b;

	ka_buf_init(&b, out, size);
	ka_buf_text(&b, "/proc/");
	ka_buf_i64(&b, pid);
	ka_buf_text(&b, rest);
}

/* In which tables the socket behind this link can stand; in each of them where the kernel does not tell. */
static unsigned tables_of(pid_t pid, const char *descriptor)
{
	char path[64], protocol[32] = "";
	struct ka_buf b;
	ssize_t len;

	ka_buf_init_array(&b, path);
	ka_buf_text(&b, "/proc/");
	ka_buf_i64(&b, pid);
	ka_buf_text(&b, "/fd/");
	ka_buf_text(&b, descriptor);
	len = b.overflow ? -1 : getxattr(path, "system.sockprotoname", protocol, sizeof(protocol) - 1);
	if (len <= 0)
		return KA_PEER_TCP | KA_PEER_TCP6;
	for (size_t i = 0; i < KA_ARRAY_LEN(tables); i++)
		if (strcmp(protocol, tables[i].protocol) == 0)
			return tables[i].table;
	return 0;
}

void ka_peer_list(pid_t pid, struct ka_peer_sockets *s)
{
	KA_AUTOCLOSEDIR DIR *d = NULL;
	const struct dirent *e;
	char path[64], target[64];

	memset(s, 0, sizeof(*s));
	proc_path(path, sizeof(path), pid, "/fd");
	d = opendir(path);
	for (int n = 0; d != NULL && n < KA_PEER_FDS_MAX && (e = readdir(d)) != NULL; n++) {
		ssize_t len = readlinkat(dirfd(d), e->d_name, target, sizeof(target));
		struct ka_span t = { (const uint8_t *)target, len > 0 ? (size_t)len : 0 };

		s->is_known |= len > 0;
		if (!ka_span_starts(t, "socket:[") || t.p[t.len - 1] != ']' || s->count == KA_PEER_SOCKETS_MAX)
			continue;
		if (!ka_text_to_u64(ka_span_sub(t, 8, t.len - 9), UINT64_MAX, &s->inode[s->count]))
			continue;
		s->count++;
		s->tables |= tables_of(pid, e->d_name);
	}
}

/* its place among them, their count when it is none of them */
static size_t place_of(const struct ka_peer_sockets *s, uint64_t inode)
{
	size_t i = 0;

	while (i < s->count && s->inode[i] != inode)
		i++;
	return i;
}

bool ka_peer_has(const struct ka_peer_sockets *s, uint64_t inode)
{
	return place_of(s, inode) < s->count;
}

bool ka_peer_endpoint(struct ka_span word, char address[static 64], unsigned *port)
{
	size_t colon = ka_span_find(word, ':');
	uint8_t raw[16];
	uint32_t v = 0;

	if ((colon != 8 && colon != 32) || word.len != colon + 5)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		uint8_t c = ka_text_lower(word.p[i]);
		uint32_t d = ka_text_is_digit(c) ? (uint32_t)(c - '0') : (uint32_t)(c - 'a' + 10);

		if (i == colon)
			continue;
		if (d > 15)
			return false;
		v = v << 4 | d;
		if (i < colon && i % 8 == 7)
			memcpy(raw + i / 8 * 4, &v, 4);
	}
	*port = v & 0xffff;
	if (colon == 32 && memcmp(raw, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) == 0)
		return inet_ntop(AF_INET, raw + 12, address, 64) != NULL;
	return inet_ntop(colon == 8 ? AF_INET : AF_INET6, raw, address, 64) != NULL;
}

enum ka_peer_answer ka_peer_line(struct ka_span line, const struct ka_peer_sockets *s, struct ka_peer *out)
{
	struct ka_span word[10];
	struct ka_peer p;
	size_t n = 0;

	while (n < KA_ARRAY_LEN(word) && ka_text_word(&line, &word[n]))
		n++;
	if (n < KA_ARRAY_LEN(word) || !ka_text_to_u64(word[9], UINT64_MAX, &p.inode) || !ka_peer_has(s, p.inode))
		return KA_PEER_NONE;
	if (ka_span_is(word[3], LISTEN_STATE)) {
		*out = (struct ka_peer){ .inode = p.inode };
		return KA_PEER_LISTENS;
	}
	if (!ka_peer_endpoint(word[1], p.server, &p.server_port) || !ka_peer_endpoint(word[2], p.client, &p.client_port))
		return KA_PEER_NONE;
	*out = p;
	return KA_PEER_FOUND;
}

/* what the tables have said so far */
struct finding {
	enum ka_peer_answer answer;
	size_t place; /* of the socket of which this is true */
	struct ka_peer peer;
};

static void take_line(struct ka_span line, const struct ka_peer_sockets *s, struct finding *f)
{
	struct finding next = { .answer = ka_peer_line(line, s, &next.peer) };

	if (next.answer == KA_PEER_NONE)
		return;
	next.place = place_of(s, next.peer.inode);
	if (f->answer == KA_PEER_NONE || next.place < f->place)
		*f = next;
}

static void search(int fd, const struct ka_peer_sockets *s, struct finding *f)
{
	char block[BLOCK];
	size_t have = 0;

	for (;;) {
		ssize_t got = read(fd, block + have, sizeof(block) - have);
		struct ka_cursor c;
		struct ka_span line;
		bool whole;

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return;
		ka_cursor_init(&c, block, have + (size_t)got);
		have = 0;
		while (ka_cursor_line(&c, &line, &whole)) {
			if (whole)
				take_line(line, s, f);
			if (!whole && line.len < sizeof(block)) {
				have = line.len;
				memmove(block, line.p, have);
			}
		}
	}
}

enum ka_peer_answer ka_peer_find(pid_t pid, const struct ka_peer_sockets *s, struct ka_peer *out)
{
	struct finding f = { .answer = KA_PEER_NONE };

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; s->count > 0 && i < KA_ARRAY_LEN(tables); i++) {
		KA_AUTOCLOSE int fd = -1;
		char path[64];

		if ((s->tables & tables[i].table) == 0)
			continue;
		proc_path(path, sizeof(path), pid, tables[i].path);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			search(fd, s, &f);
	}
	if (f.answer == KA_PEER_FOUND)
		*out = f.peer;
	return f.answer;
}
