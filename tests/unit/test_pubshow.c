/* keyaudit/pubshow: progress on a terminal, one line for each problem, and the sum. */
#include "keyaudit/publish/pubshow.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/limits.h"
#include "keyaudit/cmd.h"
#include "keyaudit/publish/publish.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/signplace.h"
#include "tests/unit/lib/slowclock.h"

#include "base/poison.h"

static struct ka_publish *p;

static int setup(void **state)
{
	(void)state;
	clock_ms = 5000;
	p = calloc(1, sizeof(*p));
	assert_non_null(p);
	ka_pubshow_begin(&p->show);
	p->terms = (struct ka_pubplan_terms){ .now = 1795370513, .life = 86400 };
	p->planned[KA_PUBPLAN_WRITE] = 2;
	p->planned[KA_PUBPLAN_KEEP] = 5;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(p);
	return 0;
}

static void sum(int status)
{
	caught_begin();
	ka_pubshow_sum(p, status);
	caught_end();
	assert_string_equal(caught_err, "");
}

static void begin__no_terminal__nothing_is_drawn(void **state)
{
	(void)state;
	caught_begin();
	ka_pubshow_begin(&p->show);
	ka_pubshow_stage(&p->show, "vetting", 10);
	clock_ms += 10000;
	ka_pubshow_done(&p->show, 5);
	ka_pubshow_clear(&p->show);
	caught_end();
	assert_false(p->show.bar.is_live);
	assert_string_equal(caught_err, "");
}

static void problem__is_counted_and_one_plain_line(void **state)
{
	static const char *const names[] = { SIGNPLACE_HOSTILE, "\033]0;evil\a", "a\nkeyaudit publish: b", "\xe2\x80\xaegpj", "\xff" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++) {
		caught_begin();
		ka_pubshow_problem(p, names[i], "is wrong");
		caught_end();
		assert_true(caught_is_plain(caught_err));
		assert_ptr_equal(strchr(caught_err, '\n'), caught_err + strlen(caught_err) - 1);
		assert_non_null(strstr(caught_err, ": is wrong\n"));
		assert_int_equal(strncmp(caught_err, "keyaudit publish: ", 18), 0);
		assert_int_equal(p->problems, i + 1);
	}
	caught_begin();
	ka_pubshow_note(p, "from/" SIGNPLACE_HOSTILE, "is odd");
	caught_end();
	assert_string_equal(caught_err, "keyaudit publish: from/e\\x1b[2J\\x0a\\xff\\xc3(x: is odd\n");
	assert_int_equal(p->problems, KA_ARRAY_LEN(names)); /* a note stops nothing */
	caught_begin();
	ka_pubshow_problem(p, "", "no memory");
	caught_end();
	assert_string_equal(caught_err, "keyaudit publish: no memory\n");
}

static void problem__endless_name__is_cut(void **state)
{
	static char name[3 * KA_TEXT_PATH_MAX];

	(void)state;
	memset(name, '\033', sizeof(name) - 1);
	caught_begin();
	ka_pubshow_problem(p, name, "is wrong");
	caught_end();
	assert_true(strlen(caught_err) < KA_TEXT_PATH_MAX + 64);
	assert_non_null(strstr(caught_err, "...: is wrong\n"));
}

static void problem__while_a_bar_stands__takes_it_away_first(void **state)
{
	(void)state;
	p->show.bar.is_drawn = true;
	caught_begin();
	ka_pubshow_note(p, "x", "y");
	caught_end();
	assert_int_equal(caught_err[0], '\r');
	assert_non_null(strstr(caught_err, " \rkeyaudit publish: x: y\n"));
	assert_false(p->show.bar.is_drawn);
}

static void sum__text__says_what_was_done(void **state)
{
	struct ka_pubrevoked revoked = { .count = 3 };

	(void)state;
	clock_ms += 1250;
	p->serial = 77;
	sum(KA_EXIT_FINE);
	assert_string_equal(caught_out, "ok   7 users: 2 written, 5 unchanged (1.2 s)\n");
	p->index_number = 4;
	p->planned[KA_PUBPLAN_EMPTY] = 1;
	p->planned[KA_PUBPLAN_DROP] = 6;
	p->planned[KA_PUBPLAN_ALIEN] = 9;
	p->planned[KA_PUBPLAN_KEEP_EMPTY] = 9;
	p->revoked = &revoked;
	p->lint.refused = 1;
	p->lint.left_out = 1;
	p->lint.warned = 2;
	sum(KA_EXIT_FINE);
	assert_string_equal(caught_out, "ok   7 users: 2 written, 5 unchanged, 1 emptied, 6 taken away; 3 revoked; serial 77; "
					"1 key refused, 1 of them left out; 2 warnings (1.2 s)\n");
	p->dry_run = true;
	p->lint.refused = p->lint.left_out = 2;
	p->lint.warned = 1;
	sum(KA_EXIT_FINE);
	assert_string_equal(caught_out, "ok   7 users: 2 would be written, 5 unchanged, 1 would be emptied, 6 would be taken away; 3 revoked; "
					"2 keys refused, 2 of them left out; 1 warning (1.2 s)\n");
	p->dry_run = false;
	sum(KA_EXIT_FINDINGS);
	assert_string_equal(caught_out, "FAIL nothing was published; 2 keys refused, 2 of them left out; 1 warning (1.2 s)\n");
}

static json_int_t number(const json_t *o, const char *name)
{
	const json_t *v = json_object_get(o, name);

	if (!json_is_integer(v))
		fail_msg("%s is no number in %s", name, caught_out);
	return json_integer_value(v);
}

static json_t *sum_object(int status)
{
	json_t *o;

	sum(status);
	o = json_loads(caught_out, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(o);
	assert_ptr_equal(strchr(caught_out, '\n'), caught_out + strlen(caught_out) - 1);
	return o;
}

static void sum__json__has_every_field(void **state)
{
	static const struct {
		const char *name;
		json_int_t value;
	} numbers[] = {
		{ "users", 7 }, { "written", 2 }, { "unchanged", 5 }, { "removed", 1 }, { "gone", 6 }, { "refused", 10 }, { "left_out", 8 },
		{ "warned", 9 }, { "problems", 11 }, { "revoked", 3 }, { "revoked_lost", 12 }, { "serial", 77 }, { "milliseconds", 1250 },
	};
	struct ka_pubrevoked revoked = { .count = 3 };
	json_t *o;

	(void)state;
	clock_ms += 1250;
	p->show.json = true;
	p->planned[KA_PUBPLAN_EMPTY] = 1;
	p->planned[KA_PUBPLAN_DROP] = 6;
	p->lint.refused = 10;
	p->lint.left_out = 8;
	p->lint.warned = 9;
	p->problems = 11;
	p->lost = 12;
	p->serial = 77;
	p->revoked = &revoked;
	p->revoked_number = 1;
	o = sum_object(KA_EXIT_FINE);
	for (size_t i = 0; i < KA_ARRAY_LEN(numbers); i++)
		assert_int_equal(number(o, numbers[i].name), numbers[i].value);
	assert_string_equal(json_string_value(json_object_get(o, "schema")), KA_PUBSHOW_SCHEMA);
	assert_string_equal(json_string_value(json_object_get(o, "expires")), "2026-11-23T18:01:53Z");
	assert_true(json_is_true(json_object_get(o, "published")) && json_is_false(json_object_get(o, "dry_run")));
	assert_true(json_is_true(json_object_get(o, "revoked_written")) && json_is_false(json_object_get(o, "index_written")));
	assert_int_equal(json_object_size(o), KA_ARRAY_LEN(numbers) + 6);
	json_decref(o);
}

static void sum__json__published_is_what_is_published(void **state)
{
	json_t *o;

	(void)state;
	p->show.json = true;
	p->dry_run = true;
	o = sum_object(KA_EXIT_FINE);
	assert_true(json_is_false(json_object_get(o, "published")) && json_is_true(json_object_get(o, "dry_run")));
	assert_null(json_object_get(o, "revoked")); /* nobody gave a list */
	assert_null(json_object_get(o, "revoked_lost"));
	json_decref(o);
	p->dry_run = false;
	o = sum_object(KA_EXIT_FINDINGS);
	assert_true(json_is_false(json_object_get(o, "published")));
	json_decref(o);
	/* the largest numbers fit */
	p->serial = INT64_MAX;
	p->problems = p->lint.refused = p->lint.warned = p->lint.left_out = INT64_MAX;
	for (size_t i = 0; i < KA_PUBPLAN_COUNT; i++)
		p->planned[i] = i == KA_PUBPLAN_KEEP ? 0 : (size_t)INT64_MAX;
	o = sum_object(KA_EXIT_FINE);
	assert_int_equal(number(o, "users"), INT64_MAX);
	json_decref(o);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(begin__no_terminal__nothing_is_drawn),
		CASE(problem__is_counted_and_one_plain_line),
		CASE(problem__endless_name__is_cut),
		CASE(problem__while_a_bar_stands__takes_it_away_first),
		CASE(sum__text__says_what_was_done),
		CASE(sum__json__has_every_field),
		CASE(sum__json__published_is_what_is_published),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
