/* store/signeropts: where the options of a signer end, and what each of them says. */
#include "store/signeropts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/poison.h"

static struct ka_signeropts o;

static bool parse(const char *list)
{
	return ka_signeropts_parse(ka_span_of(list), &o);
}

static void word__option_or_key_type__told_apart(void **state)
{
	(void)state;
	assert_true(ka_signeropts_looks_so(ka_span_of("namespaces=\"git\"")));
	assert_true(ka_signeropts_looks_so(ka_span_of("Cert-Authority")));
	assert_true(ka_signeropts_looks_so(ka_span_of("a,b")));
	assert_false(ka_signeropts_looks_so(ka_span_of("ssh-ed25519")));
	assert_false(ka_signeropts_looks_so(ka_span_of("sk-ssh-ed25519@openssh.com")));
}

static void list__blank_in_quotes__belongs_to_it(void **state)
{
	(void)state;
	assert_true(ka_span_is(ka_signeropts_word(ka_span_of("a=\"x y\",b ssh-ed25519 A")), "a=\"x y\",b"));
	assert_true(ka_span_is(ka_signeropts_word(ka_span_of("a=\"x\"\tb")), "a=\"x\""));
	assert_true(ka_span_is(ka_signeropts_word(ka_span_of("a=\"x y")), "a=\"x y"));
	assert_int_equal(ka_signeropts_word(ka_span_of("")).len, 0);
}

static void list__nothing__for_everything_and_always(void **state)
{
	(void)state;
	assert_true(parse(""));
	assert_true(o.is_for_us && !o.is_ca && !o.has_namespaces);
	assert_true(o.valid_after == INT64_MIN && o.valid_before == INT64_MAX);
	assert_null(o.wrong);
}

static void list__everything__read(void **state)
{
	(void)state;
	assert_true(parse("cert-authority,namespaces=\"git,keyaudit\",valid-after=\"19700102Z\",valid-before=\"197001020101Z\""));
	assert_true(o.is_for_us && o.is_ca && o.has_namespaces);
	assert_int_equal(o.valid_after, 86400);
	assert_int_equal(o.valid_before, 86400 + 3660);
}

static void namespaces__for_others__not_for_us(void **state)
{
	(void)state;
	assert_true(parse("namespaces=\"git,file\""));
	assert_true(o.has_namespaces && !o.is_for_us);
	assert_true(parse("namespaces=\"!keyaudit,*\""));
	assert_false(o.is_for_us);
}

static void list__wrong__says_why(void **state)
{
	static const char *const lists[] = {
		",", "namespaces", "namespaces=", "namespaces=\"", "namespaces=\"x\"y", "namespaces=\"x\",", "no-touch-required",
		"=\"x\"", "cert-authority=\"x\"", "verify-required", "valid-after=\"\"", "valid-before=\"20260101z\"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (parse(lists[i]))
			fail_msg("%s is accepted", lists[i]);
		assert_non_null(o.wrong);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(word__option_or_key_type__told_apart), cmocka_unit_test(list__blank_in_quotes__belongs_to_it),
		cmocka_unit_test(list__nothing__for_everything_and_always), cmocka_unit_test(list__everything__read),
		cmocka_unit_test(namespaces__for_others__not_for_us), cmocka_unit_test(list__wrong__says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
