/* keyaudit/watchtrail: a trail that cannot be written is waited for, longer each time, and said once at each end. */
#include "keyaudit/collect/watchtrail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/writerplace.h"

#include "base/poison.h"

static struct writerplace w;
static struct ka_watchstate *k;
static int64_t now = 5000000;

/* the whole file stands before the one in the archive */
int64_t ka_clock_boot_ms(void)
{
	return now;
}

int64_t ka_clock_boot_us(void)
{
	return now * 1000;
}

int64_t ka_clock_wall_us(void)
{
	return 1792000000000000;
}

void ka_clock_text(int64_t wall_us, char out[static KA_CLOCK_TEXT_MAX])
{
	(void)wall_us;
	memcpy(out, "2026-10-14T17:46:40.000000Z", sizeof("2026-10-14T17:46:40.000000Z"));
}

int64_t ka_clock_from_civil(int64_t year, int month, int day, int hour, int min, int sec)
{
	return year + month + day + hour + min + sec;
}

static int make(void **state)
{
	(void)state;
	k = calloc(1, sizeof(*k));
	if (k == NULL || writerplace_make(&w) != 0)
		return -1;
	k->w = w.w;
	return mkdir(w.trail->folder, 0750);
}

static int drop(void **state)
{
	(void)state;
	free(k);
	return writerplace_drop(&w);
}

static void shut(bool is)
{
	w.w->conf.min_free_mib = is ? 1048576 : 0;
}

static void failed(bool is_trail)
{
	caught_begin();
	ka_watchtrail_failed(k, is_trail);
	caught_end();
}

static void written(void)
{
	caught_begin();
	ka_watchtrail_written(k);
	caught_end();
}

static size_t events(void)
{
	json_t *all = writerplace_events(&w);
	size_t n = json_array_size(all);

	json_decref(all);
	return n;
}

static void is_open__nothing_was_wrong__no_look(void **state)
{
	(void)state;
	shut(true);
	assert_true(ka_watchtrail_is_open(k, now)); /* the first that fails will tell */
}

static void failed__trail_is_shut__said_once_and_looked_at_each_second(void **state)
{
	(void)state;
	shut(true);
	failed(true);
	assert_non_null(strstr(caught_err, "cannot be written"));
	assert_non_null(strstr(caught_err, w.trail->path));
	assert_false(ka_watchtrail_is_open(k, now + KA_COLLECT_FULL_MS - 1));
	assert_false(ka_watchtrail_is_open(k, now + KA_COLLECT_FULL_MS)); /* looked at, and still shut */
	assert_int_equal(k->shut_until_ms, now + 2 * KA_COLLECT_FULL_MS);
	failed(true);
	assert_string_equal(caught_err, "");
	shut(false);
	assert_false(ka_watchtrail_is_open(k, now)); /* not before its time */
	assert_true(ka_watchtrail_is_open(k, now + KA_COLLECT_FULL_MS));
}

/* that its look says open and writing fails all the same: each time a longer wait, up to a limit */
static void failed__although_it_looks_open__pauses_are_doubled(void **state)
{
	int64_t want = KA_COLLECT_FULL_MS;

	(void)state;
	for (int i = 0; i < 10; i++) {
		failed(i % 2 == 0);
		assert_int_equal(k->shut_pause_ms, want);
		assert_int_equal(k->shut_until_ms, now + want);
		assert_false(ka_watchtrail_is_open(k, now + want - 1));
		assert_true(ka_watchtrail_is_open(k, now + want));
		want = 2 * want > KA_COLLECT_FULL_MAX_MS ? KA_COLLECT_FULL_MAX_MS : 2 * want;
	}
	written();
	assert_int_equal(k->shut_pause_ms, 0);
	failed(true);
	assert_int_equal(k->shut_pause_ms, KA_COLLECT_FULL_MS);
}

/* other faults make the collector wait too, and nothing is said of the trail */
static void failed__not_the_trail__waits_in_silence(void **state)
{
	(void)state;
	failed(false);
	assert_string_equal(caught_err, "");
	assert_int_equal(k->shut_ms, 0);
	assert_false(ka_watchtrail_is_open(k, now + KA_COLLECT_FULL_MS - 1));
	assert_true(ka_watchtrail_is_open(k, now + KA_COLLECT_FULL_MS));
	written();
	assert_int_equal(events(), 0);
	assert_string_equal(caught_err, "");
}

static void written__again__a_gap_event_with_time_and_number(void **state)
{
	json_t *all;
	char *text;

	(void)state;
	shut(true);
	failed(true);
	k->queued = 3;
	k->workers = 1;
	now += 61500;
	shut(false);
	written();
	assert_non_null(strstr(caught_err, "is written again"));
	all = writerplace_events(&w);
	assert_int_equal(json_array_size(all), 1);
	assert_string_equal(writerplace_action(json_array_get(all, 0)), "trail-gap");
	assert_int_equal(writerplace_count(json_array_get(all, 0)), 4);
	text = json_dumps(all, 0);
	assert_non_null(strstr(text, "could not be written for 61 s"));
	free(text);
	json_decref(all);
	written();
	assert_int_equal(events(), 1);
	assert_string_equal(caught_err, "");
}

/* shut again before the gap could be said: it is said after the next one, with the whole time */
static void written__shut_again_at_once__the_gap_is_said_later(void **state)
{
	int64_t begun = now;

	(void)state;
	shut(true);
	failed(true);
	now += 10000;
	written(); /* who wrote was lucky, we are not */
	assert_int_equal(k->shut_ms, begun);
	assert_int_equal(events(), 0);
	now += 10000;
	shut(false);
	written();
	assert_int_equal(k->shut_ms, 0);
	assert_int_equal(events(), 1);
}

static void is_open__no_trail_is_kept__is_always_open(void **state)
{
	(void)state;
	shut(true);
	failed(true);
	w.w->conf.sink_trail = false;
	assert_true(ka_watchtrail_is_open(k, now + KA_COLLECT_FULL_MS));
}

#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(is_open__nothing_was_wrong__no_look),
		T(failed__trail_is_shut__said_once_and_looked_at_each_second),
		T(failed__although_it_looks_open__pauses_are_doubled),
		T(failed__not_the_trail__waits_in_silence),
		T(written__again__a_gap_event_with_time_and_number),
		T(written__shut_again_at_once__the_gap_is_said_later),
		T(is_open__no_trail_is_kept__is_always_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
