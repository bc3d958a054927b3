/* keyaudit/pubserial: the serial of a publication, and when there is none that hosts would take. */
#include "keyaudit/publish/pubserial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/caught.h"

#include "base/poison.h"

enum { NOW = 1792000000 };

static struct ka_publish *p;

static int setup(void **state)
{
	(void)state;
	memset(p, 0, sizeof(*p));
	p->to_path = "to";
	p->terms.now = NOW;
	return 0;
}

static uint64_t choose(uint64_t ours, uint64_t foreign, uint64_t at_least)
{
	p->old.highest = ours;
	p->old.highest_foreign = foreign;
	p->serial_min = at_least;
	ka_pubserial_choose(p);
	return p->serial;
}

static bool may_make(void)
{
	bool may;

	p->problems = 0;
	caught_begin();
	may = ka_pubserial_may_make(p);
	caught_end();
	assert_int_equal(p->problems, may ? 0 : 1);
	assert_true(may == (caught_err[0] == '\0'));
	return may;
}

static void serial__of_ours_and_of_about_now__is_higher(void **state)
{
	(void)state;
	assert_int_equal(choose(0, 0, 0), NOW);
	assert_int_equal(choose(NOW + 5, 0, 0), NOW + 6);
	assert_int_equal(choose(NOW + 5, NOW + 9, 0), NOW + 10);
	assert_int_equal(choose(0, 0, NOW + 100), NOW + 100);
	assert_true(may_make());
}

static void serial__far_one_of_others__is_not_followed_and_stops_what_is_made(void **state)
{
	const uint64_t far = (uint64_t)NOW + 10 * KA_PUBLISH_CLOCK_SEC;

	(void)state;
	assert_int_equal(choose(NOW + 5, far, 0), NOW + 6);
	assert_false(may_make());
	assert_non_null(strstr(caught_err, "other signers"));
	assert_int_equal(choose(NOW + 5, far, far + 1), far + 1);
	assert_true(may_make());
}

static void serial__used_up__stops_what_is_made(void **state)
{
	(void)state;
	assert_int_equal(choose(INT64_MAX - 1, 0, 0), INT64_MAX);
	assert_true(may_make());
	assert_int_equal(choose(INT64_MAX, 0, 0), 0);
	assert_false(may_make());
	assert_non_null(strstr(caught_err, "to: the highest serial is used up"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(serial__of_ours_and_of_about_now__is_higher, setup),
		cmocka_unit_test_setup(serial__far_one_of_others__is_not_followed_and_stops_what_is_made, setup),
		cmocka_unit_test_setup(serial__used_up__stops_what_is_made, setup),
	};
	int failed;

	p = calloc(1, sizeof(*p));
	failed = p != NULL ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
	free(p);
	return failed;
}
