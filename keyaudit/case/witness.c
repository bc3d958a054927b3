/* Looking at a living monitor through /proc. Passive: no descriptor of the client's connection is ever taken. */
#include "keyaudit/case/witness.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/proc.h"
#include "base/text.h"
#include "keyaudit/case/peer.h"

#include "base/poison.h"

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

enum owner { OWNER_ROOT, OWNER_OTHER, OWNER_UNKNOWN };

/*
 * The real and the saved uid must be 0. Not the effective one: the monitor takes the command's and the user's rights for
 * a moment while it judges their files. The owner of /proc/PID says nothing, since it is root for whoever made itself
 * undumpable.
 */
static enum owner owner_of(pid_t pid)
{
	char path[64], text[3072]; /* the uids stand near the beginning; a long list of groups may follow */
	struct ka_cursor c;
	struct ka_span line, word;
	KA_AUTOCLOSE int fd = -1;
	struct ka_buf b;
	ssize_t len;

	proc_path(&b, path, sizeof(path), pid, "/status");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	len = fd >= 0 ? read(fd, text, sizeof(text)) : -1;
	if (len <= 0)
		return OWNER_UNKNOWN;
	ka_cursor_init(&c, text, (size_t)len);
	while (ka_cursor_line(&c, &line, NULL)) {
		size_t n = 0;

		if (!ka_span_starts(line, "Uid:"))
			continue;
		for (line = ka_span_sub(line, 4, line.len); ka_text_word(&line, &word); n++)
			if ((n == 0 || n == 2) && !ka_span_is(word, "0")) /* real, effective, saved, file system */
				return OWNER_OTHER;
		return n == 4 ? OWNER_ROOT : OWNER_UNKNOWN;
	}
	return OWNER_UNKNOWN;
}

/* it may have ended between two looks: then it is gone and no impostor */
static bool has_ended(int pidfd)
{
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };

	return poll(&ended, 1, 0) > 0;
}

static enum ka_witness_answer judge(const struct ka_conn *conn, const struct ka_proc_stat *stat)
{
	enum executable exe = executable_of(conn->m);
	struct ka_peer_sockets sockets;
	enum owner owner;

	errno = 0;
	owner = owner_of(conn->m);
	if (owner == OWNER_UNKNOWN && ka_fd_is_shortage(errno))
		return KA_WITNESS_UNKNOWN;
	/*
	 * A process on its way out loses its executable a moment before its pidfd says so. Of those that live on, only
	 * kernel threads (children of kthreadd, pid 2) have none.
	 */
	if (exe == EXE_UNREADABLE && stat->ppid != 2 && conn->m != 2)
		return KA_WITNESS_GONE;
	if (owner != OWNER_ROOT || exe != EXE_SSHD)
		return KA_WITNESS_IMPOSTOR;
	errno = 0;
	ka_peer_list(conn->m, &sockets);
	if (sockets.is_known && sockets.count == 0) /* `sshd -T`: no connection, and no child to talk with */
		return KA_WITNESS_IMPOSTOR;
	return !sockets.is_known && ka_fd_is_shortage(errno) ? KA_WITNESS_UNKNOWN : KA_WITNESS_SSHD;
}

static enum ka_witness_answer identify(struct ka_conn *conn, int *pidfd)
{
	KA_AUTOCLOSE int fd = (int)syscall(SYS_pidfd_open, conn->m, 0);
	enum ka_witness_answer answer;
	struct ka_proc_stat stat;

	*pidfd = -1;
	if (fd < 0)
		return ka_fd_is_shortage(errno) ? KA_WITNESS_UNKNOWN : KA_WITNESS_GONE;
	errno = 0;
	if (!ka_proc_stat(conn->m, &stat))
		return ka_fd_is_shortage(errno) ? KA_WITNESS_UNKNOWN : KA_WITNESS_GONE;
	if (stat.state == 'Z' || (conn->start != 0 && stat.start != conn->start))
		return KA_WITNESS_GONE;
	answer = judge(conn, &stat);
	if (answer != KA_WITNESS_SSHD)
		return answer == KA_WITNESS_IMPOSTOR && has_ended(fd) ? KA_WITNESS_GONE : answer;
	conn->start = stat.start;
	*pidfd = ka_steal_fd(&fd);
	return KA_WITNESS_SSHD;
}

/* a child of M (internal-sftp of root, keyboard-interactive) holds the same connection and is no monitor */
static bool is_child_of_monitor(pid_t pid, uint64_t inode)
{
	struct ka_peer_sockets above;
	struct ka_proc_stat stat;

	if (!ka_proc_stat(pid, &stat) || stat.ppid <= 1 || executable_of(stat.ppid) != EXE_SSHD)
		return false;
	ka_peer_list(stat.ppid, &above);
	return ka_peer_has(&above, inode);
}

static enum ka_witness_answer find_address(const struct ka_conn *conn, struct ka_witness *w)
{
	struct ka_peer_sockets sockets;
	enum ka_peer_answer answer;
	struct ka_peer peer;

	memset(w, 0, sizeof(*w));
	ka_peer_list(conn->m, &sockets);
	answer = ka_peer_find(conn->m, &sockets, &peer);
	/* the listener is sshd too, and sees every connection for a moment */
	if (answer == KA_PEER_LISTENS || (answer == KA_PEER_FOUND && is_child_of_monitor(conn->m, peer.inode)))
		return KA_WITNESS_IMPOSTOR;
	w->seen = true;
	memcpy(w->client, peer.client, sizeof(w->client));
	memcpy(w->server, peer.server, sizeof(w->server));
	w->client_port = peer.client_port;
	w->server_port = peer.server_port;
	return KA_WITNESS_SSHD;
}

enum ka_witness_answer ka_witness_look(struct ka_conn *conn, struct ka_witness *w, int *pidfd)
{
	KA_AUTOCLOSE int fd = -1;
	enum ka_witness_answer answer = identify(conn, &fd);

	memset(w, 0, sizeof(*w));
	if (pidfd != NULL)
		*pidfd = -1;
	if (answer == KA_WITNESS_SSHD)
		answer = find_address(conn, w);
	if (pidfd != NULL && answer == KA_WITNESS_SSHD)
		*pidfd = ka_steal_fd(&fd);
	return answer;
}

bool ka_witness_has_ended(const struct ka_conn *conn)
{
	struct ka_proc_stat stat;

	return !ka_proc_stat(conn->m, &stat) || stat.start != conn->start || stat.state == 'Z';
}
