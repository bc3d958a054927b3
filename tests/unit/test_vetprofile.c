/* vet/vetprofile: what each profile demands, and that profiles are bounds: once is enough, order is nothing, nothing gets laxer. */
#include "vet/vetprofile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf/confprofile.h"

#include "base/poison.h"

#define PROFILES ((unsigned)KA_CONF_PROFILE_SK_ONLY + 1) /* "none" too */
#define ROUNDS 2000

static struct ka_vetpolicy base;

/* the same numbers in every run */
static uint32_t draw(void)
{
	static uint64_t seed = 0x9e3779b97f4a7c15u;

	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33);
}

/* as laxly or as strictly as an admin may write it */
static void make_any(struct ka_vetpolicy *p)
{
	static const uint8_t settable[] = { KA_ACTION_OFF, KA_ACTION_WARN, KA_ACTION_REJECT };

	memset(p, 0, sizeof(*p));
	ka_vetpolicy_default(p);
	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++)
		p->type_allowed[i] = draw() % 2 == 0;
	p->rsa_min_bits = 1024 + draw() % 4096;
	p->rsa_max_bits = 1024 + draw() % (KA_RSA_BITS_HARD_MAX - 1023);
	for (unsigned r = 0; r < KA_REASON_COUNT; r++)
		if (p->action[r] >= KA_ACTION_OFF && p->action[r] <= KA_ACTION_REJECT)
			p->action[r] = settable[draw() % 3];
	for (unsigned i = 0; i < KA_KEYOPT_COUNT; i++) {
		p->option_allowed[i] = draw() % 2 == 0;
		p->option_required[i] = draw() % 2 == 0;
	}
}

static void assert_same(const struct ka_vetpolicy *a, const struct ka_vetpolicy *b)
{
	assert_memory_equal(a->type_allowed, b->type_allowed, sizeof(a->type_allowed));
	assert_int_equal(a->rsa_min_bits, b->rsa_min_bits);
	assert_int_equal(a->rsa_max_bits, b->rsa_max_bits);
	assert_memory_equal(a->action, b->action, sizeof(a->action));
	assert_memory_equal(a->option_allowed, b->option_allowed, sizeof(a->option_allowed));
	assert_memory_equal(a->no_option_allowed, b->no_option_allowed, sizeof(a->no_option_allowed));
	assert_memory_equal(a->option_required, b->option_required, sizeof(a->option_required));
	assert_memory_equal(a->option_forced, b->option_forced, sizeof(a->option_forced));
	assert_string_equal(a->force_options, b->force_options);
	assert_memory_equal(a->sk_application, b->sk_application, sizeof(a->sk_application));
	assert_int_equal(a->sk_application_count, b->sk_application_count);
}

/* every value of @a is at least as strict as that of @b */
static void assert_no_laxer(const struct ka_vetpolicy *a, const struct ka_vetpolicy *b, const char *name)
{
	bool ok = a->rsa_min_bits >= b->rsa_min_bits && a->rsa_max_bits <= b->rsa_max_bits;

	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++)
		ok = ok && (!a->type_allowed[i] || b->type_allowed[i]);
	for (unsigned r = 0; r < KA_REASON_COUNT; r++)
		if (a->action[r] != b->action[r])
			ok = ok && a->action[r] > b->action[r] && a->action[r] <= KA_ACTION_REJECT && b->action[r] >= KA_ACTION_OFF;
	if (!ok)
		fail_msg("%s made something laxer", name);
}

static void tighten__any_policy__is_a_bound(void **state)
{
	struct ka_vetpolicy any, a, b, twice;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		enum ka_conf_profile x = (enum ka_conf_profile)(draw() % PROFILES), y = (enum ka_conf_profile)(draw() % PROFILES);

		make_any(&any);
		a = any;
		ka_vetprofile_tighten(&a, x);
		assert_no_laxer(&a, &any, ka_confprofile_name(x));
		twice = a;
		ka_vetprofile_tighten(&twice, x);
		assert_same(&twice, &a);
		b = any;
		ka_vetprofile_tighten(&a, y);
		ka_vetprofile_tighten(&b, y);
		ka_vetprofile_tighten(&b, x);
		assert_same(&a, &b);
		assert_no_laxer(&a, &b, "the other order");
	}
}

/* what is stricter already stays; so the result is at least as strict as either of the two alone */
static void tighten__any_policy__is_as_strict_as_the_profile_alone(void **state)
{
	struct ka_vetpolicy any, alone;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		enum ka_conf_profile x = (enum ka_conf_profile)(1 + draw() % (PROFILES - 1));

		make_any(&any);
		ka_vetprofile_tighten(&any, x);
		ka_vetpolicy_default(&alone);
		ka_vetprofile_tighten(&alone, x);
		assert_no_laxer(&any, &alone, ka_confprofile_name(x));
	}
}

static bool allows(const struct ka_vetpolicy *p, const char *type)
{
	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++)
		if (strcmp(ka_keytype_at(i)->name, type) == 0)
			return p->type_allowed[i];
	fail_msg("%s is no type", type);
	return false;
}

static const char *const types[] = { "ssh-ed25519", "sk-ssh-ed25519@openssh.com", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
				     "ecdsa-sha2-nistp521", "sk-ecdsa-sha2-nistp256@openssh.com", "ssh-rsa", "ssh-dss" };

/* the table of the header, once more, from the default */
static void table__as_the_header_says(void **state)
{
	static const struct {
		enum ka_conf_profile profile;
		unsigned min;
		enum ka_action small_e;
		const char *allowed; /* by place in types[] */
	} rows[] = {
		{ KA_CONF_PROFILE_NONE, 2048, KA_ACTION_WARN, "11111110" },    { KA_CONF_PROFILE_DEFAULT, 2048, KA_ACTION_WARN, "11111110" },
		{ KA_CONF_PROFILE_STRICT, 3072, KA_ACTION_REJECT, "11000010" }, { KA_CONF_PROFILE_BSI, 3000, KA_ACTION_WARN, "11111110" },
		{ KA_CONF_PROFILE_FIPS, 2048, KA_ACTION_REJECT, "11111110" },  { KA_CONF_PROFILE_SK_ONLY, 2048, KA_ACTION_WARN, "01000100" },
	};
	struct ka_vetpolicy p;

	(void)state;
	ka_vetpolicy_default(&base);
	assert_int_equal(KA_ARRAY_LEN(rows), PROFILES);
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		p = base;
		ka_vetprofile_tighten(&p, rows[i].profile);
		assert_int_equal(p.rsa_min_bits, rows[i].min);
		assert_int_equal(p.rsa_max_bits, 8192);
		for (size_t t = 0; t < KA_ARRAY_LEN(types); t++)
			if (allows(&p, types[t]) != (rows[i].allowed[t] == '1'))
				fail_msg("%s: %s", ka_confprofile_name(rows[i].profile), types[t]);
		for (unsigned r = 0; r < KA_REASON_COUNT; r++)
			assert_int_equal(p.action[r], r == KA_REASON_KEY_RSA_E_SMALL ? rows[i].small_e : (enum ka_action)base.action[r]);
		p.rsa_min_bits = base.rsa_min_bits;
		memcpy(p.type_allowed, base.type_allowed, sizeof(p.type_allowed));
		memcpy(p.action, base.action, sizeof(p.action));
		assert_same(&p, &base); /* nothing else is a profile's business */
	}
}

/* what an admin relaxed in [policy] is relaxed for nobody who has a profile */
static void tighten__relaxed_severity__is_back(void **state)
{
	struct ka_vetpolicy p;

	(void)state;
	for (unsigned x = 1; x < PROFILES; x++) {
		ka_vetpolicy_default(&p);
		for (unsigned r = 0; r < KA_REASON_COUNT; r++)
			if (p.action[r] == KA_ACTION_WARN || p.action[r] == KA_ACTION_REJECT)
				p.action[r] = KA_ACTION_OFF;
		ka_vetprofile_tighten(&p, (enum ka_conf_profile)x);
		for (unsigned r = 0; r < KA_REASON_COUNT; r++)
			assert_true(p.action[r] >= ka_reason_action((enum ka_reason)r));
	}
}

static void tighten__no_profile__changes_nothing(void **state)
{
	struct ka_vetpolicy any, p;

	(void)state;
	make_any(&any);
	p = any;
	ka_vetprofile_tighten(&p, KA_CONF_PROFILE_NONE);
	ka_vetprofile_tighten(&p, (enum ka_conf_profile)77);
	assert_same(&p, &any);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table__as_the_header_says),
		cmocka_unit_test(tighten__any_policy__is_a_bound),
		cmocka_unit_test(tighten__any_policy__is_as_strict_as_the_profile_alone),
		cmocka_unit_test(tighten__relaxed_severity__is_back),
		cmocka_unit_test(tighten__no_profile__changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
