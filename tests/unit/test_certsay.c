/* diag/certsay: a stranger's words never reach a command, and an escape never a terminal. */
#include "diag/certsay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/certsample.h"
#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

static struct ka_evidence evidence;
static struct ka_fix fix;

static void explain(const char *name, enum ka_reason reason)
{
	struct ka_primary_item item = { .reason = reason, .step = KA_STEP_CA, .class = KA_CLASS_LOST };

	factsample_plain(NULL);
	certsample_offer(0, name);
	memset(&evidence, 0, sizeof(evidence));
	memset(&fix, 0, sizeof(fix));
	ka_certsay_explain(&factsample.facts, &item, &evidence, &fix);
}

static void hostile__id_and_names__are_placeholders(void **state)
{
	(void)state;
	explain("hostile", KA_REASON_CERT_EXPIRED);
	assert_int_equal(fix.commands, 0);
	assert_string_equal(fix.advice, "Issue it again: ssh-keygen -s CA -I ID -n NAMES -V +52w KEY.pub");
	assert_null(strchr(evidence.note, '\x1b'));
	explain("hostile", KA_REASON_CERT_PRINCIPAL_MISMATCH);
	assert_string_equal(fix.advice, "Issue it again: ssh-keygen -s CA -I ID -n alice -V +52w KEY.pub");
	put(factsample.subject.user, "b; reboot");
	explain("plain", KA_REASON_CERT_HOST_TYPE);
	assert_string_equal(fix.advice, "Issue it again without -h: ssh-keygen -s CA -I plain -n alice,ops -V +52w KEY.pub");
}

static void user__of_a_strange_name__is_quoted(void **state)
{
	struct ka_primary_item item = { .reason = KA_REASON_CERT_PRINCIPAL_MISMATCH, .step = KA_STEP_CA };

	(void)state;
	explain("plain", KA_REASON_CERT_EXPIRED);
	put(factsample.subject.user, "b; reboot");
	ka_certsay_explain(&factsample.facts, &item, &evidence, &fix);
	assert_non_null(strstr(fix.advice, "-n 'b; reboot' -V"));
}

static void no_certificate__says_nothing(void **state)
{
	(void)state;
	explain("k", KA_REASON_CERT_EXPIRED);
	assert_string_equal(evidence.detail, "");
	assert_string_equal(fix.advice, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile__id_and_names__are_placeholders),
		cmocka_unit_test(user__of_a_strange_name__is_quoted),
		cmocka_unit_test(no_certificate__says_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
