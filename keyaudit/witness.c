/* Looking at a living monitor through /proc. Passive: no descriptor of the client's connection is ever taken. */
#include "keyaudit/witness.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/proc.h"
#include "base/text.h"
#include "spool/fields.h"

#include "base/poison.h"

#define KA_WITNESS_SOCKETS_MAX 16
#define KA_WITNESS_FDS_MAX 256
#define KA_WITNESS_TABLE_MAX (8 * 1024 * 1024)

static void proc_path(struct ka_buf *b, char *storage, size_t size, pid_t pid, const char *rest)
{
	ka_buf_init(b, storage, size);
	ka_buf_text(b, "/proc/");
	ka_buf_i64(b, pid);
	ka_buf_text(b, rest);
}

enum executable { EXE_SSHD, EXE_OTHER, EXE_UNREADABLE };

/* the executable's name; an upgrade of the package leaves " (deleted)" behind it */
static enum executable executable_of(pid_t pid)
{
	static const char deleted[] = " (deleted)";
	char path[64], target[512];
	struct ka_buf b;
	char *name;
	ssize_t n;

	proc_path(&b, path, sizeof(path), pid, "/exe");
	n = readlink(path, target, sizeof(target) - 1);
	if (n <= 0)
		return EXE_UNREADABLE;
	target[n] = '\0';
	if ((size_t)n > sizeof(deleted) && strcmp(target + n - (sizeof(deleted) - 1), deleted) == 0)
		target[n - (ssize_t)(sizeof(deleted) - 1)] = '\0';
	name = strrchr(target, '/');
	return name != NULL && ka_conn_is_sshd(name + 1) ? EXE_SSHD : EXE_OTHER;
}

/*
 * The real and the saved uid must be 0. Not the effective one: the monitor takes the command's and the user's rights for
 * a moment while it judges their files. The owner of /proc/PID says nothing, since it is root for whoever made itself
 * undumpable.
 */
static bool is_root(pid_t pid)
{
	char path[64], text[3584];
	struct ka_cursor c;
	struct ka_span line, word;
	KA_AUTOCLOSE int fd = -1;
	struct ka_buf b;
	size_t len;

	proc_path(&b, path, sizeof(path), pid, "/status");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || ka_fd_read_all(fd, text, sizeof(text), &len) != KA_ERR_OK)
		return false;
	ka_cursor_init(&c, text, len);
	while (ka_cursor_line(&c, &line, NULL)) {
		size_t n = 0;

		if (!ka_span_starts(line, "Uid:"))
			continue;
		for (line = ka_span_sub(line, 4, line.len); ka_text_word(&line, &word); n++)
			if ((n == 0 || n == 2) && !ka_span_is(word, "0")) /* real, effective, saved, file system */
				return false;
		return n == 4;
	}
	return false;
}

struct sockets {
	size_t count;
	uint64_t inode[KA_WITNESS_SOCKETS_MAX];
};

static void list_sockets(pid_t pid, struct sockets *s)
{
	KA_AUTOCLOSEDIR DIR *d = NULL;
	const struct dirent *e;
	char path[64], target[64];
	struct ka_buf b;

	s->count = 0;
	proc_path(&b, path, sizeof(path), pid, "/fd");
	d = opendir(path);
	for (int n = 0; d != NULL && n < KA_WITNESS_FDS_MAX && (e = readdir(d)) != NULL; n++) {
		ssize_t len = readlinkat(dirfd(d), e->d_name, target, sizeof(target));
		struct ka_span t = { (const uint8_t *)target, len > 0 ? (size_t)len : 0 };

		if (!ka_span_starts(t, "socket:[") || t.p[t.len - 1] != ']' || s->count == KA_WITNESS_SOCKETS_MAX)
			continue;
		if (ka_text_to_u64(ka_span_sub(t, 8, t.len - 9), UINT64_MAX, &s->inode[s->count]))
			s->count++;
	}
}

bool ka_witness_endpoint(struct ka_span word, char address[static 64], unsigned *port)
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

static bool find_peer(pid_t pid, const char *table, const struct sockets *s, struct ka_witness *w)
{
	KA_AUTOFREE char *text = NULL;
	KA_AUTOCLOSE int fd = -1;
	struct ka_cursor c;
	struct ka_span line, word[10];
	char path[64];
	struct ka_buf b;
	uint64_t inode;
	size_t len;

	proc_path(&b, path, sizeof(path), pid, table);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || ka_fd_slurp(fd, KA_WITNESS_TABLE_MAX, &text, &len) != KA_ERR_OK)
		return false;
	ka_cursor_init(&c, text, len);
	while (ka_cursor_line(&c, &line, NULL)) {
		size_t n = 0;

		while (n < 10 && ka_text_word(&line, &word[n]))
			n++;
		if (n < 10 || !ka_text_to_u64(word[9], UINT64_MAX, &inode))
			continue;
		for (size_t i = 0; i < s->count; i++)
			if (s->inode[i] == inode && !ka_span_is(word[3], "0A") &&
			    ka_witness_endpoint(word[1], w->server, &w->server_port) &&
			    ka_witness_endpoint(word[2], w->client, &w->client_port))
				return true;
	}
	return false;
}

/* it may have ended between two looks: then it is gone and no impostor */
static bool has_ended(int pidfd)
{
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };

	return poll(&ended, 1, 0) > 0;
}

enum ka_witness_answer ka_witness_identify(struct ka_conn *conn, int *pidfd)
{
	KA_AUTOCLOSE int fd = (int)syscall(SYS_pidfd_open, conn->m, 0);
	struct ka_proc_stat stat;
	enum executable exe;

	*pidfd = -1;
	if (fd < 0 || !ka_proc_stat(conn->m, &stat) || stat.state == 'Z' ||
	    (conn->start != 0 && stat.start != conn->start))
		return KA_WITNESS_GONE;
	exe = executable_of(conn->m);
	if (!is_root(conn->m) || exe != EXE_SSHD) {
		if (has_ended(fd))
			return KA_WITNESS_GONE;
		/*
		 * A process on its way out loses its executable a moment before its pidfd says so. Of those that live on, only
		 * kernel threads (children of kthreadd, pid 2) have none.
		 */
		return exe == EXE_UNREADABLE && stat.ppid != 2 && conn->m != 2 ? KA_WITNESS_GONE : KA_WITNESS_IMPOSTOR;
	}
	conn->start = stat.start;
	*pidfd = ka_steal_fd(&fd);
	return KA_WITNESS_SSHD;
}

void ka_witness_address(const struct ka_conn *conn, struct ka_witness *w)
{
	struct sockets sockets;

	memset(w, 0, sizeof(*w));
	w->seen = true;
	list_sockets(conn->m, &sockets);
	if (!find_peer(conn->m, "/net/tcp", &sockets, w) && !find_peer(conn->m, "/net/tcp6", &sockets, w))
		w->client[0] = w->server[0] = '\0';
}

enum ka_witness_answer ka_witness_look(struct ka_conn *conn, struct ka_witness *w, int *pidfd)
{
	KA_AUTOCLOSE int fd = -1;
	enum ka_witness_answer answer = ka_witness_identify(conn, &fd);

	memset(w, 0, sizeof(*w));
	if (pidfd != NULL)
		*pidfd = -1;
	if (answer == KA_WITNESS_SSHD)
		ka_witness_address(conn, w);
	if (pidfd != NULL)
		*pidfd = ka_steal_fd(&fd);
	return answer;
}

static void write_note(const struct ka_rundir *r, const char *name, const struct ka_witness *w, int *fd)
{
	char text[320];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "ka1 seen");
	ka_fields_put_text(&b, "client", w->client);
	ka_fields_put_i64(&b, "cport", w->client_port);
	ka_fields_put_text(&b, "server", w->server);
	ka_fields_put_i64(&b, "sport", w->server_port);
	if (*fd >= 0 && ka_fd_write_all(*fd, b.p, b.len) != KA_ERR_OK) {
		unlinkat(r->seen, name, 0);
		close(ka_steal_fd(fd));
	}
}

void ka_witness_note(const struct ka_rundir *r, const struct ka_conn *conn, const struct ka_witness *w)
{
	const int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
	KA_AUTOCLOSE int fd = -1;
	char name[KA_CONN_NAME_MAX], fresh[KA_CONN_NAME_MAX + 24];
	struct ka_witness before;
	struct ka_buf b;

	ka_conn_name(conn, name);
	fd = openat(r->seen, name, flags | O_EXCL, 0600);
	if (fd >= 0) {
		write_note(r, name, w, &fd);
		return;
	}
	/* the first address counts: a later look may find the socket closed */
	ka_witness_recall(r, conn, &before);
	if (w->client[0] == '\0' || !before.seen || before.client[0] != '\0')
		return;
	ka_buf_init_array(&b, fresh);
	ka_buf_text(&b, name);
	ka_buf_char(&b, '.');
	ka_buf_i64(&b, getpid());
	fd = openat(r->seen, fresh, flags | O_TRUNC, 0600);
	write_note(r, fresh, w, &fd);
	if (fd >= 0 && renameat(r->seen, fresh, r->seen, name) != 0)
		unlinkat(r->seen, fresh, 0);
}

void ka_witness_recall(const struct ka_rundir *r, const struct ka_conn *conn, struct ka_witness *w)
{
	KA_AUTOCLOSE int fd = -1;
	char name[KA_CONN_NAME_MAX], text[320];
	struct ka_fields f;
	size_t len;

	memset(w, 0, sizeof(*w));
	ka_conn_name(conn, name);
	fd = openat(r->seen, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || ka_fd_read_all(fd, text, sizeof(text), &len) != KA_ERR_OK)
		return;
	w->seen = true; /* the note's existence is root's word, also when it was cut short */
	ka_fields_init(&f, (struct ka_span){ (const uint8_t *)text, len }, "ka1 seen");
	ka_fields_text(&f, "client", w->client, sizeof(w->client));
	w->client_port = (unsigned)ka_fields_i64(&f, "cport", 65535);
	ka_fields_text(&f, "server", w->server, sizeof(w->server));
	w->server_port = (unsigned)ka_fields_i64(&f, "sport", 65535);
	if (!ka_fields_end(&f)) {
		memset(w, 0, sizeof(*w));
		w->seen = true;
	}
}
