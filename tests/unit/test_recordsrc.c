/* spool/recordsrc: what sources said goes into a record and comes back; what is not exactly that ends the list. */
#include "spool/recordsrc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static const struct ka_recordsrc samples[] = {
	{ "local", KA_SOURCE_FOUND, KA_REASON_NONE, { -1, -1, -1, -1, 1, -1 } },
	{ "corp", KA_SOURCE_STALE, KA_REASON_STORE_STALE_SERVED, { 5400, 503, 2, 42, -1, KA_REASON_STORE_TIMEOUT } },
	{ "x", KA_SOURCE_UNAVAILABLE, KA_REASON_STORE_TIMEOUT, { -1, -1, -1, -1, -1, -1 } },
	{ "a.b-c_d", KA_SOURCE_REFUSED, KA_REASON_STORE_SIGNATURE_BAD, { 0, 200, -1, INT64_MAX, -1, -1 } },
	{ "n", KA_SOURCE_NO_KEYS, KA_REASON_STORE_NO_KEYS, { -1, 404, 1, -1, -1, -1 } },
};

static const char text[] = "local:found:-:served=1,corp:stale:store.stale-served:age=5400/status=503/mirror=2/serial=42/cause=store.timeout,"
			   "x:unavailable:store.timeout,a.b-c_d:refused:store.signature-bad:age=0/status=200/serial=9223372036854775807,"
			   "n:no-keys:store.no-keys:status=404/mirror=1";

static void write__samples__are_this_text(void **state)
{
	char out[KA_RECORD_SRC_MAX];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, out);
	for (size_t i = 0; i < KA_ARRAY_LEN(samples); i++)
		ka_recordsrc_write(&samples[i], &b);
	assert_string_equal(out, text);
}

static void write__no_room__leaves_the_entry_out_whole(void **state)
{
	char out[40];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, out);
	ka_recordsrc_write(&samples[0], &b);
	ka_recordsrc_write(&samples[1], &b);
	ka_recordsrc_write(&samples[0], &b);
	assert_string_equal(out, "local:found:-:served=1");
	assert_false(b.overflow);
}

static void next__what_was_written__comes_back(void **state)
{
	struct ka_span rest = ka_span_of(text);
	struct ka_recordsrc r;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(samples); i++) {
		assert_true(ka_recordsrc_next(&rest, &r));
		assert_string_equal(r.name, samples[i].name);
		assert_int_equal(r.answer, samples[i].answer);
		assert_int_equal(r.reason, samples[i].reason);
		assert_int_equal(r.evidence.age_sec, samples[i].evidence.age_sec);
		assert_int_equal(r.evidence.status, samples[i].evidence.status);
		assert_int_equal(r.evidence.mirror, samples[i].evidence.mirror);
		assert_int_equal(r.evidence.serial, samples[i].evidence.serial);
		assert_int_equal(r.evidence.served, samples[i].evidence.served);
		assert_int_equal(r.evidence.cause, samples[i].evidence.cause);
	}
	assert_false(ka_recordsrc_next(&rest, &r));
}

static void next__anything_else__ends_the_list(void **state)
{
	static const char *const bad[] = {
		"", ",", "a", "a:found", "a:found:", ":found:-", "a:Found:-", "a:found:none", "a:found:-:", "a:found:-:age",
		"a:found:-:age=", "a:found:-:age=-1", "a:found:-:age=1/", "a:found:-:/age=1", "a:found:-:age=1/age=2", "a:found:-:old=1",
		"a:found:-:age=9223372036854775808", "a:found:-:status=2147483648",
		"a:stale:-:cause=", "a:stale:-:cause=-", "a:stale:-:cause=1", "a:stale:-:cause=store.tls/cause=store.tls", "a:found:-:age=1:x", "../x:found:-", "-a:found:-", "a b:found:-",
		"0123456789012345678901234567890x:found:-", "a:found:- ", "a:found:-:age=1 ",
	};
	struct ka_recordsrc r;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		char both[128];
		struct ka_span rest = ka_span_of(bad[i]);

		if (ka_recordsrc_next(&rest, &r))
			fail_msg("\"%s\" is taken", bad[i]);
		assert_int_equal(rest.len, 0);
		assert_true(snprintf(both, sizeof(both), "ok:found:-,%s,b:found:-", bad[i]) > 0);
		rest = ka_span_of(both);
		assert_true(ka_recordsrc_next(&rest, &r));
		assert_false(ka_recordsrc_next(&rest, &r));
		assert_false(ka_recordsrc_next(&rest, &r));
	}
}

/* every byte of the text changed to every other one: it ends, and what comes back is within its grammar */
static void next__every_byte_changed__stays_within_bounds(void **state)
{
	(void)state;
	for (size_t at = 0; at < sizeof(text) - 1; at++)
		for (unsigned byte = 0; byte < 256; byte++) {
			uint8_t *copy = test_malloc(sizeof(text) - 1);
			struct ka_span rest = { copy, sizeof(text) - 1 };
			struct ka_recordsrc r;
			size_t n = 0;

			memcpy(copy, text, sizeof(text) - 1);
			copy[at] = (uint8_t)byte;
			while (ka_recordsrc_next(&rest, &r)) {
				assert_true(++n <= KA_ARRAY_LEN(samples) + 1);
				assert_true(strlen(r.name) < KA_SOURCE_NAME_MAX && strpbrk(r.name, "/ \\\x1b\n") == NULL);
				assert_true(r.evidence.age_sec >= -1 && r.evidence.served >= -1);
			}
			test_free(copy);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write__samples__are_this_text),
		cmocka_unit_test(write__no_room__leaves_the_entry_out_whole),
		cmocka_unit_test(next__what_was_written__comes_back),
		cmocka_unit_test(next__anything_else__ends_the_list),
		cmocka_unit_test(next__every_byte_changed__stays_within_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
