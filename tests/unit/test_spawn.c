/* base/spawn: real programs, deadlines, caps. */
#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/proc.h"

#include "base/poison.h"

static enum ka_err sh(const char *script, const char *input, size_t max, int ms, struct ka_spawn_out *out)
{
	const char *argv[] = { "/bin/sh", "-c", script, NULL };
	struct ka_spawn what = { .argv = argv, .input = input, .input_len = input ? strlen(input) : 0,
				 .output_max = max, .deadline_ms = ms };

	return ka_spawn_run(&what, out);
}

static bool is_zombie(pid_t pid)
{
	struct ka_proc_stat stat;

	return ka_proc_stat(pid, &stat) && stat.state == 'Z';
}

static void run__output_and_status__are_returned(void **state)
{
	struct ka_spawn_out out;

	(void)state;
	assert_int_equal(sh("cat; echo err >&2; exit 3", "hello", 100, 5000, &out), KA_ERR_OK);
	assert_string_equal(out.output, "hello");
	assert_int_equal(WEXITSTATUS(out.status), 3);
	free(out.output);
}

static void run__input_that_nobody_reads__raises_no_signal(void **state)
{
	static char much[256 * 1024];
	struct ka_spawn_out out;

	(void)state;
	memset(much, 'x', sizeof(much) - 1);
	/* stdin closed for certain before all of it is written: a pipe holds 64 KiB */
	assert_int_equal(sh("exec <&-; echo done; exit 4", much, 100, 5000, &out), KA_ERR_OK);
	assert_string_equal(out.output, "done\n");
	assert_int_equal(WEXITSTATUS(out.status), 4);
	free(out.output);
}

static void run__environment__is_clean(void **state)
{
	struct ka_spawn_out out;

	(void)state;
	setenv("KA_SECRET", "1", 1);
	assert_int_equal(sh("echo $KA_SECRET; pwd; ls /proc/self/fd | wc -l", NULL, 100, 5000, &out), KA_ERR_OK);
	assert_string_equal(out.output, "\n/\n4\n");
	free(out.output);
}

static void run__too_much__is_limit(void **state)
{
	struct ka_spawn_out out;

	(void)state;
	assert_int_equal(sh("while :; do echo yyyyyyyyyyyyyyyyy; done", NULL, 1000, 5000, &out), KA_ERR_LIMIT);
	assert_null(out.output);
}

static void run__front_is_enough__is_kept_and_the_rest_not_waited_for(void **state)
{
	const char *argv[] = { "/bin/sh", "-c", "echo first; while :; do echo more; done", NULL };
	struct ka_spawn what = { .argv = argv, .output_max = 1000, .deadline_ms = 20000, .is_front_enough = true };
	struct ka_spawn_out out;
	int64_t begin = ka_clock_boot_ms();

	(void)state;
	assert_int_equal(ka_spawn_run(&what, &out), KA_ERR_OK);
	assert_true(ka_clock_boot_ms() - begin < 10000);
	assert_int_equal(out.len, 1000);
	assert_memory_equal(out.output, "first\nmore\n", 11);
	assert_int_equal(strlen(out.output), 1000);
	free(out.output);
}

static void run__hanging__is_killed_at_its_deadline(void **state)
{
	struct ka_spawn_out out;
	int64_t begin = ka_clock_boot_ms();

	(void)state;
	assert_int_equal(sh("sleep 30 & sleep 30", NULL, 100, 100, &out), KA_ERR_TIMEOUT);
	assert_true(ka_clock_boot_ms() - begin < 5000);
}

static void run__missing_program__is_status_127(void **state)
{
	const char *argv[] = { "/nonexistent/program", NULL };
	struct ka_spawn what = { .argv = argv, .output_max = 10, .deadline_ms = 5000 };
	struct ka_spawn_out out;

	(void)state;
	assert_int_equal(ka_spawn_run(&what, &out), KA_ERR_OK);
	assert_int_equal(WEXITSTATUS(out.status), 127);
	assert_int_equal(out.exec_errnum, ENOENT);
	free(out.output);
}

/* a script that ends with the same number was executed */
static void run__status_127_of_its_own__is_no_failed_exec(void **state)
{
	struct ka_spawn_out out;

	(void)state;
	assert_int_equal(sh("exit 127", NULL, 10, 5000, &out), KA_ERR_OK);
	assert_int_equal(WEXITSTATUS(out.status), 127);
	assert_int_equal(out.exec_errnum, 0);
	free(out.output);
}

static void run__further_environment__stands_beside_ours(void **state)
{
	const char *argv[] = { "/usr/bin/env", NULL }, *env[] = { "HOME=/", "USER=x y", NULL };
	struct ka_spawn what = { .argv = argv, .env = env, .output_max = 200, .deadline_ms = 5000 };
	struct ka_spawn_out out;

	(void)state;
	assert_int_equal(ka_spawn_run(&what, &out), KA_ERR_OK);
	assert_string_equal(out.output, "PATH=/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C\nHOME=/\nUSER=x y\n");
	free(out.output);
}

/* what it starts in the background and does not wait for ends with it, though its own output was complete */
static void run__leaves_somebody_behind__the_group_is_killed(void **state)
{
	struct ka_spawn_out out;
	bool is_gone;
	int64_t until;
	pid_t left;

	(void)state;
	assert_int_equal(sh("sleep 300 >/dev/null 2>&1 & echo $!", NULL, 100, 5000, &out), KA_ERR_OK);
	left = (pid_t)strtol(out.output, NULL, 10);
	free(out.output);
	assert_true(left > 1);
	until = ka_clock_boot_ms() + 5000;
	do { /* one look at a time: a zombie may be gone at the next one */
		is_gone = is_zombie(left) || kill(left, 0) != 0;
	} while (!is_gone && ka_clock_boot_ms() < until);
	assert_true(is_gone);
}

/* root that has taken another user's rights for a while (base/rights.h) starts no program that could take root's back */
static void run__effective_ids_differ__the_program_has_no_others(void **state)
{
	struct ka_spawn_out out;
	int status;
	pid_t pid;

	(void)state;
	if (geteuid() != 0)
		skip();
	pid = fork();
	if (pid == 0) {
		if (setegid(65534) != 0 || seteuid(65534) != 0 ||
		    sh("grep -E '^[UG]id:' /proc/self/status | tr '\\t' ' '", NULL, 200, 5000, &out) != KA_ERR_OK)
			_exit(2);
		_exit(strcmp(out.output, "Uid: 65534 65534 65534 65534\nGid: 65534 65534 65534 65534\n") == 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* it closes its output late and lives on: the deadline is one for both */
static void run__output_closed_and_still_there__is_killed_at_its_deadline(void **state)
{
	struct ka_spawn_out out;
	int64_t begin = ka_clock_boot_ms();

	(void)state;
	assert_int_equal(sh("sleep 1.4; exec >&- 2>&-; sleep 30", NULL, 100, 1500, &out), KA_ERR_OK);
	assert_true(WIFSIGNALED(out.status));
	assert_true(ka_clock_boot_ms() - begin < 2700); /* two deadlines would be 2900 at least */
	free(out.output);
}

/* Linux before 5.9 */
static bool forbid_close_range(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close_range, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = KA_ARRAY_LEN(code), .filter = code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* the highest descriptor that the collector may have is not handed on to a child that runs no other program */
static void clean_child__old_kernel__closes_what_a_collector_may_hold(void **state)
{
	struct rlimit r = { KA_COLLECT_FILES_MAX, KA_COLLECT_FILES_MAX };
	int status;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		if (setrlimit(RLIMIT_NOFILE, &r) != 0 || dup2(0, KA_COLLECT_FILES_MAX - 1) < 0 || !forbid_close_range())
			_exit(77);
		ka_spawn_clean_child(3);
		_exit(fcntl(KA_COLLECT_FILES_MAX - 1, F_GETFD) < 0 && fcntl(2, F_GETFD) >= 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip(); /* no right to so many descriptors here */
	assert_int_equal(WEXITSTATUS(status), 0);
}

static pid_t pausing_child(pid_t traced)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	if (traced > 0 && ptrace(PTRACE_SEIZE, traced, NULL, NULL) != 0)
		_exit(77);
	for (;;)
		pause();
}

static bool is_traced(pid_t pid)
{
	char path[64], text[4096];
	struct ka_buf b;
	int fd;
	ssize_t n;

	ka_buf_init_array(&b, path);
	ka_buf_text(&b, "/proc/");
	ka_buf_i64(&b, pid);
	ka_buf_text(&b, "/status");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return n > 0 && strstr(text, "TracerPid:\t0\n") == NULL;
}

/* what hangs in the kernel ends when the kernel lets it; here a tracer that never looks keeps a dead child from us */
static void reap__not_even_sigkill_helps__is_left_alone(void **state)
{
	pid_t held = pausing_child(0), tracer = pausing_child(held);
	int64_t begin = ka_clock_boot_ms(), until = begin + 5000;
	int status = 0;

	(void)state;
	assert_true(held > 0 && tracer > 0);
	while (!is_traced(held) && waitpid(tracer, &status, WNOHANG) == 0 && ka_clock_boot_ms() < until)
		continue;
	if (!is_traced(held)) {
		kill(held, SIGKILL);
		kill(tracer, SIGKILL);
		skip(); /* nobody may trace here */
	}
	begin = ka_clock_boot_ms();
	assert_int_equal(ka_spawn_reap(held, 0, false), -1);
	assert_true(ka_clock_boot_ms() - begin < 10000);
	kill(tracer, SIGKILL);
	assert_int_equal(waitpid(tracer, &status, 0), tracer);
	assert_int_equal(waitpid(held, &status, 0), held);
	assert_true(WIFSIGNALED(status));
}

static void reap__ended_in_time__is_its_status(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (pid == 0)
		_exit(5);
	status = ka_spawn_reap(pid, 5000, false);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 5);
	assert_int_equal(ka_spawn_reap(pid, 5000, false), -1); /* nobody's */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(run__output_and_status__are_returned), cmocka_unit_test(run__environment__is_clean),
		cmocka_unit_test(run__input_that_nobody_reads__raises_no_signal),
		cmocka_unit_test(run__too_much__is_limit),
		cmocka_unit_test(run__front_is_enough__is_kept_and_the_rest_not_waited_for), cmocka_unit_test(run__hanging__is_killed_at_its_deadline),
		cmocka_unit_test(run__missing_program__is_status_127),
		cmocka_unit_test(run__status_127_of_its_own__is_no_failed_exec),
		cmocka_unit_test(run__further_environment__stands_beside_ours),
		cmocka_unit_test(run__leaves_somebody_behind__the_group_is_killed),
		cmocka_unit_test(run__effective_ids_differ__the_program_has_no_others),
		cmocka_unit_test(run__output_closed_and_still_there__is_killed_at_its_deadline),
		cmocka_unit_test(clean_child__old_kernel__closes_what_a_collector_may_hold),
		cmocka_unit_test(reap__ended_in_time__is_its_status), cmocka_unit_test(reap__not_even_sigkill_helps__is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
