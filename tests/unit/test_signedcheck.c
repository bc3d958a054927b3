/*
 * store/signedcheck over the documents of tests/cases/signed: each refusal beside its nearest accepted neighbour, every
 * damage of one byte, and what cannot be a file: memory, points, libraries.
 */
#include "store/signedcheck.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/sshsig.h"
#include "tests/unit/lib/signedsample.h"

#include "base/poison.h"

static bool seen[KA_REASON_COUNT];

static void take_case(const struct signedsample *s)
{
	const char *got = signedsample_answer(s, signedsample_span(s));
	size_t id = strcspn(got, " ");

	if (strcmp(got, s->expected) != 0)
		fail_msg("%s: got \"%s\", expected \"%s\"", s->name, got, s->expected);
	seen[ka_reason_find(got, id)] = true;
}

static void cases__every_folder__answered_as_written(void **state)
{
	(void)state;
	assert_true(signedsample_each(take_case) > 100);
}

/* the reasons that a signed document can be refused for, all of which the folders give */
static void cases__each_refusal__has_a_folder(void **state)
{
	static const enum ka_reason all[] = {
		KA_REASON_STORE_BAD_ANSWER, KA_REASON_STORE_SIGNATURE_MISSING, KA_REASON_STORE_SIGNATURE_BAD,
		KA_REASON_STORE_SIGNER_UNKNOWN, KA_REASON_STORE_THRESHOLD, KA_REASON_STORE_WRONG_USER,
		KA_REASON_STORE_WRONG_HOST, KA_REASON_STORE_NOT_YET_VALID, KA_REASON_STORE_EXPIRED,
		KA_REASON_STORE_SERIAL_LOWER, KA_REASON_STORE_SERIAL_REUSED, KA_REASON_CONF_INVALID,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!seen[all[i]])
			fail_msg("no folder gives %s", ka_reason_id(all[i]));
}

/* a copy in memory of exactly its size, so that reading beyond it is seen */
struct damaged {
	const struct signedsample *s;
	struct ka_span text; /* of the whole one */
	uint8_t *bytes;
	size_t accepted, refused;
};

/* accepted only with the text that was signed */
static void judge_damaged(struct damaged *d, size_t len)
{
	uint8_t *exact = malloc(len > 0 ? len : 1);
	struct ka_span bytes = { exact, len };

	assert_non_null(exact);
	memcpy(exact, d->bytes, len);
	if (signedsample_judge(d->s, bytes) == KA_REASON_NONE) {
		assert_true(ka_span_equal(signedsample_doc.text, d->text));
		assert_true(signedsample_out.verified > 0);
		d->accepted++;
	} else {
		d->refused++;
	}
	free(exact);
}

static void damage_everywhere(const char *name, struct damaged *d)
{
	static const uint8_t put[] = { '\0', '\n', '\r', ' ', '#', '=', 'A', 0x80, 0xff };
	struct signedsample s;
	size_t n;

	signedsample_load(name, &s);
	assert_int_equal(signedsample_judge(&s, signedsample_span(&s)), KA_REASON_NONE);
	n = s.document_len;
	*d = (struct damaged){ .s = &s, .bytes = malloc(n + 1) };
	d->text = ka_span_sub(signedsample_span(&s), 0, signedsample_doc.text.len);
	assert_non_null(d->bytes);
	for (size_t i = 0; i < n; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			memcpy(d->bytes, s.document, n);
			d->bytes[i] ^= (uint8_t)(1u << bit);
			judge_damaged(d, n);
		}
		for (size_t k = 0; k < sizeof(put); k++) {
			memcpy(d->bytes, s.document, i);
			d->bytes[i] = put[k];
			memcpy(d->bytes + i + 1, s.document + i, n - i);
			judge_damaged(d, n + 1);
		}
		memcpy(d->bytes, s.document, i);
		memcpy(d->bytes + i, s.document + i + 1, n - i - 1);
		judge_damaged(d, n - 1);
		memcpy(d->bytes, s.document, n);
		judge_damaged(d, i);
	}
	free(d->bytes);
	signedsample_free(&s);
}

static void document__any_byte_changed__never_another_text(void **state)
{
	static const char *const names[] = { "good", "good-sk", "good-two-of-two", "good-list" };
	struct damaged d;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		damage_everywhere(names[i], &d);
		assert_true(d.refused > 2000);
		/* what may change: white space and line breaks around and in the base64 */
		assert_true(d.accepted < d.refused / 10);
	}
}

/* the rest needs facts that no file has */
static struct signedsample good;
static uint8_t storage[KA_SSHSIG_MAX];

static int load_good(void **state)
{
	(void)state;
	signedsample_load("good", &good);
	return signedsample_judge(&good, signedsample_span(&good)) == KA_REASON_NONE ? 0 : -1;
}

static int free_good(void **state)
{
	(void)state;
	signedsample_free(&good);
	return 0;
}

static struct ka_signedcheck_in ask_good(void)
{
	return (struct ka_signedcheck_in){
		.signers = &signedsample_signers, .threshold = 1, .user = "alice", .host_id = "web1", .now = good.now,
		.ed25519 = KA_VET_ED25519_SOUND, .storage = storage, .storage_size = sizeof(storage),
	};
}

static enum ka_reason check(const struct ka_signedcheck_in *in)
{
	ka_signedcheck(&signedsample_doc, in, &signedsample_out);
	return signedsample_out.reason;
}

static void check__without_memory_to_ask__serial_not_judged(void **state)
{
	struct ka_signedcheck_in in = ask_good();

	(void)state;
	assert_int_equal(check(&in), KA_REASON_NONE);
	assert_int_equal(signedsample_out.verified, 1);
	assert_int_equal(signedsample_out.by[0].signer->line, 1);
	assert_int_equal(signedsample_out.ignored, 0);
}

static void check__threshold_zero__is_one(void **state)
{
	struct ka_signedcheck_in in = ask_good();

	(void)state;
	in.threshold = 0;
	assert_int_equal(check(&in), KA_REASON_NONE);
	signedsample_signers.count = 0;
	assert_int_equal(check(&in), KA_REASON_CONF_INVALID);
}

static void check__nobody_asked_for__wrong_user(void **state)
{
	struct ka_signedcheck_in in = ask_good();

	(void)state;
	in.user = NULL;
	assert_int_equal(check(&in), KA_REASON_STORE_WRONG_USER);
	in.user = "";
	assert_int_equal(check(&in), KA_REASON_STORE_WRONG_USER);
	in.user = "alice";
	assert_int_equal(check(&in), KA_REASON_NONE);
}

static void check__host_without_a_name__wrong_host(void **state)
{
	struct ka_signedcheck_in in = ask_good();

	(void)state;
	in.host_id = "";
	assert_int_equal(check(&in), KA_REASON_STORE_WRONG_HOST);
}

static void check__storage_too_small__signature_bad(void **state)
{
	struct ka_signedcheck_in in = ask_good();

	(void)state;
	in.storage_size = 177; /* a block of one Ed25519 signer has 178 bytes */
	assert_int_equal(check(&in), KA_REASON_STORE_SIGNATURE_BAD);
	in.storage_size = 178;
	assert_int_equal(check(&in), KA_REASON_NONE);
}

static void check__library_known_broken__nothing_verified(void **state)
{
	struct ka_signedcheck_in in = ask_good();

	(void)state;
	in.ed25519 = KA_VET_ED25519_BROKEN;
	assert_int_equal(check(&in), KA_REASON_INTERNAL_CRYPTO_SELFTEST);
	assert_int_equal(signedsample_out.verified, 0);
	in.ed25519 = KA_VET_ED25519_CROSSCHECK;
	assert_int_equal(check(&in), KA_REASON_NONE);
	in.ed25519 = KA_VET_ED25519_UNPROVEN;
	assert_int_equal(check(&in), KA_REASON_NONE);
}

/* the key outside the prime-order group is looked at when the text is new, not when the memory knows it */
static void check__signers_point_of_mixed_order__refused_unless_remembered(void **state)
{
	static uint8_t mixed[32] = { 0x95 }; /* B + (0,-1), order 2L */
	struct ka_signedcheck_in in = ask_good();
	struct ka_serial_memory memory = { .known = true, .serial = 42 };
	struct ka_sshsig_text text;

	(void)state;
	memset(mixed + 1, 0x99, 31);
	signedsample_signers.list[0].pk = (struct ka_span){ mixed, 32 };
	assert_int_equal(check(&in), KA_REASON_CONF_INVALID);
	ka_sshsig_text(signedsample_doc.text, &text);
	memcpy(memory.sha512, text.sha512, sizeof(memory.sha512));
	in.memory = &memory;
	assert_int_equal(check(&in), KA_REASON_NONE);
	memory.serial = 41;
	assert_int_equal(check(&in), KA_REASON_CONF_INVALID);
}

static void serial__against_memory__ratchet(void **state)
{
	static const uint8_t text[64] = { 1 }, other[64] = { 2 };
	struct ka_serial_memory m = { .known = true, .serial = 7, .sha512 = { 1 } };

	(void)state;
	assert_int_equal(ka_signedcheck_serial(&m, 8, other), KA_REASON_NONE);
	assert_int_equal(ka_signedcheck_serial(&m, 7, text), KA_REASON_NONE);
	assert_int_equal(ka_signedcheck_serial(&m, 7, other), KA_REASON_STORE_SERIAL_REUSED);
	assert_int_equal(ka_signedcheck_serial(&m, 6, text), KA_REASON_STORE_SERIAL_LOWER);
	m.known = false;
	assert_int_equal(ka_signedcheck_serial(&m, 1, other), KA_REASON_NONE);
	assert_int_equal(ka_signedcheck_serial(NULL, 1, other), KA_REASON_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cases__every_folder__answered_as_written),
		cmocka_unit_test(cases__each_refusal__has_a_folder),
		cmocka_unit_test(document__any_byte_changed__never_another_text),
		cmocka_unit_test_setup_teardown(check__without_memory_to_ask__serial_not_judged, load_good, free_good),
		cmocka_unit_test_setup_teardown(check__threshold_zero__is_one, load_good, free_good),
		cmocka_unit_test_setup_teardown(check__nobody_asked_for__wrong_user, load_good, free_good),
		cmocka_unit_test_setup_teardown(check__host_without_a_name__wrong_host, load_good, free_good),
		cmocka_unit_test_setup_teardown(check__storage_too_small__signature_bad, load_good, free_good),
		cmocka_unit_test_setup_teardown(check__library_known_broken__nothing_verified, load_good, free_good),
		cmocka_unit_test_setup_teardown(check__signers_point_of_mixed_order__refused_unless_remembered, load_good, free_good),
		cmocka_unit_test(serial__against_memory__ratchet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
