/* diag/unjudged: the words for what is not judged, and what sshd would expand. */
#include "diag/unjudged.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static void add__twice_and_too_long__the_first_is_kept_and_cut(void **state)
{
	static struct ka_unjudged u;
	static char text[2 * KA_TEXT_PATH_MAX];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	ka_unjudged_add(&u, KA_UNJUDGED_ACL, text);
	ka_unjudged_add(&u, KA_UNJUDGED_ACL, "/second");
	assert_true(u.is[KA_UNJUDGED_ACL]);
	assert_int_equal(strlen(u.about[KA_UNJUDGED_ACL]), KA_TEXT_PATH_MAX - 1);
	assert_false(u.is[KA_UNJUDGED_PATTERN]);
}

static void words__of_every_kind__are_there(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KA_UNJUDGED_KINDS; i++) {
		assert_true(strlen(ka_unjudged_id((enum ka_unjudged_kind)i)) > 2);
		assert_true(strlen(ka_unjudged_text((enum ka_unjudged_kind)i)) > 20);
	}
	assert_string_equal(ka_unjudged_id(KA_UNJUDGED_KINDS), "-");
	assert_string_equal(ka_unjudged_text(KA_UNJUDGED_KINDS), "-");
}

static void pattern__what_glob_expands__is_one(void **state)
{
	(void)state;
	assert_true(ka_unjudged_is_pattern(".ssh/authorized_keys.d/*"));
	assert_true(ka_unjudged_is_pattern("/etc/ssh/keys/%u.?"));
	assert_true(ka_unjudged_is_pattern("/etc/ssh/[a-k]/%u"));
	assert_false(ka_unjudged_is_pattern(".ssh/authorized_keys"));
	assert_false(ka_unjudged_is_pattern(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(add__twice_and_too_long__the_first_is_kept_and_cut),
		cmocka_unit_test(words__of_every_kind__are_there),
		cmocka_unit_test(pattern__what_glob_expands__is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
