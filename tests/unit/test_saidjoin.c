/* keyaudit/saidjoin: lines of sshd's log find their connection, and what is forged finds none. Living monitors: tests/e2e. */
#include "keyaudit/collect/saidjoin.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "keyaudit/case/casesaid.h"
#include "keyaudit/case/saidlife.h"
#include "keyaudit/case/witnessnote.h"
#include "tests/unit/lib/runplace.h"

#include "base/poison.h"

#define M 2147483646 /* above any pid_max */
#define US ((int64_t)1000000)
#define REVOKED "error: Authentication key ED25519 SHA256:x revoked by file /etc/ssh/revoked [preauth]"
#define ENDED "Connection closed by authenticating user alice 192.0.2.7 port 40001 [preauth]"

#define OVER "pam_unix(sshd:session): session closed for user alice"

/* no look at who else lives on this machine; by its assembler name, so that no prototype with attributes is in the way */
DIR *deaf_opendir(const char *name) __asm__("opendir");

DIR *deaf_opendir(const char *name)
{
	return strcmp(name, "/proc") == 0 ? NULL : fdopendir(open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static enum ka_saidjoin_answer hear(pid_t pid, int64_t ago_us, bool sure, const char *message)
{
	struct ka_earline l = {
		.at_us = ka_clock_wall_us() - ago_us, .pid = pid, .is_verified = sure, .message = ka_span_of(message),
	};

	return ka_saidjoin_take(&runplace.r, &l);
}

static enum ka_saidjoin_answer hear_file(const char *message)
{
	struct ka_earline l = { .is_from_file = true, .message = ka_span_of(message) };

	return ka_saidjoin_take(&runplace.r, &l);
}

/* how many connections have been spoken of; the name of the last one */
static int count(struct ka_conn *conn)
{
	int again = openat(runplace.r.said, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), n = 0;
	DIR *d = fdopendir(again);
	const struct dirent *e;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.' && ka_conn_parse(ka_span_of(e->d_name), conn);
	closedir(d);
	return n;
}

static void name_of(const struct ka_conn *conn, char out[static KA_CONN_NAME_MAX])
{
	ka_conn_name(conn, out);
}

static void take__gone_before_it_was_seen__all_lines_are_one_connection(void **state)
{
	struct ka_casesaid_glance said;
	struct ka_conn conn;

	(void)state;
	assert_int_equal(hear(M, 30000, true, REVOKED), KA_SAIDJOIN_KEPT);
	assert_int_equal(hear(M, 20000, true, "error: Authentication key ED25519 SHA256:y revoked by file /etc/ssh/revoked [preauth]"), KA_SAIDJOIN_KEPT);
	assert_int_equal(hear(M, 10000, true, ENDED), KA_SAIDJOIN_KEPT);
	assert_int_equal(count(&conn), 1);
	assert_int_equal(conn.m, M);
	assert_true(ka_casesaid_look(&runplace.r, &conn, &said) && said.is_closed && said.is_sure);
	/* read again after a crash: the same one */
	assert_int_equal(hear(M, 30000, true, REVOKED), KA_SAIDJOIN_KEPT);
	assert_int_equal(count(&conn), 1);
}

static void take__number_given_again__is_another_connection(void **state)
{
	struct ka_conn conn;

	(void)state;
	assert_int_equal(hear(M, 60 * US, true, ENDED), KA_SAIDJOIN_KEPT);
	assert_int_equal(hear(M, 0, true, ENDED), KA_SAIDJOIN_KEPT);
	assert_int_equal(count(&conn), 2);
}

static void take__its_records_lie_there__joins_them(void **state)
{
	struct ka_conn real = { M, ka_saidlife_start(ka_clock_wall_us() - US) }, conn;
	char name[KA_CONN_NAME_MAX];

	(void)state;
	name_of(&real, name);
	runplace_put(runplace.r.spool, name, RUNPLACE_RECORD);
	assert_int_equal(hear(M, 0, true, ENDED), KA_SAIDJOIN_KEPT);
	assert_int_equal(count(&conn), 1);
	assert_true(conn.start == real.start);
}

static void take__its_event_is_written__no_second_one(void **state)
{
	struct ka_conn real = { M, ka_saidlife_start(ka_clock_wall_us() - US) }, conn;
	char name[KA_CONN_NAME_MAX];

	(void)state;
	name_of(&real, name);
	runplace_put(runplace.r.done, name, "");
	assert_int_equal(hear(M, 0, true, ENDED), KA_SAIDJOIN_OTHER);
	assert_int_equal(count(&conn), 0);
}

static void take__tells_no_login__begins_nothing(void **state)
{
	static const char *const lines[] = {
		"Server listening on 0.0.0.0 port 22.", "Connection closed by 192.0.2.7 port 40001", "pam_unix(sshd:session): session opened",
		OVER, "pam_unix(sshd:auth): session closed for user alice", ("error: " OVER),
		"Connection from 192.0.2.7 port 40001 on 198.51.100.2 port 22", "", "Received disconnect from 192.0.2.7 port 1:11: bye",
	};
	struct ka_conn conn;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(lines); i++)
		assert_int_equal(hear(M, 0, true, lines[i]), KA_SAIDJOIN_OTHER);
	assert_int_equal(count(&conn), 0);
}

/* any local user can write such a line into a syslog file, with the number of a process that he knows */
static void take__number_of_a_process_that_is_no_sshd__is_not_believed(void **state)
{
	struct ka_conn conn;

	(void)state;
	for (int sure = 0; sure < 2; sure++) {
		assert_int_equal(hear(getpid(), 0, sure, ENDED), KA_SAIDJOIN_OTHER);
		assert_int_equal(hear(1, 0, sure, ENDED), KA_SAIDJOIN_OTHER);
	}
	assert_int_equal(count(&conn), 0);
}

/* but it may have the number of one that is gone */
static void take__number_is_somebody_elses_by_now__is_the_dead_ones(void **state)
{
	struct ka_conn conn;

	(void)state;
	assert_int_equal(hear(getpid(), 100 * US, true, ENDED), KA_SAIDJOIN_KEPT);
	assert_int_equal(count(&conn), 1);
	assert_int_equal(conn.m, getpid());
}

static void take__before_this_boot__is_nobodys(void **state)
{
	struct ka_earline l = { .at_us = 1000000, .pid = M, .is_verified = true, .message = ka_span_of(ENDED) };

	(void)state;
	assert_int_equal(ka_saidjoin_take(&runplace.r, &l), KA_SAIDJOIN_OTHER);
}

static void take__forged__is_recorded_as_what_it_is(void **state)
{
	struct ka_casesaid_glance said;
	struct ka_conn conn;

	(void)state;
	assert_int_equal(hear(M, 0, false, "Accepted publickey for root from 6.6.6.6 port 1 ssh2"), KA_SAIDJOIN_KEPT);
	assert_int_equal(count(&conn), 1);
	assert_true(ka_casesaid_look(&runplace.r, &conn, &said) && said.is_accepted && !said.is_accepted_sure && !said.is_sure);
}

/* the listener speaks under its own number, and names the monitor's */
static void take__timeout_that_names_a_monitor__joins_it(void **state)
{
	struct ka_conn real = { M, ka_saidlife_start(ka_clock_wall_us() - 120 * US) }, conn;
	char name[KA_CONN_NAME_MAX], line[128];

	(void)state;
	name_of(&real, name);
	runplace_put(runplace.r.seen, name, "");
	snprintf(line, sizeof(line), "Timeout before authentication for connection from 192.0.2.7 to 198.51.100.2, pid = %d", M);
	assert_int_equal(hear(getpid(), 0, true, line), KA_SAIDJOIN_KEPT);
	assert_int_equal(count(&conn), 1);
	assert_true(conn.start == real.start);
}

/* chroot fails in a child of the monitor, which is gone at once: it can only be of the one session that began just now */
static void take__session_process_that_is_gone__joins_the_one_session(void **state)
{
	static const char line[] = "fatal: bad ownership or modes for chroot directory \"/srv\"";
	struct ka_conn one = { M - 1, ka_saidlife_start(ka_clock_wall_us() - US) }, conn;
	char name[KA_CONN_NAME_MAX];

	(void)state;
	assert_int_equal(hear(M, 0, true, line), KA_SAIDJOIN_LOST);
	name_of(&one, name);
	runplace_put(runplace.r.phase, name, "");
	assert_int_equal(hear(M, 0, true, line), KA_SAIDJOIN_KEPT);
	assert_int_equal(count(&conn), 1);
	assert_true(conn.m == one.m && conn.start == one.start);
	one.m--;
	name_of(&one, name);
	runplace_put(runplace.r.phase, name, ""); /* two: nobody knows */
	assert_int_equal(hear(M, 0, true, line), KA_SAIDJOIN_LOST);
	/* the log has its lines in their order: whose session was over before is not the one */
	assert_int_equal(hear(M - 2, 0, true, OVER), KA_SAIDJOIN_KEPT);
	assert_int_equal(hear(M, 0, true, line), KA_SAIDJOIN_KEPT);
	assert_int_equal(hear(M - 1, 0, true, OVER), KA_SAIDJOIN_KEPT);
	assert_int_equal(hear(M, 0, true, line), KA_SAIDJOIN_LOST);
	assert_int_equal(count(&conn), 2);
}

/* without PAM nobody leaves a phase record: the one that sshd has let in just now */
static void take__nologin_of_a_process_that_is_gone__joins_the_one_login(void **state)
{
	static const char line[] = "User alice not allowed because /etc/nologin exists";
	static const char other[] = "Connection closed by authenticating user bob 192.0.2.7 port 40002 [preauth]";
	struct ka_conn conn;

	(void)state;
	assert_int_equal(hear(M, 0, true, line), KA_SAIDJOIN_LOST);
	assert_int_equal(hear(M - 1, 0, true, REVOKED), KA_SAIDJOIN_KEPT);
	assert_int_equal(hear(M - 1, 0, true, other), KA_SAIDJOIN_KEPT);
	assert_int_equal(hear(M, 0, true, line), KA_SAIDJOIN_LOST); /* that one was not let in */
	assert_int_equal(hear(M - 2, 0, true, "Accepted publickey for alice from 192.0.2.7 port 40001 ssh2"), KA_SAIDJOIN_KEPT);
	assert_int_equal(hear(M, 0, true, line), KA_SAIDJOIN_KEPT);
	assert_int_equal(count(&conn), 2);
}

static void note(struct ka_conn *conn, const char *client, unsigned port)
{
	struct ka_witness w = { .seen = true, .client_port = port };

	assert_true(ka_span_copy(ka_span_of(client), w.client, sizeof(w.client)));
	ka_witness_note(&runplace.r, conn, &w);
}

/* `sshd -E`: neither number nor time */
static void take__file_without_numbers__joins_by_address_and_port(void **state)
{
	struct ka_conn a = { M - 1, 100 }, b = { M - 2, 200 }, conn = { 0, 0 };
	struct ka_casesaid_glance said;
	char name[KA_CONN_NAME_MAX];

	(void)state;
	assert_int_equal(hear_file(ENDED), KA_SAIDJOIN_LOST); /* nobody was seen */
	note(&a, "192.0.2.7", 40001);
	assert_int_equal(hear_file(REVOKED), KA_SAIDJOIN_KEPT); /* no address, and one connection */
	note(&b, "192.0.2.7", 40002);
	assert_int_equal(hear_file(REVOKED), KA_SAIDJOIN_LOST); /* two of them */
	assert_int_equal(hear_file("Connection closed by authenticating user bob 192.0.2.7 port 40002 [preauth]"), KA_SAIDJOIN_KEPT);
	assert_true(ka_casesaid_look(&runplace.r, &b, &said) && said.is_closed);
	assert_true(ka_casesaid_look(&runplace.r, &a, &said) && !said.is_closed);
	assert_int_equal(count(&conn), 2);
	/* the address in a name is a stranger's text */
	assert_int_equal(hear_file("Invalid user x from 192.0.2.7 port 40001 from 203.0.113.9 port 7"), KA_SAIDJOIN_LOST);
	name_of(&a, name);
	runplace_put(runplace.r.done, name, "");
	assert_int_equal(hear_file(ENDED), KA_SAIDJOIN_LOST); /* it has its event */
}

static void take__listener_drops__are_counted_apart(void **state)
{
	struct ka_conn conn;

	(void)state;
	assert_int_equal(hear(getpid(), 0, true, "drop connection #10 from [192.0.2.7]:40001 on [198.51.100.2]:22 past MaxStartups"), KA_SAIDJOIN_KEPT);
	assert_int_equal(count(&conn), 0);
	assert_true(runplace_has(runplace.r.run, "drops"));
}

/* a full disk: the ear comes again with the same line */
static void take__no_room__later(void **state)
{
	int dir = runplace.r.said;

	(void)state;
	runplace.r.said = runplace.r.run + 1000; /* nothing can be made there */
	assert_int_equal(hear(M, 0, true, ENDED), KA_SAIDJOIN_LATER);
	runplace.r.said = dir;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUNPLACE_TEST(take__gone_before_it_was_seen__all_lines_are_one_connection),
		RUNPLACE_TEST(take__number_given_again__is_another_connection),
		RUNPLACE_TEST(take__its_records_lie_there__joins_them),
		RUNPLACE_TEST(take__its_event_is_written__no_second_one),
		RUNPLACE_TEST(take__tells_no_login__begins_nothing),
		RUNPLACE_TEST(take__number_of_a_process_that_is_no_sshd__is_not_believed),
		RUNPLACE_TEST(take__number_is_somebody_elses_by_now__is_the_dead_ones),
		RUNPLACE_TEST(take__before_this_boot__is_nobodys),
		RUNPLACE_TEST(take__forged__is_recorded_as_what_it_is),
		RUNPLACE_TEST(take__timeout_that_names_a_monitor__joins_it),
		RUNPLACE_TEST(take__session_process_that_is_gone__joins_the_one_session),
		RUNPLACE_TEST(take__nologin_of_a_process_that_is_gone__joins_the_one_login),
		RUNPLACE_TEST(take__file_without_numbers__joins_by_address_and_port),
		RUNPLACE_TEST(take__listener_drops__are_counted_apart),
		RUNPLACE_TEST(take__no_room__later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
