/* keyaudit/removal: what a stranger may have built goes, in bounded steps, and no link is followed. */
#include "keyaudit/case/removal.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "tests/unit/lib/runplace.h"

#include "base/poison.h"

static void remove__deep_and_full__in_bounded_steps(void **state)
{
	int dir = runplace.r.spool, calls = 0;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		int next;

		assert_int_equal(mkdirat(dir, "d", 0700), 0);
		next = openat(dir, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(next >= 0);
		runplace_put(next, "f", "x");
		assert_int_equal(symlinkat("/etc", next, "l"), 0);
		if (dir != runplace.r.spool)
			close(dir);
		dir = next;
	}
	close(dir);
	while (!ka_removal_entry(runplace.r.spool, "d"))
		assert_true(++calls < 10);
	assert_false(runplace_has(runplace.r.spool, "d"));
	assert_int_equal(access("/etc/passwd", F_OK), 0);
}

/* whoever fills a folder faster than we empty it gets a fixed number of steps of ours at a time */
static void remove__more_than_the_steps_allow__is_left_for_the_next_time(void **state)
{
	int dir, calls = 1;

	(void)state;
	assert_int_equal(mkdirat(runplace.r.spool, "d", 0700), 0);
	dir = openat(runplace.r.spool, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < 2 * KA_REMOVAL_STEPS_MAX + 5; i++) {
		char name[16];

		snprintf(name, sizeof(name), "%d", i);
		assert_int_equal(symlinkat("x", dir, name), 0);
	}
	close(dir);
	assert_false(ka_removal_entry(runplace.r.spool, "d"));
	while (!ka_removal_entry(runplace.r.spool, "d"))
		assert_true(++calls < 4);
	assert_int_equal(calls, 2);
}

static int trap_dir = -1; /* a folder "trap" here becomes a link at the moment when it is opened */

/* in front of libc's; by its assembler name, so that no prototype with attributes is in the way */
int trap_openat(int dir, const char *name, int flags, mode_t mode) __asm__("openat");

int trap_openat(int dir, const char *name, int flags, mode_t mode)
{
	if (dir == trap_dir && strcmp(name, "trap") == 0) {
		trap_dir = -1;
		if (renameat(dir, "trap", dir, "aside") != 0 || symlinkat("target", dir, "trap") != 0)
			return -1;
	}
	return (int)syscall(SYS_openat, dir, name, flags, mode);
}

static void remove__folder_becomes_a_link_meanwhile__is_not_followed(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		static const char *const names[] = { "target", "trap" };
		int dir;

		assert_int_equal(mkdirat(runplace.r.spool, names[i], 0700), 0);
		dir = openat(runplace.r.spool, names[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		runplace_put(dir, "f", "x");
		close(dir);
	}
	trap_dir = runplace.r.spool;
	assert_true(ka_removal_entry(runplace.r.spool, "trap")); /* the link */
	assert_int_equal(trap_dir, -1);
	assert_true(runplace_has(runplace.r.spool, "target/f"));
	assert_true(runplace_has(runplace.r.spool, "aside/f"));
}

static void remove__one_entry_of_each_kind__is_gone(void **state)
{
	static const char *const names[] = { "file", "empty", "fifo", "link", "dangling", "\xff\n\x1b[2J", "full", "absent", "closed" };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	runplace_put(runplace.r.spool, "file", "x");
	runplace_put(runplace.r.spool, names[5], "x");
	assert_int_equal(mkdirat(runplace.r.spool, "empty", 0700), 0);
	assert_int_equal(mkfifoat(runplace.r.spool, "fifo", 0600), 0);
	assert_int_equal(symlinkat("file", runplace.r.spool, "link"), 0);
	assert_int_equal(symlinkat("nowhere", runplace.r.spool, "dangling"), 0);
	assert_int_equal(mkdirat(runplace.r.spool, "full", 0700), 0);
	runplace_put(runplace.r.spool, "full/x", "x");
	assert_int_equal(mkdirat(runplace.r.spool, "closed", 0), 0);
	assert_true(snprintf(address.sun_path, sizeof(address.sun_path), "%s/spool/socket", runplace.path) > 0);
	assert_int_equal(bind(s, (const struct sockaddr *)&address, sizeof(address)), 0);
	close(s);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_true(ka_removal_entry(runplace.r.spool, names[i]));
		assert_false(runplace_has(runplace.r.spool, names[i]));
	}
	assert_true(ka_removal_entry(runplace.r.spool, "socket"));
	assert_false(runplace_has(runplace.r.spool, "socket"));
}

/* what a link points to is somebody else's, at the top and inside */
static void remove__links_to_folders__lose_only_themselves(void **state)
{
	(void)state;
	assert_int_equal(mkdirat(runplace.r.spool, "kept", 0700), 0);
	runplace_put(runplace.r.spool, "kept/f", "x");
	assert_int_equal(symlinkat("kept", runplace.r.spool, "link"), 0);
	assert_int_equal(mkdirat(runplace.r.spool, "d", 0700), 0);
	assert_int_equal(symlinkat("../kept", runplace.r.spool, "d/link"), 0);
	assert_int_equal(mkdirat(runplace.r.spool, "d/e", 0700), 0);
	assert_int_equal(symlinkat("../../kept", runplace.r.spool, "d/e/link"), 0);
	assert_true(ka_removal_entry(runplace.r.spool, "link"));
	assert_true(ka_removal_entry(runplace.r.spool, "d"));
	assert_true(runplace_has(runplace.r.spool, "kept/f"));
	assert_false(runplace_has(runplace.r.spool, "d") || runplace_has(runplace.r.spool, "link"));
}

/* so many entries in one call, and the folder itself with them; for one more see above */
static void remove__as_many_as_the_steps_allow__in_one_call(void **state)
{
	(void)state;
	assert_int_equal(mkdirat(runplace.r.spool, "d", 0700), 0);
	for (int i = 0; i < KA_REMOVAL_STEPS_MAX; i++) {
		char name[24];

		snprintf(name, sizeof(name), "d/%d", i);
		assert_int_equal(symlinkat("x", runplace.r.spool, name), 0);
	}
	assert_true(ka_removal_entry(runplace.r.spool, "d"));
	assert_false(runplace_has(runplace.r.spool, "d"));
}

/* the kernel's own folders do not keep us for ever */
static void remove__what_cannot_be_removed__ends(void **state)
{
	(void)state;
	assert_false(ka_removal_entry(AT_FDCWD, "/proc/self/fd"));
	assert_int_equal(access("/proc/self/fd", F_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUNPLACE_TEST(remove__deep_and_full__in_bounded_steps),
		RUNPLACE_TEST(remove__more_than_the_steps_allow__is_left_for_the_next_time),
		RUNPLACE_TEST(remove__folder_becomes_a_link_meanwhile__is_not_followed),
		RUNPLACE_TEST(remove__one_entry_of_each_kind__is_gone),
		RUNPLACE_TEST(remove__links_to_folders__lose_only_themselves),
		RUNPLACE_TEST(remove__as_many_as_the_steps_allow__in_one_call),
		RUNPLACE_TEST(remove__what_cannot_be_removed__ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
