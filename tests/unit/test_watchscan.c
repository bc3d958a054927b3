/* keyaudit/watchscan: what inotify says, said by a pipe. */
#include "keyaudit/collect/watchscan.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "keyaudit/case/casesaid.h"
#include "tests/unit/lib/writerplace.h"

#include "base/poison.h"

static struct writerplace w;
static int say;

static int make(void **state)
{
	struct ka_watchstate *k = calloc(1, sizeof(*k));
	int ends[2];

	*state = k;
	if (k == NULL || writerplace_make(&w) != 0 || pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0)
		return -1;
	k->w = w.w;
	k->inotify = ends[0];
	k->spool_wd = 1;
	k->said_wd = 3;
	k->files_max = 1000;
	k->rescan_ms = ka_clock_boot_ms() + 100000;
	say = ends[1];
	return 0;
}

static int drop(void **state)
{
	struct ka_watchstate *k = *state;

	while (k->slots > 0)
		ka_watchstate_drop(k, &k->slot[k->slots - 1]);
	close(k->inotify);
	close(say);
	free(k);
	return writerplace_drop(&w);
}

static void event(int wd, uint32_t mask, const char *name)
{
	struct inotify_event e = { .wd = wd, .mask = mask, .len = name != NULL ? 64 : 0 };
	char said[sizeof(e) + 64] = { 0 };

	memcpy(said, &e, sizeof(e));
	assert_true(name == NULL || ka_span_copy(ka_span_of(name), said + sizeof(e), 64));
	assert_int_equal(write(say, said, sizeof(e) + e.len), (ssize_t)(sizeof(e) + e.len));
}

static void events__overflow__everything_is_looked_at_again_at_once(void **state)
{
	struct ka_watchstate *k = *state;

	event(1, IN_CREATE, "2147483646.77");
	ka_watchscan_events(k);
	assert_true(k->rescan_ms > ka_clock_boot_ms());
	event(-1, IN_Q_OVERFLOW, NULL);
	ka_watchscan_events(k);
	assert_true(k->rescan_ms <= ka_clock_boot_ms());
}

static void events__names__are_queued_or_taken_away(void **state)
{
	struct ka_watchstate *k = *state;
	struct ka_watch_slot *s;

	runplace_put(w.run.r.spool, "junk", "x");
	runplace_put(w.run.r.spool, "2147483646.77", "");
	event(1, IN_CREATE, "junk");
	event(1, IN_CREATE, "2147483646.77");
	event(2, IN_CREATE, "2147483646.78"); /* the other directory: a phase record */
	ka_watchscan_events(k);
	assert_false(runplace_has(w.run.r.spool, "junk"));
	assert_int_equal(k->tampered, 1);
	assert_int_equal(k->queued, 2);
	s = ka_watchstate_find(k, &(struct ka_conn){ 2147483646, 77 });
	assert_non_null(s);
	assert_int_equal(s->state, KA_SLOT_QUEUED);
	assert_true(s->due_ms > ka_clock_boot_ms()); /* its command may still be writing */
}

static off_t size_of(const char *name)
{
	struct stat st;

	assert_int_equal(fstatat(w.run.r.spool, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	return st.st_size;
}

/* it takes the room of others' records; a process of ours stands for the monitor */
static void events__living_ones_file_is_swollen__it_is_emptied(void **state)
{
	struct ka_watchstate *k = *state;
	const struct ka_conn conn = { getpid(), 1 };
	char name[KA_CONN_NAME_MAX];
	int fd;

	ka_conn_name(&conn, name);
	assert_non_null(ka_watchstate_add(k, &conn, KA_SLOT_ALIVE, true));
	runplace_put(w.run.r.spool, name, "small");
	event(1, IN_CREATE, name);
	ka_watchscan_events(k);
	assert_int_equal(size_of(name), 5);
	fd = openat(w.run.r.spool, name, O_WRONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(fd, KA_SPOOL_FILE_MAX + 1), 0);
	close(fd);
	event(1, IN_CREATE, name);
	ka_watchscan_events(k);
	assert_int_equal(size_of(name), 0);
	assert_int_equal(k->tampered, 1);
	assert_int_equal(ka_watchstate_find(k, &conn)->state, KA_SLOT_ALIVE);
}

#define ENDED "ka1 said at=1 by=journal sure=1 msg=Connection%20closed%20by%20authenticating%20user%20alice%20192.0.2.7%20port%205\n"
#define ACCEPTED "ka1 said at=1 by=journal sure=%c msg=Accepted%%20publickey%%20for%%20alice%%20from%%20192.0.2.7%%20port%%205%%20ssh2\n"

/* the last words of a connection are waited for, where there is a log that speaks, and not longer than until they are there */
static void events__what_was_said__ends_the_wait(void **state)
{
	struct ka_watchstate *k = *state;
	const struct ka_conn conn = { 2147483646, 77 };
	struct ka_watch_slot *s;
	int64_t plain;

	w.w->conf.sshd_log = KA_CONF_LOG_JOURNAL;
	ka_casesaid_heard(&w.run.r);
	runplace_put(w.run.r.phase, "2147483646.77", "");
	event(2, IN_CREATE, "2147483646.77");
	ka_watchscan_events(k);
	s = ka_watchstate_find(k, &conn);
	assert_non_null(s);
	plain = s->plain_ms;
	assert_true(s->due_ms > plain);
	runplace_put(w.run.r.said, "2147483646.77", ENDED);
	event(3, IN_MODIFY, "2147483646.77");
	ka_watchscan_events(k);
	assert_int_equal(s->due_ms, plain);
}

#define SESSION "ka1 phase at=1 up=1 pid=1 phase=session service=sshd user=alice rhost=192.0.2.7 conn=- info=-\n"
#define LOST "ka1 said at=1 by=journal sure=1 msg=fatal:%20bad%20ownership%20or%20modes%20for%20chroot%20directory%20%22/srv%22\n"
#define OVER "ka1 said at=1 by=journal sure=1 msg=pam_unix(sshd:session):%20session%20closed%20for%20user%20alice\n"

/* a session that is over before its event is written: the log has longer to tell why, and no longer than until it has */
static void events__short_session__has_longer_to_be_spoken_of(void **state)
{
	static const char *const ends[] = { LOST, OVER };
	struct ka_watchstate *k = *state;
	const struct ka_conn conn = { 2147483646, 77 };

	w.w->conf.sshd_log = KA_CONF_LOG_JOURNAL;
	ka_casesaid_heard(&w.run.r);
	runplace_put(w.run.r.phase, "2147483646.77", SESSION);
	for (size_t i = 0; i < KA_ARRAY_LEN(ends); i++) {
		int64_t before = ka_clock_boot_ms();
		struct ka_watch_slot *s;

		event(2, IN_CREATE, "2147483646.77");
		ka_watchscan_events(k);
		s = ka_watchstate_find(k, &conn);
		assert_non_null(s);
		assert_true(s->due_ms >= before + KA_SAID_SESSION_MS);
		runplace_put(w.run.r.said, "2147483646.77", ends[i]);
		event(3, IN_MODIFY, "2147483646.77");
		ka_watchscan_events(k);
		assert_int_equal(s->due_ms, s->plain_ms);
		ka_watchstate_drop(k, s);
		unlinkat(w.run.r.said, "2147483646.77", 0);
	}
}

static void events__no_log_was_heard__nothing_waits(void **state)
{
	struct ka_watchstate *k = *state;
	struct ka_watch_slot *s;

	w.w->conf.sshd_log = KA_CONF_LOG_JOURNAL;
	runplace_put(w.run.r.phase, "2147483646.77", "");
	event(2, IN_CREATE, "2147483646.77");
	ka_watchscan_events(k);
	s = ka_watchstate_find(k, &(struct ka_conn){ 2147483646, 77 });
	assert_non_null(s);
	assert_int_equal(s->due_ms, s->plain_ms);
}

/* a name in said/ alone is a connection too, and goes before hearsay when only root can have written the line */
static void events__said_alone__is_queued(void **state)
{
	struct ka_watchstate *k = *state;
	struct ka_watch_slot *s;

	runplace_put(w.run.r.said, "2147483646.77", ENDED);
	event(3, IN_CREATE, "2147483646.77");
	ka_watchscan_events(k);
	s = ka_watchstate_find(k, &(struct ka_conn){ 2147483646, 77 });
	assert_non_null(s);
	assert_int_equal(s->state, KA_SLOT_QUEUED);
	assert_true(s->seen);
}

/* a session goes on, and only the log has told of it: its turn comes, sooner when only root can have said so */
static void logins__accepted__has_its_turn_while_it_lives(void **state)
{
	struct ka_watchstate *k = *state;
	const struct ka_conn conn = { getpid(), 1 };
	char name[KA_CONN_NAME_MAX], text[256];
	struct ka_watch_slot *s;

	ka_conn_name(&conn, name);
	s = ka_watchstate_add(k, &conn, KA_SLOT_ALIVE, true);
	assert_non_null(s);
	snprintf(text, sizeof(text), ACCEPTED, '0');
	runplace_put(w.run.r.said, name, text);
	event(3, IN_MODIFY, name);
	ka_watchscan_events(k);
	assert_true(s->login_ms != 0);
	snprintf(text, sizeof(text), ACCEPTED, '1');
	runplace_put(w.run.r.said, name, text);
	event(3, IN_MODIFY, name);
	ka_watchscan_events(k);
	s->login_ms = ka_clock_boot_ms() + 100000;
	ka_watchscan_logins(k);
	assert_int_equal(s->state, KA_SLOT_ALIVE);
	s->login_ms = ka_clock_boot_ms();
	ka_watchscan_logins(k);
	assert_int_equal(s->state, KA_SLOT_QUEUED);
	assert_true(s->lives);
}

static void logins__session_phase_has_said_it__stays(void **state)
{
	struct ka_watchstate *k = *state;
	const struct ka_conn conn = { getpid(), 1 };
	char name[KA_CONN_NAME_MAX];
	struct ka_watch_slot *s;

	ka_conn_name(&conn, name);
	s = ka_watchstate_add(k, &conn, KA_SLOT_ALIVE, true);
	assert_non_null(s);
	runplace_put(w.run.r.done, name, "");
	s->login_ms = ka_clock_boot_ms();
	ka_watchscan_logins(k);
	assert_int_equal(s->state, KA_SLOT_ALIVE);
	assert_int_equal(s->login_ms, 0);
}

int main(void)
{
#define IN_WORLD(f) cmocka_unit_test_setup_teardown(f, make, drop)
	const struct CMUnitTest tests[] = {
		IN_WORLD(events__overflow__everything_is_looked_at_again_at_once),
		IN_WORLD(events__names__are_queued_or_taken_away),
		IN_WORLD(events__what_was_said__ends_the_wait),
		IN_WORLD(events__short_session__has_longer_to_be_spoken_of),
		IN_WORLD(events__no_log_was_heard__nothing_waits),
		IN_WORLD(events__said_alone__is_queued),
		IN_WORLD(logins__accepted__has_its_turn_while_it_lives),
		IN_WORLD(logins__session_phase_has_said_it__stays),
		IN_WORLD(events__living_ones_file_is_swollen__it_is_emptied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
