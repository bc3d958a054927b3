/* conf/confnumber: numbers, sizes and times at the edges of every row, their units, and that showing is the way back. */
#include "conf/confnumber.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "tests/unit/lib/confsample.h"

#include "base/poison.h"

static const struct confsample_row wrong[] = {
	{ "[audit]\nflood_limit = -1\n", "f:2: flood_limit: \"-1\" is not a number from 0 to 1000000" },
	{ "[policy]\nrsa_min_bits = 1023\n", "f:2: rsa_min_bits: \"1023\" is not a number from 1024 to 16384" },
	{ "[policy]\nrsa_max_bits = 16385\n", "f:2: rsa_max_bits: \"16385\" is not a number from 1024 to 16384" },
	{ "[policy]\nrsa_max_bits = 99999999999999999999999\n",
	  "f:2: rsa_max_bits: \"99999999999999999999999\" is not a number from 1024 to 16384" },
	{ "[policy]\nrsa_max_bits = 0x1000\n", "f:2: rsa_max_bits: \"0x1000\" is not a number from 1024 to 16384" },
	{ "[audit]\nmin_free = 64\n", "f:2: min_free: \"64\" is not a size such as 64MiB or 1GiB" },
	{ "[audit]\nmin_free = 64MB\n", "f:2: min_free: \"64MB\" is not a size such as 64MiB or 1GiB" },
	{ "[audit]\nmin_free = MiB\n", "f:2: min_free: \"MiB\" is not a size from 0MiB to 1048576MiB" },
	{ "[audit]\nmin_free = 1025GiB\n", "f:2: min_free: \"1025GiB\" is not a size from 0MiB to 1048576MiB" },
	{ "[lookup]\ndeadline = 5\n", "f:2: deadline: \"5\" is not a time such as 2500ms or 20s" },
	{ "[lookup]\ndeadline = 5 s\n", "f:2: deadline: \"5 s\" is not a time such as 2500ms or 20s" },
	{ "[lookup]\ndeadline = -5s\n", "f:2: deadline: \"-5s\" is not a time such as 2500ms or 20s" },
	{ "[lookup]\ndeadline = 1.5s\n", "f:2: deadline: \"1.5s\" is not a time such as 2500ms or 20s" },
	{ "[lookup]\ndeadline = s\n", "f:2: deadline: \"s\" is not a time from 100ms to 30s" },
	{ "[lookup]\ndeadline = 0\n", "f:2: deadline: \"0\" is not a time from 100ms to 30s" },
	{ "[lookup]\ndeadline = 31s\n", "f:2: deadline: \"31s\" is not a time from 100ms to 30s" },
	{ "[lookup]\ndeadline = 2h\n", "f:2: deadline: \"2h\" is not a time from 100ms to 30s" },
	{ "[source a]\nmax_age = 2500ms\n", "f:2: max_age: \"2500ms\" is not a time such as 5m or 24h" },
	{ "[source a]\nmax_age = 25h\n", "f:2: max_age: \"25h\" is not a time from 1s to 24h" },
	{ "[source a]\nmax_stale = 31d\n", "f:2: max_stale: \"31d\" is not a time from 0s to 720h" },
	{ "[source a]\nthreshold = 17\n", "f:2: threshold: \"17\" is not a number from 1 to 16" },
	{ "[source a]\nthreshold = 0\n", "f:2: threshold: \"0\" is not a number from 1 to 16" },
	{ "[source a]\nmax_pages = 101\n", "f:2: max_pages: \"101\" is not a number from 1 to 100" },
	{ "[source a]\ndeadline = 61s\n", "f:2: deadline: \"61s\" is not a time from 100ms to 1m" },
};

static void read__wrong__says_exactly_what(void **state)
{
	(void)state;
	confsample_wrong(wrong, KA_ARRAY_LEN(wrong));
}

static struct ka_conferr e;

#define UNTOUCHED 0xa5a5a5a5u

/* false: wrong, and the field has not moved */
static bool set(const struct ka_confrow *row, const char *value, unsigned *n)
{
	bool ok;

	*n = UNTOUCHED;
	ka_conferr_begin(&e, "", 0);
	ok = ka_confnumber_set(n, row, ka_span_of(value), &e);
	assert_true(ok ? e.b.len == strlen(":0: ") : *n == UNTOUCHED && e.b.len > strlen(":0: "));
	return ok;
}

static struct ka_confrow row_of(enum ka_confrow_type type, uint32_t min, uint32_t max)
{
	return (struct ka_confrow){ .type = type, .min = min, .max = max };
}

/* one unit of the field's own, as one writes it */
static const char *unit_of(const struct ka_confrow *row)
{
	return row->type == KA_CONFROW_MS ? "ms" : row->type == KA_CONFROW_SEC ? "s" : row->type == KA_CONFROW_MIB ? "MiB" : "";
}

static bool set_number(const struct ka_confrow *row, uint64_t v, unsigned *n)
{
	char text[64];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_u64(&b, v);
	ka_buf_text(&b, unit_of(row));
	return set(row, text, n);
}

static void set__every_row__its_limits_to_the_last(void **state)
{
	unsigned rows = 0, n;

	(void)state;
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++) {
		const struct ka_confrow *row = ka_confrow_at((enum ka_conf_key)k);

		if (!ka_confnumber_is(row))
			continue;
		rows++;
		assert_true(row->min < row->max);
		if (row->min > 0)
			assert_false(set_number(row, row->min - 1, &n));
		assert_true(set_number(row, row->min, &n) && n == row->min);
		assert_true(set_number(row, row->min + 1, &n) && n == row->min + 1);
		assert_true(set_number(row, row->max - 1, &n) && n == row->max - 1);
		assert_true(set_number(row, row->max, &n) && n == row->max);
		assert_false(set_number(row, (uint64_t)row->max + 1, &n));
		assert_false(set_number(row, (uint64_t)row->max + (UINT64_C(1) << 32), &n)); /* would be max in 32 bits */
		assert_false(set_number(row, UINT64_MAX, &n));
	}
	assert_true(rows >= 10);
}

static void set__units__are_multiplied_without_a_wrap(void **state)
{
	const struct ka_confrow ms = row_of(KA_CONFROW_MS, 0, UINT32_MAX), sec = row_of(KA_CONFROW_SEC, 0, UINT32_MAX),
				mib = row_of(KA_CONFROW_MIB, 0, UINT32_MAX), number = row_of(KA_CONFROW_NUMBER, 0, UINT32_MAX);
	const struct { const struct ka_confrow *row; const char *value; bool good; unsigned n; } rows[] = {
		{ &ms, "0", true, 0 }, { &ms, "0ms", true, 0 }, { &ms, "1ms", true, 1 }, { &ms, "1s", true, 1000 }, { &ms, "1m", true, 60000 },
		{ &ms, "1h", true, 3600000 }, { &ms, "1193h", true, 4294800000 }, { &ms, "1194h", false, 0 }, { &ms, "1d", false, 0 },
		{ &ms, "4294967295ms", true, UINT32_MAX }, { &ms, "4294967296ms", false, 0 }, { &ms, "1MS", false, 0 }, { &ms, "5", false, 0 },
		{ &ms, "00", false, 0 }, { &ms, "007s", true, 7000 }, { &ms, "1.5s", false, 0 }, { &ms, "-1s", false, 0 }, { &ms, "+1s", false, 0 },
		{ &ms, "1 s", false, 0 }, { &ms, " 1s", false, 0 }, { &ms, "1s ", false, 0 }, { &ms, "1s1s", false, 0 }, { &ms, "s", false, 0 },
		{ &ms, "", false, 0 },
		{ &sec, "1d", true, 86400 }, { &sec, "49710d", true, 4294944000 }, { &sec, "49711d", false, 0 }, { &sec, "1h", true, 3600 },
		{ &sec, "1ms", false, 0 }, { &sec, "18446744073709551615s", false, 0 }, { &sec, "18446744073709551616s", false, 0 },
		{ &mib, "1GiB", true, 1024 }, { &mib, "4194303GiB", true, 4294966272 }, { &mib, "4194304GiB", false, 0 }, { &mib, "1KiB", false, 0 },
		{ &mib, "1gib", false, 0 }, { &mib, "0", true, 0 },
		{ &number, "0", true, 0 }, { &number, "4294967295", true, UINT32_MAX }, { &number, "4294967296", false, 0 }, { &number, "1s", false, 0 },
		{ &number, "0x10", false, 0 }, { &number, "010", true, 10 }, { &number, "", false, 0 }, { &number, "\xd9\xa1", false, 0 },
	};
	unsigned n;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		if (set(rows[i].row, rows[i].value, &n) != rows[i].good || (rows[i].good && n != rows[i].n))
			fail_msg("%s: %u", rows[i].value, n);
	ka_conferr_begin(&e, "", 0);
	assert_false(ka_confnumber_set(&n, &number, (struct ka_span){ NULL, 0 }, &e));
	assert_false(ka_confnumber_set(&n, &number, (struct ka_span){ (const uint8_t *)"1\0" "2", 3 }, &e));
}

static void show__table(void **state)
{
	static const struct { enum ka_confrow_type type; unsigned n; const char *text; } rows[] = {
		{ KA_CONFROW_NUMBER, 0, "0" }, { KA_CONFROW_NUMBER, UINT32_MAX, "4294967295" },
		{ KA_CONFROW_MS, 0, "0ms" }, { KA_CONFROW_MS, 999, "999ms" }, { KA_CONFROW_MS, 1000, "1s" }, { KA_CONFROW_MS, 1001, "1001ms" },
		{ KA_CONFROW_MS, 90000, "90s" }, { KA_CONFROW_MS, 120000, "2m" }, { KA_CONFROW_MS, 7200000, "2h" },
		{ KA_CONFROW_SEC, 0, "0s" }, { KA_CONFROW_SEC, 59, "59s" }, { KA_CONFROW_SEC, 60, "1m" }, { KA_CONFROW_SEC, 86400, "24h" },
		{ KA_CONFROW_MIB, 0, "0MiB" }, { KA_CONFROW_MIB, 1023, "1023MiB" }, { KA_CONFROW_MIB, 1024, "1024MiB" },
	};
	char text[32];
	struct ka_buf b;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		const struct ka_confrow row = row_of(rows[i].type, 0, UINT32_MAX);

		ka_buf_init_array(&b, text);
		ka_confnumber_show(rows[i].n, &row, &b);
		assert_string_equal(text, rows[i].text);
	}
}

static void show__any_number__reads_back_as_itself(void **state)
{
	static const enum ka_confrow_type types[] = { KA_CONFROW_NUMBER, KA_CONFROW_MS, KA_CONFROW_SEC, KA_CONFROW_MIB };

	(void)state;
	for (size_t t = 0; t < KA_ARRAY_LEN(types); t++) {
		const struct ka_confrow row = row_of(types[t], 0, UINT32_MAX);

		for (uint64_t v = 0; v <= UINT32_MAX; v += v < 5000 ? 1 : v % 1000 == 0 ? 1799999 : 1000 - v % 1000) {
			char text[32];
			struct ka_buf b;
			unsigned n;

			ka_buf_init_array(&b, text);
			ka_confnumber_show((unsigned)v, &row, &b);
			if (!set(&row, text, &n) || n != v)
				fail_msg("%s", text);
		}
	}
}

static void is__every_type__only_numbers(void **state)
{
	(void)state;
	for (unsigned t = 0; t <= KA_CONFROW_LEVEL; t++) {
		const struct ka_confrow row = row_of((enum ka_confrow_type)t, 0, 1);

		assert_int_equal(ka_confnumber_is(&row), t == KA_CONFROW_NUMBER || t == KA_CONFROW_MS || t == KA_CONFROW_SEC || t == KA_CONFROW_MIB);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__wrong__says_exactly_what),
		cmocka_unit_test(set__every_row__its_limits_to_the_last),
		cmocka_unit_test(set__units__are_multiplied_without_a_wrap),
		cmocka_unit_test(show__table),
		cmocka_unit_test(show__any_number__reads_back_as_itself),
		cmocka_unit_test(is__every_type__only_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
