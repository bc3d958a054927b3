/* The child with the user's rights: made, listened to, ended. It must never look at a file before its rights are gone. */
#include "diag/userfiles.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/become.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/paths.h"
#include "base/spawn.h"
#include "diag/uidlock.h"
#include "diag/userlook.h"

#include "base/poison.h"

#define CHILD_FD 3
#define CHILD_LOCK_FD 4

static bool is_text(const char *p, size_t size)
{
	return memchr(p, '\0', size) != NULL;
}

static bool is_entry(const struct ka_userfile *f, const struct ka_userfiles_query *query)
{
	return f->entry == UINT32_MAX || f->entry < query->paths_count || (f->entry == KA_USERFILE_NAMES && query->names != NULL);
}

bool ka_userfiles_check(const struct ka_userfile *f, const struct ka_userfiles_query *query)
{
	const struct ka_userfile_stat *stats[] = { &f->own, &f->blocked, &f->perm, &f->acl_open };

	for (size_t i = 0; i < KA_ARRAY_LEN(stats); i++)
		if (!is_text(stats[i]->path, sizeof(stats[i]->path)))
			return false;
	return is_text(f->path, sizeof(f->path)) && is_text(f->expected, sizeof(f->expected)) &&
	       is_text(f->real, sizeof(f->real)) && is_text(f->acl, sizeof(f->acl)) && is_text(f->acl_who, sizeof(f->acl_who)) &&
	       is_text(f->label, sizeof(f->label)) && is_text(f->dir_label, sizeof(f->dir_label)) && is_text(f->label_path, sizeof(f->label_path)) &&
	       f->path[0] == '/' && is_entry(f, query) && f->perm_reason < KA_REASON_COUNT &&
	       f->perm_object <= KA_PERM_ABOVE_HOME && f->errnum < 4096 &&
	       ka_keyscan_check(&f->scan, query->scan->offers_count);
}

/* and nothing to write, to fork */
static bool become_user(const struct ka_userfiles_query *q, const gid_t *groups, size_t groups_count)
{
	return ka_become_user(q->uid, q->gid, groups, groups_count) && ka_become_limit(RLIMIT_FSIZE, 0) && ka_become_limit(RLIMIT_NPROC, 0) &&
	       ka_become_limit(RLIMIT_NOFILE, KA_USERFILES_CHILD_FILES_MAX);
}

/* the pipe and the lock at their places, whatever numbers they have now */
static bool keep_two(int out, int lock)
{
	int high_out = fcntl(out, F_DUPFD, CHILD_LOCK_FD + 1);
	int high_lock = lock >= 0 ? fcntl(lock, F_DUPFD, CHILD_LOCK_FD + 1) : -1;

	return high_out >= 0 && dup2(high_out, CHILD_FD) >= 0 && (lock < 0 || (high_lock >= 0 && dup2(high_lock, CHILD_LOCK_FD) >= 0));
}

_Noreturn static void child(const struct ka_userfiles_query *q, const gid_t *groups, size_t groups_count, int out, int lock)
{
	int null = open("/dev/null", O_RDWR);

	setsid();
	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0 || !keep_two(out, lock))
		_exit(1);
	ka_spawn_clean_child(lock >= 0 ? CHILD_LOCK_FD + 1 : CHILD_FD + 1);
	if (!become_user(q, groups, groups_count))
		_exit(1);
	_exit(ka_userlook_all(q, CHILD_FD) == KA_ERR_OK ? 0 : 1);
}

/* read exactly @n bytes before @until; false at the end of the pipe, on a fault, or too late (*late) */
static bool receive(int fd, void *to, size_t n, int64_t until, bool *late)
{
	uint8_t *p = to;

	while (n > 0) {
		struct pollfd pfd = { .fd = fd, .events = POLLIN };
		int64_t left = until - ka_clock_boot_ms();
		int ready = left > 0 ? poll(&pfd, 1, (int)left) : 0;
		ssize_t got;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0) {
			*late = ready == 0;
			return false;
		}
		got = read(fd, p, n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

/* the keys of the rows from @first on; where there is no room for all of them, none */
static bool receive_keys(int fd, size_t len, size_t first, int64_t until, struct ka_userfiles *out)
{
	bool has_room = len <= sizeof(out->keys) - out->keys_len;
	uint8_t block[1024];

	for (size_t i = first; i < out->rows_count; i++) {
		out->rows[i].key_at += (uint32_t)out->keys_len;
		if (!has_room)
			out->rows[i].key_at = out->rows[i].key_len = 0;
	}
	if (has_room) {
		out->keys_len += len;
		return receive(fd, out->keys + out->keys_len - len, len, until, &out->hung);
	}
	for (size_t n; len > 0; len -= n) {
		n = len < sizeof(block) ? len : sizeof(block);
		if (!receive(fd, block, n, until, &out->hung))
			return false;
	}
	return true;
}

/* the rows behind a file; those that find no room are counted */
static bool receive_rows(int fd, const struct ka_userfiles_query *q, int64_t until, struct ka_userfiles *out)
{
	size_t first = out->rows_count;
	uint32_t head[3];

	if (q->scan->rows == NULL)
		return true;
	if (!receive(fd, head, sizeof(head), until, &out->hung) || head[0] > KA_DIAG_ROWS_MAX || head[2] > KA_KEYROW_KEYS_MAX)
		return false;
	out->rows_left_out += head[1];
	for (uint32_t i = 0; i < head[0]; i++) {
		struct ka_keyrow row;

		if (!receive(fd, &row, sizeof(row), until, &out->hung) || !ka_keyrow_check(&row, q->scan->offers_count, head[2]))
			return false;
		row.file = (uint32_t)out->count;
		if (out->rows_count < KA_DIAG_ROWS_MAX)
			out->rows[out->rows_count++] = row;
		else
			out->rows_left_out++;
	}
	return receive_keys(fd, head[2], first, until, out);
}

/* not one of the key files */
static void take_names(struct ka_userfiles *out)
{
	out->names = out->files[out->count];
	out->has_names = true;
	memset(&out->files[out->count], 0, sizeof(out->files[0]));
}

static void listen_to(int fd, const struct ka_userfiles_query *q, struct ka_userfiles *out)
{
	int64_t until = ka_clock_boot_ms() + q->deadline_ms;

	if (!receive(fd, &out->home, sizeof(out->home), until, &out->hung))
		return;
	out->has_home = out->home.errnum < 4096;
	out->failed = !out->has_home;
	while (!out->failed && out->count < KA_USERFILES_MAX &&
	       receive(fd, &out->files[out->count], sizeof(out->files[0]), until, &out->hung)) {
		if (!ka_userfiles_check(&out->files[out->count], q) || !receive_rows(fd, q, until, out))
			out->failed = true;
		else if (out->files[out->count].entry == KA_USERFILE_NAMES)
			take_names(out);
		else
			out->count++;
	}
}

/* a process that hangs in the kernel cannot be killed now: it is left behind, and ends when the kernel lets it */
static int end_child(pid_t pid, bool hung)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0), status = -1;
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	if (hung)
		kill(pid, SIGKILL);
	if (fd >= 0 && poll(&pfd, 1, KA_USERFILES_REAP_MS) == 0)
		kill(pid, SIGKILL);
	if (fd >= 0)
		poll(&pfd, 1, KA_USERFILES_REAP_MS);
	if (waitpid(pid, &status, fd >= 0 ? WNOHANG : 0) != pid)
		status = -1;
	if (fd >= 0)
		close(fd);
	return status;
}

enum ka_err ka_userfiles_look(const struct ka_userfiles_query *query, struct ka_userfiles *out)
{
	KA_AUTOFREE gid_t *groups = calloc(KA_USERFILES_GROUPS_MAX, sizeof(*groups));
	KA_AUTOCLOSE int lock = -1;
	int fds[2], n = KA_USERFILES_GROUPS_MAX, status;
	pid_t pid;

	memset(out, 0, sizeof(*out));
	if (groups == NULL)
		return KA_ERR_NOMEM;
	out->limited = geteuid() != 0 && geteuid() != query->uid;
	if (getgrouplist(query->user, query->gid, groups, &n) < 0)
		n = KA_USERFILES_GROUPS_MAX; /* more than that: the first ones */
	if (geteuid() == 0 && !ka_uidlock_take(KA_PATH_LOOKING, query->uid, query->deadline_ms, &lock)) {
		out->hung = true; /* an earlier child hangs there still */
		return KA_ERR_OK;
	}
	if (pipe2(fds, O_CLOEXEC) < 0)
		return KA_ERR_SYS;
	pid = fork();
	if (pid == 0)
		child(query, groups, (size_t)n, fds[1], lock);
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return KA_ERR_SYS;
	}
	listen_to(fds[0], query, out);
	close(fds[0]);
	status = end_child(pid, out->hung || out->failed);
	if (!out->hung && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
		out->failed = true;
	return KA_ERR_OK;
}
