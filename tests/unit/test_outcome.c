/* keyaudit/outcome, keyaudit/case: the pure halves of the collector. */
#include "keyaudit/case/outcome.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

#include "base/poison.h"

#define FP1 "SHA256:lPnmAAbrNMYg4YQtud9EaR2o2sWlA3V8Th96QOOebF8"
#define FP2 "SHA256:Qx1cT0pdM3mYk2uVw9aL5rB7eJ4sH6fN8gZtC0iXoKE"
#define ATTEMPT(fp, verdict, reasons) \
	"ka1 attempt at=1 up=1 pp=1 pid=1 uid=1001 user=alice type=ssh-ed25519 fp=" fp \
	" key=- c=- src=local:found:- verdict=" verdict " reasons=" reasons " opts=-\n"

static struct ka_case *case_of(const char *attempts)
{
	const struct ka_conn conn = { 4240, 99 };
	struct ka_case *c = ka_case_new(&conn);

	assert_non_null(c);
	ka_case_attempts(c, ka_span_of(attempts));
	return c;
}

static void judge__session__is_accepted(void **state)
{
	struct ka_case *c = case_of(ATTEMPT(FP1, "none", "-") ATTEMPT(FP2, "served", "-"));
	struct ka_outcome o;

	(void)state;
	c->account = c->session = true;
	ka_outcome_judge(c, KA_REASON_NONE, &o);
	assert_int_equal(o.action, KA_EVENT_LOGIN_ACCEPTED);
	assert_int_equal(o.reason, KA_REASON_NONE);
	ka_outcome_judge(c, KA_REASON_KEY_RSA_TOO_SHORT, &o);
	assert_int_equal(o.action, KA_EVENT_LOGIN_DENIED);
	assert_int_equal(o.reason, KA_REASON_KEY_RSA_TOO_SHORT);
	ka_case_free(&c);
}

/* what the module wrote when it closed the session; the recorder was killed, or had to wait for its disk */
static void judge__module_denied__is_denied_whoever_asks(void **state)
{
	static const struct { const char *info; enum ka_reason reason; } words[] = {
		{ "key.rsa-too-short", KA_REASON_KEY_RSA_TOO_SHORT }, { "internal.error", KA_REASON_INTERNAL_ERROR },
		{ "no.such", KA_REASON_INTERNAL_ERROR }, { "-", KA_REASON_INTERNAL_ERROR },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(words); i++) {
		struct ka_case *c = case_of("");
		struct ka_outcome o;
		char text[512];
		struct ka_buf b;

		ka_buf_init_array(&b, text);
		if (i != 1)
			ka_buf_text(&b, "ka1 phase at=1 up=1 pid=5 phase=session service=sshd user=alice rhost=- conn=- info=publickey%20ssh-rsa%20AAAA%0a\n");
		ka_buf_text(&b, "ka1 phase at=1 up=1 pid=5 phase=denied service=sshd user=alice rhost=- conn=- info=");
		ka_buf_text(&b, words[i].info);
		ka_buf_text(&b, "\n");
		assert_int_equal(ka_case_phases(c, ka_buf_as_span(&b)), KA_ERR_OK);
		ka_outcome_judge(c, KA_REASON_NONE, &o);
		assert_int_equal(o.action, KA_EVENT_LOGIN_DENIED);
		assert_int_equal(o.reason, words[i].reason);
		assert_string_equal(o.phase, "session");
		ka_outcome_judge(c, KA_REASON_CONF_INVALID, &o); /* who judged knows best */
		assert_int_equal(o.reason, KA_REASON_CONF_INVALID);
		ka_case_free(&c);
	}
}

static void judge__account_without_session__is_denied(void **state)
{
	struct ka_case *c = case_of(ATTEMPT(FP1, "served", "-") ATTEMPT(FP1, "served", "-"));
	struct ka_outcome o;

	(void)state;
	c->account = true;
	ka_outcome_judge(c, KA_REASON_NONE, &o);
	assert_int_equal(o.action, KA_EVENT_LOGIN_DENIED);
	assert_int_equal(o.reason, KA_REASON_PAM_ACCOUNT_DENIED);
	assert_string_equal(o.key->fp, FP1);
	ka_case_free(&c);
}

static void judge__served_without_login__is_offered_never_refused(void **state)
{
	struct ka_case *c = case_of(ATTEMPT(FP2, "refused", "key.rsa-too-short") ATTEMPT(FP1, "served", "-"));
	struct ka_outcome o;

	(void)state;
	ka_outcome_judge(c, KA_REASON_NONE, &o);
	assert_int_equal(o.action, KA_EVENT_KEY_OFFERED);
	assert_int_equal(o.reason, KA_REASON_SIG_MISSING);
	assert_true(o.needs_diagnosis); /* or sshd did not take our line: from=, principals= */
	ka_case_attempts(c, ka_span_of(ATTEMPT(FP1, "served", "-"))); /* a signature came: no longer missing */
	ka_outcome_judge(c, KA_REASON_NONE, &o);
	assert_int_equal(o.action, KA_EVENT_KEY_OFFERED);
	assert_int_equal(o.reason, KA_REASON_NONE);
	ka_case_free(&c);
}

static void judge__nothing_served__is_refused_and_diagnosed(void **state)
{
	struct ka_case *c = case_of(ATTEMPT(FP1, "none", "-"));
	struct ka_outcome o;

	(void)state;
	ka_outcome_judge(c, KA_REASON_NONE, &o);
	assert_int_equal(o.action, KA_EVENT_KEY_REFUSED);
	assert_true(o.needs_diagnosis);
	ka_case_free(&c);
	c = case_of("");
	c->auth = true;
	ka_outcome_judge(c, KA_REASON_NONE, &o);
	assert_int_equal(o.action, KA_EVENT_KEY_REFUSED);
	assert_false(o.needs_diagnosis);
	assert_int_equal(o.reason, KA_REASON_CLIENT_KEY_NOT_OFFERED);
	ka_case_free(&c);
}

static void judge__records_lost__is_not_a_key_never_offered(void **state)
{
	struct ka_case *c = case_of("");
	struct ka_outcome o;

	(void)state;
	c->has_attempts_file = true; /* the command ran, and could not write: a full spool */
	ka_outcome_judge(c, KA_REASON_NONE, &o);
	assert_int_equal(o.reason, KA_REASON_INTERNAL_ERROR);
	assert_true(o.needs_diagnosis); /* or had no more time */
	c->tampered = true;
	ka_outcome_judge(c, KA_REASON_NONE, &o);
	assert_int_equal(o.reason, KA_REASON_SPOOL_TAMPERED);
	ka_case_free(&c);
}

static void attempts__second_word_counts(void **state)
{
	struct ka_case *c = case_of(ATTEMPT(FP1, "served", "-") ATTEMPT(FP1, "refused", "key.rsa-too-short,line.nul"));

	(void)state;
	assert_int_equal(c->offers_count, 1);
	assert_int_equal(c->offers[0].said, KA_OFFER_REFUSED);
	assert_int_equal(c->offers[0].runs, 1);
	assert_int_equal(c->offers[0].reasons_count, 2);
	assert_int_equal(c->offers[0].reasons[0], KA_REASON_KEY_RSA_TOO_SHORT);
	ka_case_free(&c);
}

static void attempts__hostile_lines__are_skipped_and_bounded(void **state)
{
	struct ka_case *c = case_of("rubbish\n\n\x01\xff\nka1 attempt at=1\n" ATTEMPT(FP1, "none", "no.such.reason,,x")
				    "ka1 overflow at=1 up=1\n" ATTEMPT(FP2, "none", "-") "ka1 attempt at=1 up=1 pp=1");

	(void)state;
	assert_int_equal(c->attempts, 2);
	assert_true(c->overflowed);
	assert_int_equal(c->offers[0].reasons_count, 0);
	for (int i = 0; i < 1000; i++) {
		char line[512];
		struct ka_buf b;

		ka_buf_init_array(&b, line);
		ka_buf_text(&b, "ka1 attempt at=1 up=1 pp=1 pid=1 uid=1001 user=mallory type=t");
		ka_buf_i64(&b, i);
		ka_buf_text(&b, " fp=f key=- c=- src=- verdict=none reasons=- opts=-\n");
		ka_case_attempts(c, ka_buf_as_span(&b));
	}
	assert_int_equal(c->offers_count, KA_DIAG_OFFERS_MAX);
	assert_string_equal(c->user, "alice");
	ka_case_free(&c);
}

static void phases__session_key__is_the_last_publickey(void **state)
{
	static const char line[] =
		"ka1 phase at=1 up=1 pid=4240 phase=session service=sshd user=alice rhost=10.0.0.7 "
		"conn=10.0.0.7%2040000%20127.0.0.1%2022 "
		"info=publickey%20ssh-ed25519%20AAAAC3NzaC1lZDI1NTE5AAAAIP4c0dsOHq5vBNwtKeroAvBjRTyCtcz7jgy5OCu3feNl%0a"
		"keyboard-interactive/pam%0a\n";
	struct ka_case *c = case_of("");

	(void)state;
	assert_int_equal(ka_case_phases(c, ka_span_of(line)), KA_ERR_OK);
	ka_case_settle_user(c);
	assert_true(c->session);
	assert_false(c->account);
	assert_string_equal(c->user, "alice");
	assert_string_equal(c->method, "keyboard-interactive");
	assert_string_equal(c->session_key.type, "ssh-ed25519");
	assert_string_equal(c->pam_conn, "10.0.0.7 40000 127.0.0.1 22");
	assert_int_equal(strlen(c->session_key.fp), 50);
	ka_case_free(&c);
}

static void settle_user__pam_names_another__the_uid_is_not_his(void **state)
{
	struct ka_case *c = case_of(ATTEMPT(FP1, "none", "-")); /* alice, 1001 */

	(void)state;
	ka_case_settle_user(c);
	assert_string_equal(c->user, "alice");
	assert_true(c->has_uid);
	assert_true(ka_span_copy(ka_span_of("alice"), c->pam_user, sizeof(c->pam_user)));
	ka_case_settle_user(c);
	assert_true(c->has_uid);
	assert_true(ka_span_copy(ka_span_of("bob"), c->pam_user, sizeof(c->pam_user)));
	ka_case_settle_user(c);
	assert_string_equal(c->user, "bob");
	assert_false(c->has_uid);
	ka_case_free(&c);
}

static void say(struct ka_case *c, const char *message, bool is_verified)
{
	assert_true(ka_said_make(ka_span_of(message), is_verified, 1, &c->said[c->said_count++]));
}

#define ACCEPTED "Accepted publickey for alice from 192.0.2.7 port 5 ssh2: ED25519 " FP1
#define NOLOGIN "User alice not allowed because /etc/nologin exists"
#define EXPIRED "pam_unix(sshd:account): expired password for user alice (root enforced)"

/* UsePAM no: sshd looks for the file behind the login */
static void judge__nologin_behind_an_accepted_key__is_denied(void **state)
{
	struct ka_case *c = case_of("");
	struct ka_outcome o;

	(void)state;
	say(c, ACCEPTED, true);
	ka_outcome_judge(c, KA_REASON_NONE, &o);
	assert_int_equal(o.action, KA_EVENT_LOGIN_ACCEPTED);
	say(c, NOLOGIN, true);
	ka_outcome_judge(c, KA_REASON_NONE, &o);
	assert_int_equal(o.action, KA_EVENT_LOGIN_DENIED);
	assert_int_equal(o.reason, KA_REASON_ACCOUNT_NOLOGIN);
	assert_int_equal(o.reached, KA_STEP_LOGIN); /* so that the diagnosis may say which file */
	assert_string_equal(o.phase, "session");
	assert_true(o.needs_diagnosis);
	ka_case_free(&c);
}

static void judge__password_expired__is_accepted_with_a_note(void **state)
{
	struct ka_case *c = case_of("");
	struct ka_outcome o;

	(void)state;
	c->account = c->session = true;
	say(c, EXPIRED, false); /* any local user can have written that */
	ka_outcome_judge(c, KA_REASON_NONE, &o);
	assert_int_equal(o.reason, KA_REASON_NONE);
	say(c, EXPIRED, true);
	ka_outcome_judge(c, KA_REASON_NONE, &o);
	assert_int_equal(o.action, KA_EVENT_LOGIN_ACCEPTED);
	assert_int_equal(o.reason, KA_REASON_ACCOUNT_PASSWORD_EXPIRED);
	assert_string_equal(o.basis, "witnessed");
	assert_false(o.needs_diagnosis);
	ka_outcome_judge(c, KA_REASON_CONF_INVALID, &o);
	assert_int_equal(o.action, KA_EVENT_LOGIN_DENIED);
	assert_int_equal(o.reason, KA_REASON_CONF_INVALID);
	ka_case_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judge__session__is_accepted),
		cmocka_unit_test(judge__module_denied__is_denied_whoever_asks),
		cmocka_unit_test(judge__account_without_session__is_denied),
		cmocka_unit_test(judge__served_without_login__is_offered_never_refused),
		cmocka_unit_test(judge__nothing_served__is_refused_and_diagnosed),
		cmocka_unit_test(judge__records_lost__is_not_a_key_never_offered),
		cmocka_unit_test(attempts__second_word_counts),
		cmocka_unit_test(attempts__hostile_lines__are_skipped_and_bounded),
		cmocka_unit_test(phases__session_key__is_the_last_publickey),
		cmocka_unit_test(settle_user__pam_names_another__the_uid_is_not_his),
		cmocka_unit_test(judge__nologin_behind_an_accepted_key__is_denied),
		cmocka_unit_test(judge__password_expired__is_accepted_with_a_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
