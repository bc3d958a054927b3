/* screen/out_columns: wide characters take two columns. */
#include "keyaudit/screen/out_columns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void columns__table(void **state)
{
	static const struct { uint32_t cp; unsigned columns; } table[] = {
		{ 'a', 1 }, { 0xfc, 1 }, { 0x3b1, 1 }, { 0x10ff, 1 }, { 0x1100, 2 }, { 0x115f, 2 }, { 0x1160, 1 }, { 0x2026, 1 }, { 0x2713, 1 },
		{ 0x2714, 1 }, { 0x2705, 2 }, { 0x3042, 2 }, { 0x65e5, 2 }, { 0xac00, 2 }, { 0xd7a4, 1 }, { 0xff21, 2 }, { 0xff71, 1 },
		{ 0x1f600, 2 }, { 0x1f511, 2 }, { 0x20000, 2 }, { 0x3fffd, 2 }, { 0x3fffe, 1 }, { 0x10ffff, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (ka_out_columns(table[i].cp) != table[i].columns)
			fail_msg("U+%04x", (unsigned)table[i].cp);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(columns__table) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
