/* metrics/metricscount: what counts where, once, and what is said of the chain. */
#include "keyaudit/metrics/metricscount.h"

#include <setjmp.h>
#include <stdarg.h>
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

static void take__actions__count_where_they_belong(void **state)
{
	(void)state;
	c = (struct ka_metricscount){ .seq = 0 };
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
	assert_int_equal(c.lookups[KA_METRICS_STALE], 1);
	assert_int_equal(c.lookups[KA_METRICS_NO_KEYS], 1);
	assert_int_equal(c.lookups[KA_METRICS_FOUND], 0);
	assert_int_equal(c.plain[KA_METRICS_GAPS], 1);
	assert_int_equal(c.plain[KA_METRICS_SINK_FAILURES], 1);
	assert_int_equal(c.plain[KA_METRICS_RECORDS], 6);
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
		cmocka_unit_test(take__chain__once_each_and_broken_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
