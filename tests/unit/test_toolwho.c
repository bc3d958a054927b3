/* keyaudit/vet/toolwho: a verb's policy for one user and one profile. */
#include "keyaudit/vet/toolwho.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"

#include "base/poison.h"

static void tighten__user_and_profile__both_count(void **state)
{
	KA_AUTOFREE struct ka_toolpolicy *t = calloc(1, sizeof(*t));
	struct ka_vetpolicy p;

	(void)state;
	assert_non_null(t);
	ka_vetpolicy_default(&t->policy);
	p = t->policy;
	ka_toolwho_tighten(&p, t, "root", KA_CONF_PROFILE_NONE); /* no configuration */
	assert_int_equal(p.rsa_min_bits, 2048);
	t->conf.user_profiles = "root:strict";
	ka_toolwho_tighten(&p, t, NULL, KA_CONF_PROFILE_NONE);
	ka_toolwho_tighten(&p, t, "alice", KA_CONF_PROFILE_NONE);
	assert_int_equal(p.rsa_min_bits, 2048);
	ka_toolwho_tighten(&p, t, "alice", KA_CONF_PROFILE_BSI);
	assert_int_equal(p.rsa_min_bits, 3000);
	ka_toolwho_tighten(&p, t, "root", KA_CONF_PROFILE_BSI);
	assert_int_equal(p.rsa_min_bits, 3072);
	assert_int_equal(t->policy.rsa_min_bits, 2048);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tighten__user_and_profile__both_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
