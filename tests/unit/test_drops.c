/* keyaudit/drops: thousands of dropped connections are one event per reason. */
#include "keyaudit/collect/drops.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/writerplace.h"

#include "base/poison.h"

static struct writerplace w;

static int make(void **state)
{
	(void)state;
	return writerplace_make(&w);
}

static int drop(void **state)
{
	(void)state;
	return writerplace_drop(&w);
}

static void add(bool sure, const char *message)
{
	struct ka_saidline l = { .at_us = 1, .is_sure = sure };

	assert_true(ka_span_copy(ka_span_of(message), l.message, sizeof(l.message)));
	assert_int_equal(ka_drops_add(&w.run.r, &l), KA_ERR_OK);
}

static const char *at(const json_t *event, const char *a, const char *b)
{
	return json_string_value(json_object_get(json_object_get(event, a), b));
}

static void say__many_of_two_reasons__two_events(void **state)
{
	json_t *all, *first, *second;

	(void)state;
	assert_false(ka_drops_are_there(&w.run.r));
	add(true, "error: beginning MaxStartups throttling");
	for (int i = 0; i < 50; i++) {
		char line[128];

		snprintf(line, sizeof(line), "drop connection #10 from [192.0.2.%d]:40001 on [198.51.100.2]:22 past MaxStartups", i);
		add(true, line);
	}
	add(false, "drop connection #1 from [203.0.113.9]:5 on [198.51.100.2]:22 penalty: failed authentication");
	assert_true(ka_drops_are_there(&w.run.r));
	assert_int_equal(ka_drops_say(w.w), KA_ERR_OK);
	assert_false(ka_drops_are_there(&w.run.r));
	all = writerplace_events(&w);
	assert_int_equal(json_array_size(all), 2);
	first = json_array_get(all, 0);
	second = json_array_get(all, 1);
	assert_string_equal(writerplace_action(first), "sshd-unavailable");
	assert_string_equal(at(first, "event", "code"), "conn.max-startups");
	assert_int_equal(writerplace_count(first), 50);
	assert_string_equal(at(first, "keyaudit", "trust"), "seen");
	assert_non_null(strstr(json_string_value(json_object_get(first, "message")), "192.0.2.46, 192.0.2.47, 192.0.2.48, 192.0.2.49"));
	assert_string_equal(at(second, "event", "code"), "conn.source-penalty");
	assert_int_equal(writerplace_count(second), 1);
	assert_string_equal(at(second, "keyaudit", "trust"), "log-unverified");
	json_decref(all);
	assert_int_equal(ka_drops_say(w.w), KA_ERR_OK); /* nothing is there */
}

static void say__does_not_start__says_why(void **state)
{
	json_t *all;

	(void)state;
	add(true, "sshd: no hostkeys available -- exiting.");
	assert_int_equal(ka_drops_say(w.w), KA_ERR_OK);
	all = writerplace_events(&w);
	assert_int_equal(json_array_size(all), 1);
	assert_string_equal(at(json_array_get(all, 0), "event", "code"), "conn.not-running");
	assert_non_null(strstr(json_string_value(json_object_get(json_array_get(all, 0), "message")), "no hostkeys available"));
	json_decref(all);
}

static void say__trail_full__they_lie_there_still(void **state)
{
	json_t *all;

	(void)state;
	add(true, "sshd: no hostkeys available -- exiting.");
	w.w->conf.min_free_mib = 1048576;
	assert_int_equal(ka_drops_say(w.w), KA_ERR_TIMEOUT);
	assert_true(ka_drops_are_there(&w.run.r));
	w.w->conf.min_free_mib = 0;
	assert_int_equal(ka_drops_say(w.w), KA_ERR_OK);
	all = writerplace_events(&w);
	assert_int_equal(json_array_size(all), 1);
	json_decref(all);
}

static void add__full__takes_no_more(void **state)
{
	struct ka_saidline l = { .at_us = 1 };
	enum ka_err err = KA_ERR_OK;

	(void)state;
	memset(l.message, 'x', KA_SAID_MESSAGE_MAX);
	for (int i = 0; err == KA_ERR_OK && i < 10000; i++)
		err = ka_drops_add(&w.run.r, &l);
	assert_int_equal(err, KA_ERR_LIMIT);
	assert_int_equal(ka_drops_say(w.w), KA_ERR_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(say__many_of_two_reasons__two_events, make, drop),
		cmocka_unit_test_setup_teardown(say__does_not_start__says_why, make, drop),
		cmocka_unit_test_setup_teardown(say__trail_full__they_lie_there_still, make, drop),
		cmocka_unit_test_setup_teardown(add__full__takes_no_more, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
