/* keyaudit/vet/vetnames: every name comes back by its number. */
#include "keyaudit/vet/vetnames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"

#include "base/poison.h"

static void add__many__each_by_its_number(void **state)
{
	struct ka_vetnames n = { .count = 0 };
	char name[32];
	uint32_t number;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "keys/user%u", i);
		assert_int_equal(ka_vetnames_add(&n, name, &number), KA_ERR_OK);
		assert_int_equal(number, i);
	}
	assert_string_equal(ka_vetnames_get(&n, 0), "keys/user0");
	assert_string_equal(ka_vetnames_get(&n, 999), "keys/user999");
	assert_string_equal(ka_vetnames_get(&n, 1000), "?");
	ka_vetnames_free(&n);
}

static void add__too_much__has_no_name(void **state)
{
	struct ka_vetnames n = { .bytes = KA_VET_NAMES_BYTES_MAX - 3 };
	uint32_t number;

	(void)state;
	assert_int_equal(ka_vetnames_add(&n, "four", &number), KA_ERR_OK);
	assert_string_equal(ka_vetnames_get(&n, number), "?");
	assert_int_equal(ka_vetnames_add(&n, "abc", &number), KA_ERR_OK);
	assert_string_equal(ka_vetnames_get(&n, number), "abc");
	ka_vetnames_free(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(add__many__each_by_its_number),
		cmocka_unit_test(add__too_much__has_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
