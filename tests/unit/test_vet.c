/* vet/vet: the pipeline over whole lines: order, where it ends, what the policy may and may not change. */
#include "vet/vet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "key/keyb64.h"
#include "tests/unit/lib/keysample.h"
#include "tests/unit/lib/vetblob.h"

#include "base/poison.h"

static struct ka_vetpolicy policy;
static struct ka_vet_when when;
static struct ka_vet out;
static struct ka_keyline line;
static uint8_t storage[KA_BLOB_MAX];
static char text[KA_LINE_MAX + 1];
static struct vetblob blob;
static struct ka_keysample sample;

static int setup(void **state)
{
	(void)state;
	ka_vetpolicy_default(&policy);
	when = (struct ka_vet_when){ .now_sec = 1790000000, .ed25519 = KA_VET_ED25519_SOUND };
	return 0;
}

static const char *verdict_on(const char *before, struct ka_span key_line)
{
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, before);
	ka_buf_span(&b, key_line);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	ka_keyline_parse(ka_buf_as_span(&b), storage, &line);
	ka_vet_line(&line, &policy, &when, &out);
	return ka_reason_id(out.count > 0 ? out.reasons[0] : KA_REASON_NONE);
}

static const char *sample_verdict(const char *before, const char *name)
{
	ka_keysample_find(name, &sample);
	return verdict_on(before, sample.text);
}

static struct ka_span blob_line(struct ka_span bytes, const char *type)
{
	static char made[KA_LINE_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, made);
	ka_buf_text(&b, type);
	ka_buf_char(&b, ' ');
	ka_keyb64_encode(&b, bytes);
	return ka_buf_as_span(&b);
}

static void line__of_every_plain_type__accepted(void **state)
{
	static const char *const good[] = { "ed25519", "ecdsa256", "ecdsa384", "ecdsa521", "rsa2048", "rsa3072",
					    "sk-ed25519", "sk-ecdsa256" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(good); i++) {
		assert_string_equal(sample_verdict("restrict ", good[i]), "-");
		assert_int_equal(out.verdict, KA_VERDICT_ACCEPT);
	}
}

static void line__that_is_no_key__is_refused_whatever_the_policy_says(void **state)
{
	(void)state;
	memset(policy.action, KA_ACTION_OFF, sizeof(policy.action));
	when.whole = true;
	assert_string_equal(sample_verdict("no-such-option ", "ed25519"), "option.unknown");
	assert_int_equal(out.verdict, KA_VERDICT_REJECT);
	assert_string_equal(verdict_on("", ka_span_of("# comment")), "line.empty");
	assert_int_equal(out.verdict, KA_VERDICT_REJECT);
	assert_string_equal(verdict_on("", ka_span_of("ssh-ed25519 AAAA")), "key.blob-truncated");
	assert_int_equal(out.count, 1);
}

static void option__that_makes_it_no_line__is_named(void **state)
{
	static const struct { const char *options, *id, *detail; } rows[] = {
		{ "pty,no-such-option ", "option.unknown", "\"no-such-option\"" },
		{ "comand=\"x\" ", "option.unknown", "\"comand\"; did you mean \"command\"?" },
		{ "f\\ ", "option.unknown", "\"f\\x5c\"" },
		{ "permitopen=\"80\" ", "option.bad-value", "permitopen: invalid permission port" },
		{ "from=\"*\",from=\"*\" ", "option.repeated", "from" },
		{ "command=\"x ", "option.bad-quoting", "command: invalid key option string" },
		{ "no-pty,fromm,command=\"x ", "option.bad-quoting", "invalid key option string" }, /* not about fromm */
		{ "no-pty, no-user-rc ", "option.bad-quoting", "" },
	};
	char detail[KA_VET_DETAIL_MAX];
	struct ka_buf b;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		assert_string_equal(sample_verdict(rows[i].options, "ed25519"), rows[i].id);
		ka_vet_keep(&out); /* as a verdict that outlives its judge */
		ka_buf_init_array(&b, detail);
		ka_vet_detail(&out, 0, &b);
		assert_string_equal(detail, rows[i].detail);
	}
}

static void type__dsa__refused_by_name(void **state)
{
	(void)state;
	assert_string_equal(sample_verdict("", "dsa"), "key.type-dsa");
	policy.action[KA_REASON_KEY_TYPE_DSA] = KA_ACTION_WARN;
	assert_string_equal(sample_verdict("", "dsa"), "policy.type-not-allowed"); /* one switch is not enough */
	assert_int_equal(out.verdict, KA_VERDICT_REJECT);
}

/* the judge's own texts end with it */
static void keep__detail_of_the_deciding_reason__is_the_verdicts_own(void **state)
{
	char short_text[64] = "a file of the host", long_text[2 * KA_VET_DETAIL_MAX], room[2 * KA_VET_DETAIL_MAX];
	struct ka_vet v = { .count = 2, .reasons = { KA_REASON_DATA_INVALID, KA_REASON_KEY_TYPE_DSA }, .details = { short_text, short_text } };
	struct ka_buf b;

	(void)state;
	ka_vet_keep(&v);
	memset(short_text, 'x', sizeof(short_text) - 1);
	ka_buf_init_array(&b, room);
	ka_vet_detail(&v, 0, &b);
	assert_string_equal(room, "a file of the host");
	ka_buf_cut(&b, 0);
	ka_vet_detail(&v, 1, &b);
	assert_int_equal(b.len, 0);
	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	v.details[0] = long_text;
	ka_vet_keep(&v);
	assert_int_equal(strlen(v.said), KA_VET_DETAIL_MAX - 1);
	v = (struct ka_vet){ .count = 0 };
	ka_vet_keep(&v);
	assert_int_equal(v.said_of, KA_REASON_NONE);
}

static void type__switched_off__refused_before_its_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++)
		policy.type_allowed[i] = strcmp(ka_keytype_at(i)->name, "ssh-ed25519") == 0;
	assert_string_equal(sample_verdict("", "rsa1024"), "policy.type-not-allowed");
	assert_string_equal(out.details[0], "ssh-rsa");
	assert_int_equal(out.count, 1);
	assert_string_equal(sample_verdict("", "ed25519"), "-");
	when.whole = true;
	assert_string_equal(sample_verdict("pty ", "rsa1024"), "policy.type-not-allowed");
	assert_true(vetblob_has(&out, KA_REASON_KEY_RSA_TOO_SHORT));
	assert_true(vetblob_has(&out, KA_REASON_OPTION_NOT_ALLOWED));
}

static void sk_application__outside_the_globs__refused(void **state)
{
	static const struct {
		const char *application;
		size_t len;
		bool good;
	} cases[] = { { "ssh:", 4, true }, { "ssh:work", 8, true }, { "", 0, false }, { "https://example.com", 19, false },
		      { "ssh:a b", 7, false }, { "ssh:\xc3\xab", 6, false }, { "ssh:\x01", 5, false } };
	char long_one[KA_SK_APPLICATION_MAX + 1];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(cases); i++) {
		vetblob_sk(&blob, cases[i].application, cases[i].len);
		ka_vet_key(&blob.key, &policy, &when, &out);
		assert_int_equal(vetblob_has(&out, KA_REASON_POLICY_SK_APPLICATION), !cases[i].good);
	}
	memset(long_one, 'x', sizeof(long_one));
	memcpy(long_one, "ssh:", 4);
	vetblob_sk(&blob, long_one, KA_SK_APPLICATION_MAX);
	ka_vet_key(&blob.key, &policy, &when, &out);
	assert_int_equal(out.verdict, KA_VERDICT_ACCEPT);
	vetblob_sk(&blob, long_one, KA_SK_APPLICATION_MAX + 1);
	ka_vet_key(&blob.key, &policy, &when, &out);
	assert_int_equal(out.reasons[0], KA_REASON_POLICY_SK_APPLICATION);
	vetblob_sk(&blob, "https://example.com", 19);
	memcpy(policy.sk_application[1], "https://*.com", sizeof("https://*.com"));
	policy.sk_application_count = 2;
	ka_vet_key(&blob.key, &policy, &when, &out);
	assert_int_equal(out.verdict, KA_VERDICT_ACCEPT);
	policy.sk_application_count = 0;
	ka_vet_key(&blob.key, &policy, &when, &out);
	assert_int_equal(out.verdict, KA_VERDICT_REJECT);
}

static void certificate__on_a_line__not_enabled(void **state)
{
	(void)state;
	assert_string_equal(sample_verdict("", "ed25519-cert"), "cert.not-enabled");
	assert_int_equal(out.count, 1);
	when.whole = true;
	assert_string_equal(sample_verdict("", "ecdsa384-host-cert"), "cert.not-enabled");
	assert_true(vetblob_has(&out, KA_REASON_CERT_HOST_TYPE));
}

static void certificate__key_only__is_judged_by_its_subject_key(void **state)
{
	(void)state;
	when.key_only = true;
	assert_string_equal(sample_verdict("command=\"x\" ", "ed25519-cert"), "-");
	ka_vet_key(&line.key, &policy, &when, &out);
	assert_int_equal(out.verdict, KA_VERDICT_ACCEPT);
	assert_string_equal(sample_verdict("", "rsa1024"), "key.rsa-too-short");
}

static const uint8_t one[] = { 1 }, zeros[32];

/* a user certificate for a good Ed25519 key, signed by the CA in @blob */
static struct ka_span cert_line(struct ka_span ca)
{
	static char bytes[4096];
	struct ka_span empty = { NULL, 0 }, nonce = { zeros, sizeof(zeros) };
	uint8_t pk[32];
	struct ka_buf w;

	vetblob_good_point(pk);
	ka_buf_init_array(&w, bytes);
	ka_buf_string(&w, ka_span_of("ssh-ed25519-cert-v01@openssh.com"));
	ka_buf_string(&w, nonce);
	ka_buf_string(&w, (struct ka_span){ pk, sizeof(pk) });
	ka_buf_be64(&w, 7);
	ka_buf_be32(&w, KA_CERT_TYPE_USER);
	ka_buf_string(&w, ka_span_of("id"));
	ka_buf_string(&w, (struct ka_span){ (const uint8_t *)"\0\0\0\5alice", 9 });
	ka_buf_be64(&w, 0);
	ka_buf_be64(&w, UINT64_MAX);
	ka_buf_string(&w, empty); /* critical options */
	ka_buf_string(&w, empty); /* extensions */
	ka_buf_string(&w, empty); /* reserved */
	ka_buf_string(&w, ca);
	ka_buf_string(&w, (struct ka_span){ (const uint8_t *)"\0\0\0\7ssh-rsa\0\0\0\4sign", 19 });
	assert_int_equal(ka_buf_check(&w), KA_ERR_OK);
	return blob_line(ka_buf_as_span(&w), "ssh-ed25519-cert-v01@openssh.com");
}

/* anybody can issue certificates in the name of such a CA */
static void certificate__with_a_forgeable_ca__says_so(void **state)
{
	uint8_t e_good[] = { 1, 0, 1 };

	(void)state;
	policy.action[KA_REASON_CERT_NOT_ENABLED] = KA_ACTION_WARN;
	vetblob_rsa(&blob, (struct ka_span){ e_good, 3 }, vetblob_modulus(2048));
	assert_string_equal(verdict_on("", cert_line(blob.key.blob)), "cert.not-enabled");
	assert_int_equal(out.verdict, KA_VERDICT_WARN);
	vetblob_rsa(&blob, (struct ka_span){ one, 1 }, vetblob_modulus(2048));
	assert_string_equal(verdict_on("", cert_line(blob.key.blob)), "key.rsa-e-invalid");
	assert_int_equal(out.verdict, KA_VERDICT_REJECT);
	vetblob_ed25519(&blob, zeros);
	assert_string_equal(verdict_on("", cert_line(blob.key.blob)), "key.ed25519-low-order");
}

static void key__without_a_type__refused(void **state)
{
	struct ka_keyblob nothing;

	(void)state;
	memset(&nothing, 0, sizeof(nothing));
	ka_vet_key(&nothing, &policy, &when, &out);
	assert_int_equal(out.reasons[0], KA_REASON_KEY_TYPE_UNKNOWN);
	assert_int_equal(out.verdict, KA_VERDICT_REJECT);
}

/* no change of one bit turns a refused key into another key that is served */
static void mutation__every_bit_of_a_refused_key__never_crashes(void **state)
{
	static uint8_t bytes[3072];

	(void)state;
	vetblob_ed25519(&blob, zeros);
	memcpy(bytes, blob.key.blob.p, blob.key.blob.len);
	for (size_t bit = 0; bit < blob.key.blob.len * 8; bit++) {
		struct ka_keyblob key;

		bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
		if (ka_keyblob_parse((struct ka_span){ bytes, blob.key.blob.len }, ka_span_of(""), &key) == KA_REASON_NONE) {
			ka_vet_key(&key, &policy, &when, &out);
			/* y = 2^i of a point that happens to be good is another key; its verdict is its own */
			if (out.verdict == KA_VERDICT_ACCEPT)
				assert_memory_not_equal(key.pk.p, zeros, sizeof(zeros));
		}
		bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(line__of_every_plain_type__accepted, setup),
		cmocka_unit_test_setup(line__that_is_no_key__is_refused_whatever_the_policy_says, setup),
		cmocka_unit_test(keep__detail_of_the_deciding_reason__is_the_verdicts_own),
		cmocka_unit_test_setup(option__that_makes_it_no_line__is_named, setup),
		cmocka_unit_test_setup(type__dsa__refused_by_name, setup),
		cmocka_unit_test_setup(type__switched_off__refused_before_its_numbers, setup),
		cmocka_unit_test_setup(sk_application__outside_the_globs__refused, setup),
		cmocka_unit_test_setup(certificate__on_a_line__not_enabled, setup),
		cmocka_unit_test_setup(certificate__key_only__is_judged_by_its_subject_key, setup),
		cmocka_unit_test_setup(certificate__with_a_forgeable_ca__says_so, setup),
		cmocka_unit_test_setup(key__without_a_type__refused, setup),
		cmocka_unit_test_setup(mutation__every_bit_of_a_refused_key__never_crashes, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
