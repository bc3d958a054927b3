/* pam_keyaudit/pamcode: the table of the manual, row by row, and what no row may ever say. */
#include "pam_keyaudit/pamcode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <security/_pam_types.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

enum { NO, SOFT, HARD }; /* as enum ka_pamargs_enforce */

static const struct row {
	enum ka_pamcode_entry entry;
	bool final;
	int enforce;
	enum ka_pamcode_outcome outcome;
	int code;
} table[] = {
	/* auth: IGNORE, whatever came out */
	{ KA_PAMCODE_AUTH, false, NO, KA_PAMCODE_FOREIGN, PAM_IGNORE },
	{ KA_PAMCODE_AUTH, false, NO, KA_PAMCODE_ALLOWED, PAM_IGNORE },
	{ KA_PAMCODE_AUTH, false, NO, KA_PAMCODE_DENIED, PAM_IGNORE },
	{ KA_PAMCODE_AUTH, false, NO, KA_PAMCODE_FAULT, PAM_IGNORE },
	{ KA_PAMCODE_AUTH, false, HARD, KA_PAMCODE_DENIED, PAM_IGNORE },
	{ KA_PAMCODE_AUTH, false, HARD, KA_PAMCODE_FAULT, PAM_IGNORE },
	/* final: MAXTRIES, whatever came out, but not for other services */
	{ KA_PAMCODE_AUTH, true, NO, KA_PAMCODE_ALLOWED, PAM_MAXTRIES },
	{ KA_PAMCODE_AUTH, true, NO, KA_PAMCODE_DENIED, PAM_MAXTRIES },
	{ KA_PAMCODE_AUTH, true, NO, KA_PAMCODE_FAULT, PAM_MAXTRIES },
	{ KA_PAMCODE_AUTH, true, NO, KA_PAMCODE_FOREIGN, PAM_IGNORE },
	/* the account phase asks nobody and refuses nobody */
	{ KA_PAMCODE_ACCOUNT, true, HARD, KA_PAMCODE_NOTHING, PAM_IGNORE },
	{ KA_PAMCODE_ACCOUNT, true, HARD, KA_PAMCODE_FAULT, PAM_IGNORE },
	/* session: IGNORE without enforce */
	{ KA_PAMCODE_OPEN_SESSION, true, NO, KA_PAMCODE_ALLOWED, PAM_IGNORE },
	{ KA_PAMCODE_OPEN_SESSION, true, NO, KA_PAMCODE_DENIED, PAM_IGNORE },
	{ KA_PAMCODE_OPEN_SESSION, true, NO, KA_PAMCODE_FAULT, PAM_IGNORE },
	/* enforce: a denial or a fault closes */
	{ KA_PAMCODE_OPEN_SESSION, false, HARD, KA_PAMCODE_ALLOWED, PAM_IGNORE },
	{ KA_PAMCODE_OPEN_SESSION, false, HARD, KA_PAMCODE_FOREIGN, PAM_IGNORE },
	{ KA_PAMCODE_OPEN_SESSION, false, HARD, KA_PAMCODE_DENIED, PAM_SESSION_ERR },
	{ KA_PAMCODE_OPEN_SESSION, false, HARD, KA_PAMCODE_FAULT, PAM_SESSION_ERR },
	{ KA_PAMCODE_OPEN_SESSION, false, HARD, KA_PAMCODE_NOTHING, PAM_SESSION_ERR },
	/* enforce=soft: only a denial closes */
	{ KA_PAMCODE_OPEN_SESSION, false, SOFT, KA_PAMCODE_ALLOWED, PAM_IGNORE },
	{ KA_PAMCODE_OPEN_SESSION, false, SOFT, KA_PAMCODE_FOREIGN, PAM_IGNORE },
	{ KA_PAMCODE_OPEN_SESSION, false, SOFT, KA_PAMCODE_DENIED, PAM_SESSION_ERR },
	{ KA_PAMCODE_OPEN_SESSION, false, SOFT, KA_PAMCODE_FAULT, PAM_IGNORE },
	{ KA_PAMCODE_OPEN_SESSION, false, SOFT, KA_PAMCODE_NOTHING, PAM_IGNORE },
	/* the rest */
	{ KA_PAMCODE_SETCRED, true, HARD, KA_PAMCODE_NOTHING, PAM_IGNORE },
	{ KA_PAMCODE_CLOSE_SESSION, true, HARD, KA_PAMCODE_NOTHING, PAM_IGNORE },
	{ KA_PAMCODE_CHAUTHTOK, true, HARD, KA_PAMCODE_NOTHING, PAM_IGNORE },
};

static int code_of(enum ka_pamcode_entry entry, bool final, int enforce, enum ka_pamcode_outcome outcome)
{
	struct ka_pamargs args = { .final = final, .enforce = (enum ka_pamargs_enforce)enforce };

	return ka_pamcode(entry, &args, outcome);
}

static void table__each_row__holds(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(table); i++) {
		const struct row *r = &table[i];

		if (code_of(r->entry, r->final, r->enforce, r->outcome) != r->code)
			fail_msg("row %zu", i);
	}
}

static void every_combination__never_success_nor_abort(void **state)
{
	(void)state;
	for (unsigned e = KA_PAMCODE_AUTH; e <= KA_PAMCODE_CHAUTHTOK; e++)
		for (unsigned o = KA_PAMCODE_FOREIGN; o <= KA_PAMCODE_FAULT; o++)
			for (unsigned f = 0; f < 2; f++)
				for (int enforce = NO; enforce <= HARD; enforce++) {
					int code = code_of((enum ka_pamcode_entry)e, f != 0, enforce, (enum ka_pamcode_outcome)o);

					assert_true(code == PAM_IGNORE || (code == PAM_MAXTRIES && e == KA_PAMCODE_AUTH && f == 1) ||
						    (code == PAM_SESSION_ERR && e == KA_PAMCODE_OPEN_SESSION && enforce != NO));
				}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table__each_row__holds),
		cmocka_unit_test(every_combination__never_success_nor_abort),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
