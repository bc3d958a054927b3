/* keyaudit/sign/numbered: short and long numbers. */
#include "keyaudit/sign/numbered.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void numbered__any_number__with_its_suffix(void **state)
{
	(void)state;
	assert_string_equal(ka_numbered(7, "").text, "7");
	assert_string_equal(ka_numbered(0, ".sig").text, "0.sig");
	assert_string_equal(ka_numbered(UINT64_MAX, ".sig").text, "18446744073709551615.sig");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(numbered__any_number__with_its_suffix) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
