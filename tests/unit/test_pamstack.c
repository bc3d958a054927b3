/*
 * The module in the real Linux-PAM: a service file in a folder of our own, and a recorder that is a script with a
 * fault. Works unprivileged. The stacks run the test copy of the module (mk/pam.mk), whose recorder and run directory
 * lie below KA_TEST_PAM_DIR; the module that is installed is only loaded.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <security/pam_appl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fd.h"
#include "spool/phase.h"

#include "base/poison.h"

#define DIR_ KA_TEST_PAM_DIR
#define MODULE DIR_ "/pam_keyaudit.so"
#define RECORDER DIR_ "/bin/keyaudit"
#define PHASES DIR_ "/run/keyaudit/phase"

#define ALLOW "echo 'ka1 ref=asm6lelb deny=-'"
#define DENY "echo 'ka1 ref=asm6lelb deny=key.rsa-too-short'"

/* ---- what the module said: to the log, by the names under which libpam calls syslog(3), and to the client ---- */

static char logged[8192], told[1024];
static int log_lines, told_count, told_style;

static void note(const char *format, va_list ap)
{
	size_t n = strlen(logged);

	log_lines++;
	vsnprintf(logged + n, sizeof(logged) - n, format, ap);
	n = strlen(logged);
	snprintf(logged + n, sizeof(logged) - n, "\n");
}

__attribute__((visibility("default"), format(printf, 2, 3))) void syslog(int priority, const char *format, ...);
__attribute__((visibility("default"), format(printf, 3, 4))) void __syslog_chk(int priority, int flag, const char *format, ...);

void syslog(int priority, const char *format, ...)
{
	va_list ap;

	(void)priority;
	va_start(ap, format);
	note(format, ap);
	va_end(ap);
}

void __syslog_chk(int priority, int flag, const char *format, ...)
{
	va_list ap;

	(void)priority;
	(void)flag;
	va_start(ap, format);
	note(format, ap);
	va_end(ap);
}

static int converse(int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	(void)data;
	for (int i = 0; i < n; i++) {
		told_count++;
		told_style = msg[i]->msg_style;
		snprintf(told, sizeof(told), "%s", msg[i]->msg);
	}
	*resp = calloc((size_t)n, sizeof(**resp));
	return *resp != NULL ? PAM_SUCCESS : PAM_BUF_ERR;
}

/* ---- the world of one test ---- */

static void put(const char *path, mode_t mode, const char *text)
{
	int fd;

	unlink(path);
	fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode);
	assert_true(fd >= 0);
	assert_int_equal(ka_fd_write_all(fd, text, strlen(text)), KA_ERR_OK);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void recorder(const char *body)
{
	static char script[2048];

	snprintf(script, sizeof(script), "#!/bin/sh\nprintf '%%s\\n' \"$@\" >%s/seen\n%s\n", DIR_, body);
	put(RECORDER, 0755, script);
}

static void stack(const char *service, const char *lines)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/conf/%s", DIR_, service);
	put(path, 0644, lines);
}

/* one line per phase, all with the same control word and arguments */
static void stack_of(const char *control, const char *args)
{
	static char text[2048];

	snprintf(text, sizeof(text), "auth %s %s %s\naccount %s %s %s\nsession %s %s %s\n", control, MODULE, args, control, MODULE, args,
		 control, MODULE, args);
	stack("sshd", text);
}

static void empty_dir(const char *path)
{
	char name[1024];
	struct dirent *e;
	DIR *d = opendir(path);

	while (d != NULL && (e = readdir(d)) != NULL) {
		snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
		unlink(name);
	}
	if (d != NULL)
		closedir(d);
}

static int set_up(void **state)
{
	static const char *const dirs[] = { DIR_ "/bin", DIR_ "/conf", DIR_ "/run", DIR_ "/run/keyaudit", DIR_ "/run/keyaudit/spool", PHASES };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(dirs); i++)
		if (mkdir(dirs[i], 0700) < 0 && errno != EEXIST)
			return -1;
	empty_dir(PHASES);
	empty_dir(DIR_ "/conf");
	unlink(DIR_ "/seen");
	unlink(DIR_ "/world");
	/* libpam misses it loudly */
	stack("other", "auth required pam_deny.so\naccount required pam_deny.so\nsession required pam_deny.so\n");
	logged[0] = told[0] = '\0';
	log_lines = told_count = told_style = 0;
	recorder(ALLOW);
	return 0;
}

enum what { AUTH, CRED, ACCOUNT, OPEN, CLOSE, PASSWORD };

static int call(pam_handle_t *h, enum what what, int flags)
{
	switch (what) {
	case AUTH: return pam_authenticate(h, flags);
	case CRED: return pam_setcred(h, flags);
	case ACCOUNT: return pam_acct_mgmt(h, flags);
	case OPEN: return pam_open_session(h, flags);
	case CLOSE: return pam_close_session(h, flags);
	case PASSWORD: return pam_chauthtok(h, flags);
	}
	return -1;
}

static const char info[] = "publickey ssh-ed25519 AAAAC3Nz\n";

static int run_as(const char *service, const char *user, enum what what, int flags)
{
	static const struct pam_conv conv = { converse, NULL };
	pam_handle_t *h = NULL;
	int code;

	assert_int_equal(pam_start_confdir(service, user, &conv, DIR_ "/conf", &h), PAM_SUCCESS);
	pam_set_item(h, PAM_RHOST, "192.0.2.7");
	pam_set_item(h, PAM_TTY, "ssh");
	pam_putenv(h, "SSH_CONNECTION=192.0.2.7 40001 198.51.100.2 22");
	if (what == OPEN)
		pam_putenv(h, "SSH_AUTH_INFO_0=publickey ssh-ed25519 AAAAC3Nz\n");
	code = call(h, what, flags);
	pam_end(h, code);
	return code;
}

static int run(enum what what)
{
	return run_as("sshd", "alice", what, 0);
}

/* the phase file of this process, "" when there is none */
static char *noted(void)
{
	static char text[KA_PHASE_FILE_MAX];
	char path[1024] = "";
	struct dirent *e;
	DIR *d = opendir(PHASES);
	size_t n = 0;
	int fd;

	text[0] = '\0';
	while (d != NULL && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			snprintf(path, sizeof(path), "%s/%s", PHASES, e->d_name);
	if (d != NULL)
		closedir(d);
	fd = path[0] != '\0' ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return text;
	assert_int_equal(ka_fd_read_all(fd, text, sizeof(text) - 1, &n), KA_ERR_OK);
	text[n] = '\0';
	close(fd);
	return text;
}

static const char *slurp(const char *path)
{
	static char text[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t n = 0;

	text[0] = '\0';
	if (fd < 0)
		return text;
	assert_int_equal(ka_fd_read_all(fd, text, sizeof(text) - 1, &n), KA_ERR_OK);
	text[n] = '\0';
	close(fd);
	return text;
}

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
	{ "allows", ALLOW, 0, 0, 0, NULL },
	{ "allows, its real work goes on detached", ALLOW "\n(sleep 5 >/dev/null 2>&1 &)", 0, 0, 0, NULL },
	{ "denies", DENY, 0, 1, 1, NULL },
	{ "missing", NULL, 0, 0, 1, "the recorder cannot be executed" },
	{ "not executable", "", 0, 0, 1, "the recorder cannot be executed" },
	{ "no output", ":", 0, 0, 1, "the recorder failed" },
	{ "dies", "kill -SEGV $$", 0, 0, 1, "the recorder failed" },
	{ "allows, then fails", ALLOW "\nexit 1", 0, 0, 1, "the recorder failed" },
	{ "denies, then fails", DENY "\nexit 1", 0, 0, 1, "the recorder failed" },
	{ "garbage", "echo hello", 0, 0, 1, "the recorder's answer is not understood" },
	{ "half an answer", "printf 'ka1 ref=asm6lelb deny=-'", 0, 0, 1, "the recorder's answer is not understood" },
	{ "two answers", ALLOW "; sleep 0.05; " DENY, 0, 0, 1, "the recorder's answer is not understood" },
	{ "NUL bytes", "printf 'ka1 ref=asm6lelb deny=-\\000\\n'", 0, 0, 1, "the recorder's answer is not understood" },
	{ "too much", "while :; do printf aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done", 0, 0, 1, "the recorder's answer is not understood" },
	{ "hangs", "exec sleep 30", 0, 0, 1, "the recorder did not answer in time" },
	{ "hangs with a child", "sleep 30; true", 0, 0, 1, "the recorder did not answer in time" },
	{ "ignores TERM and hangs", "trap '' TERM; sleep 30; true", 0, 0, 1, "the recorder did not answer in time" },
	{ "answers, then hangs", ALLOW "\nexec sleep 30", 0, 0, 1, "the recorder failed" },
};

static void prepare(const struct fault *f)
{
	recorder(f->body != NULL ? f->body : "");
	if (f->body == NULL)
		unlink(RECORDER);
	else if (f->body[0] == '\0')
		chmod(RECORDER, 0644);
	logged[0] = '\0';
	log_lines = 0;
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
			snprintf(text, sizeof(text), "session required pam_permit.so\nsession required %s %s\n", MODULE, args[a]);
			stack("sshd", text);
			code = run(OPEN);
			if (code != (is_refused ? PAM_SESSION_ERR : PAM_SUCCESS))
				fail_msg("%s, %s: %s", f->name, args[a], pam_strerror(NULL, code));
			assert_true(ka_clock_boot_ms() - begin < 3000);
			assert_no_children();
			if (f->log != NULL && (log_lines != 1 || strstr(logged, f->log) == NULL))
				fail_msg("%s, %s: log: %s", f->name, args[a], logged);
			if (f->log == NULL && !is_refused && log_lines != 0)
				fail_msg("%s, %s: log: %s", f->name, args[a], logged);
		}
}

static void session__denied__is_said_in_the_log(void **state)
{
	(void)state;
	recorder(DENY);
	stack_of("required", "enforce");
	assert_int_equal(run(OPEN), PAM_SESSION_ERR);
	assert_int_equal(log_lines, 1);
	assert_non_null(strstr(logged, "pam_keyaudit(sshd:session): session refused, reason=key.rsa-too-short ref=asm6lelb: connection="));
	assert_non_null(strstr(logged, " phase=session user=\"alice\" rhost=\"192.0.2.7\""));
	assert_int_equal(told_count, 0);
}

static void session__no_room_for_the_record__closes_the_gate(void **state)
{
	(void)state;
	stack("sshd", "session required pam_permit.so\nsession required " MODULE " enforce\n");
	assert_int_equal(rename(PHASES, PHASES ".away"), 0);
	int strict = run(OPEN);

	stack("sshd", "session required pam_permit.so\nsession required " MODULE " enforce=soft\n");
	int soft = run(OPEN);

	assert_int_equal(rename(PHASES ".away", PHASES), 0);
	assert_int_equal(strict, PAM_SESSION_ERR);
	assert_int_equal(soft, PAM_SUCCESS);
	assert_non_null(strstr(logged, "no phase record can be written"));
}

static void session__misspelt_enforce__is_strict_and_said(void **state)
{
	(void)state;
	recorder("exit 1");
	stack("sshd", "session required pam_permit.so\nsession required " MODULE " enforce=sotf bogus\n");
	assert_int_equal(run(OPEN), PAM_SESSION_ERR);
	assert_non_null(strstr(logged, "2 arguments not understood, the first is \"enforce=sotf\""));
}

/* ---- who gets in ---- */

static void stack__of_the_module_alone__lets_nobody_in(void **state)
{
	static const char *const controls[] = { "optional", "required", "sufficient", "requisite", "[default=ignore maxtries=die]" };
	static const char *const bodies[] = { ALLOW, DENY, "exit 1" };
	static const char *const args[] = { "", "notice", "enforce", "enforce=soft" };

	(void)state;
	for (size_t c = 0; c < KA_ARRAY_LEN(controls); c++)
		for (size_t b = 0; b < KA_ARRAY_LEN(bodies); b++)
			for (size_t a = 0; a < KA_ARRAY_LEN(args); a++) {
				recorder(bodies[b]);
				stack_of(controls[c], args[a]);
				assert_int_not_equal(run(AUTH), PAM_SUCCESS);
			}
}

static void auth__final__is_maxtries_for_everybody(void **state)
{
	static const char *const controls[] = { "[default=ignore maxtries=die]", "required" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(controls); i++)
		for (int broken = 0; broken < 2; broken++) {
			char text[1024];

			recorder(broken ? "exit 1" : ALLOW);
			snprintf(text, sizeof(text), "auth %s %s final\nauth requisite pam_deny.so\n", controls[i], MODULE);
			stack("sshd", text);
			assert_int_equal(run_as("sshd", "alice", AUTH, 0), PAM_MAXTRIES);
			assert_int_equal(run_as("sshd", "nobody-at-all", AUTH, 0), PAM_MAXTRIES);
			assert_int_equal(run_as("sshd", "../x y\nz", AUTH, 0), PAM_MAXTRIES);
		}
	assert_non_null(strstr(logged, "pam_keyaudit(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= "
				       "rhost=192.0.2.7  user=alice\n"));
	assert_non_null(strstr(logged, "  user=../x\\x20y\\x0az\n"));
}

static void auth__witness_before_a_good_password__does_not_matter(void **state)
{
	(void)state;
	recorder("exit 1");
	stack("sshd", "auth optional " MODULE "\nauth required pam_permit.so\naccount optional " MODULE "\naccount required pam_permit.so\n");
	assert_int_equal(run(AUTH), PAM_SUCCESS);
	assert_int_equal(run(CRED), PAM_SUCCESS);
	assert_int_equal(run(ACCOUNT), PAM_SUCCESS);
}

static void other_entries__are_ignored(void **state)
{
	(void)state;
	recorder(DENY);
	stack("sshd", "auth required " MODULE " enforce final\nauth required pam_permit.so\naccount required " MODULE " enforce\n"
		      "account required pam_permit.so\nsession required " MODULE " enforce\nsession required pam_permit.so\n"
		      "password required " MODULE "\npassword required pam_permit.so\n");
	assert_int_equal(run(CRED), PAM_SUCCESS);
	assert_int_equal(run(ACCOUNT), PAM_SUCCESS);
	assert_int_equal(run(CLOSE), PAM_SUCCESS);
	assert_int_equal(run(PASSWORD), PAM_SUCCESS);
}

/* ---- what the client may read ---- */

static void notice__known_and_unknown__read_the_same(void **state)
{
	static const char with[] = "Your key was not accepted. Ask your administrator and quote asm6lelb.";

	(void)state;
	stack_of("optional", "notice");
	run_as("sshd", "root", AUTH, 0);
	assert_string_equal(told, with);
	assert_int_equal(told_style, PAM_ERROR_MSG);
	told[0] = '\0';
	run_as("sshd", "nobody-at-all", AUTH, 0);
	assert_string_equal(told, with);
	assert_int_equal(told_count, 2);
}

static void notice__no_answer__has_no_reference(void **state)
{
	(void)state;
	recorder("exec sleep 30");
	stack_of("optional", "notice deadline_ms=50");
	run(AUTH);
	assert_string_equal(told, "Your key was not accepted. Ask your administrator.");
	assert_int_equal(told_count, 1);
}

static void notice__silent_or_quiet_or_not_asked__says_nothing(void **state)
{
	(void)state;
	stack_of("optional", "notice");
	run_as("sshd", "alice", AUTH, PAM_SILENT);
	stack_of("optional", "notice quiet");
	run(AUTH);
	stack_of("optional", "final debug");
	run(AUTH);
	assert_int_equal(told_count, 0);
	/* only the auth phase speaks: text in the account phase would reach strangers as a banner */
	recorder(DENY);
	stack_of("optional", "notice enforce");
	run(ACCOUNT);
	run(OPEN);
	assert_int_equal(told_count, 0);
}

/* ---- the work itself ---- */

static void other_service__nothing_is_done(void **state)
{
	(void)state;
	recorder(DENY);
	stack("sudo", "auth required " MODULE " final enforce notice\nauth required pam_permit.so\nsession required " MODULE
		      " enforce\nsession required pam_permit.so\n");
	assert_int_equal(run_as("sudo", "alice", AUTH, 0), PAM_SUCCESS);
	assert_int_equal(run_as("sudo", "alice", OPEN, 0), PAM_SUCCESS);
	assert_string_equal(noted(), "");
	assert_string_equal(slurp(DIR_ "/seen"), "");
	assert_int_equal(log_lines, 0);
	assert_int_equal(told_count, 0);
	stack("sudo", "session required " MODULE " services=sshd,sudo enforce\nsession required pam_permit.so\n");
	assert_int_equal(run_as("sudo", "alice", OPEN, 0), PAM_SESSION_ERR);
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
	stack_of("optional", "");
	run_as("sshd", "../x y\nz", AUTH, 0);
	run(ACCOUNT);
	run(OPEN);
	text = noted();
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
		assert_string_equal(r.info, i == 2 ? info : "");
		assert_true(r.at_us > 0 && r.up_ms > 0);
	}
	assert_false(ka_cursor_line(&c, &line, &whole));
}

static void recorder__is_asked__with_numbers_only(void **state)
{
	char want[256];

	(void)state;
	stack_of("optional", "enforce");
	run_as("sshd", "--help", AUTH, 0);
	snprintf(want, sizeof(want), "record\n--connection\n%d.", (int)getpid());
	assert_memory_equal(slurp(DIR_ "/seen"), want, strlen(want));
	assert_non_null(strstr(slurp(DIR_ "/seen"), "\n--phase\nauth\n"));
	assert_null(strstr(slurp(DIR_ "/seen"), "--enforce"));
	assert_null(strstr(slurp(DIR_ "/seen"), "--help"));
	run(OPEN);
	assert_non_null(strstr(slurp(DIR_ "/seen"), "\n--phase\nsession\n--enforce\n"));
	stack_of("optional", "enforce=soft");
	run(OPEN);
	assert_non_null(strstr(slurp(DIR_ "/seen"), "\n--phase\nsession\n--enforce=soft\n"));
	unlink(DIR_ "/seen");
	run(ACCOUNT);
	assert_string_equal(slurp(DIR_ "/seen"), "");
}

/* the script's own view: environment, directory, descriptors, session, blocked and ignored signals */
static void recorder__world__is_clean(void **state)
{
	int leak = dup2(0, 57);
	sigset_t set, before;
	char session[32];

	(void)state;
	recorder("{ /usr/bin/env | grep -v -e '^_=' -e '^PWD=' -e '^SHLVL=' -e '^OLDPWD='; pwd; ls /proc/$$/fd | tr '\\n' ' '; echo;\n"
		 "cut -d' ' -f6 /proc/$$/stat; echo $$; grep -E 'SigBlk|SigIgn' /proc/self/status; } >" DIR_ "/world\n" ALLOW);
	setenv("KA_SECRET", "1", 1);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, &before);
	signal(SIGPIPE, SIG_IGN);
	stack_of("optional", "");
	run(AUTH);
	close(leak);
	const char *w = slurp(DIR_ "/world");

	assert_non_null(strstr(w, "PATH=/usr/sbin:/usr/bin:/sbin:/bin\n"));
	assert_non_null(strstr(w, "LC_ALL=C\n"));
	assert_null(strstr(w, "KA_SECRET"));
	assert_non_null(strstr(w, "\n/\n"));
	assert_non_null(strstr(w, "SigBlk:\t0000000000000000\n"));
	/* 32 and 33 belong to libc, which leaves them ignored in what it spawns */
	assert_int_equal(strtoull(strstr(w, "SigIgn:") + 7, NULL, 16) & ~0x180000000ull, 0);
	assert_int_equal(leak, 57);
	assert_null(strstr(w, " 57 "));
	snprintf(session, sizeof(session), "%d\n", (int)getsid(0));
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
	stack("sshd", "session required pam_permit.so\nsession required " MODULE " enforce\n");
	int good = run(OPEN);

	recorder(DENY);
	int bad = run(OPEN);

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
	int before;

	(void)state;
	stack_of("optional", "notice enforce deadline_ms=100");
	run(AUTH);
	before = open_descriptors();
	for (size_t i = 0; i < 3; i++) {
		run(AUTH);
		run(ACCOUNT);
		prepare(&faults[3 + i]);
		run(OPEN);
	}
	assert_int_equal(open_descriptors(), before);
}

static void debug__one_more_line(void **state)
{
	(void)state;
	stack_of("optional", "debug");
	run(AUTH);
	assert_int_equal(log_lines, 1);
	assert_non_null(strstr(logged, "connection="));
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

#define TEST(name) cmocka_unit_test_setup(name, set_up)

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
		TEST(notice__known_and_unknown__read_the_same),
		TEST(notice__no_answer__has_no_reference),
		TEST(notice__silent_or_quiet_or_not_asked__says_nothing),
		TEST(other_service__nothing_is_done),
		TEST(record__each_phase__is_noted_in_order),
		TEST(recorder__is_asked__with_numbers_only),
		TEST(recorder__world__is_clean),
		TEST(sigchld_ignored__unknown_status__is_no_fault),
		TEST(many_calls__leak_no_descriptor),
		TEST(debug__one_more_line),
		TEST(module__loads__with_its_entries_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
