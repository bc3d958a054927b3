/* keyaudit/saidlife: a process number is given again; a line is of one life, of another, or of none. */
#include "keyaudit/case/saidlife.h"

#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/unit/lib/runplace.h"

#include "base/poison.h"

#define M 2147483646 /* above any pid_max */
#define US ((int64_t)1000000)

static void covers__its_ends__count(void **state)
{
	const struct ka_saidlife open = { .begin_us = 1000 * US }, ended = { .begin_us = 1000 * US, .end_us = 1010 * US };

	(void)state;
	assert_true(ka_saidlife_covers(&open, 1000 * US));
	assert_true(ka_saidlife_covers(&open, (1000 - KA_SAID_GRAIN_SEC) * US)); /* syslog writes whole seconds */
	assert_false(ka_saidlife_covers(&open, (999 - KA_SAID_GRAIN_SEC) * US));
	assert_true(ka_saidlife_covers(&open, (1000 + KA_SAID_LIFE_SEC) * US));
	assert_false(ka_saidlife_covers(&open, (1001 + KA_SAID_LIFE_SEC + KA_SAID_GRAIN_SEC) * US));
	assert_true(ka_saidlife_covers(&ended, 1010 * US));
	assert_false(ka_saidlife_covers(&ended, (1011 + KA_SAID_GRAIN_SEC) * US));
}

static void start__and_back__is_the_same_moment(void **state)
{
	int64_t now = ka_clock_wall_us();

	(void)state;
	for (int64_t ago = 0; ago < 5; ago++) {
		int64_t back = ka_saidlife_begin(ka_saidlife_start(now - ago * US));

		assert_true(llabs(back - (now - ago * US)) < US / 10);
	}
	assert_true(ka_saidlife_start(0) > 0); /* 1970: before any boot, and no hidden start */
	(void)ka_saidlife_begin(UINT64_MAX);   /* hostile names: no overflow */
}

static uint64_t ticks_ago(int64_t sec)
{
	return ka_saidlife_start(ka_clock_wall_us() - sec * US);
}

static void leave(int dir, uint64_t start, const char *text)
{
	char name[64];

	snprintf(name, sizeof(name), "%d.%" PRIu64, M, start);
	runplace_put(dir, name, text);
}

static bool find(int64_t ago_sec, uint64_t *start, bool *done)
{
	struct ka_saidlife l;
	bool any = ka_saidlife_find(&runplace.r, M, ka_clock_wall_us() - ago_sec * US, 0, &l);

	*start = any ? l.conn.start : 0;
	*done = any && l.is_done;
	return any;
}

static void find__nobody_left_a_name__none(void **state)
{
	uint64_t start;
	bool done;

	(void)state;
	assert_false(find(0, &start, &done));
	runplace_put(runplace.r.phase, "2147483645.77", ""); /* another number */
	leave(runplace.r.spool, 0, "");                      /* a hidden start is no life */
	assert_false(find(0, &start, &done));
}

/* another number, the one that is asked about, and an older one that lasts as long */
static void find__of_several__the_youngest_of_that_number(void **state)
{
	uint64_t old = ticks_ago(100), new = ticks_ago(20), start;
	struct ka_saidlife l;
	char name[64];
	bool done;

	(void)state;
	snprintf(name, sizeof(name), "%d.%" PRIu64, M - 1, new);
	runplace_put(runplace.r.phase, name, "");
	assert_false(find(10, &start, &done));
	leave(runplace.r.spool, new, "");
	leave(runplace.r.done, old, ""); /* looked at later */
	assert_true(find(10, &start, &done) && start == new);
	assert_true(ka_saidlife_find(&runplace.r, M, ka_clock_wall_us() - 10 * US, new, &l) && l.conn.start == old);
	assert_false(ka_saidlife_find(&runplace.r, M, ka_clock_wall_us() - 110 * US, new, &l));
}

static void find__two_lives__the_one_that_covers_it(void **state)
{
	uint64_t old = ticks_ago(100), new = ticks_ago(20), start;
	bool done;

	(void)state;
	leave(runplace.r.phase, old, "");
	leave(runplace.r.seen, new, "");
	assert_true(find(10, &start, &done) && start == new);
	assert_true(find(60, &start, &done) && start == old); /* before the new one began */
	assert_false(find(110, &start, &done));               /* before both */
}

/* what said its last word is over, so that the next line under the number is somebody else's */
static void find__behind_the_closing_line__another_life(void **state)
{
	uint64_t old = ticks_ago(100), start;
	char text[256];
	bool done;

	(void)state;
	snprintf(text, sizeof(text),
		 "ka1 said at=%" PRId64 " by=journal sure=1 msg=Connection%%20closed%%20by%%20authenticating%%20user%%20a%%20192.0.2.1%%20port%%205\n",
		 ka_clock_wall_us() - 90 * US);
	leave(runplace.r.said, old, text);
	assert_true(find(95, &start, &done) && start == old);
	assert_true(find(90, &start, &done) && start == old);
	assert_false(find(50, &start, &done));
}

static void find__done__until_the_end_that_was_noticed(void **state)
{
	uint64_t old = ticks_ago(100), start;
	struct timespec when[2] = { { 0 } };
	char name[64];
	bool done;

	(void)state;
	leave(runplace.r.done, old, "");
	assert_true(find(50, &start, &done) && done); /* it lives, as far as is known */
	snprintf(name, sizeof(name), "%d.%" PRIu64, M, old);
	when[0].tv_sec = when[1].tv_sec = ka_clock_wall_us() / US - 80;
	assert_int_equal(fchmodat(runplace.r.done, name, 0400, 0), 0);
	assert_int_equal(utimensat(runplace.r.done, name, when, AT_SYMLINK_NOFOLLOW), 0);
	assert_true(find(90, &start, &done) && done);  /* a late line: no second event */
	assert_false(find(50, &start, &done));         /* the number was given again */
}

/* a name made of a line of the log, what was said under it, and the name that others know the connection by */
struct two {
	struct ka_conn conn;
	char name[64], real[64];
};

static struct two two_lives(uint64_t made, uint64_t true_start)
{
	struct two t = { .conn = { M, made } };

	snprintf(t.name, sizeof(t.name), "%d.%" PRIu64, M, made);
	snprintf(t.real, sizeof(t.real), "%d.%" PRIu64, M, true_start);
	runplace_put(runplace.r.said, t.name, "x");
	return t;
}

static void settle__a_record_knows_the_true_start__takes_over_what_was_said(void **state)
{
	uint64_t true_start = ticks_ago(10);
	struct two t = two_lives(ticks_ago(9), true_start);

	(void)state;
	assert_false(ka_saidlife_settle(&runplace.r, &t.conn)); /* nobody else speaks of it */
	runplace_put(runplace.r.spool, t.real, "");
	assert_true(ka_saidlife_settle(&runplace.r, &t.conn));
	assert_true(runplace_has(runplace.r.said, t.real));
	assert_false(runplace_has(runplace.r.said, t.name));
	assert_false(ka_saidlife_settle(&runplace.r, &(struct ka_conn){ M, true_start }));
}

static void settle__its_event_is_written__drops_what_came_late(void **state)
{
	struct two t = two_lives(ticks_ago(9), ticks_ago(10));

	(void)state;
	runplace_put(runplace.r.done, t.real, "");
	assert_true(ka_saidlife_settle(&runplace.r, &t.conn));
	assert_false(runplace_has(runplace.r.said, t.real) || runplace_has(runplace.r.said, t.name));
}

/* whoever has a record under the name that was made of a line has it for a true one */
static void settle__the_name_is_used_elsewhere__stays(void **state)
{
	const int dirs[] = { runplace.r.seen, runplace.r.spool, runplace.r.phase, runplace.r.claimed };
	struct two t = two_lives(ticks_ago(9), ticks_ago(10));

	(void)state;
	runplace_put(runplace.r.done, t.real, "");
	for (size_t i = 0; i < KA_ARRAY_LEN(dirs); i++) {
		runplace_put(dirs[i], t.name, "");
		assert_false(ka_saidlife_settle(&runplace.r, &t.conn));
		assert_true(runplace_has(runplace.r.said, t.name));
		assert_int_equal(unlinkat(dirs[i], t.name, 0), 0);
	}
	assert_true(ka_saidlife_settle(&runplace.r, &t.conn));
	runplace_put(runplace.r.spool, t.real, "");
	assert_false(ka_saidlife_settle(&runplace.r, &t.conn)); /* nothing was said */
}

/* what the true name holds already is not written over */
static void settle__something_was_said_under_both__the_true_one_keeps_its_own(void **state)
{
	struct two t = two_lives(ticks_ago(9), ticks_ago(10));
	struct stat before, after;

	(void)state;
	runplace_put(runplace.r.spool, t.real, "");
	runplace_put(runplace.r.said, t.real, "longer");
	assert_int_equal(fstatat(runplace.r.said, t.real, &before, 0), 0);
	assert_true(ka_saidlife_settle(&runplace.r, &t.conn));
	assert_false(runplace_has(runplace.r.said, t.name));
	assert_int_equal(fstatat(runplace.r.said, t.real, &after, 0), 0);
	assert_true(before.st_ino == after.st_ino && after.st_size == 6);
}

/* a later life of the same number is not this one's */
static void settle__the_other_one_began_later__stays(void **state)
{
	struct two t = two_lives(ticks_ago(50), ticks_ago(10));

	(void)state;
	runplace_put(runplace.r.spool, t.real, "");
	assert_false(ka_saidlife_settle(&runplace.r, &t.conn));
	assert_true(runplace_has(runplace.r.said, t.name));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(covers__its_ends__count),
		cmocka_unit_test(start__and_back__is_the_same_moment),
		RUNPLACE_TEST(find__nobody_left_a_name__none),
		RUNPLACE_TEST(find__two_lives__the_one_that_covers_it),
		RUNPLACE_TEST(find__behind_the_closing_line__another_life),
		RUNPLACE_TEST(find__done__until_the_end_that_was_noticed),
		RUNPLACE_TEST(settle__a_record_knows_the_true_start__takes_over_what_was_said),
		RUNPLACE_TEST(find__of_several__the_youngest_of_that_number),
		RUNPLACE_TEST(settle__the_name_is_used_elsewhere__stays),
		RUNPLACE_TEST(settle__something_was_said_under_both__the_true_one_keeps_its_own),
		RUNPLACE_TEST(settle__its_event_is_written__drops_what_came_late),
		RUNPLACE_TEST(settle__the_other_one_began_later__stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
