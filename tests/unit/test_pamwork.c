/* The module in the real Linux-PAM: what the client may read, what is noted, and how the recorder is started. */
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <security/pam_appl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cursor.h"
#include "base/err.h"
#include "spool/phase.h"
#include "tests/pam/pamworld.h"

#include "base/poison.h"

/* ---- what the client may read ---- */

static void notice__known_and_unknown__read_the_same(void **state)
{
	static const char with[] = "Your key was not accepted. Ask your administrator and quote asm6lelb.";

	(void)state;
	pamworld_stack_of("optional", "notice");
	pamworld_run_as("sshd", "root", AUTH, 0);
	assert_string_equal(pamworld_said.told, with);
	assert_int_equal(pamworld_said.told_style, PAM_ERROR_MSG);
	pamworld_said.told[0] = '\0';
	pamworld_run_as("sshd", "nobody-at-all", AUTH, 0);
	assert_string_equal(pamworld_said.told, with);
	assert_int_equal(pamworld_said.told_count, 2);
}

static void notice__no_answer__has_no_reference(void **state)
{
	(void)state;
	pamworld_recorder("exec sleep 30");
	pamworld_stack_of("optional", "notice deadline_ms=50");
	pamworld_run(AUTH);
	assert_string_equal(pamworld_said.told, "Your key was not accepted. Ask your administrator.");
	assert_int_equal(pamworld_said.told_count, 1);
}

static void notice__silent_or_quiet_or_not_asked__says_nothing(void **state)
{
	(void)state;
	pamworld_stack_of("optional", "notice");
	pamworld_run_as("sshd", "alice", AUTH, PAM_SILENT);
	pamworld_stack_of("optional", "notice quiet");
	pamworld_run(AUTH);
	pamworld_stack_of("optional", "final debug");
	pamworld_run(AUTH);
	assert_int_equal(pamworld_said.told_count, 0);
	/* only the auth phase speaks: text in the account phase would reach strangers as a banner */
	pamworld_recorder(PAMWORLD_DENY);
	pamworld_stack_of("optional", "notice enforce");
	pamworld_run(ACCOUNT);
	pamworld_run(OPEN);
	assert_int_equal(pamworld_said.told_count, 0);
}

/* ---- the work itself ---- */

static void other_service__nothing_is_done(void **state)
{
	(void)state;
	pamworld_recorder(PAMWORLD_DENY);
	pamworld_stack("sudo", "auth required " PAMWORLD_MODULE " final enforce notice\nauth required pam_permit.so\nsession required " PAMWORLD_MODULE
		      " enforce\nsession required pam_permit.so\n");
	assert_int_equal(pamworld_run_as("sudo", "alice", AUTH, 0), PAM_SUCCESS);
	assert_int_equal(pamworld_run_as("sudo", "alice", OPEN, 0), PAM_SUCCESS);
	assert_string_equal(pamworld_noted(), "");
	assert_string_equal(pamworld_slurp(PAMWORLD_DIR "/seen"), "");
	assert_int_equal(pamworld_said.log_lines, 0);
	assert_int_equal(pamworld_said.told_count, 0);
	pamworld_stack("sudo", "session required " PAMWORLD_MODULE " services=sshd,sudo enforce\nsession required pam_permit.so\n");
	assert_int_equal(pamworld_run_as("sudo", "alice", OPEN, 0), PAM_SESSION_ERR);
}

static void record__each_phase__is_noted_in_order(void **state)
{
	static char storage[KA_PHASE_RECORD_MAX];
	static const enum ka_phase order[] = { KA_PHASE_AUTH, KA_PHASE_ACCOUNT, KA_PHASE_SESSION };
	struct ka_phase_record r;
	struct ka_cursor c;
	struct ka_span line;
	bool whole;
	char *text;

	(void)state;
	pamworld_stack_of("optional", "");
	pamworld_run_as("sshd", "../x y\nz", AUTH, 0);
	pamworld_run(ACCOUNT);
	pamworld_run(OPEN);
	text = pamworld_noted();
	ka_cursor_init(&c, text, strlen(text));
	for (size_t i = 0; i < 3; i++) {
		assert_true(ka_cursor_line(&c, &line, &whole) && whole);
		assert_true(ka_phase_parse(line, storage, sizeof(storage), &r));
		assert_int_equal(r.phase, order[i]);
		assert_int_equal(r.pid, getpid());
		assert_string_equal(r.service, "sshd");
		assert_string_equal(r.user, i == 0 ? "../x y\nz" : "alice");
		assert_string_equal(r.rhost, "192.0.2.7");
		assert_string_equal(r.conn, "192.0.2.7 40001 198.51.100.2 22");
		assert_string_equal(r.info, i == 2 ? PAMWORLD_INFO : "");
		assert_true(r.at_us > 0 && r.up_ms > 0);
	}
	assert_false(ka_cursor_line(&c, &line, &whole));
}

/* the events are made of these records: a login that was turned away must not read like one that was let in */
static void record__enforce_refuses__is_noted_with_its_reason(void **state)
{
	static const struct { const char *recorder, *args, *last; } cases[] = {
		{ PAMWORLD_DENY, "enforce", " rhost=192.0.2.7 conn=192.0.2.7%2040001%20198.51.100.2%2022 info=key.rsa-too-short\n" },
		{ PAMWORLD_DENY, "enforce=soft", " info=key.rsa-too-short\n" },
		{ "exec sleep 30", "enforce deadline_ms=50", " info=internal.error\n" },
		{ "echo garbage", "enforce", " info=internal.error\n" },
		{ "echo garbage", "enforce=soft", NULL },
		{ PAMWORLD_ALLOW, "enforce", NULL },
		{ PAMWORLD_DENY, "", NULL },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(cases); i++) {
		const char *text;

		assert_int_equal(pamworld_set_up(state), 0);
		pamworld_recorder(cases[i].recorder);
		pamworld_stack_of("required", cases[i].args);
		pamworld_run(OPEN);
		text = pamworld_noted();
		assert_non_null(strstr(text, " phase=session "));
		assert_int_equal(strstr(text, " phase=denied ") != NULL, cases[i].last != NULL);
		if (cases[i].last != NULL)
			assert_string_equal(text + strlen(text) - strlen(cases[i].last), cases[i].last);
	}
}

static void recorder__is_asked__with_numbers_only(void **state)
{
	char want[256];

	(void)state;
	pamworld_stack_of("optional", "enforce");
	pamworld_run_as("sshd", "--help", AUTH, 0);
	snprintf(want, sizeof(want), "record\n--connection\n%d.", (int)getpid());
	assert_memory_equal(pamworld_slurp(PAMWORLD_DIR "/seen"), want, strlen(want));
	assert_non_null(strstr(pamworld_slurp(PAMWORLD_DIR "/seen"), "\n--phase\nauth\n"));
	assert_null(strstr(pamworld_slurp(PAMWORLD_DIR "/seen"), "--enforce"));
	assert_null(strstr(pamworld_slurp(PAMWORLD_DIR "/seen"), "--help"));
	pamworld_run(OPEN);
	assert_non_null(strstr(pamworld_slurp(PAMWORLD_DIR "/seen"), "\n--phase\nsession\n--enforce\n"));
	pamworld_stack_of("optional", "enforce=soft");
	pamworld_run(OPEN);
	assert_non_null(strstr(pamworld_slurp(PAMWORLD_DIR "/seen"), "\n--phase\nsession\n--enforce=soft\n"));
	unlink(PAMWORLD_DIR "/seen");
	pamworld_run(ACCOUNT);
	assert_string_equal(pamworld_slurp(PAMWORLD_DIR "/seen"), "");
}

/* the script's own view: environment, directory, descriptors, session, blocked and ignored signals */
static void recorder__world__is_clean(void **state)
{
	int leak = dup2(0, 57);
	sigset_t set, before;
	char session[32];

	(void)state;
	pamworld_recorder("{ /usr/bin/env | grep -v -e '^_=' -e '^PWD=' -e '^SHLVL=' -e '^OLDPWD='; pwd; ls /proc/$$/fd | tr '\\n' ' '; echo;\n"
		 "echo \"session $(cut -d' ' -f6 /proc/$$/stat).\"; grep -E 'SigBlk|SigIgn' /proc/self/status; } >" PAMWORLD_DIR "/world\n" PAMWORLD_ALLOW);
	setenv("KA_SECRET", "1", 1);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, &before);
	signal(SIGPIPE, SIG_IGN);
	pamworld_stack_of("optional", "");
	pamworld_run(AUTH);
	close(leak);
	const char *w = pamworld_slurp(PAMWORLD_DIR "/world");

	assert_non_null(strstr(w, "PATH=/usr/sbin:/usr/bin:/sbin:/bin\n"));
	assert_non_null(strstr(w, "LC_ALL=C\n"));
	assert_null(strstr(w, "KA_SECRET"));
	assert_non_null(strstr(w, "\n/\n"));
	assert_non_null(strstr(w, "SigBlk:\t0000000000000000\n"));
	/* 32 and 33 belong to libc, which leaves them ignored in what it spawns */
	assert_int_equal(strtoull(strstr(w, "SigIgn:") + 7, NULL, 16) & ~0x180000000ull, 0);
	assert_int_equal(leak, 57);
	assert_null(strstr(w, " 57 "));
	/* ours is 0 where its leader lives in another process namespace */
	snprintf(session, sizeof(session), "session %d.\n", (int)getsid(0));
	assert_non_null(strstr(w, "\nsession "));
	assert_null(strstr(w, session));
	/* ours are as they were */
	sigprocmask(SIG_SETMASK, &before, &set);
	assert_true(sigismember(&set, SIGUSR1) == 1 && sigismember(&set, SIGTERM) == 0);
	assert_ptr_equal(signal(SIGPIPE, SIG_DFL), SIG_IGN);
}

static void sigchld_ignored__unknown_status__is_no_fault(void **state)
{
	(void)state;
	signal(SIGCHLD, SIG_IGN);
	pamworld_stack("sshd", "session required pam_permit.so\nsession required " PAMWORLD_MODULE " enforce\n");
	int good = pamworld_run(OPEN);

	pamworld_recorder(PAMWORLD_DENY);
	int bad = pamworld_run(OPEN);

	signal(SIGCHLD, SIG_DFL);
	assert_int_equal(good, PAM_SUCCESS);
	assert_int_equal(bad, PAM_SESSION_ERR);
}

static int open_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	while (d != NULL && readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

static void many_calls__leak_no_descriptor(void **state)
{
	static const char *const bodies[] = { "exit 1", "exec sleep 30", "echo garbage" };
	int before;

	(void)state;
	pamworld_stack_of("optional", "notice enforce deadline_ms=100");
	pamworld_run(AUTH);
	before = open_descriptors();
	for (size_t i = 0; i < 3; i++) {
		pamworld_run(AUTH);
		pamworld_run(ACCOUNT);
		pamworld_recorder(bodies[i]);
		pamworld_run(OPEN);
	}
	assert_int_equal(open_descriptors(), before);
}

static void debug__one_more_line(void **state)
{
	(void)state;
	pamworld_stack_of("optional", "debug");
	pamworld_run(AUTH);
	assert_int_equal(pamworld_said.log_lines, 1);
	assert_non_null(strstr(pamworld_said.log, "connection="));
}

/* the module as it is installed: it loads, has its entries and nothing else */
static void module__loads__with_its_entries_only(void **state)
{
	static const char *const has[] = { "pam_sm_authenticate", "pam_sm_setcred", "pam_sm_acct_mgmt", "pam_sm_open_session",
					   "pam_sm_close_session", "pam_sm_chauthtok" };
	static const char *const hides[] = { "ka_pamcode", "ka_buf_put", "ka_phase_append", "ka_pamspawn_record" };
	void *so = dlopen(KA_TEST_MODULE, RTLD_NOW | RTLD_LOCAL);

	(void)state;
	if (so == NULL)
		fail_msg("%s", dlerror());
	for (size_t i = 0; i < KA_ARRAY_LEN(has); i++)
		assert_non_null(dlsym(so, has[i]));
	for (size_t i = 0; i < KA_ARRAY_LEN(hides); i++)
		assert_null(dlsym(so, hides[i]));
	dlclose(so);
}

#define TEST(name) cmocka_unit_test_setup(name, pamworld_set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(notice__known_and_unknown__read_the_same),
		TEST(notice__no_answer__has_no_reference),
		TEST(notice__silent_or_quiet_or_not_asked__says_nothing),
		TEST(other_service__nothing_is_done),
		TEST(record__each_phase__is_noted_in_order),
		TEST(record__enforce_refuses__is_noted_with_its_reason),
		TEST(recorder__is_asked__with_numbers_only),
		TEST(recorder__world__is_clean),
		TEST(sigchld_ignored__unknown_status__is_no_fault),
		TEST(many_calls__leak_no_descriptor),
		TEST(debug__one_more_line),
		TEST(module__loads__with_its_entries_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
