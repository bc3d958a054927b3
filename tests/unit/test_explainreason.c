/* keyaudit/explain/explainreason: the rows, the object, and the number of the policy in force. */
#include "keyaudit/explain/explainreason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keyaudit/vet/toolpolicy.h"
#include "tests/unit/lib/caught.h"

#include "base/poison.h"

static enum ka_err policy_err;

/* stands before the one in the archive: no configuration of this machine may decide a test */
enum ka_err ka_toolpolicy_load(const char *path, struct ka_toolpolicy *out)
{
	assert_null(path);
	memset(out, 0, sizeof(*out));
	ka_vetpolicy_default(&out->policy);
	ka_judge_open(NULL, &out->judge);
	out->policy.rsa_min_bits = 3072;
	return policy_err;
}

static const char *text_of(enum ka_reason r)
{
	struct ka_out o;

	caught_begin();
	ka_out_init(&o, stdout, KA_OUT_NEVER);
	ka_explainreason_text(&o, r);
	caught_end();
	return caught_out;
}

static const char *json_of(enum ka_reason r)
{
	caught_begin();
	ka_explainreason_json(r);
	caught_end();
	return caught_out;
}

static void text__a_reason__its_rows(void **state)
{
	(void)state;
	policy_err = KA_ERR_OK;
	assert_string_equal(text_of(KA_REASON_CMD_SELINUX_DENIED),
			    "  means   the security policy of the system keeps the AuthorizedKeysCommand from its work\n"
			    "  mend    Look for the denial with ausearch -m avc and allow it by a policy module\n"
			    "  source  ausearch(8)\n  level   warning, decided at: command\n"
			    "  note    this release does not produce it yet\n");
	assert_non_null(strstr(text_of(KA_REASON_KEY_RSA_TOO_SHORT), "\n  level   warning, vetting: reject, decided at: command\n"));
}

static void bound__of_the_policy__or_none(void **state)
{
	(void)state;
	policy_err = KA_ERR_OK;
	assert_non_null(strstr(text_of(KA_REASON_KEY_RSA_TOO_SHORT), "\n  policy  rsa_min_bits = 3072\n"));
	assert_non_null(strstr(text_of(KA_REASON_KEY_RSA_TOO_LONG), "\n  policy  rsa_max_bits = "));
	assert_non_null(strstr(json_of(KA_REASON_KEY_RSA_TOO_SHORT), ",\"setting\":\"rsa_min_bits\",\"value\":3072}"));
	assert_null(strstr(json_of(KA_REASON_KEY_NOT_LISTED), "setting"));
	policy_err = KA_ERR_SYNTAX; /* which policy that is cannot be told */
	assert_null(strstr(text_of(KA_REASON_KEY_RSA_TOO_SHORT), "policy  "));
	assert_null(strstr(json_of(KA_REASON_KEY_RSA_TOO_SHORT), "setting"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text__a_reason__its_rows),
		cmocka_unit_test(bound__of_the_policy__or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
