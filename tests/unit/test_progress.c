/* keyaudit/progress: drawn for people only, not too often, and taken away without a trace. */
#include "keyaudit/screen/progress.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/slowclock.h"

#include "base/poison.h"

static struct ka_progress bar;

static int setup(void **state)
{
	(void)state;
	clock_ms = 5000;
	ka_progress_begin(&bar);
	return 0;
}

static void done(size_t n)
{
	caught_begin();
	ka_progress_done(&bar, n);
	caught_end();
	assert_string_equal(caught_out, "");
}

static void begin__no_terminal__nothing_is_drawn(void **state)
{
	(void)state;
	caught_begin();
	ka_progress_begin(&bar);
	ka_progress_stage(&bar, "x", 10);
	clock_ms += 1000;
	ka_progress_done(&bar, 5);
	ka_progress_clear(&bar);
	caught_end();
	assert_false(bar.is_live);
	assert_string_equal(caught_err, "");
}

static void begin__terminal__is_known(void **state)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), kept = dup(2), tty;

	(void)state;
	assert_true(master >= 0 && kept >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	tty = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(tty >= 0 && dup2(tty, 2) == 2);
	ka_progress_begin(&bar);
	assert_int_equal(dup2(kept, 2), 2);
	assert_true(bar.is_live);
	close(kept);
	close(tty);
	close(master);
}

static void done__at_most_each_step__and_never_before_the_first(void **state)
{
	(void)state;
	bar.is_live = true;
	done(1); /* no stage: nothing to divide by */
	assert_string_equal(caught_err, "");
	ka_progress_stage(&bar, "reading", KA_PROGRESS_UNKNOWN);
	clock_ms += 2000;
	done(3000);
	assert_string_equal(caught_err, "\rreading  3000, 1500/s ");
	ka_progress_stage(&bar, "vetting", 10);
	clock_ms += KA_PROGRESS_STEP_MS - 1;
	done(1);
	assert_string_equal(caught_err, "");
	clock_ms++;
	done(5);
	assert_string_equal(caught_err, "\rvetting  [############............] 5 of 10, 50/s ");
	done(6);
	assert_string_equal(caught_err, "");
	clock_ms += KA_PROGRESS_STEP_MS;
	done(12); /* more than there is, is all */
	assert_string_equal(caught_err, "\rvetting  [########################] 10 of 10, 50/s ");
	clock_ms += KA_PROGRESS_STEP_MS;
	done(0);
	assert_string_equal(caught_err, "\rvetting  [........................] 0 of 10, 0/s ");
}

static void clear__longest_bar__is_covered_once(void **state)
{
	size_t drawn, covered;

	(void)state;
	bar.is_live = true;
	ka_progress_stage(&bar, "checking", KA_PUBLISH_USERS_MAX);
	clock_ms += KA_PROGRESS_STEP_MS;
	done(KA_PUBLISH_USERS_MAX);
	drawn = strlen(caught_err) - 1;
	caught_begin();
	ka_progress_clear(&bar);
	caught_end();
	covered = strspn(caught_err + 1, " ");
	assert_true(covered >= drawn && covered < 80);
	assert_int_equal(caught_err[strlen(caught_err) - 1], '\r');
	caught_begin();
	ka_progress_clear(&bar);
	caught_end();
	assert_string_equal(caught_err, "");
	/* and another stage begins with nothing of it */
	bar.is_drawn = true;
	caught_begin();
	ka_progress_stage(&bar, "moving", 0);
	caught_end();
	assert_string_not_equal(caught_err, "");
	clock_ms += 1000;
	done(1);
	assert_string_equal(caught_err, "");
}

#define CASE(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(begin__no_terminal__nothing_is_drawn),
		CASE(begin__terminal__is_known),
		CASE(done__at_most_each_step__and_never_before_the_first),
		CASE(clear__longest_bar__is_covered_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
