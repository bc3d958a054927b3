/* keyaudit/casesaid and what outcome.h makes of it: the log's words in a case, and the strangers' among them. */
#include "keyaudit/case/casesaid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keyaudit/case/outcome.h"
#include "spool/saidline.h"
#include "tests/unit/lib/runplace.h"

#include "base/poison.h"

#define FP "SHA256:lPnmAAbrNMYg4YQtud9EaR2o2sWlA3V8Th96QOOebF8"
#define FROM " from 192.0.2.7 port 40001 ssh2: ED25519 " FP
#define ENDED "Connection closed by authenticating user alice 192.0.2.7 port 40001 [preauth]"
static const struct ka_conn conn = RUNPLACE_DEAD;

static void say(struct ka_case *c, bool is_sure, const char *message)
{
	struct ka_saidline l = { .at_us = 1764000000000000, .by = is_sure ? KA_SAIDLINE_JOURNAL : KA_SAIDLINE_SYSLOG, .is_sure = is_sure };
	char *line = malloc(KA_SAID_RECORD_MAX);
	struct ka_buf b;

	assert_non_null(line);
	assert_true(ka_span_copy(ka_span_of(message), l.message, sizeof(l.message)));
	ka_buf_init(&b, line, KA_SAID_RECORD_MAX);
	ka_saidline_write(&l, &b);
	ka_casesaid_lines(c, ka_buf_as_span(&b));
	free(line);
}

static struct ka_outcome judged(struct ka_case *c)
{
	struct ka_outcome o;

	ka_casesaid_settle(c);
	ka_outcome_judge(c, KA_REASON_NONE, &o);
	return o;
}

/* @message and then the end */
static struct ka_outcome outcome_of(const char *message, struct ka_case **out)
{
	struct ka_case *c = ka_case_new(&conn);
	struct ka_outcome o;

	say(c, true, message);
	say(c, true, ENDED);
	o = judged(c);
	if (out != NULL)
		*out = c;
	else
		ka_case_free(&c);
	return o;
}

static void judge__only_the_log__one_action_each(void **state)
{
	static const struct { const char *message; enum ka_action_event action; enum ka_reason reason; } rows[] = {
		{ "Invalid user eve from 192.0.2.7 port 40001", KA_EVENT_KEY_REFUSED, KA_REASON_ACCOUNT_UNKNOWN },
		{ "User alice from 192.0.2.7 not allowed because listed in DenyUsers", KA_EVENT_KEY_REFUSED, KA_REASON_SSHD_USER_DENIED },
		{ "error: Authentication key ED25519 " FP " revoked by file /etc/ssh/revoked", KA_EVENT_KEY_REFUSED, KA_REASON_SSHD_KEY_REVOKED },
		{ "ROOT LOGIN REFUSED FROM 192.0.2.7 port 40001", KA_EVENT_LOGIN_DENIED, KA_REASON_SSHD_ROOT_LOGIN_NO },
		{ "Partial publickey for alice" FROM, KA_EVENT_LOGIN_DENIED, KA_REASON_SSHD_MORE_METHODS_NEEDED },
		{ "fatal: Access denied for user alice by PAM account configuration [preauth]", KA_EVENT_LOGIN_DENIED, KA_REASON_PAM_ACCOUNT_DENIED },
		{ "Accepted publickey for alice" FROM, KA_EVENT_LOGIN_ACCEPTED, KA_REASON_NONE },
		/* without PAM sshd looks at the account before any method: nothing has succeeded there */
		{ "Account alice has expired", KA_EVENT_KEY_REFUSED, KA_REASON_ACCOUNT_EXPIRED },
		{ "Failed publickey for alice" FROM, KA_EVENT_KEY_REFUSED, KA_REASON_NONE },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		struct ka_case *c;
		struct ka_outcome o = outcome_of(rows[i].message, &c);

		if (o.action != rows[i].action || o.reason != rows[i].reason || strcmp(o.basis, "sshd-log") != 0)
			fail_msg("%s: action %d, reason %s, basis %s", rows[i].message, o.action, ka_reason_id(o.reason), o.basis);
		assert_false(o.is_log_unsure);
		assert_true(ka_case_is_log_only(c) && !ka_case_is_mute(c) && !ka_case_is_hearsay(c));
		ka_case_free(&c);
	}
}

/* the only line of a user whose method is off: there is an event, and the diagnosis has to find the reason */
static void judge__closing_line_of_a_user__is_refused_and_diagnosed(void **state)
{
	struct ka_case *c = ka_case_new(&conn);
	struct ka_outcome o;

	(void)state;
	say(c, true, ENDED);
	o = judged(c);
	assert_false(ka_case_is_mute(c));
	assert_int_equal(o.action, KA_EVENT_KEY_REFUSED);
	assert_true(o.needs_diagnosis);
	assert_string_equal(c->user, "alice");
	ka_case_free(&c);
}

static void mute__nobody_tried__no_event(void **state)
{
	static const char *const lines[] = {
		"Connection from 192.0.2.7 port 40001 on 198.51.100.2 port 22", "Connection closed by 192.0.2.7 port 40001 [preauth]",
		"Connection reset by 192.0.2.7 port 40001 [preauth]", "Timeout before authentication for 192.0.2.7 port 40001",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(lines); i++) {
		struct ka_case *c = ka_case_new(&conn);

		say(c, true, lines[i]);
		ka_casesaid_settle(c);
		assert_true(ka_case_is_mute(c));
		assert_true(ka_casesaid_is_worth(ka_span_of(lines[i])));
		assert_false(ka_casesaid_begins(ka_span_of(lines[i])));
		ka_case_free(&c);
	}
	assert_true(ka_casesaid_begins(ka_span_of(ENDED)));
	assert_false(ka_casesaid_is_worth(ka_span_of("Server listening on 0.0.0.0 port 22.")));
}

/* PAM's session phase is ours; what stands behind us, and chroot, may end it after that */
static void judge__session_lost_behind_us__is_denied(void **state)
{
	static const struct { const char *message; enum ka_reason reason; } rows[] = {
		{ "error: PAM: pam_open_session(): System error", KA_REASON_PAM_SESSION_FAILED },
		{ "fatal: bad ownership or modes for chroot directory \"/srv/a\"", KA_REASON_SSHD_CHROOT_UNSAFE },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		for (int sure = 0; sure < 2; sure++) {
			struct ka_case *c = ka_case_new(&conn);
			struct ka_outcome o;

			c->account = c->session = true;
			say(c, true, "Accepted publickey for alice" FROM);
			o = judged(c);
			assert_int_equal(o.action, KA_EVENT_LOGIN_ACCEPTED);
			assert_string_equal(o.basis, "witnessed"); /* PAM's word stands above the log's */
			say(c, sure, rows[i].message);
			o = judged(c);
			assert_int_equal(o.action, KA_EVENT_LOGIN_DENIED);
			assert_int_equal(o.reason, rows[i].reason);
			assert_int_equal(o.is_log_unsure, !sure);
			ka_case_free(&c);
		}
}

static void judge__account_phase_alone__asks_what_it_was(void **state)
{
	struct ka_case *c = ka_case_new(&conn);
	struct ka_outcome o;

	(void)state;
	c->account = true;
	o = judged(c);
	assert_int_equal(o.action, KA_EVENT_LOGIN_DENIED);
	assert_int_equal(o.reason, KA_REASON_PAM_ACCOUNT_DENIED);
	assert_true(o.needs_diagnosis && o.reached == KA_STEP_LOGIN);
	assert_string_equal(o.basis, "inferred");
	say(c, true, "fatal: Access denied for user alice by PAM account configuration [preauth]");
	o = judged(c);
	assert_string_equal(o.basis, "sshd-log");
	assert_string_equal(o.phase, "account");
	/* it was said, and then they got in by another account module's leave */
	say(c, true, "Accepted publickey for alice" FROM);
	o = judged(c);
	assert_int_equal(o.action, KA_EVENT_LOGIN_ACCEPTED);
	ka_case_free(&c);
}

/* served, asked for twice, and sshd says that this very key failed: the signature did */
static void judge__served_key_failed__signature(void **state)
{
	struct ka_case *c = ka_case_new(&conn);
	struct ka_outcome o;

	(void)state;
	c->has_attempts_file = true;
	c->attempts = 2;
	c->offers_count = 1;
	c->offers[0].said = KA_OFFER_SERVED;
	c->offers[0].runs = 2;
	assert_true(ka_span_copy(ka_span_of("ssh-ed25519"), c->offers[0].type, sizeof(c->offers[0].type)));
	assert_true(ka_span_copy(ka_span_of(FP), c->offers[0].fp, sizeof(c->offers[0].fp)));
	o = judged(c);
	assert_int_equal(o.action, KA_EVENT_KEY_OFFERED); /* the log has said nothing: INFO does not */
	say(c, true, "Failed publickey for alice from 192.0.2.7 port 40001 ssh2: ED25519 SHA256:another");
	o = judged(c);
	assert_int_equal(o.action, KA_EVENT_KEY_OFFERED);
	assert_int_equal(c->offers_count, 2); /* it was offered all the same */
	say(c, true, "Failed publickey for alice" FROM);
	o = judged(c);
	assert_int_equal(o.action, KA_EVENT_KEY_REFUSED);
	assert_int_equal(o.reason, KA_REASON_SIG_INVALID);
	assert_int_equal(c->offers_count, 2);
	c->offers[0].runs = 1; /* asked once: sshd did not take the line that was served, or nobody signed */
	o = judged(c);
	assert_int_equal(o.action, KA_EVENT_KEY_OFFERED);
	ka_case_free(&c);
}

static void settle__user_key_and_method__from_the_right_end(void **state)
{
	static const char *const users[] = { "alice", "x from 1.2.3.4 port 5", "a b", ("root from 6.6.6.6 port 1 ssh2: ED25519 " FP) };
	char message[512];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(users); i++) {
		struct ka_case *c = ka_case_new(&conn);
		struct ka_buf b;

		ka_buf_init_array(&b, message);
		ka_buf_text(&b, "Accepted publickey for ");
		ka_buf_text(&b, users[i]);
		ka_buf_text(&b, FROM);
		say(c, true, message);
		ka_casesaid_settle(c);
		assert_string_equal(c->user, users[i]);
		assert_string_equal(c->method, "publickey");
		assert_string_equal(c->session_key.type, "ssh-ed25519");
		assert_string_equal(c->session_key.fp, FP);
		assert_string_equal(c->said_peer.client, "192.0.2.7");
		assert_int_equal(c->said_peer.client_port, 40001);
		ka_case_free(&c);
	}
}

#define FP_ONE "SHA256:lPnmAAbrNMYg4YQtud9EaR2o2sWlA3V8Th96QOOebF8"

/* both have one fingerprint; the command was asked about the key alone */
static void settle__certificate_beside_its_key__is_an_offer_of_its_own(void **state)
{
	struct ka_case *c = ka_case_new(&conn);

	(void)state;
	assert_non_null(c);
	ka_case_attempts(c, ka_span_of("ka1 attempt at=1 up=1 pp=1 pid=1 uid=1001 user=alice type=ssh-ed25519 fp=" FP_ONE
				       " key=- c=- src=local:miss:- verdict=none reasons=- opts=-\n"));
	assert_int_equal(c->offers_count, 1);
	say(c, true, "Authentication key ED25519-CERT " FP_ONE " revoked by file /etc/ssh/revoked");
	ka_casesaid_settle(c);
	assert_int_equal(c->offers_count, 2);
	assert_string_equal(c->offers[1].type, "ssh-ed25519-cert-v01@openssh.com");
	say(c, true, "Failed publickey for alice from 192.0.2.7 port 5 ssh2: ED25519 " FP_ONE);
	ka_casesaid_settle(c);
	assert_int_equal(c->offers_count, 2);
	ka_case_free(&c);
}

static void settle__records_name_the_user__the_log_does_not_change_it(void **state)
{
	struct ka_case *c = ka_case_new(&conn);

	(void)state;
	assert_true(ka_span_copy(ka_span_of("bob"), c->user, sizeof(c->user)));
	say(c, true, ENDED);
	ka_casesaid_settle(c);
	assert_string_equal(c->user, "bob");
	ka_case_free(&c);
}

static void lines__a_sure_one__is_above_all_others(void **state)
{
	struct ka_case *c = ka_case_new(&conn);

	(void)state;
	say(c, false, "Connection from 6.6.6.6 port 1 on 198.51.100.2 port 22");
	assert_true(c->said_peer.seen && !c->said_peer_sure && !c->said_peer_torn);
	say(c, false, "Connection from 7.7.7.7 port 1 on 198.51.100.2 port 22");
	assert_true(c->said_peer_torn); /* one of them is forged, and nobody knows which */
	say(c, true, "Connection from 192.0.2.7 port 40001 on 198.51.100.2 port 22");
	assert_true(c->said_peer_sure && !c->said_peer_torn);
	assert_string_equal(c->said_peer.client, "192.0.2.7");
	say(c, false, "Connection from 8.8.8.8 port 1 on 198.51.100.2 port 22");
	assert_true(!c->said_peer_torn);
	assert_string_equal(c->said_peer.client, "192.0.2.7");
	assert_true(ka_case_is_hearsay(c)); /* an address is no login */
	ka_case_free(&c);
}

static void judge__only_what_anybody_can_write__is_unsure(void **state)
{
	struct ka_case *c = ka_case_new(&conn);
	struct ka_outcome o;

	(void)state;
	say(c, false, "Accepted publickey for root" FROM);
	o = judged(c);
	assert_int_equal(o.action, KA_EVENT_LOGIN_ACCEPTED);
	assert_true(o.is_log_unsure && ka_case_is_hearsay(c));
	ka_case_free(&c);
}

static void lines__recorded_twice__count_once(void **state)
{
	struct ka_case *c = ka_case_new(&conn);

	(void)state;
	say(c, true, ENDED);
	say(c, true, ENDED);
	assert_int_equal(c->said_count, 1);
	ka_case_free(&c);
}

/* a client that offers a thousand keys must not push out the line that says why */
static void lines__many__what_decides_has_room(void **state)
{
	struct ka_case *c = ka_case_new(&conn);
	char message[256];
	struct ka_outcome o;

	(void)state;
	for (int i = 0; i < 200; i++) {
		struct ka_buf b;

		ka_buf_init_array(&b, message);
		ka_buf_text(&b, "Failed publickey for alice from 192.0.2.7 port 40001 ssh2: ED25519 SHA256:");
		ka_buf_i64(&b, i);
		say(c, true, message);
	}
	assert_int_equal(c->said_count, KA_CASE_SAID_MAX / 2);
	say(c, true, "ROOT LOGIN REFUSED FROM 192.0.2.7 port 40001");
	o = judged(c);
	assert_int_equal(o.action, KA_EVENT_LOGIN_DENIED);
	ka_case_free(&c);
}

static void look__at_a_glance(void **state)
{
	struct ka_saidline l = { .at_us = 5, .is_sure = true };
	struct ka_casesaid_glance g;

	(void)state;
	assert_false(ka_casesaid_look(&runplace.r, &conn, &g));
	assert_true(ka_span_copy(ka_span_of("Accepted publickey for alice" FROM), l.message, sizeof(l.message)));
	assert_int_equal(ka_saidline_append(runplace.r.said, &conn, &l), KA_ERR_OK);
	assert_true(ka_casesaid_look(&runplace.r, &conn, &g) && g.is_accepted && g.is_accepted_sure && g.accepted_us == 5 && g.is_sure);
	assert_false(g.is_closed || g.is_session_lost);
	l.at_us = 9;
	assert_true(ka_span_copy(ka_span_of(ENDED), l.message, sizeof(l.message)));
	assert_int_equal(ka_saidline_append(runplace.r.said, &conn, &l), KA_ERR_OK);
	assert_true(ka_casesaid_look(&runplace.r, &conn, &g) && g.is_closed && g.closed_us == 9);
	assert_true(ka_span_copy(ka_span_of("error: PAM: pam_open_session(): no"), l.message, sizeof(l.message)));
	assert_int_equal(ka_saidline_append(runplace.r.said, &conn, &l), KA_ERR_OK);
	assert_true(ka_casesaid_look(&runplace.r, &conn, &g) && g.is_session_lost);
}

/* it ends the wait for the log; in the case it is none of its lines */
static void look__the_sessions_end__is_its_last_word(void **state)
{
	struct ka_saidline l = { .at_us = 7 };
	struct ka_casesaid_glance g;
	struct ka_case *c = ka_case_new(&conn);

	(void)state;
	assert_non_null(c);
	assert_true(ka_span_copy(ka_span_of("pam_unix(sshd:session): session closed for user alice"), l.message, sizeof(l.message)));
	assert_true(ka_casesaid_is_worth(ka_span_of(l.message)));
	assert_false(ka_casesaid_begins(ka_span_of(l.message)));
	assert_int_equal(ka_saidline_append(runplace.r.said, &conn, &l), KA_ERR_OK);
	assert_true(ka_casesaid_look(&runplace.r, &conn, &g) && g.is_closed && g.closed_us == 7);
	assert_false(g.is_sure || g.is_accepted || g.is_session_lost);
	assert_int_equal(ka_casesaid_read(&runplace.r, c), KA_ERR_OK);
	assert_true(c->said_count == 0 && !c->said_worth && !c->said_sure);
	assert_false(ka_casesaid_is_worth(ka_span_of("x pam_unix(sshd:session): session closed for user alice")));
	assert_false(ka_casesaid_is_worth(ka_span_of("pam_unix(sshd:session): session opened for user alice(uid=1) by (uid=0)")));
	ka_case_free(&c);
}

static void heard__only_with_a_log_that_has_spoken(void **state)
{
	struct ka_conf *conf = calloc(1, sizeof(*conf));

	(void)state;
	assert_non_null(conf);
	conf->sshd_log = KA_CONF_LOG_JOURNAL;
	assert_false(ka_casesaid_is_heard(&runplace.r, conf));
	ka_casesaid_heard(&runplace.r);
	assert_true(ka_casesaid_is_heard(&runplace.r, conf));
	conf->sshd_log = KA_CONF_LOG_NONE;
	assert_false(ka_casesaid_is_heard(&runplace.r, conf));
	free(conf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judge__only_the_log__one_action_each),
		cmocka_unit_test(judge__closing_line_of_a_user__is_refused_and_diagnosed),
		cmocka_unit_test(mute__nobody_tried__no_event),
		cmocka_unit_test(judge__session_lost_behind_us__is_denied),
		cmocka_unit_test(judge__account_phase_alone__asks_what_it_was),
		cmocka_unit_test(judge__served_key_failed__signature),
		cmocka_unit_test(settle__user_key_and_method__from_the_right_end),
		cmocka_unit_test(settle__records_name_the_user__the_log_does_not_change_it),
		cmocka_unit_test(settle__certificate_beside_its_key__is_an_offer_of_its_own),
		cmocka_unit_test(lines__a_sure_one__is_above_all_others),
		cmocka_unit_test(judge__only_what_anybody_can_write__is_unsure),
		cmocka_unit_test(lines__recorded_twice__count_once),
		cmocka_unit_test(lines__many__what_decides_has_room),
		RUNPLACE_TEST(look__at_a_glance),
		RUNPLACE_TEST(look__the_sessions_end__is_its_last_word),
		RUNPLACE_TEST(heard__only_with_a_log_that_has_spoken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
