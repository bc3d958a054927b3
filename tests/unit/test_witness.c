/* keyaudit/witness: looks at processes that are no sshd, or play one. The real ones: tests/e2e/350-distrust.sh. */
#include "keyaudit/case/witness.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
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

static void ended__another_start_or_unreaped__is_over(void **state)
{
	struct ka_proc_stat self;
	struct ka_conn conn;
	siginfo_t info;
	pid_t pid;

	(void)state;
	assert_true(ka_proc_stat(getpid(), &self));
	conn = (struct ka_conn){ getpid(), self.start };
	assert_false(ka_witness_has_ended(&conn));
	conn.start++;
	assert_true(ka_witness_has_ended(&conn));
	pid = fork();
	if (pid == 0)
		_exit(0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	assert_true(ka_proc_stat(pid, &self));
	conn = (struct ka_conn){ pid, self.start };
	assert_true(ka_witness_has_ended(&conn));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(ka_witness_has_ended(&conn));
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

/*
 * A player: this program under another name, with a connection (or none), and uids of its own. It says when it is ready,
 * with the pid that is to be looked at: its own, or that of a child that shares the connection.
 */
struct player {
	const char *name;
	bool connected, listens, removed, child, ends_slowly;
	uid_t real, effective, saved;
	enum ka_witness_answer want;
};

static int play(char **argv)
{
	pid_t who = getpid();

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* its end takes a while: it has lost its executable, and its pidfd does not say so yet */
	while (argv[7][0] == '1' && socket(AF_INET, SOCK_STREAM, 0) >= 0)
		;
	if (argv[6][0] == '1')
		who = fork();
	if (who == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
	}
	if (setresuid((uid_t)strtoul(argv[2], NULL, 10), (uid_t)strtoul(argv[3], NULL, 10), (uid_t)strtoul(argv[4], NULL, 10)) != 0)
		return 1;
	if (write((int)strtol(argv[5], NULL, 10), &who, sizeof(who)) == (ssize_t)sizeof(who))
		pause();
	return 1;
}

static void copy_program(const char *path)
{
	KA_AUTOCLOSE int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	KA_AUTOCLOSE int to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	ssize_t got = 1;

	assert_true(from >= 0 && to >= 0);
	while (got > 0) {
		got = sendfile(to, from, NULL, 1 << 20);
		assert_true(got >= 0);
	}
}

/* both ends of a connection, and who listens for others */
static void connect_pair(int *listener, int *ours, int *theirs)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(at);

	*listener = socket(AF_INET, SOCK_STREAM, 0);
	*ours = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(*listener >= 0 && *ours >= 0);
	assert_int_equal(bind(*listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(*listener, 1), 0);
	assert_int_equal(getsockname(*listener, (struct sockaddr *)&at, &len), 0);
	assert_int_equal(connect(*ours, (struct sockaddr *)&at, sizeof(at)), 0);
	*theirs = accept(*listener, NULL, NULL);
	assert_true(*theirs >= 0);
}

static enum ka_witness_answer look_at(const struct player *p, const char *path, struct ka_witness *seen)
{
	int listener, ours, theirs, ready[2];
	char real[16], effective[16], saved[16], tell[16];
	enum ka_witness_answer answer;
	struct ka_conn conn = { 0, 0 };
	pid_t pid;

	connect_pair(&listener, &ours, &theirs);
	assert_int_equal(pipe(ready), 0);
	snprintf(real, sizeof(real), "%u", p->real);
	snprintf(effective, sizeof(effective), "%u", p->effective);
	snprintf(saved, sizeof(saved), "%u", p->saved);
	snprintf(tell, sizeof(tell), "%d", ready[1]);
	copy_program(path);
	pid = fork();
	if (pid == 0) {
		if (!p->listens)
			close(listener);
		if (!p->connected)
			close(theirs);
		close(ready[0]);
		execl(path, path, "--play", real, effective, saved, tell, p->child ? "1" : "0", p->ends_slowly ? "1" : "0", (char *)NULL);
		_exit(1);
	}
	close(ready[1]);
	close(theirs);
	close(listener);
	assert_int_equal(read(ready[0], &conn.m, sizeof(conn.m)), sizeof(conn.m));
	if (p->removed)
		assert_int_equal(unlink(path), 0);
	answer = ka_witness_look(&conn, seen, NULL);
	kill(pid, SIGKILL);
	for (enum ka_witness_answer now = answer; p->ends_slowly && answer == KA_WITNESS_SSHD && now != KA_WITNESS_GONE;) {
		struct ka_witness late;

		now = ka_witness_look(&conn, &late, NULL);
		answer = now == KA_WITNESS_IMPOSTOR ? now : answer; /* its record would be thrown away */
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(ready[0]);
	close(ours);
	unlink(path);
	return answer;
}

static void look__players__only_a_root_owned_sshd_with_a_connection_of_its_own(void **state)
{
	static const struct player players[] = {
		{ "sshd", .connected = true, .want = KA_WITNESS_SSHD },
		{ "sshd-session", .connected = true, .want = KA_WITNESS_SSHD },
		{ "sshd", .connected = true, .removed = true, .want = KA_WITNESS_SSHD },            /* an upgrade */
		{ "sshd", .connected = true, .effective = 65534, .want = KA_WITNESS_SSHD },         /* it judges somebody's files */
		{ "sshd", .connected = true, .ends_slowly = true, .want = KA_WITNESS_SSHD },
		{ "sshx", .connected = true, .want = KA_WITNESS_IMPOSTOR },
		{ "sshd", .connected = true, .real = 65534, .effective = 65534, .saved = 65534, .want = KA_WITNESS_IMPOSTOR },
		{ "sshd", .connected = true, .real = 65534, .want = KA_WITNESS_IMPOSTOR },
		{ "sshd", .connected = true, .saved = 65534, .want = KA_WITNESS_IMPOSTOR },
		{ "sshd", .connected = false, .want = KA_WITNESS_IMPOSTOR },
		{ "sshd", .connected = true, .listens = true, .want = KA_WITNESS_IMPOSTOR },
		{ "sshd", .connected = true, .child = true, .want = KA_WITNESS_IMPOSTOR },
	};
	char dir[] = "/tmp/ka-player.XXXXXX";
	unsigned wrong = 0;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chmod(dir, 0755), 0);
	for (size_t i = 0; i < KA_ARRAY_LEN(players); i++) {
		const struct player *p = &players[i];
		bool is_sshd = p->want == KA_WITNESS_SSHD;
		char path[64];
		struct ka_witness seen;

		snprintf(path, sizeof(path), "%s/%s", dir, p->name);
		if (look_at(p, path, &seen) != p->want || seen.seen != is_sshd || strcmp(seen.client, is_sshd ? "127.0.0.1" : "") != 0)
			wrong |= 1U << i;
	}
	assert_int_equal(rmdir(dir), 0);
	assert_int_equal(wrong, 0); /* a bit for each player */
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(look__no_such_process__is_gone),
		cmocka_unit_test(look__ourselves__is_an_impostor_or_gone),
		cmocka_unit_test(ended__another_start_or_unreaped__is_over),
		cmocka_unit_test(look__no_descriptor_left__says_nothing_about_the_process),
		cmocka_unit_test(look__ending_processes__are_never_impostors_once_ended),
		cmocka_unit_test(look__players__only_a_root_owned_sshd_with_a_connection_of_its_own),
	};

	if (argc == 8 && strcmp(argv[1], "--play") == 0)
		return play(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
