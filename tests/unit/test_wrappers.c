/* diag/wrappers: rules of hosts.deny, for sshd and for others. */
#include "diag/wrappers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static unsigned line;
static struct ka_span rule;

static enum ka_wrappers_answer judge(const char *text, const char *address)
{
	return ka_wrappers_judge(ka_span_of(text), address, &line, &rule);
}

static void judge__rules_that_match(void **state)
{
	static const struct { const char *text, *address; } rows[] = {
		{ "sshd: ALL", "192.0.2.7" }, { "ALL: ALL", "192.0.2.7" }, { "ALL:192.0.2.7", "192.0.2.7" },
		{ "in.ftpd, sshd : 192.0.2.", "192.0.2.7" }, { "sshd: 192.0.2.0/24", "192.0.2.7" },
		{ "sshd: 192.0.2.0/255.255.255.0", "192.0.2.7" },
		{ "sshd: [2001:db8::/32]", "2001:db8::1" }, { "sshd: 192.0.2.*", "192.0.2.7" }, { "sshd: .example.org, 192.0.2.7", "192.0.2.7" },
		{ "sshd: ALL EXCEPT 10.", "192.0.2.7" }, { "ALL EXCEPT in.ftpd: ALL", "192.0.2.7" }, { "sshd: ALL : deny", "192.0.2.7" },
		{ "sshd: \\\n 192.0.2.7", "192.0.2.7" }, { "sshd: ALL: spawn (echo x) &", "192.0.2.7" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(judge(rows[i].text, rows[i].address), KA_WRAPPERS_YES);
		assert_int_equal(line, 1);
	}
	assert_int_equal(judge("# x\n\nin.ftpd: ALL\nsshd: 10.\nsshd: \\\n 192.0.2.7\nsshd: ALL\n", "192.0.2.7"), KA_WRAPPERS_YES);
	assert_int_equal(line, 5);
	assert_int_equal(judge("a: b\nsshd: ALL\n", "192.0.2.7"), KA_WRAPPERS_YES);
	assert_true(ka_span_is(rule, "sshd: ALL"));
}

static void judge__rules_that_do_not(void **state)
{
	static const char *const rows[] = {
		"", "#sshd: ALL", "in.ftpd: ALL", "sshd: 10.", "sshd: 192.0.2.8", "sshd: 192.0.3.0/24", "sshd: [2001:db8::/32]",
		"sshd: ALL EXCEPT 192.0.2.7", "ALL EXCEPT sshd: ALL", "sshd", "sshd: 192.0.2.0/33", "sshd: 192.0.2.0/x", "sshd: 192.0.2.7.",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(judge(rows[i], "192.0.2.7"), KA_WRAPPERS_NO);
}

/* what would have to be looked up accuses nobody */
static void judge__names__are_not_told(void **state)
{
	static const char *const rows[] = {
		"sshd: .example.org", "sshd: host", "sshd: @group", "sshd: /etc/list", "sshd: LOCAL", "sshd: PARANOID", "sshd: root@192.0.2.7",
		"sshd@10.0.0.1: ALL", "sshd: ALL EXCEPT host", "sshd: ALL: twist /bin/x", "sshd: ALL EXCEPT 10. EXCEPT 10.0.0.1", "sshd: []",
		"sshd: host\nsshd: ALL: allow",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(judge(rows[i], "192.0.2.7"), KA_WRAPPERS_UNTOLD);
	assert_int_equal(judge("sshd: ALL: severity auth.info: ALLOW", "192.0.2.7"), KA_WRAPPERS_OTHER);
	assert_int_equal(judge("sshd: host\nsshd: ALL", "192.0.2.7"), KA_WRAPPERS_YES); /* refused by either */
}

static void look__nobody_asks__nothing(void **state)
{
	struct ka_wrappers w;

	(void)state;
	ka_wrappers_look("/nonexistent/sshd", "", &w);
	assert_false(w.is_used || w.is_refused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judge__rules_that_match),
		cmocka_unit_test(judge__rules_that_do_not),
		cmocka_unit_test(judge__names__are_not_told),
		cmocka_unit_test(look__nobody_asks__nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
