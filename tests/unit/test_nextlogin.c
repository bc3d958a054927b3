/* keyaudit/nextlogin: the next event of this user and no other, also in a trail that begins anew. */
#include "keyaudit/doctor/nextlogin.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/poison.h"

#define EVENT(at, action, user) "{\"@timestamp\":\"" at "\",\"event\":{\"action\":\"" action "\"},\"user\":{\"name\":\"" user "\"}}\n"

static char dir[64], trail[96], old[96];
static struct ka_lastrefusal found;
static const char *const *steps; /* what happens each time it waits; NULL ends */

/* the C library's header makes poll(2) inline, and such a function may use nothing that is static */
void nextlogin_step(void);

static void append(const char *text)
{
	FILE *f = fopen(trail, "a");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

void nextlogin_step(void)
{
	assert_non_null(*steps);
	if (strcmp(*steps, "rename") == 0)
		assert_int_equal(rename(trail, old), 0);
	else if ((*steps)[0] != '\0')
		append(*steps);
	steps++;
}

/* stands before libc's: nobody waits, the next step happens instead */
int poll(struct pollfd *fds, nfds_t n, int timeout)
{
	(void)fds;
	(void)n;
	(void)timeout;
	nextlogin_step();
	return 0;
}

static int make(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/ka-test-XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(trail, sizeof(trail), "%s/audit.jsonl", dir);
	snprintf(old, sizeof(old), "%s/old", dir);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	unlink(trail);
	unlink(old);
	return rmdir(dir);
}

static void wait_with(const char *const *list)
{
	steps = list;
	assert_int_equal(ka_nextlogin_wait(trail, "alice", &found), KA_ERR_OK);
	assert_null(*steps);
}

static void wait__events_of_before_and_of_others__are_passed_over(void **state)
{
	static const char *const list[] = { "", EVENT("2", "ssh-key-refused", "bob"), EVENT("3", "trail-gap", "alice"),
					    EVENT("4", "ssh-key-refused", "alice") EVENT("5", "ssh-key-refused", "alice"), NULL };

	(void)state;
	append(EVENT("1", "ssh-key-refused", "alice"));
	wait_with(list);
	assert_string_equal(found.at, "4");
	assert_int_equal(found.earlier_count, 0);
}

static void wait__no_trail_yet__all_of_it_counts(void **state)
{
	static const char *const list[] = { "", EVENT("1", "ssh-login-accepted", "alice"), NULL };

	(void)state;
	wait_with(list);
	assert_string_equal(found.at, "1");
	assert_true(found.is_over);
}

static void wait__renamed_and_begun_anew__nothing_is_missed(void **state)
{
	static const char *const list[] = { "rename", "", EVENT("2", "ssh-login-denied", "alice"), NULL };

	(void)state;
	append(EVENT("1", "ssh-key-refused", "alice"));
	wait_with(list);
	assert_string_equal(found.at, "2");
}

static void wait__no_file__says_so(void **state)
{
	(void)state;
	assert_int_equal(mkdir(trail, 0700), 0);
	assert_int_equal(ka_nextlogin_wait(trail, "alice", &found), KA_ERR_SYS);
	assert_int_equal(rmdir(trail), 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(wait__events_of_before_and_of_others__are_passed_over),
		T(wait__no_trail_yet__all_of_it_counts),
		T(wait__renamed_and_begun_anew__nothing_is_missed),
		T(wait__no_file__says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
