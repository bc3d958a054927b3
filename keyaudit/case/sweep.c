/*
 * Keeping /run/keyaudit small. MUST: follow no link, open nothing that could block, and believe nothing that the
 * command's uid may still hold open: what was moved aside is looked at again and again.
 */
#include "keyaudit/case/sweep.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/proc.h"
#include "keyaudit/case/claim.h"
#include "keyaudit/case/removal.h"

#include "base/poison.h"

#define TRASH "trash." /* folders on their way out, in rejected/ */

/* whose it is: "M.START", also with something behind it ("M.START.said") */
static bool conn_of(const char *name, struct ka_conn *out)
{
	struct ka_span all = ka_span_of(name);
	size_t dot = ka_span_find(all, '.'), len = dot < all.len ? dot + 1 : dot;

	len += ka_span_find(ka_span_sub(all, len, all.len), '.');
	return ka_conn_parse(ka_span_sub(all, 0, len), out);
}

static bool monitor_lives(const struct ka_conn *conn)
{
	struct ka_proc_stat stat;

	return ka_proc_stat(conn->m, &stat) && stat.state != 'Z' && (conn->start == 0 || stat.start == conn->start);
}

/*
 * Whether something of the connection lies there still. A note is wanted by its event, which waits (a full disk, no
 * collector for a while); a marker by what is left of an event that was written: without it, it would be written again.
 */
static bool is_awaited(const struct ka_rundir *r, const struct ka_conn *conn)
{
	return ka_claim_is_begun(r, conn) || ka_claim_has_records(r, conn);
}

static void sweep_dir(const struct ka_rundir *r, int dir_fd, bool with_grace)
{
	int again = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	KA_AUTOCLOSEDIR DIR *d = again >= 0 ? fdopendir(again) : NULL;
	time_t now = (time_t)(ka_clock_wall_us() / 1000000);
	const struct dirent *e;
	struct stat st;

	while (d != NULL && (e = readdir(d)) != NULL) {
		struct ka_conn conn = { 0, 0 };
		bool known = conn_of(e->d_name, &conn);

		if (e->d_name[0] == '.' || (known && monitor_lives(&conn)) || fstatat(dir_fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		if (with_grace && (st.st_mode & 0200) != 0) { /* its end is noticed just now */
			if (fchmodat(dir_fd, e->d_name, 0400, 0) == 0)
				utimensat(dir_fd, e->d_name, NULL, AT_SYMLINK_NOFOLLOW);
		} else if ((st.st_mtime + KA_DONE_KEEP_SEC < now || st.st_mtime > now + KA_DONE_KEEP_SEC) &&
			   !(known && is_awaited(r, &conn))) {
			unlinkat(dir_fd, e->d_name, 0);
		}
	}
}

static DIR *list(int dir)
{
	int again = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = again >= 0 ? fdopendir(again) : NULL;

	if (d == NULL && again >= 0)
		close(again);
	return d;
}

bool ka_sweep_is_swollen(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	       (st.st_size > KA_SPOOL_FILE_MAX || (int64_t)st.st_blocks * 512 > KA_SPOOL_FILE_MAX + 4096);
}

void ka_sweep_empty(int dir, const char *name)
{
	KA_AUTOCLOSE int fd = openat(dir, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && ftruncate(fd, 0) != 0)
		unlinkat(dir, name, 0);
}

/*
 * Evidence must not hold the memory that new records need. It is emptied where it stands, not removed: whoever has it
 * open may go on writing, and what has no name can be emptied no more.
 */
void ka_sweep_rejected(const struct ka_rundir *r)
{
	KA_AUTOCLOSEDIR DIR *d = list(r->rejected);
	const struct dirent *e;
	struct stat st;

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.' || fstatat(r->rejected, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		if (S_ISDIR(st.st_mode))
			ka_removal_entry(r->rejected, e->d_name);
		else if (S_ISREG(st.st_mode) && (st.st_blocks > KA_REJECTED_BLOCKS_MAX || st.st_size > KA_SPOOL_FILE_MAX))
			ka_sweep_empty(r->rejected, e->d_name);
	}
}

static bool has_inodes(const struct ka_rundir *r, unsigned percent)
{
	struct statvfs vfs;

	/* 0 of 0: a file system that does not count them */
	return fstatvfs(r->spool, &vfs) != 0 || vfs.f_files == 0 || vfs.f_ffree > vfs.f_files / 100 * percent;
}

static bool is_vouched_for(const struct ka_rundir *r, const char *name)
{
	struct ka_conn conn;
	struct stat st;

	return conn_of(name, &conn) && (monitor_lives(&conn) || ka_claim_is_begun(r, &conn) ||
					fstatat(r->seen, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
					fstatat(r->phase, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
					fstatat(r->said, name, &st, AT_SYMLINK_NOFOLLOW) == 0);
}

unsigned long ka_sweep_make_room(const struct ka_rundir *r)
{
	KA_AUTOCLOSEDIR DIR *d = has_inodes(r, KA_SPOOL_INODES_MIN_PERCENT) ? NULL : list(r->spool);
	unsigned long gone = 0;
	const struct dirent *e;

	for (int n = 0; d != NULL && n < KA_SPOOL_ROOM_STEPS_MAX && (e = readdir(d)) != NULL; n++) {
		if (e->d_name[0] != '.' && !is_vouched_for(r, e->d_name))
			gone += unlinkat(r->spool, e->d_name, 0) == 0; /* folders have their way out: ka_sweep_reject() */
		if (n % 64 == 0 && has_inodes(r, KA_SPOOL_INODES_GOAL_PERCENT))
			break;
	}
	return gone;
}

void ka_sweep_run(const struct ka_rundir *r)
{
	KA_AUTOCLOSE int lock = ka_rundir_lock(r);

	if (lock < 0)
		return;
	sweep_dir(r, r->done, true);
	sweep_dir(r, r->seen, false);
}

/* a folder leaves the spool in one step, whatever is in it, and is taken apart where its maker has no path to it */
static bool move_folder(const struct ka_rundir *r, int dir, const char *name)
{
	char trash[48];
	struct ka_buf b;

	ka_buf_init_array(&b, trash);
	ka_buf_text(&b, TRASH);
	ka_buf_i64(&b, ka_clock_wall_us());
	if (renameat2(dir, name, r->rejected, trash, RENAME_NOREPLACE) != 0)
		return false;
	ka_removal_entry(r->rejected, trash);
	return true;
}

void ka_sweep_reject(const struct ka_rundir *r, int dir, const char *name)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return;
	if (S_ISDIR(st.st_mode)) {
		if (!move_folder(r, dir, name))
			ka_removal_entry(dir, name);
		return;
	}
	if (S_ISREG(st.st_mode) && (st.st_blocks > KA_REJECTED_BLOCKS_MAX || st.st_size > KA_SPOOL_FILE_MAX))
		ka_sweep_empty(dir, name);
	for (int i = 0; i < KA_REJECTED_MAX; i++) {
		char kept[16];
		struct ka_buf b;

		ka_buf_init_array(&b, kept);
		ka_buf_i64(&b, i);
		if (renameat2(dir, name, r->rejected, kept, RENAME_NOREPLACE) == 0)
			return;
	}
	ka_removal_entry(dir, name);
}
