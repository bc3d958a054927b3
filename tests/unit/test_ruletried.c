/* diag/ruletried on invented facts: when another program may be asked, and what its answer means. */
#include "diag/ruletried.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

#define OTHER "authorizedkeyscommand /usr/local/bin/keys %u\nauthorizedkeyscommanduser keys"

static struct ka_said said;

static int begin(void **state)
{
	struct ka_facts *f = &factsample.facts;
	int rc = factsample_plain(state);

	memset(&f->cmd, 0, sizeof(f->cmd));
	put(f->cmd.path, "/usr/local/bin/keys");
	f->cmd.is_looked = f->cmd.is_executable = true;
	f->asks_us = false;
	memset(&f->tried, 0, sizeof(f->tried));
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	return rc;
}

static enum ka_reason seen(enum ka_cmdtry_answer answer, int number)
{
	factsample.facts.tried.answer = answer;
	factsample.facts.tried.number = number;
	factsample_sshd(OTHER);
	return factsample_primary();
}

static bool is_due(const char *lines)
{
	factsample_sshd(lines);
	factsample_primary();
	return ka_ruletried_is_due(&factsample.facts, &factsample.out);
}

static void due__sshd_would_run_it__and_only_then(void **state)
{
	struct ka_facts *f = &factsample.facts;

	(void)state;
	assert_true(is_due(OTHER));
	assert_false(is_due("authorizedkeyscommand none"));
	assert_false(is_due("authorizedkeyscommand /usr/local/bin/keys %u")); /* no user */
	assert_false(is_due("authorizedkeyscommand /usr/local/bin/keys %i\nauthorizedkeyscommanduser keys"));
	assert_false(is_due(OTHER "\ndenyusers alice"));
	f->cmd.is_executable = false;
	assert_false(is_due(OTHER));
	f->cmd.is_executable = true;
	f->cmd.errnum = ENOENT;
	assert_false(is_due(OTHER));
	f->cmd.errnum = 0;
	f->cmd.has_way = true;
	f->cmd.way.count = 1;
	f->cmd.way.facts[0] = (struct ka_perm_fact){ .object = KA_PERM_FILE, .mode = S_IFREG | 0757 };
	assert_false(is_due(OTHER)); /* anybody could have written it */
	f->cmd.way.facts[0].mode = S_IFREG | 0755;
	assert_true(is_due(OTHER));
	f->cmd.is_looked = false;
	assert_false(is_due(OTHER));
	f->cmd.is_looked = true;
	f->asks_us = true;
	assert_false(is_due(OTHER));
	f->asks_us = false;
	f->account = KA_FACTS_ACCOUNT_UNASKED;
	assert_false(is_due(OTHER));
}

static void due__a_file_holds_the_key__is_needless(void **state)
{
	(void)state;
	factsample_hit(factsample_there(0), 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	assert_false(is_due(OTHER));
	factsample.subject.offers_count = factsample.facts.offers_count = 2; /* but not the other one */
	assert_true(is_due(OTHER));
}

static void rubbish__names_how_it_begins(void **state)
{
	(void)state;
	put(factsample.facts.tried.begins, "<html>\x1b[2J");
	assert_int_equal(seen(KA_CMDTRY_RUBBISH, 0), KA_REASON_CMD_BAD_OUTPUT);
	assert_string_equal(factsample.evidence.note, "what it printed begins with: <html>\\x1b[2J");
	assert_non_null(strstr(factsample.fix.advice, "authkeys-cmd"));
	assert_false(factsample.would_login);
	factsample.facts.tried.at_us = 1785900000000000;
	assert_int_equal(seen(KA_CMDTRY_RUBBISH, 0), KA_REASON_CMD_BAD_OUTPUT);
	assert_string_equal(factsample.evidence.note,
			    "what it printed for keyaudit doctor at 2026-08-05T03:20:00.000000Z begins with: <html>\\x1b[2J");
}

static void end__bad__names_it(void **state)
{
	(void)state;
	assert_int_equal(seen(KA_CMDTRY_STATUS, 3), KA_REASON_CMD_FAILED);
	assert_string_equal(factsample.evidence.note, "how it ended: status 3");
	assert_string_equal(factsample.evidence.path, "/usr/local/bin/keys");
	assert_int_equal(seen(KA_CMDTRY_SIGNAL, 11), KA_REASON_CMD_KILLED);
	assert_string_equal(factsample.evidence.note, "how it ended: signal 11");
	assert_int_equal(seen(KA_CMDTRY_UNRUN, ENOEXEC), KA_REASON_CMD_NOT_EXECUTABLE);
	assert_int_equal(factsample.evidence.errnum, ENOEXEC);
	assert_string_equal(factsample.evidence.note, "how it ended: it did not begin, it is no program and has no first line with #!");
	assert_int_equal(factsample.fix.commands, 0);
	assert_non_null(strstr(factsample.fix.advice, "first line"));
}

/* sshd waits for two minutes, and we for some seconds */
static void end__none_in_our_time__is_a_cause_only_where_sshd_waits_no_longer(void **state)
{
	(void)state;
	assert_int_not_equal(seen(KA_CMDTRY_LATE, 0), KA_REASON_CMD_TIMEOUT);
	factsample_sshd(OTHER "\nlogingracetime 120");
	assert_int_not_equal(factsample_primary(), KA_REASON_CMD_TIMEOUT);
	factsample_sshd(OTHER "\nlogingracetime 5");
	assert_int_equal(factsample_primary(), KA_REASON_CMD_TIMEOUT);
}

static void fine__serves_what_it_printed(void **state)
{
	(void)state;
	assert_int_equal(seen(KA_CMDTRY_FINE, 0), KA_REASON_FILE_MISSING); /* some key, and not this one */
	assert_false(factsample.would_login);
	factsample.facts.tried.is_listed[0] = true;
	assert_int_equal(seen(KA_CMDTRY_FINE, 0), KA_REASON_NONE);
	assert_true(factsample.would_login);
	assert_false(ka_ruletried_serves(&factsample.facts, 1));
	factsample.facts.offers[0].is_cert = true;
	assert_false(ka_ruletried_serves(&factsample.facts, 0));
	factsample.facts.offers[0].is_cert = false;
	assert_int_not_equal(seen(KA_CMDTRY_STATUS, 1), KA_REASON_NONE);
}

/* of a login that failed sshd's own word goes before that of another run */
static void log__tells_the_end__goes_first(void **state)
{
	(void)state;
	assert_true(ka_said_make(ka_span_of("AuthorizedKeysCommand /usr/local/bin/keys alice failed, status 3"), true, 1, &said));
	factsample.subject.said = &said;
	factsample.subject.said_count = 1;
	assert_int_equal(seen(KA_CMDTRY_RUBBISH, 0), KA_REASON_CMD_FAILED);
	assert_false(factsample_has(KA_REASON_CMD_BAD_OUTPUT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(due__sshd_would_run_it__and_only_then, begin),
		cmocka_unit_test_setup(due__a_file_holds_the_key__is_needless, begin),
		cmocka_unit_test_setup(rubbish__names_how_it_begins, begin),
		cmocka_unit_test_setup(end__bad__names_it, begin),
		cmocka_unit_test_setup(end__none_in_our_time__is_a_cause_only_where_sshd_waits_no_longer, begin),
		cmocka_unit_test_setup(fine__serves_what_it_printed, begin),
		cmocka_unit_test_setup(log__tells_the_end__goes_first, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
