/* judge/judge: what keeps every key out is known before one is judged. */
#include "judge/judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/vetblob.h"

#include "base/poison.h"

static struct ka_judge judge;
static struct ka_conf conf;
static struct ka_vetpolicy policy;
static struct ka_vet_when when;
static struct ka_vet out;
static struct vetblob blob;

/* and it is no more than what the judge does then */
static void obstacle__files_of_the_policy__named(void **state)
{
	static const struct row {
		const char *revoked, *blocklist;
		bool is_required;
		enum ka_action missing;
		enum ka_reason reason;
		const char *text;
	} rows[] = {
		{ "", "", true, KA_ACTION_REJECT, KA_REASON_NONE, "" },
		{ "", "/nonexistent/list", false, KA_ACTION_REJECT, KA_REASON_NONE, "" },
		{ "", "/nonexistent/list", true, KA_ACTION_WARN, KA_REASON_NONE, "" },
		{ "", "/nonexistent/list", true, KA_ACTION_REJECT, KA_REASON_DATA_MISSING, "/nonexistent/list: is not there; mend: keyaudit blocklist update" },
		{ "/nonexistent/krl", "/nonexistent/list", true, KA_ACTION_OFF, KA_REASON_DATA_MISSING, "/nonexistent" },
	};

	(void)state;
	ka_vetpolicy_default(&policy);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[KA_CONF_ERROR_MAX];
		struct ka_buf b;
		uint8_t pk[32];

		ka_conf_default(&conf);
		conf.revoked = rows[i].revoked;
		conf.blocklist = rows[i].blocklist;
		conf.blocklist_required = rows[i].is_required;
		policy.action[KA_REASON_DATA_MISSING] = (uint8_t)rows[i].missing;
		memset(&judge, 0xa5, sizeof(judge)); /* without a list nothing of one is looked at */
		ka_judge_open(&conf, &judge);
		ka_buf_init_array(&b, text);
		assert_int_equal(ka_judge_obstacle(&judge, &policy, &b), rows[i].reason);
		assert_memory_equal(text, rows[i].text, strlen(rows[i].text) + (rows[i].revoked[0] == '\0'));
		vetblob_good_point(pk);
		vetblob_ed25519(&blob, pk);
		ka_judge_key(&judge, &blob.key, &policy, &when, &out);
		assert_int_equal(out.verdict == KA_VERDICT_REJECT, rows[i].reason != KA_REASON_NONE);
		ka_judge_close(&judge);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(obstacle__files_of_the_policy__named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
