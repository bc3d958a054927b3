/*
 * keyaudit/watchgate with real claims and a real trail: however the collector dies while it writes a summary, each
 * refusal is counted once.
 */
#include "keyaudit/collect/watchgate.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/sanitized.h"
#include "diag/sshdask.h"
#include "tests/unit/lib/writerplace.h"

#include "base/poison.h"

#define CONNECTIONS 5
#define FIRST_M 2147483000 /* above any pid_max */

/* --- the hand of death: before and after each call that changes a directory or a file */

static long step, die_at; /* 0: nobody dies */
static int full_dir = -1; /* no file can be made there */

static void maybe_die(void)
{
	if (die_at != 0 && ++step == die_at)
		syscall(SYS_kill, getpid(), SIGKILL);
}

static int mortal(long result)
{
	maybe_die();
	return (int)result;
}

/* in front of libc's for the whole program; by assembler names, so that no prototype with attributes is in the way */
int mortal_openat(int dir, const char *name, int flags, mode_t mode) __asm__("openat");
int mortal_mkdirat(int dir, const char *name, mode_t mode) __asm__("mkdirat");
int mortal_renameat(int from, const char *name, int to, const char *as) __asm__("renameat");
int mortal_unlinkat(int dir, const char *name, int flags) __asm__("unlinkat");
ssize_t mortal_write(int fd, const void *bytes, size_t n) __asm__("write");

int mortal_openat(int dir, const char *name, int flags, mode_t mode)
{
	if ((flags & O_CREAT) == 0)
		return (int)syscall(SYS_openat, dir, name, flags, mode);
	if (dir == full_dir) {
		errno = ENOSPC;
		return -1;
	}
	maybe_die();
	return mortal(syscall(SYS_openat, dir, name, flags, mode));
}

int mortal_mkdirat(int dir, const char *name, mode_t mode)
{
	maybe_die();
	return mortal(syscall(SYS_mkdirat, dir, name, mode));
}

int mortal_renameat(int from, const char *name, int to, const char *as)
{
	maybe_die();
	return mortal(syscall(SYS_renameat2, from, name, to, as, 0));
}

int mortal_unlinkat(int dir, const char *name, int flags)
{
	maybe_die();
	return mortal(syscall(SYS_unlinkat, dir, name, flags));
}

ssize_t mortal_write(int fd, const void *bytes, size_t n)
{
	ssize_t put;

	maybe_die();
	put = syscall(SYS_write, fd, bytes, n);
	maybe_die();
	return put;
}

/* --- in front of the one in the archive: an sshd that does not answer, since no event here depends on what it would say */

void ka_sshdask_version(const char *program, char *out, size_t size)
{
	(void)program;
	assert_true(size > 0);
	out[0] = '\0';
}

enum ka_err ka_sshdask_conf(const struct ka_sshdask *ask, struct ka_sshdconf *out)
{
	(void)ask;
	ka_sshdconf_default(out);
	return KA_ERR_OK;
}

/* --- a run directory, a trail, refused connections whose diagnosis needs no look at files */

static struct writerplace w;

static struct ka_conn conn_at(int i)
{
	return (struct ka_conn){ FIRST_M + i, 77 };
}

static void refuse(int i)
{
	struct ka_conn conn = conn_at(i);
	char name[KA_CONN_NAME_MAX];

	ka_conn_name(&conn, name);
	runplace_put(w.run.r.spool, name, "");
	runplace_put(w.run.r.phase, name, "ka1 phase at=1 up=1 pid=5 phase=auth service=sshd user=alice rhost=203.0.113.7 conn=- info=-\n");
}

static int make(void **state)
{
	int failed = writerplace_make(&w);

	(void)state;
	for (int i = 0; failed == 0 && i < CONNECTIONS; i++)
		refuse(i);
	return failed;
}

static int drop(void **state)
{
	(void)state;
	return writerplace_drop(&w);
}

static void again(void)
{
	assert_int_equal(drop(NULL), 0);
	assert_int_equal(make(NULL), 0);
}

static struct ka_watchstate *collector(void)
{
	struct ka_watchstate *k = calloc(1, sizeof(*k));

	assert_non_null(k);
	k->w = w.w;
	k->flood.limit = 1;
	return k;
}

static enum ka_watchgate_answer arrive(struct ka_watchstate *k, int i)
{
	struct ka_conn conn = conn_at(i);
	struct ka_watch_slot *s = ka_watchstate_add(k, &conn, KA_SLOT_QUEUED, true);
	enum ka_watchgate_answer answer = ka_watchgate_judge(k, s);
	enum ka_case_answer done;

	if (answer == KA_GATE_HOLD) {
		k->queued--;
		s->state = KA_SLOT_HELD;
	}
	if (answer == KA_GATE_PASS) {
		if (ka_caseevent_finish(w.w, &conn, KA_REASON_NONE, false, &done) != KA_ERR_OK)
			_exit(1); /* it may be a child of the test's that stands here */
		ka_watchstate_drop(k, s);
	}
	return answer;
}

/* a collector's life: every connection arrives, the summary is written */
static void live(void)
{
	struct ka_watchstate *k = collector();

	for (int i = 0; i < CONNECTIONS; i++)
		arrive(k, i);
	ka_watchgate_write(k, true);
	free(k);
}

/* what a worker of the next collector does with what it finds */
static void recover(void)
{
	for (int i = 0; i < CONNECTIONS; i++) {
		struct ka_conn conn = conn_at(i);
		enum ka_case_answer answer;

		if (ka_caseevent_finish(w.w, &conn, KA_REASON_NONE, false, &answer) != KA_ERR_OK || answer == KA_CASE_LATER ||
		    answer == KA_CASE_BUSY)
			_exit(1);
	}
}

/* in a process of its own, which dies at step @at (0: not before its end); true when it came to its end */
static bool run(void (*life)(void), long at)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		step = 0;
		die_at = at;
		life();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status))
		assert_int_equal(WEXITSTATUS(status), 0);
	return WIFEXITED(status);
}

struct tally {
	int single, sums, summed;
};

static struct tally tally(void)
{
	struct tally n = { 0, 0, 0 };
	json_t *all = writerplace_events(&w), *event;
	size_t i;

	json_array_foreach(all, i, event) {
		if (strcmp(writerplace_action(event), "ssh-key-refused-summary") == 0) {
			n.sums++;
			n.summed += writerplace_count(event);
		} else if (strcmp(writerplace_action(event), "diagnosis-failed") != 0) { /* says that death came thrice to one claim */
			assert_string_equal(writerplace_action(event), "ssh-key-refused");
			n.single++;
		}
	}
	json_decref(all);
	return n;
}

static void assert_all_once(long a, long b)
{
	struct tally n = tally();

	if (n.single + n.summed != CONNECTIONS)
		fail_msg("died at %ld and %ld: %d single events and %d in %d sums", a, b, n.single, n.summed, n.sums);
	for (int i = 0; i < CONNECTIONS; i++) {
		struct ka_conn conn = conn_at(i);
		char name[KA_CONN_NAME_MAX];

		ka_conn_name(&conn, name);
		assert_false(runplace_has(w.run.r.spool, name) || runplace_has(w.run.r.phase, name) || runplace_has(w.run.r.claimed, name));
		assert_true(runplace_has(w.run.r.done, name));
	}
}

static void write__dies_at_each_step__each_refusal_counts_once(void **state)
{
	bool ended = false;
	long at, in_sums = 0;

	(void)state;
	for (at = 1; !ended; at++) {
		ended = run(live, at);
		assert_true(run(recover, 0));
		in_sums += tally().sums;
		assert_all_once(at, 0);
		again();
	}
	assert_true(at > 60);        /* there were such steps */
	assert_true(in_sums > 10 && in_sums < at - 10); /* death came before the sum was written, and behind it */
}

/* the sanitizer makes a death cost three times as much: it sees fewer of them */
enum { DEATHS_APART = KA_IS_SANITIZED ? 11 : 3 };

static void recover__dies_too__each_refusal_counts_once(void **state)
{
	bool ended = false;

	(void)state;
	for (long at = 1; !ended; at += DEATHS_APART) {
		ended = run(live, at);
		for (long then = 1 + at % 4; !run(recover, then); then += 4)
			;
		assert_true(run(recover, 0));
		assert_all_once(at, -1);
		again();
	}
}

/* another collector comes instead of workers: what was marked has passed the gate, and is no part of a new sum */
static void live__after_a_death__each_refusal_counts_once(void **state)
{
	bool ended = false;

	(void)state;
	for (long at = 1; !ended; at += 2) {
		ended = run(live, at);
		while (!run(live, at + 7))
			at += 2;
		assert_true(run(recover, 0));
		assert_all_once(at, -2);
		again();
	}
}

/* collect by hand gets at those that are held, before the sum is written, and dies: what it began may have its event */
static void write__others_began_some_and_died__each_refusal_counts_once(void **state)
{
	bool ended = false;

	(void)state;
	for (long at = 1; !ended; at += 2) {
		struct ka_watchstate *k = collector();

		for (int i = 0; i < CONNECTIONS; i++)
			arrive(k, i);
		ended = run(recover, at);
		ka_watchgate_write(k, true);
		assert_int_equal(k->slots, 0);
		assert_true(run(recover, 0));
		assert_all_once(at, -3);
		free(k);
		again();
	}
}

static void write__trail_full__the_sum_is_closed_to_others(void **state)
{
	struct ka_watchstate *k = collector();
	struct tally n;
	int held = 0;

	(void)state;
	w.w->conf.min_free_mib = 1048576;
	for (int i = 0; i < CONNECTIONS - 1; i++) {
		struct ka_conn conn = conn_at(i);
		struct ka_watch_slot *s = ka_watchstate_add(k, &conn, KA_SLOT_QUEUED, true);

		if (ka_watchgate_judge(k, s) == KA_GATE_HOLD) {
			k->queued--;
			s->state = KA_SLOT_HELD;
			held++;
		}
	}
	assert_true(held >= 2);
	k->flood.nets[0].first_held_ms -= 1000;
	ka_watchgate_write(k, false);
	assert_int_equal(tally().sums, 0);
	assert_int_equal(k->flood.nets[0].held, held);
	assert_int_equal(arrive(k, CONNECTIONS - 1), KA_GATE_LATER);
	w.w->conf.min_free_mib = 0;
	k->shut_ms = k->shut_until_ms = 0;
	ka_watchgate_write(k, false);
	n = tally();
	assert_int_equal(n.sums, 1);
	assert_int_equal(n.summed, held);
	assert_int_equal(k->flood.nets[0].held, 0);
	assert_true(run(recover, 0));
	assert_all_once(0, 0);
	free(k);
}

/* no inode for a done-marker: the sum stands, and a worker finishes when there is one */
static void write__no_done_marker__is_finished_later(void **state)
{
	struct ka_watchstate *k = collector();
	int summed;

	(void)state;
	for (int i = 0; i < CONNECTIONS; i++)
		arrive(k, i);
	full_dir = w.run.r.done;
	ka_watchgate_write(k, true);
	full_dir = -1;
	summed = tally().summed;
	assert_true(summed >= 2);
	assert_int_equal(k->slots, 0);
	assert_true(run(recover, 0)); /* while we live: our marks must not be in its way */
	assert_int_equal(tally().summed, summed);
	assert_all_once(0, 0);
	free(k);
}

/* only a record speaks for them: there is no way to switch that limit off, and by hand it is one for the whole run */
static void judge__merely_claimed__is_limited_whatever_is_configured(void **state)
{
	static const struct { unsigned configured; bool once; unsigned want; } cases[] = {
		{ 0, false, KA_FLOOD_CLAIMED_SEC_MAX }, { 3, false, 3 }, { 0, true, KA_FLOOD_CLAIMED_RUN_MAX }, { 3, true, KA_FLOOD_CLAIMED_RUN_MAX },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(cases); i++) {
		struct ka_watchstate *k = collector();

		k->once = cases[i].once;
		w.w->conf.flood_limit = cases[i].configured;
		ka_watchgate_limits(k);
		assert_int_equal(k->flood.claimed_limit, cases[i].want);
		assert_int_equal(k->flood.limit, cases[i].once ? 0 : cases[i].configured);
		free(k);
	}
}

static void judge__claimed_beyond_the_limit__is_held_and_seen_passes(void **state)
{
	struct ka_watchstate *k = collector();

	(void)state;
	k->flood.limit = 0;
	k->flood.claimed_limit = 1;
	k->once = true; /* one moment */
	for (int i = 0; i < CONNECTIONS; i++) {
		struct ka_conn conn = conn_at(i);
		char name[KA_CONN_NAME_MAX];

		ka_conn_name(&conn, name);
		if (i > 1)
			assert_int_equal(unlinkat(w.run.r.phase, name, 0), 0);
		assert_int_equal(arrive(k, i), i <= 2 ? KA_GATE_PASS : KA_GATE_HOLD);
	}
	ka_watchgate_write(k, false);
	assert_int_equal(tally().sums, 0); /* no time has passed */
	for (size_t i = 0; i < KA_FLOOD_NETS_MAX; i++)
		assert_true(k->flood.nets[i].second <= 1);
	ka_watchgate_write(k, true);
	assert_int_equal(tally().summed, 2);
	assert_int_equal(k->written, 1);
	assert_all_once(0, 0);
	free(k);
}

/* in a full net: what is no refusal, or would be an alert, has its own event; but not on the command's word alone */
static void judge__above_the_limit__only_plain_refusals_are_held(void **state)
{
#define PHASE(what) "ka1 phase at=1 up=1 pid=5 phase=" what " service=sshd user=alice rhost=203.0.113.7 conn=- info=-\n"
#define RECORD(verdict, reasons) "ka1 attempt at=1 up=1 pp=1 pid=1 uid=1 user=alice type=ssh-ed25519 fp=F key=- c=- src=- verdict=" verdict " reasons=" reasons " opts=-\n"
	static const struct { const char *phase, *record; enum ka_watchgate_answer want; } cases[] = {
		{ PHASE("auth"), RECORD("none", "-"), KA_GATE_HOLD },
		{ PHASE("auth"), RECORD("refused", "key.rsa-too-short"), KA_GATE_HOLD },
		{ PHASE("auth"), RECORD("refused", "key.known-compromised"), KA_GATE_PASS },
		{ PHASE("auth"), RECORD("served", "-"), KA_GATE_PASS },
		{ PHASE("account"), RECORD("none", "-"), KA_GATE_PASS },
		{ PHASE("account") PHASE("session"), RECORD("none", "-"), KA_GATE_PASS },
		{ NULL, RECORD("none", "-"), KA_GATE_HOLD },
		{ NULL, RECORD("refused", "key.known-compromised"), KA_GATE_HOLD },
		{ NULL, RECORD("served", "-"), KA_GATE_HOLD },
	};
	struct ka_watchstate *k = collector();
	struct ka_conn other = { 1000, 1 };

	(void)state;
	k->once = true; /* one moment */
	k->flood.claimed_limit = 1;
	assert_int_equal(ka_flood_take(&k->flood, "203.0.113.7", &other, 1000), KA_FLOOD_PASS);
	assert_int_equal(ka_flood_take(&k->flood, NULL, &other, 1000), KA_FLOOD_PASS);
	for (size_t i = 0; i < KA_ARRAY_LEN(cases); i++) {
		struct ka_watch_slot s = { .conn = { FIRST_M - 1 - (pid_t)i, 77 } };
		char name[KA_CONN_NAME_MAX];

		ka_conn_name(&s.conn, name);
		runplace_put(w.run.r.spool, name, cases[i].record);
		if (cases[i].phase != NULL)
			runplace_put(w.run.r.phase, name, cases[i].phase);
		if (ka_watchgate_judge(k, &s) != cases[i].want)
			fail_msg("case %zu", i);
	}
	free(k);
}

int main(void)
{
#define IN_WORLD(f) cmocka_unit_test_setup_teardown(f, make, drop)
	const struct CMUnitTest tests[] = {
		IN_WORLD(write__dies_at_each_step__each_refusal_counts_once),
		IN_WORLD(recover__dies_too__each_refusal_counts_once),
		IN_WORLD(live__after_a_death__each_refusal_counts_once),
		IN_WORLD(write__others_began_some_and_died__each_refusal_counts_once),
		IN_WORLD(write__trail_full__the_sum_is_closed_to_others),
		IN_WORLD(write__no_done_marker__is_finished_later),
		IN_WORLD(judge__merely_claimed__is_limited_whatever_is_configured),
		IN_WORLD(judge__claimed_beyond_the_limit__is_held_and_seen_passes),
		IN_WORLD(judge__above_the_limit__only_plain_refusals_are_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
