/* keyaudit/caseevent with real claims and a real trail: each connection has one final event, whatever happened before. */
#include "keyaudit/case/caseevent.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/writerplace.h"

#include "base/poison.h"

#define PHASE(what) "ka1 phase at=1 up=1 pid=5 phase=" what " service=sshd user=alice rhost=203.0.113.7 conn=- info=-\n"
#define RECORD(verdict) "ka1 attempt at=1 up=1 pp=1 pid=1 uid=1 user=alice type=ssh-ed25519 fp=F key=- c=- src=- verdict=" verdict " reasons=- opts=-\n"

static const struct ka_conn conn = { 2147483000, 77 }; /* above any pid_max */
static struct writerplace w;
static char name[KA_CONN_NAME_MAX];

static int make(void **state)
{
	(void)state;
	ka_conn_name(&conn, name);
	return writerplace_make(&w);
}

static int drop(void **state)
{
	(void)state;
	return writerplace_drop(&w);
}

static enum ka_case_answer finish(void)
{
	enum ka_case_answer answer = (enum ka_case_answer)99;

	assert_int_equal(ka_caseevent_finish(w.w, &conn, KA_REASON_NONE, false, &answer), KA_ERR_OK);
	return answer;
}

/* the one event of the trail; the caller decrefs what @all is set to */
static json_t *only_event(json_t **all)
{
	*all = writerplace_events(&w);
	assert_int_equal(json_array_size(*all), 1);
	return json_array_get(*all, 0);
}

static void events_are(const char *const *actions)
{
	json_t *all = writerplace_events(&w);
	size_t n = 0;

	for (; actions[n] != NULL; n++)
		assert_string_equal(writerplace_action(json_array_get(all, n)), actions[n]);
	assert_int_equal(json_array_size(all), n);
	json_decref(all);
}
#define EVENTS(...) events_are((const char *const[]){ __VA_ARGS__, NULL })

static void finish__no_records__nothing(void **state)
{
	(void)state;
	assert_int_equal(finish(), KA_CASE_NOTHING);
	EVENTS(NULL);
}

static void finish__each_outcome__one_event_and_a_mark(void **state)
{
	static const struct { const char *phases, *action, *reason; bool ran; } rows[] = {
		{ PHASE("auth"), "ssh-key-refused", "client.key-not-offered", false },
		{ PHASE("auth"), "ssh-key-refused", "internal.error", true }, /* the command ran, and could not write */
		{ PHASE("account") PHASE("session"), "ssh-login-accepted", NULL, true },
		{ PHASE("account"), "ssh-login-denied", "pam.account-denied", true },
		{ PHASE("session") "ka1 phase at=1 up=1 pid=5 phase=denied service=sshd user=alice rhost=- conn=- info=key.rsa-too-short\n", "ssh-login-denied",
		  "key.rsa-too-short", true },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		json_t *all, *event;
		const char *code;

		if (i > 0)
			assert_true(drop(state) == 0 && make(state) == 0);
		if (rows[i].ran)
			runplace_put(w.run.r.spool, name, "");
		runplace_put(w.run.r.phase, name, rows[i].phases);
		assert_int_equal(finish(), KA_CASE_WRITTEN);
		event = only_event(&all);
		if (strcmp(writerplace_action(event), rows[i].action) != 0)
			fail_msg("row %zu: %s", i, writerplace_action(event));
		code = json_string_value(json_object_get(json_object_get(event, "event"), "code"));
		if (rows[i].reason == NULL ? code != NULL : code == NULL || strcmp(code, rows[i].reason) != 0)
			fail_msg("row %zu: %s", i, code);
		json_decref(all);
		assert_true(runplace_has(w.run.r.done, name));
		assert_false(runplace_has(w.run.r.spool, name) || runplace_has(w.run.r.phase, name) || runplace_has(w.run.r.claimed, name));
		assert_int_equal(finish(), KA_CASE_NOTHING); /* asked again: done before */
		only_event(&all);
		json_decref(all);
	}
}

/* who says that enforce refused it knows best */
static void finish__denied_by__is_the_reason(void **state)
{
	enum ka_case_answer answer;
	json_t *all, *event;

	(void)state;
	runplace_put(w.run.r.phase, name, PHASE("account") PHASE("session"));
	runplace_put(w.run.r.spool, name, "");
	assert_int_equal(ka_caseevent_finish(w.w, &conn, KA_REASON_KEY_RSA_TOO_SHORT, true, &answer), KA_ERR_OK);
	assert_int_equal(answer, KA_CASE_WRITTEN);
	event = only_event(&all);
	assert_string_equal(writerplace_action(event), "ssh-login-denied");
	assert_string_equal(json_string_value(json_object_get(json_object_get(event, "event"), "code")), "key.rsa-too-short");
	json_decref(all);
}

/* a full disk loses nothing: the claim waits, and its event is written once when there is room */
static void finish__trail_full__waits_and_is_written_once(void **state)
{
	(void)state;
	runplace_put(w.run.r.spool, name, "");
	runplace_put(w.run.r.phase, name, PHASE("auth"));
	w.w->conf.min_free_mib = 1048576;
	for (int i = 0; i < 2 * KA_CLAIM_TRIES_MAX + 1; i++)
		assert_int_equal(finish(), KA_CASE_LATER);
	EVENTS(NULL);
	assert_false(runplace_has(w.run.r.done, name));
	w.w->conf.min_free_mib = 0;
	assert_int_equal(finish(), KA_CASE_WRITTEN);
	EVENTS("ssh-key-refused"); /* and no diag-failed: it was not the diagnosis that failed */
	assert_int_equal(finish(), KA_CASE_NOTHING);
}

/* a trail that is not ours is the trail's fault, however often */
static void finish__trail_is_a_folder__waits(void **state)
{
	(void)state;
	runplace_put(w.run.r.spool, name, "");
	runplace_put(w.run.r.phase, name, PHASE("auth"));
	assert_int_equal(mkdir(w.trail->folder, 0750), 0);
	assert_int_equal(mkdir(w.trail->path, 0700), 0);
	for (int i = 0; i < 2 * KA_CLAIM_TRIES_MAX; i++)
		assert_int_equal(finish(), KA_CASE_LATER);
	assert_int_equal(rmdir(w.trail->path), 0);
	assert_int_equal(finish(), KA_CASE_WRITTEN);
	EVENTS("ssh-key-refused");
}

/* somebody works on it and lives */
static void finish__claimed_by_a_living_process__is_busy(void **state)
{
	enum ka_claim_answer answer;
	struct ka_claim claim;
	int ends[2], status;
	char byte = 'x';
	pid_t pid;

	(void)state;
	runplace_put(w.run.r.spool, name, "");
	runplace_put(w.run.r.phase, name, PHASE("auth"));
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		if (ka_claim_take(&w.run.r, &conn, w.trail->path, &answer, &claim) != KA_ERR_OK || answer != KA_CLAIM_TAKEN || write(ends[1], &byte, 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ends[0], &byte, 1), 1);
	assert_int_equal(finish(), KA_CASE_BUSY);
	EVENTS(NULL);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(finish(), KA_CASE_WRITTEN); /* what it left behind is taken up */
	EVENTS("ssh-key-refused");
}

/* a forged record alone is no connection: it is told as what it is, and kept aside; beside root's own word both are told */
static void finish__forged_record__is_told_and_kept_aside(void **state)
{
	(void)state;
	for (int phases = 0; phases < 2; phases++) {
		if (phases)
			assert_true(drop(state) == 0 && make(state) == 0);
		runplace_put(w.run.r.spool, name, RECORD("none"));
		assert_int_equal(linkat(w.run.r.spool, name, w.run.r.run, "other", 0), 0); /* a second name: not what the command makes */
		if (phases)
			runplace_put(w.run.r.phase, name, PHASE("account") PHASE("session"));
		assert_int_equal(finish(), KA_CASE_WRITTEN);
		if (phases)
			EVENTS("spool-tampered", "ssh-login-accepted");
		else
			EVENTS("spool-tampered");
		assert_true(runplace_has(w.run.r.rejected, "0"));
		assert_false(runplace_has(w.run.r.spool, name));
		assert_true(runplace_has(w.run.r.done, name));
	}
}

static void trail_off__no_trail_is_made(void **state)
{
	(void)state;
	w.w->conf.sink_trail = false;
	runplace_put(w.run.r.spool, name, "");
	runplace_put(w.run.r.phase, name, PHASE("auth"));
	assert_int_equal(finish(), KA_CASE_WRITTEN);
	assert_int_equal(access(w.trail->path, F_OK), -1);
	assert_true(runplace_has(w.run.r.done, name));
}

/* a sink that fails stops no event, and is told once: by an event of its own */
static void sink__fails_and_works_again__is_told_once(void **state)
{
	const struct timespec old[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };

	(void)state;
	w.w->conf.sink_exec = true;
	w.w->conf.exec = "/usr/bin/false";
	for (int i = 0; i < 2; i++) {
		assert_int_equal(ka_caseevent_health(w.w, KA_EVENT_TRAIL_GAP, NULL, 0, "x"), KA_ERR_OK);
		assert_int_equal(utimensat(w.w->dirs.run, "sink-exec.test", old, 0), 0); /* it has rested */
	}
	EVENTS("trail-gap", "sink-failing", "trail-gap");
	w.w->conf.exec = "/usr/bin/true";
	for (int i = 0; i < 2; i++)
		assert_int_equal(ka_caseevent_health(w.w, KA_EVENT_TRAIL_GAP, NULL, 0, "x"), KA_ERR_OK);
	EVENTS("trail-gap", "sink-failing", "trail-gap", "trail-gap", "sink-works", "trail-gap");
}

/* our own events: a repeat of one connection's is written once, and the text is escaped */
static void health__of_a_connection__once_and_escaped(void **state)
{
	json_t *all, *event;

	(void)state;
	assert_int_equal(ka_caseevent_health(w.w, KA_EVENT_SPOOL_TAMPERED, &conn, 3, "a\x1b[2J\nb\xff"), KA_ERR_OK);
	assert_int_equal(ka_caseevent_health(w.w, KA_EVENT_SPOOL_TAMPERED, &conn, 3, "again"), KA_ERR_OK);
	event = only_event(&all);
	assert_int_equal(writerplace_count(event), 3);
	{
		char *text = json_dumps(event, 0);

		assert_non_null(strstr(text, "x1b[2J"));
		assert_null(strstr(text, "\\u001b"));
		assert_true(caught_is_plain(text));
		free(text);
	}
	json_decref(all);
	assert_int_equal(ka_caseevent_health(w.w, KA_EVENT_TRAIL_GAP, NULL, 0, "one"), KA_ERR_OK); /* of no connection: each counts */
	assert_int_equal(ka_caseevent_health(w.w, KA_EVENT_TRAIL_GAP, NULL, 0, "two"), KA_ERR_OK);
	all = writerplace_events(&w);
	assert_int_equal(json_array_size(all), 3);
	json_decref(all);
}

static void health__longest_text__is_cut_and_written(void **state)
{
	static char text[8192];
	json_t *all;

	(void)state;
	memset(text, '\x1b', sizeof(text) - 1);
	assert_int_equal(ka_caseevent_health(w.w, KA_EVENT_SPOOL_TAMPERED, &conn, 1, text), KA_ERR_OK);
	only_event(&all);
	json_decref(all);
	w.w->conf.min_free_mib = 1048576;
	assert_int_equal(ka_caseevent_health(w.w, KA_EVENT_TRAIL_GAP, NULL, 0, "x"), KA_ERR_TIMEOUT); /* not written: again later */
	only_event(&all);
	json_decref(all);
}

static void summary__its_connection_and_count__once(void **state)
{
	json_t *all, *event;

	(void)state;
	assert_int_equal(ka_caseevent_summary(w.w, &conn, 250, "203.0.113.0/24", 0), KA_ERR_OK);
	assert_int_equal(ka_caseevent_summary(w.w, &conn, 250, "203.0.113.0/24", 0), KA_ERR_OK);
	event = only_event(&all);
	assert_string_equal(writerplace_action(event), "ssh-key-refused-summary");
	assert_int_equal(writerplace_count(event), 250);
	json_decref(all);
}

static void is_broken__states_of_the_configuration__table(void **state)
{
	(void)state;
	w.w->conf_reason = KA_REASON_NONE;
	assert_false(ka_caseevent_is_broken(w.w));
	w.w->conf_reason = KA_REASON_CONF_DISABLED; /* who serves stops, who watches goes on */
	assert_false(ka_caseevent_is_broken(w.w));
	w.w->conf_reason = KA_REASON_CONF_INVALID;
	assert_true(ka_caseevent_is_broken(w.w));
	w.w->conf_reason = KA_REASON_CONF_UNSAFE;
	assert_true(ka_caseevent_is_broken(w.w));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)
	const struct CMUnitTest tests[] = {
		T(finish__no_records__nothing),
		T(finish__each_outcome__one_event_and_a_mark),
		T(finish__denied_by__is_the_reason),
		T(finish__trail_full__waits_and_is_written_once),
		T(finish__trail_is_a_folder__waits),
		T(finish__claimed_by_a_living_process__is_busy),
		T(finish__forged_record__is_told_and_kept_aside),
		T(trail_off__no_trail_is_made),
		T(sink__fails_and_works_again__is_told_once),
		T(health__of_a_connection__once_and_escaped),
		T(health__longest_text__is_cut_and_written),
		T(summary__its_connection_and_count__once),
		T(is_broken__states_of_the_configuration__table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
