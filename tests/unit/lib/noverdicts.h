/*
 * For a test of the installation checks: the verdicts of this machine are none of its business, and have a test of their own.
 * Include it in the one file of the test program; it stands before the archive.
 */
#ifndef KA_TESTS_NOVERDICTS_H
#define KA_TESTS_NOVERDICTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/paths.h"
#include "keyaudit/doctor/installverdicts.h"

void ka_installverdicts_check(const char *dir, const char *user, struct ka_install *out)
{
	assert_string_equal(dir, KA_PATH_VERDICTS);
	assert_string_equal(user, KA_COMMAND_USER);
	assert_non_null(out);
}

#endif
