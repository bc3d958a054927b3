/* diag/rulecmd: what is shown of each cause, and the neighbours of each condition; found by breaking the rules one by one. */
#include "diag/rulecmd.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/unit/lib/cmdsample.h"

#include "base/poison.h"

#define COMMAND CMDSAMPLE
#define USER CMDSAMPLE_USER
#define with cmdsample_with
#define F (&factsample.facts)

static struct ka_said said;

static void is_stat(mode_t mode, uid_t uid, gid_t gid)
{
	assert_true(factsample.evidence.has_stat);
	assert_int_equal(factsample.evidence.mode, mode);
	assert_int_equal(factsample.evidence.uid, uid);
	assert_int_equal(factsample.evidence.gid, gid);
}

static void token__by_release_and_place(void **state)
{
	(void)state;
	put(F->version, "OpenSSH_9.4p1");
	assert_int_equal(with(COMMAND " %C %D" USER), KA_REASON_NONE);
	put(F->version, "OpenSSH_9.3p2");
	assert_int_equal(with(COMMAND " %C" USER), KA_REASON_CMD_BAD_TOKEN);
	F->version[0] = '\0'; /* nobody knows which: nothing is claimed */
	assert_int_equal(with(COMMAND " %C" USER), KA_REASON_NONE);
	assert_int_equal(with(COMMAND " %u%x %y" USER), KA_REASON_CMD_BAD_TOKEN);
	assert_string_equal(factsample.evidence.note, "this sshd does not know %x"); /* the first one */
}

static void reason__what_is_not_known__is_not_claimed(void **state)
{
	(void)state;
	assert_int_equal(with(COMMAND), KA_REASON_CMD_USER_UNSET);
	assert_string_equal(factsample.evidence.note, "AuthorizedKeysCommandUser is not set");
	assert_int_equal(ka_rulecmd_reason(F), KA_REASON_CMD_USER_UNSET);
	F->sshd.is_known = false;
	assert_int_equal(ka_rulecmd_reason(F), KA_REASON_NONE);
	F->sshd.is_known = true;
	F->sshd.command[0] = '\0';
	assert_int_equal(ka_rulecmd_reason(F), KA_REASON_NONE);
	assert_int_equal(with(COMMAND USER), KA_REASON_NONE);
	F->cmd.way.facts[1].mode = S_IFDIR | 0757;
	assert_int_equal(ka_rulecmd_reason(F), KA_REASON_CMD_UNSAFE_PATH);
	F->cmd.has_way = false;
	assert_int_equal(ka_rulecmd_reason(F), KA_REASON_NONE);
}

/* Debian's sshd lets the owner's private group write, others do not */
static void way__group_writable__by_whose_rule(void **state)
{
	(void)state;
	F->cmd.way.facts[1].mode = S_IFDIR | 0775;
	F->cmd.way.facts[1].gid = 7;
	F->is_debian = false;
	assert_int_equal(with(COMMAND USER), KA_REASON_CMD_UNSAFE_PATH);
	is_stat(S_IFDIR | 0775, 0, 7);
	assert_string_equal(factsample.evidence.note, "it runs as _keyaudit");
	assert_string_equal(factsample.evidence.detail, COMMAND);
}

static void program__evidence__of_the_object_that_is_to_blame(void **state)
{
	(void)state;
	F->cmd.is_executable = false;
	F->cmd.way.facts[0] = (struct ka_perm_fact){ .object = KA_PERM_FILE, .mode = S_IFREG | 0640, .gid = 34 };
	assert_int_equal(with(COMMAND USER), KA_REASON_CMD_NOT_EXECUTABLE);
	is_stat(S_IFREG | 0640, 0, 34);
	assert_string_equal(factsample.evidence.path, COMMAND);
	F->cmd.has_way = false;
	assert_int_equal(with(COMMAND USER), KA_REASON_CMD_NOT_EXECUTABLE);
	assert_false(factsample.evidence.has_stat);
	F->cmd.errnum = EACCES;
	put(F->cmd.blocked, "/usr/libexec");
	F->cmd.blocked_mode = S_IFDIR | 0700;
	F->cmd.blocked_uid = 12;
	F->cmd.blocked_gid = 34;
	assert_int_equal(with(COMMAND USER), KA_REASON_CMD_MISSING);
	is_stat(S_IFDIR | 0700, 12, 34);
	F->cmd.blocked_mode = 0; /* it was gone again */
	assert_int_equal(with(COMMAND USER), KA_REASON_CMD_MISSING);
	assert_false(factsample.evidence.has_stat);
}

static void program__is_none__another_is_to_be_named(void **state)
{
	(void)state;
	F->cmd.way.facts[0].mode = S_IFDIR | 0777;
	assert_int_equal(with(COMMAND USER), KA_REASON_CMD_UNSAFE_PATH);
	assert_string_equal(factsample.fix.advice, "Let AuthorizedKeysCommand name a program, and reload sshd");
	F->cmd.way.facts[0].mode = S_IFREG | 0777;
	assert_int_equal(with(COMMAND USER), KA_REASON_CMD_UNSAFE_PATH);
	assert_string_not_equal(factsample.fix.advice, "Let AuthorizedKeysCommand name a program, and reload sshd");
}

/* the item is the log's: whoever asks which line it was finds it */
static void end__is_the_logs_line(void **state)
{
	size_t n = 0;

	(void)state;
	assert_true(ka_said_make(ka_span_of("AuthorizedKeysCommand " COMMAND " -u %u failed, status 3"), true, 1, &said));
	factsample.subject.said = &said;
	factsample.subject.said_count = 1;
	factsample_sshd("authorizedkeyscommand " COMMAND USER);
	memset(&factsample.out, 0, sizeof(factsample.out));
	ka_rulecmd_run(F, &factsample.out);
	for (size_t i = 0; i < factsample.out.count; i++)
		if (factsample.out.items[i].reason == KA_REASON_CMD_FAILED) {
			assert_ptr_equal(factsample.out.items[i].said, &said);
			assert_int_equal(factsample.out.items[i].step, KA_STEP_COMMAND);
			n++;
		}
	assert_int_equal(n, 1);
}

#define T(name) cmocka_unit_test_setup(name, cmdsample_begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(token__by_release_and_place),
		T(reason__what_is_not_known__is_not_claimed),
		T(way__group_writable__by_whose_rule),
		T(program__evidence__of_the_object_that_is_to_blame),
		T(program__is_none__another_is_to_be_named),
		T(end__is_the_logs_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
