/* keyaudit/gate: `enforce` lets in what it has judged good, and nothing else. */
#include "keyaudit/case/gate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"

#include "base/poison.h"

#define ED25519 "AAAAC3NzaC1lZDI1NTE5AAAAIPi4GWnImmqghAeMMYpc5WT8t0yNBmqwMs0qtWaNx9rh"
#define RSA1024 "AAAAB3NzaC1yc2EAAAADAQABAAAAgQDCv2BDX1c5AdI/7pBJnt/JtBfW1GAVoUS+K1FMcMo/NbQ9EIx0frC/ySFX/54eLxsmjIrMpx0n1P5eSozwuXXi9Q7vircv1aw2TQkLXGcqFuHiIC2TK6nz3i/JYMcjL8BpXiG7H+931nAB2HizAi8prt04NDrEnXiIJe5TpuKd1w=="
#define CERT "AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29tAAAAIMQYsuDTwd9UOKbO1MxCzaBwTc+EgmY2PBhrECc0eskLAAAAIPi4GWnImmqghAeMMYpc5WT8t0yNBmqwMs0qtWaNx9rhAAAAAAAAAAcAAAABAAAAB2VkMjU1MTkAAAAQAAAABWFsaWNlAAAAA2JvYgAAAABeC+EAAAAAAIOqfoAAAAAAAAAAggAAABVwZXJtaXQtWDExLWZvcndhcmRpbmcAAAAAAAAAF3Blcm1pdC1hZ2VudC1mb3J3YXJkaW5nAAAAAAAAABZwZXJtaXQtcG9ydC1mb3J3YXJkaW5nAAAAAAAAAApwZXJtaXQtcHR5AAAAAAAAAA5wZXJtaXQtdXNlci1yYwAAAAAAAAAAAAAAMwAAAAtzc2gtZWQyNTUxOQAAACBDlSOZxZxGyOCkMtHlFwno8SaleFBC4GlQCQ0h/mRnrgAAAFMAAAALc3NoLWVkMjU1MTkAAABAFxQGVsNxivnpGUve18WzigXTFFwOzzKyzqQ8Rp4eXyK4zOfa9BeUroy2iR8p9FjtC5vQWB3kf96mrqeR6EzmBg=="
#define GOOD "publickey ssh-ed25519 " ED25519 "\n"
#define WEAK "publickey ssh-rsa " RSA1024 "\n"

static struct ka_writer *w;
static struct ka_case *c;

static int make(void **state)
{
	const struct ka_conn conn = { 4240, 99 };

	(void)state;
	w = calloc(1, sizeof(*w));
	c = ka_case_new(&conn);
	if (w == NULL || c == NULL)
		return -1;
	ka_conf_default(&w->conf);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	free(w);
	ka_case_free(&c);
	return 0;
}

/* a session record of PAM's, as the module writes it; attempts say @claimed_user */
static void session(const char *user, const char *info, const char *claimed_user)
{
	char line[16 * 1024];
	struct ka_phase_record p = { .phase = KA_PHASE_SESSION, .service = "sshd", .user = user, .info = info };
	struct ka_buf b;

	if (claimed_user != NULL) {
		ka_buf_init_array(&b, line);
		ka_buf_text(&b, "ka1 attempt at=1 up=1 pp=1 pid=1 uid=0 user=");
		ka_buf_text(&b, claimed_user);
		ka_buf_text(&b, " type=t fp=f key=- c=- src=- verdict=served reasons=- opts=-\n");
		ka_case_attempts(c, ka_buf_as_span(&b));
	}
	ka_buf_init_array(&b, line);
	ka_phase_write(&p, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	assert_int_equal(ka_case_phases(c, ka_buf_as_span(&b)), KA_ERR_OK);
	ka_case_settle_user(c);
}

static struct ka_gate judged(void)
{
	struct ka_gate g = { .denied_by = KA_REASON_NONE };

	ka_gate_judge(w, c, &g);
	return g;
}

static void judge__nothing_known__is_a_fault(void **state)
{
	(void)state;
	assert_int_equal(judged().denied_by, KA_REASON_INTERNAL_ERROR);
	assert_true(judged().is_fault);
}

static void judge__info_missing_or_long__is_a_fault(void **state)
{
	static const char *const bad[] = { "", "\n", " \t\n\n" };

	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		drop(state);
		assert_int_equal(make(state), 0);
		session("alice", bad[i], NULL);
		assert_int_equal(judged().denied_by, KA_REASON_INTERNAL_ERROR);
		assert_true(judged().is_fault);
	}
	session("alice", GOOD, NULL);
	c->session_info_missing = true; /* longer than the module keeps */
	assert_true(judged().is_fault);
}

static void judge__broken_configuration__is_a_fault(void **state)
{
	(void)state;
	session("alice", GOOD, NULL);
	w->conf_reason = KA_REASON_CONF_INVALID;
	assert_int_equal(judged().denied_by, KA_REASON_CONF_INVALID);
	assert_true(judged().is_fault);
	w->conf_reason = KA_REASON_CONF_UNSAFE;
	assert_int_equal(judged().denied_by, KA_REASON_CONF_UNSAFE);
	assert_true(judged().is_fault);
}

static void judge__broken_configuration_and_exempt__is_a_fault_all_the_same(void **state)
{
	(void)state;
	session("root", WEAK, NULL);
	w->conf.enforce_exempt = "root";
	w->conf_reason = KA_REASON_CONF_INVALID;
	assert_true(judged().is_fault);
}

static void judge__unreadable_key__is_refused(void **state)
{
	static const char *const bad[] = {
		"publickey ssh-ed25519 !!!!\n", "publickey ssh-ed25519 AAAA\n", "publickey ssh-rsa " ED25519 "\n",
		"publickey\n", "publickey ssh-ed25519\n", GOOD "publickey ssh-ed25519\n", "keyboard-interactive/pam\npublickey\n",
		"publickey no-such-type " ED25519 "\n", "publickey ssh-ed25519 " ED25519 "AAAA\n",
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		drop(state);
		assert_int_equal(make(state), 0);
		session("alice", bad[i], NULL);
		assert_int_not_equal(judged().denied_by, KA_REASON_NONE);
	}
}

static void judge__weak_key__is_refused_wherever_it_stands(void **state)
{
	static const char *const infos[] = { WEAK, GOOD WEAK, WEAK GOOD, "keyboard-interactive/pam\n" WEAK, WEAK "password\n" };

	for (size_t i = 0; i < KA_ARRAY_LEN(infos); i++) {
		drop(state);
		assert_int_equal(make(state), 0);
		session("alice", infos[i], NULL);
		assert_int_equal(judged().denied_by, KA_REASON_KEY_RSA_TOO_SHORT);
		assert_false(judged().is_fault);
	}
}

/* by the name that PAM gives */
static void judge__profile_of_the_user__counts(void **state)
{
	(void)state;
	session("alice", GOOD, "root");
	w->conf.user_profiles = "root:none a*:sk-only";
	assert_int_equal(judged().denied_by, KA_REASON_POLICY_TYPE_NOT_ALLOWED);
	assert_false(judged().is_fault);
	w->conf.user_profiles = "root:sk-only";
	assert_int_equal(judged().denied_by, KA_REASON_NONE);
}

/* nobody can tell from which of them the key came; that of [policy] is everybody's */
static void judge__profile_of_a_source__is_none_of_the_gates(void **state)
{
	(void)state;
	session("alice", GOOD, NULL);
	w->conf.sources_count = 1;
	w->conf.sources[0].profile = KA_CONF_PROFILE_SK_ONLY;
	assert_int_equal(judged().denied_by, KA_REASON_NONE);
	w->conf.profile = KA_CONF_PROFILE_SK_ONLY;
	assert_int_equal(judged().denied_by, KA_REASON_POLICY_TYPE_NOT_ALLOWED);
}

static void judge__good_key_certificate_or_no_key__may_stay(void **state)
{
	static const char *const infos[] = {
		GOOD, GOOD GOOD, "publickey ssh-ed25519-cert-v01@openssh.com " CERT "\n", "password\n", "keyboard-interactive/pam\n",
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(infos); i++) {
		drop(state);
		assert_int_equal(make(state), 0);
		session("alice", infos[i], NULL);
		assert_int_equal(judged().denied_by, KA_REASON_NONE);
	}
}

static void judge__exempt__only_by_pams_word(void **state)
{
	w->conf.enforce_exempt = "root rescue";
	session("rescue", WEAK, NULL);
	assert_int_equal(judged().denied_by, KA_REASON_NONE);
	drop(state);
	assert_int_equal(make(state), 0);
	w->conf.enforce_exempt = "root rescue";
	session("alice", WEAK, "rescue"); /* the command's uid wrote another name first */
	assert_int_equal(judged().denied_by, KA_REASON_KEY_RSA_TOO_SHORT);
	assert_string_equal(c->user, "alice");
	assert_false(c->has_uid);
	drop(state);
	assert_int_equal(make(state), 0);
	w->conf.enforce_exempt = "root rescue";
	session("", WEAK, "rescue");
	assert_int_equal(judged().denied_by, KA_REASON_KEY_RSA_TOO_SHORT);
	session("resc", WEAK, NULL);
	assert_int_equal(judged().denied_by, KA_REASON_KEY_RSA_TOO_SHORT);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)
	const struct CMUnitTest tests[] = {
		T(judge__nothing_known__is_a_fault),
		T(judge__info_missing_or_long__is_a_fault),
		T(judge__broken_configuration__is_a_fault),
		T(judge__broken_configuration_and_exempt__is_a_fault_all_the_same),
		T(judge__unreadable_key__is_refused),
		T(judge__weak_key__is_refused_wherever_it_stands),
		T(judge__profile_of_the_user__counts), T(judge__profile_of_a_source__is_none_of_the_gates),
		T(judge__good_key_certificate_or_no_key__may_stay),
		T(judge__exempt__only_by_pams_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
