/* keyaudit/casefill: which record's sources an event tells of, and how loud it is. */
#include "keyaudit/case/casefill.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

#define FP1 "SHA256:lPnmAAbrNMYg4YQtud9EaR2o2sWlA3V8Th96QOOebF8"
#define FP2 "SHA256:Qx1cT0pdM3mYk2uVw9aL5rB7eJ4sH6fN8gZtC0iXoKE"
#define ATTEMPT(fp, src) \
	"ka1 attempt at=1 up=1 pp=1 pid=1 uid=1001 user=alice type=ssh-ed25519 fp=" fp \
	" key=- c=- src=" src " verdict=none reasons=- opts=-\n"

static struct ka_event event;

static struct ka_case *case_of(const char *attempts)
{
	const struct ka_conn conn = { 4240, 99 };
	struct ka_case *c = ka_case_new(&conn);

	assert_non_null(c);
	ka_case_attempts(c, ka_span_of(attempts));
	memset(&event, 0, sizeof(event));
	return c;
}

static void sources__of_the_events_key__not_of_another(void **state)
{
	struct ka_case *c = case_of(ATTEMPT(FP1, "a:found:-,b:stale:store.stale-served:age=7/served=1") ATTEMPT(FP2, "a:found:-")
				    ATTEMPT(FP1, "a:unavailable:store.timeout"));

	(void)state;
	event.key = &c->offers[0]; /* the first run for it went the whole way, the next one found a cache */
	ka_casefill_sources(c, &event);
	assert_int_equal(event.sources_count, 2);
	assert_string_equal(event.sources[1].name, "b");
	assert_int_equal(event.sources[1].answer, KA_SOURCE_STALE);
	assert_int_equal(event.sources[1].reason, KA_REASON_STORE_STALE_SERVED);
	assert_int_equal(event.sources[1].evidence.age_sec, 7);
	assert_int_equal(event.sources[1].evidence.served, 1);
	assert_int_equal(event.sources[1].evidence.status, -1);
	event.key = &c->offers[1];
	ka_casefill_sources(c, &event);
	assert_int_equal(event.sources_count, 1);
	assert_string_equal(event.sources[0].name, "a");
	ka_case_free(&c);
}

/* the key of a session is known from PAM, and may come from a file that nobody asked us about */
static void sources__of_a_session__by_fingerprint(void **state)
{
	struct ka_case *c = case_of(ATTEMPT(FP1, "a:found:-:served=1"));

	(void)state;
	event.key = &c->session_key;
	memcpy(c->session_key.fp, FP1, sizeof(FP1));
	ka_casefill_sources(c, &event);
	assert_int_equal(event.sources_count, 1);
	memcpy(c->session_key.fp, FP2, sizeof(FP2));
	ka_casefill_sources(c, &event);
	assert_int_equal(event.sources_count, 0);
	c->session_key.fp[0] = '\0';
	ka_casefill_sources(c, &event);
	assert_int_equal(event.sources_count, 0);
	ka_case_free(&c);
}

static void sources__no_key_is_named__the_last_record(void **state)
{
	struct ka_case *c = case_of(ATTEMPT("-", "a:found:-") ATTEMPT("-", "a:refused:conf.unsafe"));

	(void)state;
	ka_casefill_sources(c, &event);
	assert_int_equal(event.sources_count, 1);
	assert_int_equal(event.sources[0].answer, KA_SOURCE_REFUSED);
	ka_case_free(&c);
}

#define SAID(fp, verdict, reasons) \
	"ka1 attempt at=1 up=1 pp=1 pid=1 uid=1001 user=alice type=ssh-rsa fp=" fp " key=- c=- src=a:found:- verdict=" verdict " reasons=" reasons " opts=-\n"

static void also__of_a_login__the_others_reasons_and_its_own_warnings(void **state)
{
	struct ka_case *c = case_of(SAID(FP1, "refused", "option.not-allowed,key.rsa-too-short") SAID(FP2, "served", "option.not-allowed,key.rsa-e-small"));

	(void)state;
	event.key = &c->offers[1];
	ka_casefill_also(c, &event);
	assert_int_equal(event.also_count, 3);
	assert_int_equal(event.also[0], KA_REASON_OPTION_NOT_ALLOWED);
	assert_int_equal(event.also[1], KA_REASON_KEY_RSA_TOO_SHORT);
	assert_int_equal(event.also[2], KA_REASON_KEY_RSA_E_SMALL);
	assert_int_equal(c->offers[0].verdict, KA_REASON_OPTION_NOT_ALLOWED);
	assert_int_equal(c->offers[1].verdict, KA_REASON_KEY_RSA_E_SMALL);
	ka_case_free(&c);
	/* another key than that of the login was served: not what it logged in with */
	c = case_of(SAID(FP1, "served", "key.rsa-e-small") SAID(FP2, "served", "-"));
	event.key = &c->offers[1];
	ka_casefill_also(c, &event);
	assert_int_equal(event.also_count, 0);
	ka_case_free(&c);
}

#define TOOK(fp, us) \
	"ka1 attempt at=1 up=1 pp=1 pid=1 uid=1001 user=alice type=ssh-ed25519 fp=" fp " key=- c=- src=a:found:- verdict=none reasons=- opts=-" us "\n"

static void lookup__of_the_run_whose_sources_are_told(void **state)
{
	struct ka_case *c = case_of(TOOK(FP1, " took=700") TOOK(FP1, " took=50") TOOK(FP2, "") TOOK("-", " took=9"));

	(void)state;
	event.key = &c->offers[0];
	ka_casefill_sources(c, &event);
	assert_int_equal(event.lookup_us, 700);
	event.key = &c->offers[1];
	ka_casefill_sources(c, &event);
	assert_int_equal(event.lookup_us, 0);
	event.key = NULL;
	ka_casefill_sources(c, &event);
	assert_int_equal(event.lookup_us, 9);
	ka_case_free(&c);
}

#define LABELLED(type, fp, verdict, label) \
	"ka1 attempt at=1 up=1 pp=1 pid=1 uid=1001 user=alice type=" type " fp=" fp \
	" key=- c=- src=a:found:- verdict=" verdict " reasons=- opts=- label=" label "\n"

static void label__of_the_events_key__whatever_became_of_it(void **state)
{
	struct ka_case *c = case_of(LABELLED("ssh-rsa", FP1, "refused", "old%20laptop") LABELLED("ssh-ed25519", FP2, "served", "Ann%1b%5b2J")
				    ATTEMPT("SHA256:a", "a:found:-"));

	(void)state;
	ka_casefill_sources(c, &event);
	assert_string_equal(event.key_label, ""); /* of no key */
	event.key = &c->offers[0];
	ka_casefill_sources(c, &event);
	assert_string_equal(event.key_label, "old laptop");
	event.key = &c->offers[2];
	ka_casefill_sources(c, &event);
	assert_string_equal(event.key_label, "");
	event.key = &c->session_key; /* as PAM names it */
	memcpy(c->session_key.type, "ssh-ed25519", sizeof("ssh-ed25519"));
	memcpy(c->session_key.fp, FP2, sizeof(FP2));
	ka_casefill_sources(c, &event);
	assert_string_equal(event.key_label, "Ann\x1b[2J"); /* as it is: whoever prints it escapes it */
	memcpy(c->session_key.fp, "SHA256:x", sizeof("SHA256:x"));
	ka_casefill_sources(c, &event);
	assert_string_equal(event.key_label, "");
	ka_case_free(&c);
}

/* a certificate has the fingerprint of the key in it: both may be offered, and the type tells them apart */
static void label__of_a_session__by_type_too(void **state)
{
	struct ka_case *c = case_of(ATTEMPT(FP1, "a:no-keys:store.no-keys") LABELLED("ssh-ed25519-cert-v01@openssh.com", FP1, "served", "Ann"));

	(void)state;
	event.key = &c->session_key;
	memcpy(c->session_key.fp, FP1, sizeof(FP1));
	memcpy(c->session_key.type, "ssh-ed25519-cert-v01@openssh.com", sizeof("ssh-ed25519-cert-v01@openssh.com"));
	ka_casefill_sources(c, &event);
	assert_string_equal(event.key_label, "Ann");
	assert_int_equal(event.sources[0].answer, KA_SOURCE_FOUND);
	memcpy(c->session_key.type, "ssh-ed25519", sizeof("ssh-ed25519"));
	ka_casefill_sources(c, &event);
	assert_string_equal(event.key_label, "");
	ka_case_free(&c);
}

static void label__the_last_verdict_counts__and_its_first_run(void **state)
{
	struct ka_case *c = case_of(LABELLED("ssh-ed25519", FP1, "refused", "one") LABELLED("ssh-ed25519", FP1, "served", "two")
				    LABELLED("ssh-ed25519", FP1, "served", "three"));

	(void)state;
	event.key = &c->offers[0];
	ka_casefill_sources(c, &event);
	assert_string_equal(event.key_label, "two");
	ka_case_free(&c);
	c = case_of(LABELLED("ssh-ed25519", FP1, "served", "one") ATTEMPT(FP1, "a:found:-"));
	event.key = &c->offers[0];
	ka_casefill_sources(c, &event);
	assert_string_equal(event.key_label, ""); /* what was said of it then is not true any more */
	ka_case_free(&c);
}

/* the command's uid writes what it likes: more sources than there can be, and what is no entry */
static void sources__hostile__as_many_as_a_configuration_has(void **state)
{
	struct ka_case *c = case_of(ATTEMPT(FP1, "a:found:-,b:found:-,c:found:-,d:found:-,e:found:-,f:found:-,g:found:-,h:found:-,i:found:-,"
							"j:found:-,k:found:-,l:found:-,m:found:-,n:found:-,o:found:-,p:found:-,q:found:-"));

	(void)state;
	event.key = &c->offers[0];
	ka_casefill_sources(c, &event);
	assert_int_equal(event.sources_count, KA_SOURCES_MAX);
	ka_case_free(&c);
	c = case_of(ATTEMPT(FP1, "a:found:-,%1b%5b2J:found:-,b:found:-"));
	event.key = &c->offers[0];
	ka_casefill_sources(c, &event);
	assert_int_equal(event.sources_count, 1);
	ka_case_free(&c);
}

static void level__hearsay_and_what_nobody_vouches_for__is_never_an_alert(void **state)
{
	static struct ka_writer w;
	static const struct { enum ka_action_event action; enum ka_reason reason; enum ka_event_trust trust; bool unvouched; int want; } cases[] = {
		{ KA_EVENT_KEY_REFUSED, KA_REASON_KEY_KNOWN_COMPROMISED, KA_TRUST_SEEN, false, KA_LEVEL_ALERT },
		{ KA_EVENT_KEY_REFUSED, KA_REASON_KEY_KNOWN_COMPROMISED, KA_TRUST_CLAIMED, false, KA_LEVEL_WARNING },
		{ KA_EVENT_KEY_REFUSED, KA_REASON_KEY_KNOWN_COMPROMISED, KA_TRUST_LOG_UNVERIFIED, false, KA_LEVEL_WARNING },
		{ KA_EVENT_KEY_REFUSED, KA_REASON_KEY_KNOWN_COMPROMISED, KA_TRUST_SEEN, true, KA_LEVEL_WARNING },
		{ KA_EVENT_LOGIN_ACCEPTED, KA_REASON_KEY_KNOWN_COMPROMISED, KA_TRUST_SEEN, false, KA_LEVEL_NOTICE },
		{ KA_EVENT_LOGIN_ACCEPTED, KA_REASON_NONE, KA_TRUST_SEEN, false, KA_LEVEL_INFO },
		{ KA_EVENT_LOGIN_DENIED, KA_REASON_NONE, KA_TRUST_SEEN, false, KA_LEVEL_WARNING },
		{ KA_EVENT_KEY_REFUSED, KA_REASON_KEY_NOT_LISTED, KA_TRUST_SEEN, false, KA_LEVEL_ALERT },    /* as configured below */
		{ KA_EVENT_KEY_REFUSED, KA_REASON_KEY_NOT_LISTED, KA_TRUST_CLAIMED, false, KA_LEVEL_WARNING }, /* which changes nothing here */
	};

	(void)state;
	w.conf.levels_count = 1;
	w.conf.levels[0].reason = KA_REASON_KEY_NOT_LISTED;
	w.conf.levels[0].value = KA_LEVEL_ALERT;
	for (size_t i = 0; i < KA_ARRAY_LEN(cases); i++) {
		memset(&event, 0, sizeof(event));
		event.action = cases[i].action;
		event.reason = cases[i].reason;
		event.trust = cases[i].trust;
		event.is_unvouched = cases[i].unvouched;
		if (ka_casefill_level(&w, &event) != cases[i].want)
			fail_msg("case %zu", i);
	}
}

/* without PAM, and the file is older than the login */
static void may_be_shut__a_login_of_the_log_behind_the_file(void **state)
{
	struct ka_case *c = case_of("");
	struct ka_outcome o = { .action = KA_EVENT_LOGIN_ACCEPTED };

	(void)state;
	assert_false(ka_casefill_may_be_shut(c, &o, 5000)); /* nothing says that it was let in */
	assert_true(ka_said_make(ka_span_of("Accepted publickey for alice from 192.0.2.7 port 5 ssh2: ED25519 " FP1), true, 5000, &c->said[0]));
	c->said_count = 1;
	assert_true(ka_casefill_may_be_shut(c, &o, 5000));
	assert_false(ka_casefill_may_be_shut(c, &o, 5001)); /* it came later */
	assert_false(ka_casefill_may_be_shut(c, &o, 0));
	c->session = true; /* PAM has opened it */
	assert_false(ka_casefill_may_be_shut(c, &o, 5000));
	c->session = false;
	o.reason = KA_REASON_ACCOUNT_PASSWORD_EXPIRED;
	assert_false(ka_casefill_may_be_shut(c, &o, 5000));
	o.reason = KA_REASON_NONE;
	o.action = KA_EVENT_LOGIN_DENIED;
	assert_false(ka_casefill_may_be_shut(c, &o, 5000));
	ka_case_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources__of_the_events_key__not_of_another),
		cmocka_unit_test(sources__of_a_session__by_fingerprint),
		cmocka_unit_test(sources__no_key_is_named__the_last_record),
		cmocka_unit_test(also__of_a_login__the_others_reasons_and_its_own_warnings),
		cmocka_unit_test(lookup__of_the_run_whose_sources_are_told),
		cmocka_unit_test(label__of_the_events_key__whatever_became_of_it),
		cmocka_unit_test(label__of_a_session__by_type_too),
		cmocka_unit_test(label__the_last_verdict_counts__and_its_first_run),
		cmocka_unit_test(sources__hostile__as_many_as_a_configuration_has),
		cmocka_unit_test(may_be_shut__a_login_of_the_log_behind_the_file),
		cmocka_unit_test(level__hearsay_and_what_nobody_vouches_for__is_never_an_alert),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
