/* keyaudit explain: ids, near misses, and what is no id. What it prints as JSON is in test_doctor_json. */
#include "keyaudit/cmd.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "keyaudit/vet/toolpolicy.h"
#include "reason/reason.h"
#include "tests/unit/lib/caught.h"

#include "base/poison.h"

/* stands before the one in the archive: no configuration of this machine may decide a test */
enum ka_err ka_toolpolicy_load(const char *path, struct ka_toolpolicy *out)
{
	assert_null(path);
	memset(out, 0, sizeof(*out));
	ka_vetpolicy_default(&out->policy);
	ka_judge_open(NULL, &out->judge);
	return KA_ERR_OK;
}

#define EXPLAIN(...) CAUGHT(ka_cmd_explain, "explain", __VA_ARGS__)

static unsigned lines(const char *text)
{
	unsigned n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

static void usage__bad_words__table(void **state)
{
	(void)state;
	assert_int_equal(EXPLAIN(NULL), KA_EXIT_USAGE);
	assert_string_equal(caught_err, "keyaudit explain: which reason? (keyaudit explain --list shows them all); see keyaudit explain --help\n");
	assert_int_equal(EXPLAIN("--nonsense"), KA_EXIT_USAGE);
	assert_non_null(strstr(caught_err, "no such option: \"--nonsense\""));
	assert_int_equal(EXPLAIN("--json"), KA_EXIT_USAGE); /* of what? */
	assert_int_equal(EXPLAIN("--\x1b[2J\n"), KA_EXIT_USAGE);
	assert_true(caught_is_plain(caught_err));
	assert_int_equal(lines(caught_err), 1);
	assert_string_equal(caught_out, "");
	assert_int_equal(EXPLAIN("--help"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_out, "examples:"));
	assert_string_equal(caught_err, "");
}

static void unknown__says_the_nearest__status_4(void **state)
{
	static char big[5000];

	(void)state;
	assert_int_equal(EXPLAIN("perm.group-writeable"), KA_EXIT_UNKNOWN);
	assert_non_null(strstr(caught_err, "did you mean \"perm.group-writable\"?"));
	assert_string_equal(caught_out, "");
	assert_int_equal(EXPLAIN("nothing-like-it-at-all"), KA_EXIT_UNKNOWN);
	assert_null(strstr(caught_err, "did you mean"));
	assert_int_equal(EXPLAIN(""), KA_EXIT_UNKNOWN);
	assert_int_equal(EXPLAIN("a\x1b[2J\nb\xff"), KA_EXIT_UNKNOWN);
	assert_true(caught_is_plain(caught_err));
	assert_int_equal(lines(caught_err), 1);
	memset(big, 'x', sizeof(big) - 1);
	assert_int_equal(EXPLAIN(big), KA_EXIT_UNKNOWN);
	assert_true(strlen(caught_err) < 300);
	assert_int_equal(EXPLAIN("perm.group-writable", "no.such", "key.not-listed"), KA_EXIT_UNKNOWN); /* the others are told */
	assert_non_null(strstr(caught_out, "perm.group-writable\n"));
	assert_non_null(strstr(caught_out, "key.not-listed\n"));
}

/* every id has a text for people and one for programs */
static void every_id__text_and_json__whole(void **state)
{
	(void)state;
	for (int r = KA_REASON_NONE + 1; r < KA_REASON_COUNT; r++) {
		const char *id = ka_reason_id((enum ka_reason)r);
		json_t *j;

		assert_int_equal(EXPLAIN(id), KA_EXIT_FINE);
		assert_int_equal(strncmp(caught_out, id, strlen(id)), 0);
		assert_non_null(strstr(caught_out, "\n  means "));
		assert_non_null(strstr(caught_out, "\n  mend "));
		assert_non_null(strstr(caught_out, "\n  level "));
		assert_true(caught_is_plain(caught_out));
		assert_int_equal(EXPLAIN("--json", id), KA_EXIT_FINE);
		j = json_loads(caught_out, JSON_REJECT_DUPLICATES, NULL);
		if (j == NULL)
			fail_msg("%s: %s", id, caught_out);
		assert_string_equal(json_string_value(json_object_get(j, "reason")), id);
		json_decref(j);
	}
}

static void list__every_id__one_line_each(void **state)
{
	(void)state;
	assert_int_equal(EXPLAIN("--list"), KA_EXIT_FINE);
	assert_int_equal(lines(caught_out), KA_REASON_COUNT - 1);
	assert_non_null(strstr(caught_out, "\nperm.group-writable "));
}

/* standard input is @text; the status */
static int explain_lines(const char *text, bool json)
{
	FILE *f = tmpfile();
	int kept = dup(STDIN_FILENO), status;

	assert_non_null(f);
	assert_true(kept >= 0);
	assert_true(fputs(text, f) >= 0 && fflush(f) == 0);
	assert_int_equal(lseek(fileno(f), 0, SEEK_SET), 0);
	assert_int_equal(dup2(fileno(f), STDIN_FILENO), STDIN_FILENO);
	status = json ? EXPLAIN("--json", "-") : EXPLAIN("-");
	assert_int_equal(dup2(kept, STDIN_FILENO), STDIN_FILENO);
	close(kept);
	fclose(f);
	return status;
}

static void lines__of_a_log__those_that_tell_something(void **state)
{
	(void)state;
	assert_int_equal(explain_lines("Server listening on 0.0.0.0 port 22.\nInvalid user bob from 127.0.0.1 port 9\n\x1b[2J\n"
				       "Nov 22 10:00:00 w sshd[5]: ROOT LOGIN REFUSED FROM ::1 port 8", false),
			 KA_EXIT_FINE);
	assert_int_equal(strncmp(caught_out, "account.unknown\n", 16), 0);
	assert_non_null(strstr(caught_out, "\n\nsshd.root-login-no\n"));
	assert_string_equal(caught_err, "");
	assert_int_equal(explain_lines("Invalid user bob from 127.0.0.1 port 9\n", true), KA_EXIT_FINE);
	assert_non_null(strstr(caught_out, "\"reason\":\"account.unknown\""));
	assert_int_equal(explain_lines("", false), KA_EXIT_UNKNOWN);
	assert_string_equal(caught_out, "");
	assert_string_equal(caught_err, "keyaudit explain: no line of sshd about a login on standard input\n");
	assert_int_equal(explain_lines("nothing of sshd's\n", false), KA_EXIT_UNKNOWN);
}

/* a folder can be opened and not be read */
static void lines__standard_input_fails__status_3(void **state)
{
	int kept = dup(STDIN_FILENO), folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	assert_true(kept >= 0 && folder >= 0);
	assert_int_equal(dup2(folder, STDIN_FILENO), STDIN_FILENO);
	close(folder);
	assert_int_equal(EXPLAIN("-"), KA_EXIT_UNDECIDED);
	assert_int_equal(dup2(kept, STDIN_FILENO), STDIN_FILENO);
	close(kept);
	assert_string_equal(caught_err, "keyaudit explain: standard input cannot be read: Is a directory\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usage__bad_words__table),
		cmocka_unit_test(unknown__says_the_nearest__status_4),
		cmocka_unit_test(every_id__text_and_json__whole),
		cmocka_unit_test(list__every_id__one_line_each),
		cmocka_unit_test(lines__of_a_log__those_that_tell_something),
		cmocka_unit_test(lines__standard_input_fails__status_3),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
