/* A root of the test's own. Must leave nothing behind: the tmpfs lives in a namespace of this process. */
#include "tests/unit/lib/trustroot.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"

#include "base/poison.h"

static int real_root = -1;
static bool is_real_root;

static void must(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	_exit(99);
}

static void put(const char *path, const char *text)
{
	KA_AUTOCLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && ka_fd_write_all(fd, text, strlen(text)) != KA_ERR_OK)
		perror(path);
}

/* as an ordinary user: root of a user namespace, in which only our own uid exists */
static bool become_root(void)
{
	char map[64];
	uid_t uid = getuid();
	gid_t gid = getgid();

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return false;
	put("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", uid);
	put("/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "0 %u 1", gid);
	put("/proc/self/gid_map", map);
	return geteuid() == 0;
}

bool trustroot_enter(void)
{
	is_real_root = geteuid() == 0;
	real_root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (real_root < 0 || (is_real_root ? unshare(CLONE_NEWNS) < 0 : !become_root()) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("trustroot", "/mnt", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=64m") < 0 || chroot("/mnt") < 0 ||
	    chdir("/") < 0) {
		perror("no file system root of our own can be made here");
		return false;
	}
	umask(0);
	return true;
}

void trustroot_leave(void)
{
	if (real_root >= 0 && (fchdir(real_root) < 0 || chroot(".") < 0))
		perror("trustroot_leave");
}

int trustroot_run_group(const char *name, const struct CMUnitTest *tests, size_t count, CMFixtureFunction setup)
{
	int failed;

	if (!trustroot_enter())
		return 77;
	failed = _cmocka_run_group_tests(name, tests, count, setup, NULL);
	trustroot_leave();
	return failed;
}

bool trustroot_has_uids(void)
{
	return is_real_root;
}

bool trustroot_proc(void)
{
	trustroot_dir("/proc", 0555, 0);
	return access("/proc/self", F_OK) == 0 || mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0;
}

void trustroot_dir(const char *path, mode_t mode, uid_t uid)
{
	must(mkdir(path, 0700) == 0 || errno == EEXIST, path);
	must(uid == 0 || chown(path, uid, uid) == 0, path);
	must(chmod(path, mode) == 0, path);
}

void trustroot_file(const char *path, mode_t mode, uid_t uid, const char *text)
{
	KA_AUTOCLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0 && ka_fd_write_all(fd, text, strlen(text)) == KA_ERR_OK, path);
	must(fchown(fd, uid, uid) == 0, path);
	must(fchmod(fd, mode) == 0, path);
}
