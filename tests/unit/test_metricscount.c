/* metrics/metricscount: what counts where, once, and what is said of the chain. */
#include "keyaudit/metrics/metricscount.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static struct ka_metricscount c;

/* one line of the trail; without a number it stands in no chain */
static void take(const char *line)
{
	json_t *event = json_loads(line, 0, NULL);

	assert_non_null(event);
	ka_metricscount_take(&c, ka_span_of(line), event);
	json_decref(event);
}

static uint64_t lookups(const char *source, enum ka_source_answer a)
{
	return ka_metricscount_source(&c, ka_span_of(source), false)->lookups[a];
}

static void take__actions__count_where_they_belong(void **state)
{
	(void)state;
	c = (struct ka_metricscount){ .seq = 0 };
	(void)ka_metricscount_source(&c, ka_span_of("corp"), true);
	take("{\"event\":{\"action\":\"ssh-key-refused\",\"code\":\"perm.group-writable\"},\"keyaudit\":{\"sources\":"
	     "[\"corp stale store.stale-served age=3\",\"local no-keys -\",\"odd\",\"x nonsense -\",7]}}");
	take("{\"event\":{\"action\":\"ssh-login-denied\",\"code\":\"no such thing\"}}");
	take("{\"event\":{\"action\":\"ssh-login-accepted\",\"code\":\"perm.group-writable\"}}");
	take("{\"event\":{\"action\":\"trail-gap\"}}");
	take("{\"event\":{\"action\":\"sink-failing\"}}");
	take("{\"event\":[1],\"keyaudit\":7}");
	assert_int_equal(c.refusals[KA_REASON_PERM_GROUP_WRITABLE], 1);
	assert_int_equal(c.refusals[KA_REASON_NONE], 1);
	assert_int_equal(c.logins[KA_METRICS_ACCEPTED], 1);
	assert_int_equal(c.logins[KA_METRICS_DENIED], 1);
	assert_int_equal(c.logins[KA_METRICS_REFUSED], 1);
	assert_int_equal(c.logins[KA_METRICS_OFFERED], 0);
	assert_int_equal(lookups("corp", KA_SOURCE_STALE), 1);
	assert_int_equal(lookups("other", KA_SOURCE_NO_KEYS), 1); /* no configuration has a source "local" */
	assert_int_equal(lookups("corp", KA_SOURCE_FOUND), 0);
	assert_int_equal(c.plain[KA_METRICS_GAPS], 1);
	assert_int_equal(c.plain[KA_METRICS_SINK_FAILURES], 1);
	assert_int_equal(c.plain[KA_METRICS_RECORDS], 6);
}

static void take__a_summary__counts_as_what_it_stands_for(void **state)
{
	(void)state;
	c = (struct ka_metricscount){ .seq = 0 };
	take("{\"event\":{\"action\":\"ssh-key-refused-summary\",\"code\":\"key.not-listed\"},\"keyaudit\":{\"count\":500}}");
	take("{\"event\":{\"action\":\"ssh-key-refused-summary\",\"code\":\"key.not-listed\"},\"keyaudit\":{\"count\":-5}}");
	take("{\"event\":{\"action\":\"ssh-key-refused\",\"code\":\"key.not-listed\"},\"keyaudit\":{\"count\":500}}");
	assert_int_equal(c.refusals[KA_REASON_KEY_NOT_LISTED], 502);
	assert_int_equal(c.logins[KA_METRICS_REFUSED], 502);
	assert_int_equal(c.plain[KA_METRICS_RECORDS], 3);
}

static void take__durations__each_in_its_bucket(void **state)
{
	static const struct { const char *us, *le; } rows[] = {
		{ "1", "0.001" }, { "1000", "0.001" }, { "1001", "0.005" }, { "25000", "0.025" }, { "500001", "2" }, { "2000001", "+Inf" },
		{ "0", NULL }, { "-1", NULL }, { "3600000001", NULL }, { "9223372036854775808", NULL }, { "\"7\"", NULL },
	};
	char line[128];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		uint64_t found = 0;
		json_t *event;

		c = (struct ka_metricscount){ .seq = 0 };
		snprintf(line, sizeof(line), "{\"event\":{\"action\":\"ssh-key-offered\"},\"keyaudit\":{\"lookup_us\":%s}}", rows[i].us);
		event = json_loads(line, 0, NULL);
		if (event == NULL)
			continue; /* no number of JSON's reader */
		ka_metricscount_take(&c, ka_span_of(line), event);
		json_decref(event);
		for (size_t k = 0; k < KA_METRICS_TOOK; k++)
			if (c.took[k] > 0) {
				found += c.took[k];
				assert_string_equal(ka_metricscount_le(k), rows[i].le);
			}
		assert_int_equal(found, rows[i].le != NULL);
	}
}

static void take__health__by_action_and_gaps_of_two_kinds(void **state)
{
	uint64_t sum = 0;

	(void)state;
	c = (struct ka_metricscount){ .seq = 0 };
	take("{\"message\":\"trail gap: " KA_EVENT_SAYS_SHUT "7 s\",\"event\":{\"action\":\"trail-gap\"}}");
	take("{\"message\":\"trail gap: connections may be missing\",\"event\":{\"action\":\"trail-gap\"}}");
	take("{\"message\":\"" KA_EVENT_SAYS_SHUT "\",\"event\":{\"action\":\"ssh-key-refused\"},\"user\":{\"name\":\"trail-gap\"}}");
	for (size_t i = 0; i < KA_METRICS_HEALTH; i++) {
		sum += c.health[i];
		assert_int_equal(c.health[i], strcmp(ka_metricscount_health(i), "trail-gap") == 0 ? 2 : 0);
	}
	assert_int_equal(sum, 2);
	assert_int_equal(c.plain[KA_METRICS_GAPS], 2);
	assert_int_equal(c.plain[KA_METRICS_WRITE_ERRORS], 1);
}

static void source__names__bounded_and_never_lost(void **state)
{
	char name[16];

	(void)state;
	c = (struct ka_metricscount){ .seq = 0 };
	assert_ptr_equal(ka_metricscount_source(&c, ka_span_of("corp"), false), &c.sources[0]);
	for (unsigned i = 0; i < 2 * KA_METRICS_SOURCES_MAX; i++) {
		snprintf(name, sizeof(name), "s%u", i);
		ka_metricscount_source(&c, ka_span_of(name), true)->lookups[KA_SOURCE_FOUND]++;
	}
	assert_int_equal(lookups("s0", KA_SOURCE_FOUND), 1);
	assert_int_equal(lookups("other", KA_SOURCE_FOUND), KA_METRICS_SOURCES_MAX + 1);
	assert_ptr_equal(ka_metricscount_source(&c, ka_span_of("other"), true), &c.sources[0]);
}

static const char genesis[] =
	"{\"event\":{\"action\":\"trail-genesis\"},\"keyaudit\":{\"schema\":1,\"trail\":{\"chain\":\"%s\"}}}\n";

static void chained(const char *text, uint64_t seq, char hash[static KA_CHAIN_HEX], char *out, size_t size)
{
	char prev[KA_CHAIN_HEX];
	struct ka_buf b;

	memcpy(prev, hash, sizeof(prev));
	ka_buf_init(&b, out, size);
	assert_true(ka_chain_put(&b, ka_span_of(text), seq, prev, hash));
	ka_buf_cut(&b, b.len - 1);
}

static void take__chain__once_each_and_broken_is_seen(void **state)
{
	static const char event[] = "{\"event\":{\"action\":\"ssh-key-refused\"},\"keyaudit\":{\"schema\":1}}\n";
	char hash[KA_CHAIN_HEX] = KA_CHAIN_ZEROS, first[512], second[512], third[512], begin[256];
	struct ka_buf b;

	(void)state;
	c = (struct ka_metricscount){ .seq = 0 };
	ka_buf_init_array(&b, begin);
	ka_buf_span(&b, ka_span_sub(ka_span_of(genesis), 0, strlen(genesis) - 7));
	ka_buf_text(&b, "aa\"}}}\n");
	chained(begin, 1, hash, first, sizeof(first));
	chained(event, 2, hash, second, sizeof(second));
	chained(event, 3, hash, third, sizeof(third));
	take(first);
	take(second);
	take(first);
	take(second);
	assert_string_equal(c.chain, "aa");
	assert_int_equal(c.seq, 2);
	assert_int_equal(c.plain[KA_METRICS_RECORDS], 2);
	assert_false(c.is_broken);
	third[12] ^= 1; /* a byte of "action" */
	take(third);
	assert_true(c.is_broken);
	/* a chain of its own begins at 1 and is whole */
	memcpy(hash, KA_CHAIN_ZEROS, sizeof(hash));
	begin[b.len - 7] = 'b';
	chained(begin, 1, hash, first, sizeof(first));
	take(first);
	assert_string_equal(c.chain, "ba");
	assert_int_equal(c.seq, 1);
	assert_false(c.is_broken);
	/* a neighbour that was written behind another one */
	memcpy(hash, KA_CHAIN_ZEROS, sizeof(hash));
	chained(event, 2, hash, second, sizeof(second));
	take(second);
	assert_true(c.is_broken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(take__actions__count_where_they_belong),
		cmocka_unit_test(take__a_summary__counts_as_what_it_stands_for),
		cmocka_unit_test(take__durations__each_in_its_bucket),
		cmocka_unit_test(take__health__by_action_and_gaps_of_two_kinds),
		cmocka_unit_test(source__names__bounded_and_never_lost),
		cmocka_unit_test(take__chain__once_each_and_broken_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
