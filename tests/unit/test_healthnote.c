/* keyaudit/healthnote: what is noted, once in a while, and by whom. The writing of events is the test's own. */
#include "keyaudit/doctor/healthnote.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "audit/eventsay.h"
#include "base/clock.h"
#include "keyaudit/case/caseevent.h"
#include "tests/unit/lib/tmptree.h"

#include "base/poison.h"

enum { NOW = 1790000000 };

static bool is_root, cannot_open;
static unsigned noted;
static enum ka_action_event noted_action;
static enum ka_reason noted_reason;
static unsigned long noted_count;
static char noted_path[KA_TEXT_PATH_MAX], opened[64], trail[96];

/* these stand before the ones of libc and in the archive */
uid_t geteuid(void)
{
	return is_root ? (uid_t)syscall(SYS_geteuid) : 1000;
}

enum ka_err ka_caseevent_open(struct ka_writer *w, const char *provider, const char *conf_path, char *why, size_t size)
{
	w->provider = provider;
	snprintf(opened, sizeof(opened), "%s %s", provider, conf_path);
	snprintf(why, size, "closed");
	return cannot_open ? KA_ERR_SYS : KA_ERR_OK;
}

enum ka_err ka_caseevent_found(struct ka_writer *w, enum ka_action_event action, const struct ka_finding *f, unsigned long count)
{
	(void)w;
	noted++;
	noted_action = action;
	noted_reason = f->reason;
	noted_count = count;
	snprintf(noted_path, sizeof(noted_path), "%s", f->evidence.path);
	return KA_ERR_OK;
}

static struct ka_doctorask *q;
static struct ka_diagnosis *d;
static struct ka_doctorargs args;

static int make(void **state)
{
	if (tmptree_make(state) < 0)
		return -1;
	q = calloc(1, sizeof(*q));
	d = calloc(1, sizeof(*d));
	if (q == NULL || d == NULL)
		return -1;
	memset(&args, 0, sizeof(args));
	args.conf_path = "/x/keyaudit.conf";
	q->args = &args;
	q->subject.conf = &q->conf;
	q->subject.now_sec = NOW;
	snprintf(trail, sizeof(trail), "%s/trail", tmptree);
	q->conf.trail = trail;
	is_root = true;
	cannot_open = false;
	noted = 0;
	return 0;
}

static int drop(void **state)
{
	free(q);
	free(d);
	return tmptree_remove(state);
}

static void found(enum ka_reason reason, const char *path)
{
	d->count = 1;
	d->findings[0].reason = reason;
	snprintf(d->findings[0].evidence.path, sizeof(d->findings[0].evidence.path), "%s", path);
}

/* an event of the finding at hand stands in the trail since so many seconds */
static void in_trail(const char *action, enum ka_action_event a, long ago)
{
	static struct ka_event e;
	char message[1024], at[KA_CLOCK_TEXT_MAX];
	struct ka_buf b;

	memset(&e, 0, sizeof(e));
	e.action = a;
	e.reason = d->findings[0].reason;
	e.finding = &d->findings[0];
	e.summary_count = 1;
	ka_buf_init_array(&b, message);
	ka_eventsay_message(&e, false, &b);
	ka_clock_text((int64_t)(NOW - ago) * 1000000, at);
	tmptree_writef("trail", "{\"@timestamp\":\"%s\",\"event\":{\"action\":\"%s\",\"code\":\"%s\"},\"message\":\"%s\"}\n", at, action,
		       ka_reason_id(e.reason), message);
}

static void user__each_reason__its_action(void **state)
{
	static const struct {
		enum ka_reason reason;
		enum ka_action_event action;
	} rows[] = {
		{ KA_REASON_CONN_BANNED, KA_EVENT_SSHD_UNAVAILABLE },      { KA_REASON_CONN_NOT_RUNNING, KA_EVENT_SSHD_UNAVAILABLE },
		{ KA_REASON_SSHD_CONFIG_SHADOWED, KA_EVENT_CONFIG_UNSAFE }, { KA_REASON_SSHD_CONFIG_STALE, KA_EVENT_CONFIG_UNSAFE },
		{ KA_REASON_PERM_ACL, KA_EVENT_CONFIG_UNSAFE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		found(rows[i].reason, "/home/a/k");
		ka_healthnote_user(q, d);
		assert_int_equal(noted, i + 1);
		assert_int_equal(noted_action, rows[i].action);
		assert_int_equal(noted_reason, rows[i].reason);
		assert_int_equal(noted_count, 1);
	}
	assert_string_equal(opened, "keyaudit-doctor /x/keyaudit.conf");
	found(KA_REASON_PERM_GROUP_WRITABLE, "/home/a/k"); /* a refused connection has its own event */
	ka_healthnote_user(q, d);
	assert_int_equal(noted, sizeof(rows) / sizeof(rows[0]));
}

static void user__said_before__not_again_within_a_day(void **state)
{
	(void)state;
	found(KA_REASON_PERM_ACL, "/home/a/k");
	in_trail("config-unsafe", KA_EVENT_CONFIG_UNSAFE, 86399);
	ka_healthnote_user(q, d);
	assert_int_equal(noted, 0);
	in_trail("config-unsafe", KA_EVENT_CONFIG_UNSAFE, 86401);
	ka_healthnote_user(q, d);
	assert_int_equal(noted, 1);
	in_trail("sshd-unavailable", KA_EVENT_CONFIG_UNSAFE, 10); /* another event that has the words */
	ka_healthnote_user(q, d);
	assert_int_equal(noted, 2);
	in_trail("config-unsafe", KA_EVENT_CONFIG_UNSAFE, 10);
	found(KA_REASON_PERM_ACL, "/home/b/k"); /* another file */
	ka_healthnote_user(q, d);
	assert_int_equal(noted, 3);
}

/* the collector has it from sshd's log, in its own words and by the quarter of an hour */
static void user__not_running__any_words_do(void **state)
{
	(void)state;
	found(KA_REASON_CONN_NOT_RUNNING, "");
	in_trail("sshd-unavailable", KA_EVENT_SSHD_UNAVAILABLE, 899);
	snprintf(d->findings[0].evidence.detail, sizeof(d->findings[0].evidence.detail), "other words");
	ka_healthnote_user(q, d);
	assert_int_equal(noted, 0);
	in_trail("sshd-unavailable", KA_EVENT_SSHD_UNAVAILABLE, 901);
	ka_healthnote_user(q, d);
	assert_int_equal(noted, 1);
}

static void user__who_may_not__does_not(void **state)
{
	(void)state;
	found(KA_REASON_PERM_ACL, "/home/a/k");
	is_root = false;
	ka_healthnote_user(q, d);
	is_root = true;
	q->subject.conf = NULL; /* where would it go? */
	ka_healthnote_user(q, d);
	assert_int_equal(noted, 0);
	q->subject.conf = &q->conf;
	cannot_open = true;
	ka_healthnote_user(q, d); /* says so, and that is all */
	assert_int_equal(noted, 0);
}

static void all__accounts_with_a_reason__are_counted(void **state)
{
	struct ka_alluser of[4] = { { .reason = KA_REASON_PERM_ACL, .path = "/home/a/k" },
				    { .reason = KA_REASON_PERM_GROUP_WRITABLE, .path = "/home/b/k" },
				    { .reason = KA_REASON_PERM_ACL, .path = "/home/c/k" },
				    { .reason = KA_REASON_NONE } };
	struct ka_allusers all = { .count = 4, .found = of };

	(void)state;
	ka_healthnote_all(q, &all);
	assert_int_equal(noted, 1);
	assert_int_equal(noted_count, 2);
	assert_int_equal(noted_reason, KA_REASON_PERM_ACL);
	assert_string_equal(noted_path, "/home/a/k");
	is_root = false;
	ka_healthnote_all(q, &all);
	assert_int_equal(noted, 1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(user__each_reason__its_action),
		T(user__said_before__not_again_within_a_day),
		T(user__not_running__any_words_do),
		T(user__who_may_not__does_not),
		T(all__accounts_with_a_reason__are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
