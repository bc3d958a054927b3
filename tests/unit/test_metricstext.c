/* metrics/metricstext: each metric has one HELP and one TYPE, each sample a metric; what is unknown is absent. */
#include "keyaudit/metrics/metricstext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static char text[KA_METRICS_TEXT_MAX];

static void write__all__forms(void **state)
{
	struct ka_metricscount c = { .seq = 3, .is_broken = true };
	struct ka_metricsgauge g = { .stores_count = 1, .has_spool = true, .spool_unclaimed = 2, .has_verdicts = true, .verdicts_kept = 7, .last_seal = 1700000000 };
	struct ka_buf b;

	(void)state;
	memcpy(g.stores[0].name, "corp", 5);
	g.stores[0].last_success = 1690000000;
	g.stores[0].is_signature_bad = true;
	c.refusals[KA_REASON_PERM_GROUP_WRITABLE] = 5;
	ka_metricscount_source(&c, ka_span_of("corp"), true)->lookups[KA_SOURCE_NO_KEYS] = 9;
	c.took[0] = 2;
	c.took[3] = 1;
	c.took_us = 40001;
	ka_metricsgauge_openssh(&g, "OpenSSH_9.2p1 Debian-2+deb12u10");
	ka_buf_init_array(&b, text);
	ka_metricstext_write(&c, &g, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	assert_int_equal(text[b.len - 1], '\n');
	assert_non_null(strstr(text, "\nkeyaudit_refusals_total{reason=\"perm.group-writable\",stage=\"perm\"} 5\n"));
	assert_non_null(strstr(text, "\nkeyaudit_lookups_total{source=\"corp\",result=\"miss\"} 9\n"));
	assert_non_null(strstr(text, "\nkeyaudit_audit_chain_ok 0\n"));
	assert_non_null(strstr(text, "\nkeyaudit_audit_last_seal_timestamp_seconds 1700000000\n"));
	assert_non_null(strstr(text, "\nkeyaudit_store_last_success_timestamp_seconds{store=\"corp\"} 1690000000\n"));
	assert_non_null(strstr(text, "\nkeyaudit_store_signature_valid{store=\"corp\"} 0\n"));
	assert_non_null(strstr(text, "\nkeyaudit_spool_unclaimed 2\n"));
	assert_non_null(strstr(text, "\nkeyaudit_verdicts_kept 7\n"));
	assert_non_null(strstr(text, "\nkeyaudit_lookup_duration_seconds_bucket{le=\"0.001\"} 2\n"));
	assert_non_null(strstr(text, "\nkeyaudit_lookup_duration_seconds_bucket{le=\"0.1\"} 3\n"));
	assert_non_null(strstr(text, "\nkeyaudit_lookup_duration_seconds_bucket{le=\"+Inf\"} 3\n"));
	assert_non_null(strstr(text, "\nkeyaudit_lookup_duration_seconds_sum 0.040001\nkeyaudit_lookup_duration_seconds_count 3\n"));
	assert_non_null(strstr(text, "\nkeyaudit_health_events_total{action=\"config-unsafe\"} 0\n"));
	assert_non_null(strstr(text, "\nkeyaudit_build_info{version=\"" KA_VERSION "\",openssh=\"9.2p1\"} 1\n"));
	assert_null(strstr(text, "keyaudit_store_serial")); /* none is signed */
}

static void write__nothing_seen__is_absent_and_counters_are_zero(void **state)
{
	const struct ka_metricscount c = { .seq = 0 };
	const struct ka_metricsgauge g = { .stores_count = 0 };
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, text);
	ka_metricstext_write(&c, &g, &b);
	assert_non_null(strstr(text, "\nkeyaudit_refusals_total{reason=\"perm.group-writable\",stage=\"perm\"} 0\n"));
	assert_null(strstr(text, "chain_ok"));
	assert_null(strstr(text, "last_seal"));
	assert_null(strstr(text, "keyaudit_store"));
	assert_null(strstr(text, "keyaudit_spool"));
	assert_null(strstr(text, "keyaudit_verdicts"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write__all__forms), cmocka_unit_test(write__nothing_seen__is_absent_and_counters_are_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
