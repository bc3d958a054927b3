/* See fixplace.h. */
#include "tests/unit/lib/fixplace.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "keyaudit/mend/fixnotes.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

struct fixplace fixplace;

int fixplace_group(void **state)
{
	static const char *const dirs[] = { "/etc", "/home", "/var", "/var/lib", "/tmp", "/dev" };

	(void)state;
	if (!trustroot_has_uids() || !trustroot_proc())
		return 0;
	signal(SIGIO, SIG_IGN);
	for (size_t i = 0; i < KA_ARRAY_LEN(dirs); i++)
		trustroot_dir(dirs[i], 0755, 0);
	trustroot_file("/etc/passwd", 0644, 0, "root:x:0:0::/root:/bin/sh\nwww:x:33:33::/srv/www:/bin/sh\n"
					       "alice:x:1001:1001::/home/alice:/bin/sh\nbob:x:1002:1002::/home/bob:/bin/sh\n");
	trustroot_file("/etc/login.defs", 0644, 0, "# UID_MIN 1\nUID_MIN\t\t 1000\n");
	trustroot_file("/dev/null", 0666, 0, ""); /* as good as one, for a child that reads and writes nothing there */
	trustroot_file("/etc/shadow", 0600, 0, "root:secret:\n");
	return 0;
}

static void away(const char *path)
{
	DIR *d = opendir(path);
	const struct dirent *e;
	char name[512];

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
		if (e->d_type == DT_DIR)
			away(name);
		else
			unlink(name);
	}
	if (d != NULL)
		closedir(d);
	rmdir(path);
}

int fixplace_setup(void **state)
{
	(void)state;
	memset(&fixplace, 0, sizeof(fixplace));
	fixplace.log.dir = -1;
	if (!trustroot_has_uids() || access("/proc/self/fd", F_OK) != 0)
		return 0;
	away("/home/alice");
	away("/home/bob");
	away(FIXPLACE_STATE);
	trustroot_dir("/home/alice", 0700, ALICE);
	trustroot_dir("/home/bob", 0700, BOB);
	trustroot_dir(FIXPLACE_SSH, 0700, ALICE);
	trustroot_dir(FIXPLACE_STATE, 0755, 0);
	fixplace_file(FIXPLACE_KEY " a\n", 0600, ALICE);
	return 0;
}

int fixplace_teardown(void **state)
{
	(void)state;
	ka_fixturn_free(&fixplace.turn);
	ka_fixact_forget(&fixplace.log);
	if (fixplace.log.dir >= 0)
		close(fixplace.log.dir);
	return 0;
}

void fixplace_file(const char *text, mode_t mode, uid_t uid)
{
	unlink(FIXPLACE_FILE);
	trustroot_file(FIXPLACE_FILE, mode, uid, text);
	assert_int_equal(lchown(FIXPLACE_FILE, uid, uid), 0);
}

struct ka_fixops *fixplace_ops(void)
{
	struct ka_finding *f = &fixplace.d.findings[0];

	memset(&fixplace.d, 0, sizeof(fixplace.d));
	fixplace.d.count = 1;
	fixplace.d.has_primary = f->decided = true;
	f->reason = KA_REASON_PERM_WORLD_WRITABLE;
	assert_true(ka_span_copy(ka_span_of(FIXPLACE_FILE), f->evidence.path, sizeof(f->evidence.path)));
	assert_true(ka_span_copy(ka_span_of(FIXPLACE_FILE), fixplace.d.key_files[0], sizeof(fixplace.d.key_files[0])));
	fixplace.d.key_files_count = 1;
	return &f->fix.ops;
}

enum ka_fixturn_state fixplace_plan(void)
{
	if (!trustroot_has_uids() || access("/proc/self/fd", F_OK) != 0)
		skip();
	ka_fixturn_free(&fixplace.turn);
	assert_true(ka_fixworld_take("alice", &fixplace.world));
	fixplace.d.findings[0].fix.commands = fixplace.d.findings[0].fix.ops.count;
	ka_fixturn_plan(&fixplace.d.findings[0], &fixplace.d, &fixplace.world, &fixplace.turn);
	return fixplace.turn.state;
}

enum ka_fixturn_state fixplace_act(void)
{
	char why[512];

	if (fixplace.log.dir < 0) {
		fixplace.log.dir = ka_fixnotes_open(FIXPLACE_STATE, true, why, sizeof(why));
		assert_true(fixplace.log.dir >= 0);
		assert_true(ka_span_copy(ka_span_of("alice"), fixplace.log.note.user, sizeof(fixplace.log.note.user)));
		assert_int_equal(ka_fixnotes_new_id(fixplace.log.dir, fixplace.log.note.id), KA_ERR_OK);
	}
	ka_fixact_run(&fixplace.turn, &fixplace.world, &fixplace.log);
	return fixplace.turn.state;
}

mode_t fixplace_mode(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 ? st.st_mode : 0;
}

uid_t fixplace_owner(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 ? st.st_uid : (uid_t)-1;
}

const char *fixplace_text(const char *path)
{
	static char text[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : 0;

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

void fixplace_given(void)
{
	struct ka_fixops *ops = fixplace_ops();

	fixplace_file(FIXPLACE_KEY " a\n", 0666, BOB);
	ka_fixop_chown(ops, FIXPLACE_FILE, true);
	ka_fixop_chmod(ops, FIXPLACE_FILE, true, 07755, 0);
	assert_int_equal(fixplace_plan(), KA_FIXTURN_READY);
	assert_int_equal(fixplace_act(), KA_FIXTURN_DONE);
}
