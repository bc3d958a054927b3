/* keyaudit/saidsession: of several sessions that began just now the one whose process spoke, or none. */
#include "keyaudit/collect/saidsession.h"

#include <fcntl.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/unit/lib/runplace.h"

#include "base/poison.h"

#define OVER "ka1 said at=1 by=journal sure=1 msg=pam_unix(sshd:session):%20session%20closed%20for%20user%20x\n"
#define ACCEPTED "ka1 said at=1 by=journal sure=1 msg=Accepted%%20publickey%%20for%%20%s%%20from%%20192.0.2.7%%20port%%205%%20ssh2\n"

/* users of this test alone; by its assembler name, so that no prototype with attributes is in the way */
int own_getpwnam_r(const char *name, struct passwd *pw, char *buffer, size_t size, struct passwd **found) __asm__("getpwnam_r");

int own_getpwnam_r(const char *name, struct passwd *pw, char *buffer, size_t size, struct passwd **found)
{
	static const struct { const char *name; gid_t gid; } users[] = { { "alice", 1001 }, { "rooted", 1002 }, { "carol", 1002 } };

	(void)buffer;
	(void)size;
	*found = NULL;
	for (size_t i = 0; i < KA_ARRAY_LEN(users); i++)
		if (strcmp(name, users[i].name) == 0) {
			pw->pw_gid = users[i].gid;
			*found = pw;
		}
	return 0;
}

static const char *name_of(pid_t m)
{
	static char name[KA_CONN_NAME_MAX];

	ka_conn_name(&(struct ka_conn){ m, 7 }, name);
	return name;
}

static void begin(pid_t m, const char *user)
{
	char text[256];

	assert_true(snprintf(text, sizeof(text), "ka1 phase at=1 up=1 pid=1 phase=session service=sshd user=%s rhost=192.0.2.7 conn=- info=-\n",
			     user) > 0);
	runplace_put(runplace.r.phase, name_of(m), text);
}

/* the monitor whose session it is, or 0 */
static pid_t find_by(const struct ka_saidsession_query *q)
{
	struct ka_conn conn = { 0, 0 };

	return ka_saidsession_find(&runplace.r, q, &conn) ? conn.m : 0;
}

static pid_t find(gid_t gid)
{
	return find_by(&(struct ka_saidsession_query){ .at_us = ka_clock_wall_us(), .gid = gid });
}

static void find__several__by_the_group_of_the_process(void **state)
{
	(void)state;
	assert_int_equal(find(1002), 0);
	begin(11, "alice");
	assert_int_equal(find(0), 11);
	assert_int_equal(find(1001), 11);
	assert_int_equal(find(1002), 0); /* the one that it was has its event by now */
	begin(12, "rooted");
	assert_int_equal(find(1002), 12);
	assert_int_equal(find(1001), 11);
	assert_int_equal(find(0), 0);
	assert_int_equal(find(1003), 0);
	begin(13, "carol"); /* the same group */
	assert_int_equal(find(1002), 0);
	assert_int_equal(find(1001), 11);
}

static void find__user_that_nobody_knows__may_be_anybody(void **state)
{
	(void)state;
	begin(11, "gone");
	assert_int_equal(find(1002), 11);
	begin(12, "rooted");
	assert_int_equal(find(1002), 0);
}

static void find__over_or_told__is_none(void **state)
{
	(void)state;
	begin(11, "alice");
	begin(12, "rooted");
	runplace_put(runplace.r.said, name_of(11), OVER);
	assert_int_equal(find(0), 12);
	runplace_put(runplace.r.done, name_of(12), "");
	assert_int_equal(find(0), 0);
}

static void find__began_long_before__is_none(void **state)
{
	const struct timespec old[2] = { { .tv_sec = time(NULL) - 60 }, { .tv_sec = time(NULL) - 60 } };

	(void)state;
	begin(11, "alice");
	assert_int_equal(utimensat(runplace.r.phase, name_of(11), old, 0), 0);
	assert_int_equal(find(0), 0);
	assert_int_equal(find_by(&(struct ka_saidsession_query){ .at_us = (int64_t)old[0].tv_sec * 1000000 }), 11);
}

static void find__without_pam__who_was_let_in_and_is_named(void **state)
{
	struct ka_saidsession_query q = { .at_us = ka_clock_wall_us(), .is_without_pam = true };
	char text[256];

	(void)state;
	begin(11, "alice"); /* left by PAM, which has no say here */
	assert_int_equal(find_by(&q), 0);
	assert_true(snprintf(text, sizeof(text), ACCEPTED, "alice") > 0);
	runplace_put(runplace.r.said, name_of(12), text);
	assert_int_equal(find_by(&q), 12);
	assert_true(snprintf(text, sizeof(text), ACCEPTED, "carol") > 0);
	runplace_put(runplace.r.said, name_of(13), text);
	assert_int_equal(find_by(&q), 0);
	q.user = ka_span_of("carol");
	assert_int_equal(find_by(&q), 13);
	runplace_put(runplace.r.said, name_of(14), "ka1 said at=1 by=journal sure=1 msg=Invalid%20user%20carol%20from%20192.0.2.7%20port%205\n");
	assert_int_equal(find_by(&q), 13);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUNPLACE_TEST(find__several__by_the_group_of_the_process),
		RUNPLACE_TEST(find__user_that_nobody_knows__may_be_anybody),
		RUNPLACE_TEST(find__over_or_told__is_none),
		RUNPLACE_TEST(find__began_long_before__is_none),
		RUNPLACE_TEST(find__without_pam__who_was_let_in_and_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
