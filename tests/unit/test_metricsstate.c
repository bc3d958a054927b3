/* metrics/metricsstate: what was written is read again; what is torn or odd is nothing. */
#include "keyaudit/metrics/metricsstate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static char text[KA_METRICS_STATE_MAX];

static void state__all_of_it__comes_back(void **state)
{
	struct ka_metricscount in = { .seq = 7, .is_broken = true, .device = 1, .inode = UINT64_MAX, .offset = 4711 }, out;
	struct ka_buf b;

	(void)state;
	memcpy(in.chain, "abc", 4);
	memcpy(in.hash, KA_CHAIN_ZEROS, sizeof(in.hash));
	for (int i = 0; i < KA_REASON_COUNT; i++)
		in.refusals[i] = (uint64_t)i + 1;
	in.logins[KA_METRICS_DENIED] = UINT64_MAX;
	ka_metricscount_source(&in, ka_span_of("a.b-c_1"), true)->lookups[KA_SOURCE_STALE] = 3;
	in.sources[0].lookups[KA_SOURCE_FOUND] = 8;
	for (size_t i = 0; i < KA_METRICS_TOOK; i++)
		in.took[i] = i + 1;
	in.took_us = 4711;
	in.health[0] = in.health[KA_METRICS_HEALTH - 1] = 9;
	in.plain[KA_METRICS_GAPS] = 4;
	ka_buf_init_array(&b, text);
	ka_metricsstate_write(&in, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	assert_true(ka_metricsstate_parse(ka_buf_as_span(&b), &out));
	assert_memory_equal(&in, &out, sizeof(in));
	/* torn anywhere */
	for (size_t n = 0; n < b.len; n++) {
		assert_false(ka_metricsstate_parse(ka_span_sub(ka_buf_as_span(&b), 0, n), &out));
		assert_int_equal(out.seq, 0);
	}
}

static void parse__odd__is_nothing(void **state)
{
	static const char *const odd[] = {
		"keyaudit-metrics/2\nend\n", "keyaudit-metrics/1\nchain a 1 b maybe\nend\n", "keyaudit-metrics/1\nchain a -1 b ok\nend\n",
		"keyaudit-metrics/1\nfile 1 2\nend\n", "keyaudit-metrics/1\ncount logins denied x\nend\n", "keyaudit-metrics/1\nend\nend\n",
		"keyaudit-metrics/1\nchain aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1 b ok\nend\n", "keyaudit-metrics/1\na b c d e f g\nend\n",
	};
	struct ka_metricscount c;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(odd); i++)
		assert_false(ka_metricsstate_parse(ka_span_of(odd[i]), &c));
	/* a counter of another release is left out */
	assert_true(ka_metricsstate_parse(ka_span_of("keyaudit-metrics/1\ncount refusals gone.reason 3\ncount new thing 1\ncount logins denied 2\nend\n"), &c));
	assert_int_equal(c.logins[KA_METRICS_DENIED], 2);
	assert_int_equal(c.refusals[KA_REASON_NONE], 0);
	/* no name that could end a label */
	assert_true(ka_metricsstate_parse(ka_span_of("keyaudit-metrics/1\ncount lookups hit/a\"b 3\ncount lookups hit 3\ncount took 7 3\nend\n"), &c));
	for (size_t i = 0; i < KA_METRICS_SOURCES_MAX; i++)
		assert_int_equal(c.sources[i].lookups[KA_SOURCE_FOUND], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(state__all_of_it__comes_back), cmocka_unit_test(parse__odd__is_nothing) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
