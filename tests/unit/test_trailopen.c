/* audit/trailopen: what counts as ours, and what each of lock, folder and file does with a place that somebody else prepared. */
#include "audit/trailopen.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "tests/unit/lib/trailplace.h"

#include "base/poison.h"

static void ours__each_fact_alone__decides(void **state)
{
	const struct stat good = { .st_mode = S_IFREG | 0640, .st_uid = geteuid(), .st_nlink = 1 };
	static const mode_t kinds[] = { S_IFDIR, S_IFLNK, S_IFIFO, S_IFSOCK, S_IFCHR, S_IFBLK };
	struct stat st = good;

	(void)state;
	assert_true(ka_trailopen_is_ours(&st, 0022));
	assert_false(ka_trailopen_is_ours(&st, 0077)); /* 0640 lets the group read */
	for (unsigned bit = 0; bit < 12; bit++) {
		st.st_mode = S_IFREG | 1u << bit;
		assert_int_equal(ka_trailopen_is_ours(&st, 0022), bit != 1 && bit != 4);
		assert_true(ka_trailopen_is_ours(&st, 0));
	}
	for (size_t i = 0; i < KA_ARRAY_LEN(kinds); i++) {
		st = good;
		st.st_mode = kinds[i] | 0600;
		assert_false(ka_trailopen_is_ours(&st, 0));
	}
	st = good;
	st.st_uid = good.st_uid + 1;
	assert_false(ka_trailopen_is_ours(&st, 0));
	for (st = good, st.st_nlink = 0; st.st_nlink < 4; st.st_nlink++)
		assert_int_equal(ka_trailopen_is_ours(&st, 0), st.st_nlink < 2);
}

static void refused__is_a_fault_with_its_errno(void **state)
{
	(void)state;
	errno = 0;
	assert_int_equal(ka_trailopen_refused(), KA_ERR_SYS);
	assert_int_equal(errno, EPERM);
}

/* @errnum, or 0 when it was opened; then it is closed again */
static int folder(const char *path)
{
	const char *name = NULL;
	int fd = -1;

	errno = 0;
	if (ka_trailopen_folder(path, &name, &fd) != KA_ERR_OK) {
		assert_int_equal(fd, -1);
		return errno;
	}
	assert_string_equal(name, strrchr(path, '/') + 1);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
	return 0;
}

static void folder__no_such_path__is_refused(void **state)
{
	char path[KA_CONF_TEXT_MAX + 16];

	(void)state;
	assert_int_equal(folder(""), EPERM);
	assert_int_equal(folder("relative"), EPERM);
	assert_int_equal(folder("/trail"), EPERM); /* / is nobody's folder for a trail */
	assert_int_equal(folder("/"), EPERM);
	assert_int_equal(folder("/tmp/"), EPERM);
	assert_int_equal(folder("/nonexistent/folder/trail"), ENOENT); /* one is made, not two */
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	for (size_t n = KA_CONF_TEXT_MAX - 1; n <= KA_CONF_TEXT_MAX + 1; n++) {
		memcpy(path + n, "/t", 3);
		assert_int_equal(folder(path), n < KA_CONF_TEXT_MAX ? ENAMETOOLONG : EPERM); /* no kernel has such a name */
		path[n] = path[n + 1] = 'a';
	}
}

static void folder__missing__is_made_for_us_and_a_group(void **state)
{
	const struct trailplace *p = *state;
	mode_t old = umask(0);
	struct stat st;

	assert_int_equal(folder(p->path), 0);
	umask(old);
	assert_int_equal(stat(p->folder, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_int_equal(folder(p->path), 0); /* again */
}

static void folder__others_may_write__is_refused(void **state)
{
	static const struct { mode_t mode; int errnum; } rows[] = {
		{ 0700, 0 }, { 0750, 0 }, { 0755, 0 }, { 02750, 0 }, { 0770, EPERM }, { 0757, EPERM }, { 0702, EPERM }, { 01777, EPERM }, { 0720, EPERM },
	};
	const struct trailplace *p = *state;

	assert_int_equal(mkdir(p->folder, 0700), 0);
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		assert_int_equal(chmod(p->folder, rows[i].mode), 0);
		assert_int_equal(folder(p->path), rows[i].errnum);
	}
	if (geteuid() != 0)
		return;
	assert_int_equal(chmod(p->folder, 0700), 0);
	assert_int_equal(chown(p->folder, 12345, 0), 0);
	assert_int_equal(folder(p->path), EPERM);
}

static void folder__link_or_file__is_not_followed(void **state)
{
	const struct trailplace *p = *state;
	char other[160];

	snprintf(other, sizeof(other), "%s/other", p->dir);
	assert_int_equal(mkdir(other, 0750), 0);
	assert_int_equal(symlink(other, p->folder), 0);
	assert_int_equal(folder(p->path), ENOTDIR);
	assert_int_equal(unlink(p->folder), 0);
	trailplace_put(p->folder, "", 0640);
	assert_int_equal(folder(p->path), ENOTDIR);
}

/* @errnum, 0 when it was opened, ENODATA when it is missing or empty */
static int file_at(const struct trailplace *p)
{
	KA_AUTOCLOSE int dir = open(p->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = -1;

	assert_true(dir >= 0);
	errno = 0;
	if (ka_trailopen_file(dir, "audit.jsonl", &fd) != KA_ERR_OK) {
		assert_int_equal(fd, -1);
		return errno;
	}
	if (fd < 0)
		return ENODATA;
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND), O_RDWR | O_APPEND);
	close(fd);
	return 0;
}

static int new_at(const struct trailplace *p)
{
	KA_AUTOCLOSE int dir = open(p->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	KA_AUTOCLOSE int fd = -1;

	assert_true(dir >= 0);
	errno = 0;
	return ka_trailopen_new(dir, "audit.jsonl", &fd) == KA_ERR_OK && fd >= 0 ? 0 : errno;
}

static void file__missing_or_empty__is_not_there(void **state)
{
	const struct trailplace *p = *state;
	struct stat st;

	assert_int_equal(mkdir(p->folder, 0750), 0);
	assert_int_equal(file_at(p), ENODATA);
	assert_int_equal(stat(p->path, &st), -1); /* and is not made */
	trailplace_put(p->path, "", 0600);
	assert_int_equal(file_at(p), ENODATA);
}

static void new__is_readable_for_the_folders_group(void **state)
{
	const struct trailplace *p = *state;
	struct stat st, dir;
	mode_t old;

	assert_int_equal(mkdir(p->folder, 0750), 0);
	if (geteuid() == 0)
		assert_int_equal(chown(p->folder, (uid_t)-1, 4711), 0);
	old = umask(0777);
	assert_int_equal(new_at(p), 0);
	umask(old);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(stat(p->folder, &dir), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(st.st_gid, dir.st_gid);
	assert_int_equal(chmod(p->path, 0600), 0); /* what somebody left there who was killed */
	assert_int_equal(new_at(p), 0);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(unlink(p->path), 0);
	assert_int_equal(symlink("/dev/null", p->path), 0); /* a link is replaced, not followed */
	assert_int_equal(new_at(p), 0);
	assert_int_equal(lstat(p->path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(unlink(p->path), 0);
	assert_int_equal(mkdir(p->path, 0700), 0);
	assert_int_equal(new_at(p), EISDIR);
}

static void full__table(void **state)
{
	(void)state;
	assert_true(ka_trailopen_is_full(ENOSPC) && ka_trailopen_is_full(EDQUOT) && ka_trailopen_is_full(EFBIG));
	assert_false(ka_trailopen_is_full(EIO) || ka_trailopen_is_full(EPERM) || ka_trailopen_is_full(0));
}

/* with events in it the mode is the admin's choice */
static void file__with_content__keeps_its_mode(void **state)
{
	const struct trailplace *p = *state;
	struct stat st;

	assert_int_equal(mkdir(p->folder, 0750), 0);
	trailplace_put(p->path, "x\n", 0600);
	assert_int_equal(file_at(p), 0);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(chmod(p->path, 0644), 0); /* readable, not writable */
	assert_int_equal(file_at(p), 0);
	assert_int_equal(chmod(p->path, 0620), 0);
	assert_int_equal(file_at(p), EPERM);
	assert_int_equal(chmod(p->path, 0602), 0);
	assert_int_equal(file_at(p), EPERM);
}

static void file__prepared_by_somebody__is_refused_and_never_followed(void **state)
{
	const struct trailplace *p = *state;
	char other[160];
	struct stat st;

	snprintf(other, sizeof(other), "%s/other", p->dir);
	assert_int_equal(mkdir(p->folder, 0750), 0);
	assert_int_equal(symlink(other, p->path), 0); /* to nothing: must not be made there */
	assert_int_equal(file_at(p), ELOOP);
	assert_int_equal(lstat(other, &st), -1);
	trailplace_put(other, "", 0600);
	assert_int_equal(file_at(p), ELOOP);
	assert_int_equal(unlink(p->path), 0);
	assert_int_equal(link(other, p->path), 0);
	assert_int_equal(file_at(p), EPERM);
	assert_int_equal(stat(other, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600); /* nothing was given to a group */
	assert_int_equal(unlink(p->path), 0);
	assert_int_equal(mkfifo(p->path, 0600), 0); /* must not wait for a reader */
	assert_int_equal(file_at(p), EPERM);
	assert_int_equal(unlink(p->path), 0);
	assert_int_equal(mkdir(p->path, 0700), 0);
	assert_int_equal(file_at(p), EISDIR);
}

static int lock(const struct trailplace *p, int *fd)
{
	enum ka_err err;

	errno = 0;
	*fd = -1;
	err = ka_trailopen_lock(p->lock, fd);
	assert_int_equal(err == KA_ERR_OK, *fd >= 0);
	return err == KA_ERR_TIMEOUT ? ETIMEDOUT : err == KA_ERR_OK ? 0 : errno;
}

static void lock__made__is_held_until_it_is_closed(void **state)
{
	const struct trailplace *p = *state;
	mode_t old = umask(0);
	int first, again;
	struct stat st;

	assert_int_equal(lock(p, &first), 0);
	umask(old);
	assert_int_equal(stat(p->lock, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(fcntl(first, F_GETFD), FD_CLOEXEC);
	again = open(p->lock, O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(again, LOCK_EX | LOCK_NB), -1);
	close(again);
	close(first);
	assert_int_equal(lock(p, &again), 0);
	close(again);
}

static void lock__not_ours__is_refused(void **state)
{
	static const mode_t modes[] = { 0640, 0604, 0620, 0601, 0644, 0666 };
	const struct trailplace *p = *state;
	char other[160];
	int fd;

	trailplace_put(p->lock, "", 0600);
	for (size_t i = 0; i < KA_ARRAY_LEN(modes); i++) {
		assert_int_equal(chmod(p->lock, modes[i]), 0);
		assert_int_equal(lock(p, &fd), EPERM);
	}
	assert_int_equal(chmod(p->lock, 0600), 0);
	assert_int_equal(lock(p, &fd), 0);
	close(fd);
	snprintf(other, sizeof(other), "%s/other", p->dir);
	assert_int_equal(link(p->lock, other), 0);
	assert_int_equal(lock(p, &fd), EPERM);
	assert_int_equal(unlink(p->lock), 0);
	assert_int_equal(symlink(other, p->lock), 0);
	assert_int_equal(lock(p, &fd), ELOOP);
	assert_int_equal(unlink(p->lock), 0);
	assert_int_equal(mkfifo(p->lock, 0600), 0);
	assert_int_equal(lock(p, &fd), EPERM);
}

/* a lock that nobody gives back: test_trail.c waits for its end */
static void lock__held_under_another_name__the_new_file_is_taken(void **state)
{
	const struct trailplace *p = *state;
	char other[160];
	int held, fd;
	struct stat a, b;

	assert_int_equal(lock(p, &held), 0);
	snprintf(other, sizeof(other), "%s/other", p->dir);
	assert_int_equal(rename(p->lock, other), 0);
	assert_int_equal(lock(p, &fd), 0); /* at once: a lock on a file without this name guards nothing */
	assert_int_equal(fstat(fd, &a), 0);
	assert_int_equal(stat(p->lock, &b), 0);
	assert_int_equal(a.st_ino, b.st_ino);
	close(fd);
	close(held);
}

/* has that process a descriptor of the file @path? */
static bool has_open(pid_t pid, const char *path)
{
	char dir[64], target[256];
	KA_AUTOCLOSEDIR DIR *d = NULL;
	const struct dirent *entry;

	snprintf(dir, sizeof(dir), "/proc/%d/fd", (int)pid);
	d = opendir(dir);
	assert_non_null(d);
	while ((entry = readdir(d)) != NULL) {
		ssize_t n = readlinkat(dirfd(d), entry->d_name, target, sizeof(target));

		if (n > 0 && (size_t)n == strlen(path) && memcmp(target, path, (size_t)n) == 0)
			return true;
	}
	return false;
}

/* a child holds the lock until we wait for it; then it puts another file in its place, and gives back the old one */
static void lock__replaced_while_we_wait__the_new_file_is_taken(void **state)
{
	const struct trailplace *p = *state;
	char other[160], c = 0;
	int ready[2], fd, held;
	struct stat a, b;
	pid_t child;

	snprintf(other, sizeof(other), "%s/other", p->dir);
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		int64_t until = ka_clock_boot_ms() + KA_TRAIL_LOCK_MS;

		if (lock(p, &held) != 0 || write(ready[1], &c, 1) != 1)
			_exit(1);
		while (!has_open(getppid(), p->lock))
			if (ka_clock_boot_ms() > until)
				_exit(2);
		if (rename(p->lock, other) != 0 || open(p->lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600) < 0)
			_exit(3);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(lock(p, &fd), 0);
	assert_int_equal(fstat(fd, &a), 0);
	assert_int_equal(stat(p->lock, &b), 0);
	assert_int_equal(a.st_ino, b.st_ino);
	assert_int_equal(waitpid(child, &held, 0), child);
	assert_int_equal(held, 0);
	close(fd);
	close(ready[0]);
	close(ready[1]);
}

static void floor__free_space__is_compared_in_mib(void **state)
{
	const struct trailplace *p = *state;
	KA_AUTOCLOSE int dir = open(p->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statvfs vfs;
	bool below = true;
	uint64_t mib;

	assert_int_equal(fstatvfs(dir, &vfs), 0);
	mib = (uint64_t)vfs.f_bavail * vfs.f_frsize / (1024 * 1024);
	assert_int_equal(ka_trailopen_floor(dir, 0, &below), KA_ERR_OK);
	assert_false(below);
	assert_int_equal(ka_trailopen_floor(dir, UINT32_MAX, &below), KA_ERR_OK);
	assert_true(below);
	if (mib > 2) { /* others write to it meanwhile, so not to the last */
		assert_int_equal(ka_trailopen_floor(dir, (unsigned)(mib / 2), &below), KA_ERR_OK);
		assert_false(below);
		assert_int_equal(ka_trailopen_floor(dir, (unsigned)(2 * mib), &below), KA_ERR_OK);
		assert_true(below);
	}
	assert_int_equal(ka_trailopen_floor(-1, 0, &below), KA_ERR_SYS);
}

#define T(f) cmocka_unit_test_setup_teardown(f, trailplace_setup, trailplace_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ours__each_fact_alone__decides), cmocka_unit_test(refused__is_a_fault_with_its_errno),
		cmocka_unit_test(folder__no_such_path__is_refused), T(folder__missing__is_made_for_us_and_a_group),
		T(folder__others_may_write__is_refused), T(folder__link_or_file__is_not_followed),
		T(file__missing_or_empty__is_not_there), T(new__is_readable_for_the_folders_group), cmocka_unit_test(full__table), T(file__with_content__keeps_its_mode),
		T(file__prepared_by_somebody__is_refused_and_never_followed), T(lock__made__is_held_until_it_is_closed),
		T(lock__not_ours__is_refused), T(lock__held_under_another_name__the_new_file_is_taken),
		T(lock__replaced_while_we_wait__the_new_file_is_taken), T(floor__free_space__is_compared_in_mib),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
