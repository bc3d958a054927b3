/* vet/vetpolicy: the profile "default", field by field, whatever was in its memory. */
#include "vet/vetpolicy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static struct ka_vetpolicy p;

static int make(void **state)
{
	(void)state;
	memset(&p, 0xa5, sizeof(p)); /* nothing may depend on what was there */
	ka_vetpolicy_default(&p);
	return 0;
}

static void types__all_but_dsa(void **state)
{
	size_t allowed = 0;

	(void)state;
	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++) {
		assert_int_equal(p.type_allowed[i], strcmp(ka_keytype_at(i)->name, "ssh-dss") != 0);
		allowed += p.type_allowed[i];
	}
	assert_int_equal(allowed, 7); /* as the header says */
}

static void rsa__2048_to_8192(void **state)
{
	(void)state;
	assert_int_equal(p.rsa_min_bits, 2048);
	assert_int_equal(p.rsa_max_bits, 8192);
}

/* a line may only make itself narrower: no option of its own that opens or runs anything */
static void options__only_what_narrows(void **state)
{
	static const char *const plain[] = { "restrict", "from", "expiry-time" };
	static const char *const no_form[] = { "port-forwarding", "agent-forwarding", "X11-forwarding", "pty", "user-rc" };

	(void)state;
	for (unsigned i = 0; i < KA_KEYOPT_COUNT; i++) {
		const char *name = ka_keyopts_name((enum ka_keyopt)i, false);
		bool may = false, may_no = false;

		for (size_t k = 0; k < KA_ARRAY_LEN(plain); k++)
			may = may || strcmp(name, plain[k]) == 0;
		for (size_t k = 0; k < KA_ARRAY_LEN(no_form); k++)
			may_no = may_no || strcmp(name, no_form[k]) == 0;
		if (p.option_allowed[i] != may || p.no_option_allowed[i] != may_no)
			fail_msg("%s", name);
		assert_false(p.option_required[i] || p.option_forced[i]);
	}
	assert_string_equal(p.force_options, "");
}

static void sk_application__that_of_ssh_keygen(void **state)
{
	(void)state;
	assert_int_equal(p.sk_application_count, 1);
	assert_string_equal(p.sk_application[0], "ssh:*");
}

static void actions__are_those_of_the_vocabulary(void **state)
{
	(void)state;
	for (unsigned r = 0; r < KA_REASON_COUNT; r++)
		assert_int_equal(p.action[r], ka_reason_action((enum ka_reason)r));
	assert_int_equal(p.action[KA_REASON_NONE], KA_ACTION_NONE);
	assert_int_equal(p.action[KA_REASON_KEY_RSA_TOO_SHORT], KA_ACTION_REJECT);
	assert_int_equal(p.action[KA_REASON_KEY_MPINT_ZERO], KA_ACTION_LOCKED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types__all_but_dsa),
		cmocka_unit_test(rsa__2048_to_8192),
		cmocka_unit_test(options__only_what_narrows),
		cmocka_unit_test(sk_application__that_of_ssh_keygen),
		cmocka_unit_test(actions__are_those_of_the_vocabulary),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
