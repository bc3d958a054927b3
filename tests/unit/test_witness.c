/* keyaudit/witness: looks at processes that are no sshd. The rest is for the real sshd: tests/e2e/350-distrust.sh. */
#include "keyaudit/witness.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/proc.h"

#include "base/poison.h"

static void look__no_such_process__is_gone(void **state)
{
	struct ka_conn conn = { 2147483646, 5 };
	struct ka_witness seen;
	int pidfd = 9;

	(void)state;
	assert_int_equal(ka_witness_look(&conn, &seen, &pidfd), KA_WITNESS_GONE);
	assert_int_equal(pidfd, -1);
	assert_false(seen.seen);
}

static void look__ourselves__is_an_impostor_or_gone(void **state)
{
	struct ka_proc_stat self;
	struct ka_conn conn;
	struct ka_witness seen;

	(void)state;
	assert_true(ka_proc_stat(getpid(), &self));
	conn = (struct ka_conn){ getpid(), self.start };
	assert_int_equal(ka_witness_look(&conn, &seen, NULL), KA_WITNESS_IMPOSTOR);
	assert_false(seen.seen);
	conn.start++; /* our pid, but another process's time: that one is gone */
	assert_int_equal(ka_witness_look(&conn, &seen, NULL), KA_WITNESS_GONE);
	conn = (struct ka_conn){ getpid(), 0 };
	assert_int_equal(ka_witness_look(&conn, &seen, NULL), KA_WITNESS_IMPOSTOR);
	assert_int_equal(conn.start, 0); /* an impostor's start is nobody's */
}

static void look__no_descriptor_left__says_nothing_about_the_process(void **state)
{
	struct rlimit had, none;
	struct ka_proc_stat self;
	struct ka_witness seen;
	struct ka_conn conn;

	(void)state;
	assert_true(ka_proc_stat(getpid(), &self));
	conn = (struct ka_conn){ getpid(), self.start };
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &had), 0);
	for (rlim_t more = 0; more < 2; more++) { /* none at all; one, which the first step takes */
		none = (struct rlimit){ 0, had.rlim_max };
		for (rlim_t fd = 0; more == 1 && none.rlim_cur == 0; fd++)
			if (fcntl((int)fd, F_GETFD) < 0)
				none.rlim_cur = fd + 1;
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
		assert_int_equal(ka_witness_look(&conn, &seen, NULL), KA_WITNESS_UNKNOWN);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &had), 0);
	}
	assert_int_equal(ka_witness_look(&conn, &seen, NULL), KA_WITNESS_IMPOSTOR);
}

/* a process on its way out has lost its executable; taken for an impostor, its record would be thrown away */
static void look__ending_processes__are_never_impostors_once_ended(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		struct ka_proc_stat stat;
		struct ka_witness seen;
		struct ka_conn conn;
		pid_t child = fork();

		if (child == 0)
			_exit(0);
		while (ka_proc_stat(child, &stat) && stat.state != 'Z')
			;
		conn = (struct ka_conn){ child, stat.start };
		assert_int_equal(ka_witness_look(&conn, &seen, NULL), KA_WITNESS_GONE);
		waitpid(child, NULL, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(look__no_such_process__is_gone),
		cmocka_unit_test(look__ourselves__is_an_impostor_or_gone),
		cmocka_unit_test(look__no_descriptor_left__says_nothing_about_the_process),
		cmocka_unit_test(look__ending_processes__are_never_impostors_once_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
