/* judge/judge: the pure rules first, then the arithmetic, of both keys of a certificate; silence is a refusal. */
#include "judge/judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "key/keyb64.h"
#include "tests/unit/lib/blocksample.h"
#include "tests/unit/lib/certvectors.h"
#include "tests/unit/lib/keysample.h"
#include "tests/unit/lib/rsavectors.h"
#include "tests/unit/lib/tmptree.h"
#include "tests/unit/lib/vetblob.h"

#include "base/poison.h"

static struct ka_judge judge;
static struct ka_vetpolicy policy;
static struct ka_vet_when when;
static struct ka_vet out;
static struct vetblob blob;

static int setup(void **state)
{
	ka_vetpolicy_default(&policy);
	policy.rsa_min_bits = 1024;
	ka_judge_open(NULL, &judge);
	judge.ask.deadline_ms = 60000;
	return rsavectors_setup(state);
}

static int teardown(void **state)
{
	ka_judge_close(&judge);
	return rsavectors_teardown(state);
}

static enum ka_reason first(void)
{
	return out.count > 0 ? out.reasons[0] : KA_REASON_NONE;
}

static void judge_n(const BIGNUM *n)
{
	static uint8_t bytes[KA_BLOB_MAX];
	static const uint8_t e[] = { 1, 0, 1 };

	vetblob_rsa(&blob, (struct ka_span){ e, sizeof(e) }, (struct ka_span){ bytes, (size_t)BN_bn2bin(n, bytes) });
	ka_judge_key(&judge, &blob.key, &policy, &when, &out);
}

static void key__vectors_of_good_size__have_the_reason_of_the_arithmetic(void **state)
{
	size_t bad = 0, good = 0;

	(void)state;
	for (size_t i = 0; i < rsavectors_count; i++) {
		int bits = BN_num_bits(rsavectors[i].n);

		if (bits < 1024 || bits > 4096 || bits % 8 != 0)
			continue;
		judge_n(rsavectors[i].n);
		if (out.verdict == KA_VERDICT_REJECT && (first() == KA_REASON_KEY_RSA_POLY || first() == KA_REASON_KEY_RSA_N_EVEN))
			continue;
		assert_int_equal(first(), rsavectors[i].reason);
		assert_int_equal(out.verdict, rsavectors[i].reason == KA_REASON_NONE ? KA_VERDICT_ACCEPT : KA_VERDICT_REJECT);
		bad += rsavectors[i].reason != KA_REASON_NONE;
		good += rsavectors[i].reason == KA_REASON_NONE;
	}
	assert_true(bad > 10 && good > 10);
}

static void key__small_factor__is_named(void **state)
{
	char text[128];
	unsigned long factor;
	struct ka_buf b;
	size_t i;

	(void)state;
	for (i = 0; i < rsavectors_count; i++)
		if (rsavectors[i].reason == KA_REASON_KEY_RSA_SMALL_FACTOR && BN_num_bits(rsavectors[i].n) == 2048)
			break;
	assert_true(i < rsavectors_count);
	judge_n(rsavectors[i].n);
	assert_int_equal(first(), KA_REASON_KEY_RSA_SMALL_FACTOR);
	ka_buf_init_array(&b, text);
	ka_vet_detail(&out, 0, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	assert_true(strncmp(text, "divisible by ", 13) == 0);
	factor = strtoul(text + 13, NULL, 10);
	assert_true(factor > 1 && BN_mod_word(rsavectors[i].n, factor) == 0);
}

static void key__point_beside_its_curve__is_refused_by_the_arithmetic_only(void **state)
{
	/* the base point of P-256, and the same with y + 1: FIPS 186-4 D.1.2.3 */
	static const char gx[] = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
			  beside[] = "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f6";

	(void)state;
	vetblob_ecdsa(&blob, 256, gx, beside);
	ka_vet_key(&blob.key, &policy, &when, &out);
	assert_int_not_equal(first(), KA_REASON_KEY_ECDSA_POINT_INVALID);
	policy.action[KA_REASON_KEY_ECDSA_TRIVIAL] = KA_ACTION_OFF;
	ka_judge_key(&judge, &blob.key, &policy, &when, &out);
	assert_int_equal(first(), KA_REASON_KEY_ECDSA_POINT_INVALID);
	ka_vetpolicy_default(&policy);
	policy.rsa_min_bits = 1024;
}

static void line__of_every_plain_type__accepted(void **state)
{
	static const char *const good[] = { "ed25519", "ecdsa256", "ecdsa384", "ecdsa521", "rsa2048", "rsa3072", "sk-ed25519", "sk-ecdsa256" };
	static struct ka_keysample sample;
	static struct ka_keyline line;
	static uint8_t storage[KA_BLOB_MAX];
	static char text[KA_LINE_MAX];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(good); i++) {
		struct ka_buf b;

		ka_keysample_find(good[i], &sample);
		ka_buf_init_array(&b, text);
		ka_buf_text(&b, sample.type);
		ka_buf_char(&b, ' ');
		ka_buf_span(&b, sample.base64);
		assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
		ka_keyline_parse(ka_buf_as_span(&b), storage, &line);
		ka_judge_line(&judge, &line, &policy, &when, &out);
		assert_int_equal(first(), KA_REASON_NONE);
		assert_int_equal(out.verdict, KA_VERDICT_ACCEPT);
	}
}

/* nobody there to ask: every key that needs it is refused, and no other */
static void key__nobody_to_ask__is_not_judged(void **state)
{
	static struct ka_judge alone;
	uint8_t pk[32];

	(void)state;
	ka_judge_open(NULL, &alone);
	alone.ask.program = "/nonexistent/authkeys-vet";
	vetblob_rsa(&blob, (struct ka_span){ (const uint8_t *)"\1\0\1", 3 }, vetblob_modulus(2048));
	ka_judge_key(&alone, &blob.key, &policy, &when, &out);
	assert_int_equal(first(), KA_REASON_KEY_NOT_JUDGED);
	assert_int_equal(out.verdict, KA_VERDICT_REJECT);
	vetblob_good_point(pk);
	vetblob_ed25519(&blob, pk);
	ka_judge_key(&alone, &blob.key, &policy, &when, &out);
	assert_int_equal(out.verdict, KA_VERDICT_ACCEPT);
	ka_judge_close(&alone);
}

static void key__refused_already__nobody_is_asked(void **state)
{
	static struct ka_judge alone;

	(void)state;
	ka_judge_open(NULL, &alone);
	alone.ask.program = "/nonexistent/authkeys-vet";
	vetblob_rsa(&blob, (struct ka_span){ (const uint8_t *)"\1", 1 }, vetblob_modulus(2048));
	ka_judge_key(&alone, &blob.key, &policy, &when, &out);
	assert_int_equal(first(), KA_REASON_KEY_RSA_E_INVALID);
	assert_false(alone.ask.is_broken);
	ka_judge_close(&alone);
}

static void line__listed_key__refused_and_nobody_is_asked(void **state)
{
	static struct ka_judge alone;
	static struct ka_conf conf;
	uint8_t pk[32];

	assert_int_equal(tmptree_make(state), 0);
	vetblob_rsa(&blob, (struct ka_span){ (const uint8_t *)"\1\0\1", 3 }, vetblob_modulus(2048));
	ka_conf_default(&conf);
	conf.blocklist = blocksample_listing("list", &blob.key, 7);
	ka_judge_open(&conf, &alone);
	alone.ask.program = "/nonexistent/authkeys-vet";
	ka_judge_key(&alone, &blob.key, &policy, &when, &out);
	assert_int_equal(first(), KA_REASON_KEY_KNOWN_COMPROMISED);
	assert_string_equal(out.details[0], "id7");
	assert_false(alone.ask.is_broken);
	vetblob_good_point(pk);
	vetblob_ed25519(&blob, pk);
	ka_judge_key(&alone, &blob.key, &policy, &when, &out);
	assert_int_equal(out.verdict, KA_VERDICT_ACCEPT);
	ka_judge_close(&alone);
	assert_int_equal(tmptree_remove(state), 0);
}

static void key__product_of_shared_primes__asked_by_the_program(void **state)
{
	static struct ka_judge alone;
	static struct ka_conf conf;
	static uint8_t bytes[KA_BLOB_MAX];
	const BIGNUM *n = NULL;

	for (size_t i = 0; i < rsavectors_count && n == NULL; i++)
		if (rsavectors[i].reason == KA_REASON_NONE)
			n = rsavectors[i].n;
	assert_non_null(n);
	assert_int_equal(tmptree_make(state), 0);
	ka_conf_default(&conf);
	conf.shared_primes = blocksample_write("primes", bytes, (size_t)BN_bn2bin(n, bytes));
	ka_judge_open(&conf, &alone);
	alone.ask.deadline_ms = 60000;
	judge_n(n);
	assert_int_equal(first(), KA_REASON_NONE);
	ka_judge_key(&alone, &blob.key, &policy, &when, &out);
	assert_int_equal(first(), KA_REASON_KEY_RSA_SHARED_PRIME);
	ka_judge_close(&alone);
	/* which cannot be had: nobody knows */
	conf.shared_primes = "/nonexistent/primes";
	ka_judge_open(&conf, &alone);
	ka_judge_key(&alone, &blob.key, &policy, &when, &out);
	assert_int_equal(first(), KA_REASON_KEY_NOT_JUDGED);
	ka_judge_close(&alone);
	assert_int_equal(tmptree_remove(state), 0);
}

static void key__required_list_is_missing__refused(void **state)
{
	static struct ka_judge alone;
	static struct ka_conf conf;
	uint8_t pk[32];

	(void)state;
	ka_conf_default(&conf);
	conf.blocklist = "/nonexistent/list";
	vetblob_good_point(pk);
	vetblob_ed25519(&blob, pk);
	ka_judge_open(&conf, &alone);
	ka_judge_key(&alone, &blob.key, &policy, &when, &out);
	assert_int_equal(out.verdict, KA_VERDICT_WARN);
	assert_int_equal(first(), KA_REASON_DATA_MISSING);
	ka_judge_close(&alone);
	conf.blocklist_required = true;
	ka_judge_open(&conf, &alone);
	ka_judge_key(&alone, &blob.key, &policy, &when, &out);
	assert_int_equal(out.verdict, KA_VERDICT_REJECT);
	assert_string_equal(out.details[0], "/nonexistent/list");
	ka_judge_close(&alone);
}

static char program[128];

/* a judge with nobody to ask, and a place for answers to remember */
static void open_forgetful(struct ka_judge *j)
{
	ka_judge_open(NULL, j);
	j->ask.program = "/nonexistent/authkeys-vet";
	j->recall.program = program;
}

static void judge_with(struct ka_judge *j)
{
	ka_judge_key(j, &blob.key, &policy, &when, &out);
	ka_judge_close(j);
}

/* what was said of a key, as if authkeys-vet had */
static void remember(const struct ka_keyblob *key, struct ka_vetanswer a)
{
	static char plain[KA_BLOB_MAX];
	struct ka_recall r = { .dir = tmptree, .program = program, .fermat_rounds = KA_VET_FERMAT_ROUNDS, .may_keep = true };
	struct ka_vetanswer got;
	struct ka_buf b;

	ka_buf_init_array(&b, plain);
	ka_keyblob_plain(key, &b);
	ka_recall_answer(&r, ka_buf_as_span(&b), &got);
	ka_recall_keep(&r, &a);
}

static void key__answer_is_kept__counts_where_answers_are_remembered(void **state)
{
	static struct ka_judge j;

	(void)state;
	assert_int_equal(tmptree_make(NULL), 0);
	tmptree_write("program", "");
	assert_true(snprintf(program, sizeof(program), "%s/program", tmptree) > 0);
	vetblob_rsa(&blob, (struct ka_span){ (const uint8_t *)"\1\0\1", 3 }, vetblob_modulus(2048));
	remember(&blob.key, (struct ka_vetanswer){ .word = KA_VETANSWER_OK });
	open_forgetful(&j);
	judge_with(&j);
	assert_int_equal(first(), KA_REASON_KEY_NOT_JUDGED);
	open_forgetful(&j);
	ka_judge_remember(&j, tmptree, false);
	judge_with(&j);
	assert_int_equal(out.verdict, KA_VERDICT_ACCEPT);
	assert_false(j.ask.is_broken);
	remember(&blob.key, (struct ka_vetanswer){ .word = KA_VETANSWER_BAD, .reason = KA_REASON_KEY_RSA_ROCA });
	open_forgetful(&j);
	ka_judge_remember(&j, tmptree, false);
	judge_with(&j);
	assert_int_equal(first(), KA_REASON_KEY_RSA_ROCA);
	/* another question is asked, and silence is not kept */
	for (int i = 0; i < 2; i++) {
		open_forgetful(&j);
		j.recall.fermat_rounds++;
		ka_judge_remember(&j, tmptree, true);
		judge_with(&j);
		assert_int_equal(first(), KA_REASON_KEY_NOT_JUDGED);
	}
	assert_int_equal(tmptree_remove(NULL), 0);
}

/* one whose signature nobody could look at: of the key in it nothing is said, though it would be known */
static void line__certificate_of_a_stranger__its_key_is_no_question(void **state)
{
	const struct ka_span any = { NULL, 0 };
	struct ka_vet_when then = { .now_sec = CERTVECTORS_NOW };
	static struct ka_keyline line;
	static struct ka_judge j;
	struct ka_keyblob signed_by, ca;

	assert_int_equal(certvectors_setup(state), 0);
	assert_int_equal(tmptree_make(NULL), 0);
	tmptree_write("program", "");
	assert_true(snprintf(program, sizeof(program), "%s/program", tmptree) > 0);
	memset(&line, 0, sizeof(line));
	assert_int_equal(ka_keyblob_parse(certvectors_find("an RSA key"), any, &line.key), KA_REASON_NONE);
	assert_int_equal(ka_keyblob_parse(certvectors_find("RSA with SHA-512"), any, &signed_by), KA_REASON_NONE);
	assert_int_equal(ka_keyblob_parse(signed_by.cert.ca, any, &ca), KA_REASON_NONE);
	line.key.cert.ca = signed_by.cert.ca;
	line.key.cert.signature = signed_by.cert.signature;
	remember(&ca, (struct ka_vetanswer){ .word = KA_VETANSWER_OK });
	remember(&line.key, (struct ka_vetanswer){ .word = KA_VETANSWER_BAD, .reason = KA_REASON_KEY_RSA_ROCA });
	policy.certificates = true;
	open_forgetful(&j);
	ka_judge_remember(&j, tmptree, true);
	ka_judge_line(&j, &line, &policy, &then, &out);
	ka_judge_close(&j);
	policy.certificates = false;
	assert_int_equal(first(), KA_REASON_KEY_NOT_JUDGED);
	assert_int_equal(tmptree_remove(NULL), 0);
	assert_int_equal(certvectors_teardown(state), 0);
}

static void key__answer_of_the_program__is_kept_where_it_may_be(void **state)
{
	static struct ka_judge j;

	(void)state;
	assert_int_equal(tmptree_make(NULL), 0);
	tmptree_write("program", "");
	assert_true(snprintf(program, sizeof(program), "%s/program", tmptree) > 0);
	vetblob_rsa(&blob, (struct ka_span){ (const uint8_t *)"\1\0\1", 3 }, vetblob_modulus(2048));
	for (int may_keep = 0; may_keep < 2; may_keep++) {
		enum ka_reason said;

		ka_judge_open(NULL, &j);
		j.ask.deadline_ms = 60000;
		j.recall.program = program;
		ka_judge_remember(&j, tmptree, may_keep == 1);
		judge_with(&j);
		said = first();
		assert_int_not_equal(said, KA_REASON_KEY_NOT_JUDGED);
		open_forgetful(&j);
		ka_judge_remember(&j, tmptree, true);
		judge_with(&j);
		assert_int_equal(first(), may_keep == 1 ? said : KA_REASON_KEY_NOT_JUDGED);
	}
	assert_int_equal(tmptree_remove(NULL), 0);
}

#define MIXED "9599999999999999999999999999999999999999999999999999999999999999" /* B + (0,-1), of order 2L */
#define SMALL "0000000000000000000000000000000000000000000000000000000000000000" /* of order 4 */

/* as if the arithmetic had once had nothing to say about it */
static void remember_point(const char *hex)
{
	struct ka_recall r = { .dir = tmptree, .may_keep = true };

	vetblob_ed25519_hex(&blob, hex);
	assert_false(ka_recall_point(&r, blob.key.blob, when.ed25519));
	ka_recall_keep(&r, &(const struct ka_vetanswer){ .word = KA_VETANSWER_OK, .reason = KA_REASON_NONE });
}

/* that key as a line that a source listed, by a judge that remembers below tmptree; without a self-test all is computed twice */
static enum ka_reason judge_point(const char *hex)
{
	static struct ka_judge j;
	struct ka_keyline line = { .reason = KA_REASON_NONE };

	vetblob_ed25519_hex(&blob, hex);
	line.key = blob.key;
	memset(&j, 0xa5, sizeof(j)); /* what is not opened is not looked at */
	ka_judge_open(NULL, &j);
	ka_judge_remember(&j, tmptree, true);
	ka_judge_line(&j, &line, &policy, &when, &out);
	ka_judge_close(&j);
	return first();
}

static bool is_remembered(const char *hex)
{
	struct ka_recall r = { .dir = tmptree };

	vetblob_ed25519_hex(&blob, hex);
	return ka_recall_point(&r, blob.key.blob, when.ed25519);
}

static void line__point__computed_once(void **state)
{
	char good[65];
	uint8_t pk[32];

	assert_int_equal(tmptree_make(state), 0);
	vetblob_good_point(pk);
	ka_text_hex(pk, sizeof(pk), good, sizeof(good));
	assert_int_equal(judge_point(good), KA_REASON_NONE);
	assert_true(out.has_good_point && is_remembered(good));
	assert_int_equal(judge_point(good), KA_REASON_NONE);
	assert_false(out.has_good_point);
	when.ed25519 = KA_VET_ED25519_BROKEN; /* whatever is remembered */
	remember_point(good);
	assert_int_equal(judge_point(good), KA_REASON_INTERNAL_CRYPTO_SELFTEST);
	when.ed25519 = KA_VET_ED25519_CROSSCHECK;
	assert_int_equal(tmptree_remove(state), 0);
}

static void line__bad_point__never_remembered(void **state)
{
	assert_int_equal(tmptree_make(state), 0);
	assert_int_equal(judge_point(MIXED), KA_REASON_KEY_ED25519_MIXED_ORDER);
	assert_true(!out.has_good_point && !is_remembered(MIXED));
	assert_int_equal(tmptree_remove(state), 0);
}

/* the table is the command's own to write: what it says is believed of the group, and of nothing that anybody could sign with */
static void line__point_remembered_by_a_liar__no_key_for_everybody(void **state)
{
	assert_int_equal(tmptree_make(state), 0);
	remember_point(MIXED);
	assert_int_equal(judge_point(MIXED), KA_REASON_NONE);
	remember_point(SMALL);
	assert_int_equal(judge_point(SMALL), KA_REASON_KEY_ED25519_LOW_ORDER);
	assert_int_equal(tmptree_remove(state), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(key__vectors_of_good_size__have_the_reason_of_the_arithmetic),
		cmocka_unit_test(key__small_factor__is_named),
		cmocka_unit_test(key__point_beside_its_curve__is_refused_by_the_arithmetic_only),
		cmocka_unit_test(line__of_every_plain_type__accepted),
		cmocka_unit_test(key__nobody_to_ask__is_not_judged),
		cmocka_unit_test(key__refused_already__nobody_is_asked),
		cmocka_unit_test(line__listed_key__refused_and_nobody_is_asked),
		cmocka_unit_test(key__product_of_shared_primes__asked_by_the_program),
		cmocka_unit_test(key__required_list_is_missing__refused),
		cmocka_unit_test(key__answer_is_kept__counts_where_answers_are_remembered),
		cmocka_unit_test(line__certificate_of_a_stranger__its_key_is_no_question),
		cmocka_unit_test(key__answer_of_the_program__is_kept_where_it_may_be),
		cmocka_unit_test(line__point__computed_once),
		cmocka_unit_test(line__bad_point__never_remembered),
		cmocka_unit_test(line__point_remembered_by_a_liar__no_key_for_everybody),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
