/* keyaudit/mend/fixhand: a child that has nothing left of root, sees what it was given, and ends. */
#include "keyaudit/mend/fixhand.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/unit/lib/fixplace.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

static const struct ka_fixhand_who alice = { .user = "alice", .uid = ALICE, .gid = ALICE };
static struct ka_fixhand hand;

struct told {
	uid_t uid;
	int groups, shadow, regain, given, missing;
};

static void tell(const void *job)
{
	struct told t = { .uid = geteuid(), .groups = getgroups(0, NULL) };
	struct stat st;

	t.shadow = open("/etc/shadow", O_RDONLY | O_CLOEXEC);
	t.regain = setuid(0);
	t.given = fstat(KA_FIXHAND_FD, &st) == 0 && S_ISDIR(st.st_mode);
	t.missing = fstat(KA_FIXHAND_FD + 2, &st) == 0;
	if (strcmp(job, "hello") == 0)
		(void)!write(KA_FIXHAND_TALK, &t, sizeof(t));
}

static void hang(const void *job)
{
	(void)job;
	for (;;)
		pause();
}

static void nothing(const void *job)
{
	(void)job;
}

static void start__rights__are_gone_for_good(void **state)
{
	int dir = open("/", O_PATH | O_CLOEXEC);
	const int fds[] = { dir, -1 };
	struct told t;

	(void)state;
	if (!trustroot_has_uids())
		skip();
	assert_int_equal(ka_fixhand_start(&alice, tell, "hello", fds, 2, &hand), KA_ERR_OK);
	assert_true(ka_fixhand_receive(&hand, &t, sizeof(t)));
	ka_fixhand_end(&hand);
	assert_int_equal(t.uid, ALICE);
	assert_int_equal(t.groups, 1);
	assert_int_equal(t.shadow, -1);
	assert_int_equal(t.regain, -1);
	assert_true(t.given);
	assert_false(t.missing);
	close(dir);
}

static void receive__less_than_was_asked_for__is_no_answer(void **state)
{
	char c;

	(void)state;
	if (!trustroot_has_uids())
		skip();
	assert_int_equal(ka_fixhand_start(&alice, nothing, NULL, NULL, 0, &hand), KA_ERR_OK);
	assert_false(ka_fixhand_receive(&hand, &c, 1));
	ka_fixhand_end(&hand);
	assert_int_equal(hand.pid, -1);
	assert_int_equal(hand.fd, -1);
}

static void receive__a_child_that_hangs__ends_at_the_deadline(void **state)
{
	pid_t pid;
	char c;

	(void)state;
	if (!trustroot_has_uids())
		skip();
	assert_int_equal(ka_fixhand_start(&alice, hang, NULL, NULL, 0, &hand), KA_ERR_OK);
	pid = hand.pid;
	hand.until_ms = ka_clock_boot_ms() + 20;
	assert_false(ka_fixhand_receive(&hand, &c, 1));
	ka_fixhand_end(&hand);
	assert_int_equal(access("/proc/1", F_OK), 0);
	assert_int_equal(getpgid(pid), -1);
	assert_int_equal(errno, ESRCH);
}

static void start__too_many_descriptors__is_refused(void **state)
{
	const int fds[KA_FIXHAND_FDS_MAX + 1] = { 0 };

	(void)state;
	assert_int_equal(ka_fixhand_start(&alice, nothing, NULL, fds, KA_FIXHAND_FDS_MAX + 1, &hand), KA_ERR_LIMIT);
	ka_fixhand_end(&hand);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXPLACE_TEST(start__rights__are_gone_for_good), FIXPLACE_TEST(receive__less_than_was_asked_for__is_no_answer),
		FIXPLACE_TEST(receive__a_child_that_hangs__ends_at_the_deadline), FIXPLACE_TEST(start__too_many_descriptors__is_refused),
	};

	return trustroot_run(tests, fixplace_group);
}
