/* keyaudit/gap: what the end of a trail says about the boots before this one. */
#include "keyaudit/collect/gap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/writerplace.h"

#include "base/poison.h"

#define BOOT "0123456789abcdef0123456789abcdef"
#define THIS "01234567-89ab-cdef-0123-456789abcdef"
#define OTHER "11111111-2222-3333-4444-555555555555"
#define LINE(at, boot, action, message) \
	"{\"@timestamp\":\"" at "\",\"message\":\"" message "\",\"event\":{\"action\":\"" action "\"},\"host\":{\"boot\":{\"id\":\"" boot "\"}}}\n"

static struct ka_gap gap;

static void look_through(const char *text)
{
	ka_gap_read(ka_span_of(text), BOOT, &gap);
}

static void read__only_this_boot__nothing_is_missing(void **state)
{
	(void)state;
	look_through(LINE("A", THIS, "ssh-key-refused", "-"));
	assert_false(gap.has_earlier || gap.is_said);
	look_through("");
	assert_false(gap.has_earlier || gap.is_said);
}

static void read__another_boot__its_last_event_counts(void **state)
{
	(void)state;
	look_through(LINE("A", OTHER, "ssh-key-refused", "-") LINE("B", OTHER, "trail-gap", "trail gap: between x and y (this boot) may be missing")
		     LINE("C", THIS, "ssh-login-accepted", "-"));
	assert_true(gap.has_earlier);
	assert_string_equal(gap.last, "B");
	assert_false(gap.is_said); /* that one was another boot's gap */
}

static void read__said_in_this_boot__is_not_said_again(void **state)
{
	(void)state;
	look_through(LINE("A", OTHER, "ssh-key-refused", "-")
		     LINE("B", THIS, "trail-gap", "trail gap: connections between x (the last event) and y (this boot) may be missing"));
	assert_true(gap.has_earlier && gap.is_said);
}

/* the disk was full when the collector began, and had room before it looked again: that gap is another one */
static void read__a_full_disk_of_this_boot__is_not_the_reboot(void **state)
{
	(void)state;
	look_through(LINE("A", OTHER, "ssh-key-refused", "-")
		     LINE("B", THIS, "trail-gap", "trail gap: the trail could not be written for 3 s; the events that waited follow, none is missing"));
	assert_true(gap.has_earlier);
	assert_false(gap.is_said);
}

static void read__what_is_no_line_of_ours__is_passed_over(void **state)
{
	static const char *const lines[] = {
		"not json\n", "[]\n", "{}\n", "{\"host\":{\"boot\":{\"id\":7}}}\n", "{\"host\":\"" OTHER "\"}\n",
		LINE("0123456789012345678901234567890123456789", OTHER, "ssh-key-refused", "-"), /* no time is that long */
		"{\"@timestamp\":\"A\",\"host\":{\"boot\":{\"id\":\"" OTHER "\"}}}", /* torn */
		"\n\n",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(lines); i++) {
		look_through(lines[i]);
		assert_false(gap.has_earlier || gap.is_said);
	}
	look_through(LINE("A", "01234567-89ab-cdef-0123-456789abcde", "x", "-")); /* one digit less is another boot */
	assert_true(gap.has_earlier);
	look_through(LINE("A", THIS "0", "x", "-"));
	assert_true(gap.has_earlier);
}

static size_t events(const struct writerplace *p)
{
	json_t *all = writerplace_events(p);
	size_t n = json_array_size(all);

	json_decref(all);
	return n;
}

static void check__once_a_boot__whatever_the_trail_says_later(void **state)
{
	struct writerplace p;

	(void)state;
	assert_int_equal(writerplace_make(&p), 0);
	assert_int_equal(mkdir(p.trail->folder, 0750), 0);
	trailplace_put(p.trail->path, LINE("2026-01-02T03:04:05Z", OTHER, "ssh-key-refused", "-"), 0640);
	p.w->conf.min_free_mib = 1048576; /* full: not said, and not done with */
	assert_int_equal(ka_gap_check(p.w), KA_ERR_TIMEOUT);
	assert_false(runplace_has(p.run.r.run, "started"));
	p.w->conf.min_free_mib = 0;
	assert_int_equal(ka_gap_check(p.w), KA_ERR_OK);
	assert_true(runplace_has(p.run.r.run, "started"));
	assert_int_equal(events(&p), 1); /* of a new trail: the old one had no chain */
	assert_int_equal(ka_gap_check(p.w), KA_ERR_OK);
	assert_int_equal(events(&p), 1);
	assert_int_equal(writerplace_drop(&p), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__only_this_boot__nothing_is_missing),
		cmocka_unit_test(read__another_boot__its_last_event_counts),
		cmocka_unit_test(read__said_in_this_boot__is_not_said_again),
		cmocka_unit_test(read__a_full_disk_of_this_boot__is_not_the_reboot),
		cmocka_unit_test(read__what_is_no_line_of_ours__is_passed_over),
		cmocka_unit_test(check__once_a_boot__whatever_the_trail_says_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
