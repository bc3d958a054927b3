/* Listening sockets out of /proc. Reads no further than the listening ones: a busy server has many connections. */
#include "diag/ports.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/text.h"

#include "base/poison.h"

#define LISTEN_STATE "0A"

static bool take_port(struct ka_span local, unsigned *out)
{
	size_t colon = ka_span_find(local, ':');

	*out = 0;
	if ((colon != 8 && colon != 32) || local.len != colon + 5)
		return false;
	for (size_t i = colon + 1; i < local.len; i++) {
		uint8_t c = ka_text_lower(local.p[i]);

		if (!ka_text_is_digit(c) && (c < 'a' || c > 'f'))
			return false;
		*out = *out << 4 | (unsigned)(ka_text_is_digit(c) ? c - '0' : c - 'a' + 10);
	}
	return true;
}

bool ka_ports_line(struct ka_span line, struct ka_port *out)
{
	struct ka_span word[10];
	size_t n = 0;

	memset(out, 0, sizeof(*out));
	while (n < KA_ARRAY_LEN(word) && ka_text_word(&line, &word[n]))
		n++;
	return n == KA_ARRAY_LEN(word) && ka_span_is(word[3], LISTEN_STATE) && take_port(word[1], &out->number) &&
	       ka_text_to_u64(word[9], UINT64_MAX, &out->inode);
}

/* false: it could not be read as far as needed */
static bool read_table(const char *path, struct ka_ports *out)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	char block[KA_PORTS_BLOCK_MAX];
	bool is_first = true;
	size_t have = 0;
	ssize_t got;

	while (fd >= 0 && (got = read(fd, block + have, sizeof(block) - have)) > 0) {
		struct ka_cursor c;
		struct ka_span line;
		bool is_whole;

		ka_cursor_init(&c, block, have + (size_t)got);
		have = 0;
		while (ka_cursor_line(&c, &line, &is_whole)) {
			if (!is_whole) {
				have = line.len;
				memmove(block, line.p, have);
			} else if (is_first) {
				is_first = false; /* the heading */
			} else if (out->count == KA_PORTS_MAX) {
				return false;
			} else if (!ka_ports_line(line, &out->ports[out->count])) {
				return true;
			} else {
				out->count++;
			}
		}
		if (have == sizeof(block))
			return false;
	}
	return fd >= 0;
}

static void mark(pid_t listener, struct ka_ports *out)
{
	KA_AUTOCLOSEDIR DIR *d = NULL;
	const struct dirent *e;
	char path[64], target[64];
	struct ka_buf b;
	uint64_t inode;

	ka_buf_init_array(&b, path);
	ka_buf_text(&b, "/proc/");
	ka_buf_i64(&b, listener);
	ka_buf_text(&b, "/fd");
	d = opendir(path);
	for (int n = 0; d != NULL && n < KA_PORTS_FDS_MAX && (e = readdir(d)) != NULL; n++) {
		ssize_t len = readlinkat(dirfd(d), e->d_name, target, sizeof(target));
		struct ka_span t = { (const uint8_t *)target, len > 0 ? (size_t)len : 0 };

		if (!ka_span_starts(t, "socket:[") || !ka_text_to_u64(ka_span_sub(t, 8, t.len - 9), UINT64_MAX, &inode))
			continue;
		for (size_t i = 0; i < out->count; i++)
			out->ports[i].is_sshds |= out->ports[i].inode == inode;
	}
}

void ka_ports_look(pid_t listener, struct ka_ports *out)
{
	bool is_read;

	memset(out, 0, sizeof(*out));
	is_read = read_table("/proc/net/tcp", out);
	if (access("/proc/net/tcp6", F_OK) == 0) /* without IPv6 there is none */
		is_read = read_table("/proc/net/tcp6", out) && is_read;
	out->is_known = is_read;
	if (listener > 0)
		mark(listener, out);
}

bool ka_ports_has(const struct ka_ports *p, unsigned number, bool sshds)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->ports[i].number == number && (!sshds || p->ports[i].is_sshds))
			return true;
	return false;
}
