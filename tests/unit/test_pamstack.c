/* The module in the real Linux-PAM: every fault of the recorder, every option, and the code that comes out. */
#include <errno.h>
#include <security/pam_appl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"
#include "tests/pam/pamworld.h"

#include "base/poison.h"

static void assert_no_children(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* ---- the recorder's faults, the options, and the code of the session phase ---- */

static const struct fault {
	const char *name, *body; /* NULL: see take_away() */
	int none, soft, hard;    /* pam_open_session() without, with enforce=soft, with enforce */
	const char *log;         /* what the one line says; NULL: nothing */
} faults[] = {
	{ "allows", PAMWORLD_ALLOW, 0, 0, 0, NULL },
	{ "allows, its real work goes on detached", PAMWORLD_ALLOW "\n(sleep 5 >/dev/null 2>&1 &)", 0, 0, 0, NULL },
	{ "denies", PAMWORLD_DENY, 0, 1, 1, NULL },
	{ "missing", NULL, 0, 0, 1, "the recorder cannot be executed" },
	{ "not executable", "", 0, 0, 1, "the recorder cannot be executed" },
	{ "no output", ":", 0, 0, 1, "the recorder failed" },
	{ "dies", "kill -SEGV $$", 0, 0, 1, "the recorder failed" },
	{ "allows, then fails", PAMWORLD_ALLOW "\nexit 1", 0, 0, 1, "the recorder failed" },
	{ "denies, then fails", PAMWORLD_DENY "\nexit 1", 0, 0, 1, "the recorder failed" },
	{ "garbage", "echo hello", 0, 0, 1, "the recorder's answer is not understood" },
	{ "half an answer", "printf 'ka1 ref=asm6lelb deny=-'", 0, 0, 1, "the recorder's answer is not understood" },
	{ "two answers", PAMWORLD_ALLOW "; sleep 0.05; " PAMWORLD_DENY, 0, 0, 1, "the recorder's answer is not understood" },
	{ "NUL bytes", "printf 'ka1 ref=asm6lelb deny=-\\000\\n'", 0, 0, 1, "the recorder's answer is not understood" },
	{ "too much", "while :; do printf aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done", 0, 0, 1, "the recorder's answer is not understood" },
	{ "hangs", "exec sleep 30", 0, 0, 1, "the recorder did not answer in time" },
	{ "hangs with a child", "sleep 30; true", 0, 0, 1, "the recorder did not answer in time" },
	{ "ignores TERM and hangs", "trap '' TERM; sleep 30; true", 0, 0, 1, "the recorder did not answer in time" },
	{ "answers, then hangs", PAMWORLD_ALLOW "\nexec sleep 30", 0, 0, 1, "the recorder failed" },
};

static void prepare(const struct fault *f)
{
	pamworld_recorder(f->body != NULL ? f->body : "");
	if (f->body == NULL)
		unlink(PAMWORLD_RECORDER);
	else if (f->body[0] == '\0')
		chmod(PAMWORLD_RECORDER, 0644);
	pamworld_said.log[0] = '\0';
	pamworld_said.log_lines = 0;
}

static void session__every_fault_and_option__gives_the_tables_code(void **state)
{
	static const char *const args[] = { "deadline_ms=300", "deadline_ms=300 enforce=soft", "deadline_ms=300 enforce" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(faults); i++)
		for (int a = 0; a < 3; a++) {
			const struct fault *f = &faults[i];
			int is_refused = a == 0 ? f->none : a == 1 ? f->soft : f->hard, code;
			int64_t begin = ka_clock_boot_ms();
			/* alone in its stack IGNORE would deny as well: permit stands in for the modules of a real stack */
			char text[1024];

			prepare(f);
			snprintf(text, sizeof(text), "session required pam_permit.so\nsession required %s %s\n", PAMWORLD_MODULE, args[a]);
			pamworld_stack("sshd", text);
			code = pamworld_run(OPEN);
			if (code != (is_refused ? PAM_SESSION_ERR : PAM_SUCCESS))
				fail_msg("%s, %s: %s", f->name, args[a], pam_strerror(NULL, code));
			assert_true(ka_clock_boot_ms() - begin < 3000);
			assert_no_children();
			if (f->log != NULL && (pamworld_said.log_lines != 1 || strstr(pamworld_said.log, f->log) == NULL))
				fail_msg("%s, %s: log: %s", f->name, args[a], pamworld_said.log);
			if (f->log == NULL && !is_refused && pamworld_said.log_lines != 0)
				fail_msg("%s, %s: log: %s", f->name, args[a], pamworld_said.log);
		}
}

static void session__denied__is_said_in_the_log(void **state)
{
	(void)state;
	pamworld_recorder(PAMWORLD_DENY);
	pamworld_stack_of("required", "enforce");
	assert_int_equal(pamworld_run(OPEN), PAM_SESSION_ERR);
	assert_int_equal(pamworld_said.log_lines, 1);
	assert_non_null(strstr(pamworld_said.log, "pam_keyaudit(sshd:session): session refused, reason=key.rsa-too-short ref=asm6lelb: connection="));
	assert_non_null(strstr(pamworld_said.log, " phase=session user=\"alice\" rhost=\"192.0.2.7\""));
	assert_int_equal(pamworld_said.told_count, 0);
}

static void session__no_room_for_the_record__closes_the_gate(void **state)
{
	(void)state;
	pamworld_stack("sshd", "session required pam_permit.so\nsession required " PAMWORLD_MODULE " enforce\n");
	assert_int_equal(rename(PAMWORLD_PHASES, PAMWORLD_PHASES ".away"), 0);
	int strict = pamworld_run(OPEN);

	pamworld_stack("sshd", "session required pam_permit.so\nsession required " PAMWORLD_MODULE " enforce=soft\n");
	int soft = pamworld_run(OPEN);

	assert_int_equal(rename(PAMWORLD_PHASES ".away", PAMWORLD_PHASES), 0);
	assert_int_equal(strict, PAM_SESSION_ERR);
	assert_int_equal(soft, PAM_SUCCESS);
	assert_non_null(strstr(pamworld_said.log, "no phase record can be written"));
}

static void session__misspelt_enforce__is_strict_and_said(void **state)
{
	(void)state;
	pamworld_recorder("exit 1");
	pamworld_stack("sshd", "session required pam_permit.so\nsession required " PAMWORLD_MODULE " enforce=sotf bogus\n");
	assert_int_equal(pamworld_run(OPEN), PAM_SESSION_ERR);
	assert_non_null(strstr(pamworld_said.log, "2 arguments not understood, the first is \"enforce=sotf\""));
}

/* ---- who gets in ---- */

static void stack__of_the_module_alone__lets_nobody_in(void **state)
{
	static const char *const controls[] = { "optional", "required", "sufficient", "requisite", "[default=ignore maxtries=die]" };
	static const char *const bodies[] = { PAMWORLD_ALLOW, PAMWORLD_DENY, "exit 1" };
	static const char *const args[] = { "", "notice", "enforce", "enforce=soft" };

	(void)state;
	for (size_t c = 0; c < KA_ARRAY_LEN(controls); c++)
		for (size_t b = 0; b < KA_ARRAY_LEN(bodies); b++)
			for (size_t a = 0; a < KA_ARRAY_LEN(args); a++) {
				pamworld_recorder(bodies[b]);
				pamworld_stack_of(controls[c], args[a]);
				assert_int_not_equal(pamworld_run(AUTH), PAM_SUCCESS);
			}
}

static void auth__final__is_maxtries_for_everybody(void **state)
{
	static const char *const controls[] = { "[default=ignore maxtries=die]", "required" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(controls); i++)
		for (int broken = 0; broken < 2; broken++) {
			char text[1024];

			pamworld_recorder(broken ? "exit 1" : PAMWORLD_ALLOW);
			snprintf(text, sizeof(text), "auth %s %s final\nauth requisite pam_deny.so\n", controls[i], PAMWORLD_MODULE);
			pamworld_stack("sshd", text);
			assert_int_equal(pamworld_run_as("sshd", "alice", AUTH, 0), PAM_MAXTRIES);
			assert_int_equal(pamworld_run_as("sshd", "nobody-at-all", AUTH, 0), PAM_MAXTRIES);
			assert_int_equal(pamworld_run_as("sshd", "../x y\nz", AUTH, 0), PAM_MAXTRIES);
		}
	assert_non_null(strstr(pamworld_said.log, "pam_keyaudit(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= "
				       "rhost=192.0.2.7  user=alice\n"));
	assert_non_null(strstr(pamworld_said.log, "  user=../x\\x20y\\x0az\n"));
}

static void auth__witness_before_a_good_password__does_not_matter(void **state)
{
	(void)state;
	pamworld_recorder("exit 1");
	pamworld_stack("sshd", "auth optional " PAMWORLD_MODULE "\nauth required pam_permit.so\naccount optional " PAMWORLD_MODULE "\naccount required pam_permit.so\n");
	assert_int_equal(pamworld_run(AUTH), PAM_SUCCESS);
	assert_int_equal(pamworld_run(CRED), PAM_SUCCESS);
	assert_int_equal(pamworld_run(ACCOUNT), PAM_SUCCESS);
	/* the classic line would be untrue here: only final is the end */
	assert_null(strstr(pamworld_said.log, "authentication failure"));
}

static void other_entries__are_ignored(void **state)
{
	(void)state;
	pamworld_recorder(PAMWORLD_DENY);
	pamworld_stack("sshd", "auth required " PAMWORLD_MODULE " enforce final\nauth required pam_permit.so\naccount required " PAMWORLD_MODULE " enforce\n"
		      "account required pam_permit.so\nsession required " PAMWORLD_MODULE " enforce\nsession required pam_permit.so\n"
		      "password required " PAMWORLD_MODULE "\npassword required pam_permit.so\n");
	assert_int_equal(pamworld_run(CRED), PAM_SUCCESS);
	assert_int_equal(pamworld_run(ACCOUNT), PAM_SUCCESS);
	assert_int_equal(pamworld_run(CLOSE), PAM_SUCCESS);
	assert_int_equal(pamworld_run(PASSWORD), PAM_SUCCESS);
}

#define TEST(name) cmocka_unit_test_setup(name, pamworld_set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(session__every_fault_and_option__gives_the_tables_code),
		TEST(session__denied__is_said_in_the_log),
		TEST(session__no_room_for_the_record__closes_the_gate),
		TEST(session__misspelt_enforce__is_strict_and_said),
		TEST(stack__of_the_module_alone__lets_nobody_in),
		TEST(auth__final__is_maxtries_for_everybody),
		TEST(auth__witness_before_a_good_password__does_not_matter),
		TEST(other_entries__are_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
