/* authkeys-cmd/vet/gcdlines: an answer for every line, in their order, when all have come. */
#include "authkeys-cmd/vet/gcdlines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "base/limits.h"
#include "key/keyb64.h"
#include "tests/unit/lib/keysample.h"
#include "tests/unit/lib/rsavectors.h"
#include "verdict/sharedanswer.h"

#include "base/poison.h"

#define ROOM (1 << 20)

static char question[ROOM], *answers;
static size_t asked;
static unsigned steps; /* that were told */

static void ask(const char *line)
{
	size_t n = strlen(line);

	assert_true(asked + n + 1 < ROOM);
	memcpy(question + asked, line, n);
	asked += n;
	question[asked++] = '\n';
}

/* p q in base64 of its blob; odd numbers serve as primes here */
static void ask_product(BN_ULONG p, BN_ULONG q)
{
	BIGNUM *a = BN_new(), *b = BN_new();

	assert_true(BN_set_word(a, p) && BN_set_word(b, q));
	assert_true(BN_mul(a, a, b, rsavectors_ctx));
	ask(rsavectors_blob(a));
	BN_free(a);
	BN_free(b);
}

/* what is asked so far goes to @in */
static void put(int in)
{
	assert_int_equal(ka_fd_write_all(in, question, asked), KA_ERR_OK);
	asked = 0;
}

/* one step after the other, of as many as there are */
static void take_step(const char *line, size_t len)
{
	struct ka_sharedanswer s;

	assert_true(ka_sharedanswer_parse((struct ka_span){ (const uint8_t *)line, len }, &s));
	assert_int_equal(s.a, ++steps);
	assert_true(s.a <= s.b);
}

/* what is said of the lines in @in, without the steps; @in is closed */
static enum ka_err hear(int in)
{
	int out = memfd_create("out", MFD_CLOEXEC);
	size_t len, kept = 0;
	enum ka_err err;

	steps = 0;
	assert_int_equal(lseek(in, 0, SEEK_SET), 0);
	err = ka_gcdlines_run(in, out);
	assert_int_equal(lseek(out, 0, SEEK_SET), 0);
	free(answers);
	assert_int_equal(ka_fd_slurp(out, 16 * ROOM, &answers, &len), KA_ERR_OK);
	close(in);
	close(out);
	for (char *line = answers, *end; line < answers + len; line = end + 1) {
		end = strchr(line, '\n');
		assert_non_null(end);
		if (strncmp(line, "step ", 5) == 0) {
			take_step(line, (size_t)(end - line));
			continue;
		}
		memmove(answers + kept, line, (size_t)(end - line) + 1);
		kept += (size_t)(end - line) + 1;
	}
	answers[kept] = '\0';
	return err;
}

/* the same of what is asked so far, which ends the question */
static enum ka_err said(const char *want)
{
	int in = memfd_create("in", MFD_CLOEXEC);
	enum ka_err err;

	put(in);
	err = hear(in);
	assert_string_equal(answers, want);
	return err;
}

/* the answer to a line, from 1; borrowed until the next one */
static const char *answer_to(size_t line)
{
	static char text[64];
	const char *at = answers;

	while (--line > 0)
		at = strchr(at, '\n') + 1;
	assert_true(ka_span_copy((struct ka_span){ (const uint8_t *)at, strcspn(at, "\n") }, text, sizeof(text)));
	return text;
}

static void run__shared_primes__name_each_other(void **state)
{
	(void)state;
	ask_product(1000003, 1000033);
	ask_product(1000037, 1000039);
	ask_product(1000081, 1000003);
	ask_product(1000099, 1000117);
	assert_int_equal(said("shared 3\nalone\nshared 1\nalone\n"), KA_ERR_OK);
	assert_true(steps > 0);
}

static void run__other_keys_and_no_keys__are_unjudged(void **state)
{
	static struct ka_keysample sample;

	(void)state;
	ka_keysample_find("ed25519", &sample);
	ask("");
	ask_product(1000003, 1000033);
	ask("AAAA");
	assert_true(sample.base64.len < 1000);
	question[asked + sample.base64.len] = '\n';
	memcpy(question + asked, sample.base64.p, sample.base64.len);
	asked += sample.base64.len + 1;
	ask_product(1000003, 2); /* even */
	ask("not base64");
	ka_keysample_find("rsa2048-cert", &sample);
	memcpy(question + asked, sample.base64.p, sample.base64.len);
	asked += sample.base64.len;
	question[asked++] = '\n';
	ask_product(3, 5); /* of one byte */
	assert_int_equal(said("unjudged\nalone\nunjudged\nunjudged\nunjudged\nunjudged\nunjudged\nunjudged\n"), KA_ERR_OK);
}

/* a byte more than the largest, beside the largest */
static void run__too_long_a_modulus__is_unjudged(void **state)
{
	static char blob[KA_RSA_BITS_HARD_MAX / 8 + 64], text[KA_LINE_MAX];

	(void)state;
	for (uint32_t extra = 0; extra < 2; extra++) {
		struct ka_buf b, out;

		ka_buf_init_array(&b, blob);
		ka_buf_put(&b, "\0\0\0\7ssh-rsa\0\0\0\3\1\0\1", 18);
		ka_buf_be32(&b, KA_RSA_BITS_HARD_MAX / 8 + extra);
		for (size_t i = 0; i < KA_RSA_BITS_HARD_MAX / 8 + extra; i++)
			ka_buf_char(&b, 0x41);
		ka_buf_init_array(&out, text);
		ka_keyb64_encode(&out, ka_buf_as_span(&b));
		assert_false(b.overflow || out.overflow);
		ask(text);
	}
	assert_int_equal(said("alone\nunjudged\n"), KA_ERR_OK);
}

/* the same modulus again shares all of it, also when it stands there three times and shares a prime besides */
static void run__same_modulus__names_the_first(void **state)
{
	(void)state;
	ask_product(1000003, 1000033);
	ask_product(1000099, 1000003);
	ask_product(1000003, 1000033);
	ask_product(1000003, 1000033);
	assert_int_equal(said("shared 3\nshared 1\nshared 1\nshared 1\n"), KA_ERR_OK);
}

static void run__nothing__says_nothing(void **state)
{
	(void)state;
	assert_int_equal(said(""), KA_ERR_OK);
}

static void run__no_end_of_line__is_no_question(void **state)
{
	(void)state;
	ask_product(1000003, 1000033);
	asked--;
	assert_int_equal(said(""), KA_ERR_SYNTAX);
	memset(question, 'A', KA_VET_LINE_MAX + 1);
	asked = KA_VET_LINE_MAX + 1;
	assert_int_equal(said(""), KA_ERR_LIMIT);
}

/* more lines than fit into one block of answers */
static void run__many_lines__all_answered(void **state)
{
	static char want[ROOM];

	(void)state;
	want[0] = '\0';
	for (size_t i = 0; i < 10000; i++) {
		ask("x");
		memcpy(want + 9 * i, "unjudged\n", 10);
	}
	assert_int_equal(said(want), KA_ERR_OK);
}

/* more keys than there is room for at first, in more than one block of text; the first and the last share */
static void run__many_keys__all_compared(void **state)
{
	static const BN_ULONG count = 2100;
	int in = memfd_create("in", MFD_CLOEXEC);

	(void)state;
	ask_product(10000019, 10000079);
	for (BN_ULONG i = 0; i + 2 < count; i++)
		ask_product(1UL << 32 | (2 * i + 1), 1); /* some of them share; nobody with those two */
	ask_product(10000019, 10000103);
	assert_true(asked > KA_VET_LINE_MAX);
	put(in);
	assert_int_equal(hear(in), KA_ERR_OK);
	assert_null(strstr(answers, "unjudged"));
	assert_string_equal(answer_to(1), "shared 2100");
	assert_string_equal(answer_to(count), "shared 1");
}

/* the bound of all moduli together, met by one of them again and again */
static void run__more_bits_than_are_compared__the_rest_is_unjudged(void **state)
{
	const size_t most = KA_GCD_BITS_MAX / KA_RSA_BITS_HARD_MAX;
	int in = memfd_create("in", MFD_CLOEXEC);
	BIGNUM *n = BN_new();

	(void)state;
	assert_true(BN_set_bit(n, KA_RSA_BITS_HARD_MAX - 1) && BN_set_bit(n, 0));
	for (size_t i = 0; i < most + 1; i++) {
		ask(rsavectors_blob(n));
		if (asked > ROOM / 2)
			put(in);
	}
	put(in);
	assert_int_equal(hear(in), KA_ERR_OK);
	assert_string_equal(answer_to(1), "shared 2");
	assert_string_equal(answer_to(most), "shared 1");
	assert_string_equal(answer_to(most + 1), "unjudged");
	BN_free(n);
}

/* the second key shares with the last line that is looked at, the first one with the next */
static void run__more_lines_than_are_compared__the_rest_is_unjudged(void **state)
{
	int in = memfd_create("in", MFD_CLOEXEC);

	(void)state;
	ask_product(1000003, 1000033);
	ask_product(1000037, 1000039);
	put(in);
	for (size_t left = KA_GCD_LINES_MAX - 3, n; left > 0; left -= n) {
		n = left < ROOM ? left : ROOM;
		memset(question, '\n', n);
		asked = n;
		put(in);
	}
	ask_product(1000037, 1000081);
	ask_product(1000003, 1000099);
	ask_product(1000003, 1000117);
	put(in);
	assert_int_equal(hear(in), KA_ERR_OK);
	assert_string_equal(answer_to(1), "alone");
	assert_string_equal(answer_to(2), "shared 1048576");
	assert_string_equal(answer_to(KA_GCD_LINES_MAX), "shared 2");
	assert_string_equal(answer_to(KA_GCD_LINES_MAX + 1), "unjudged");
	assert_string_equal(answer_to(KA_GCD_LINES_MAX + 2), "unjudged");
}

static void run__nothing_to_read_from__is_a_fault(void **state)
{
	int out = memfd_create("out", MFD_CLOEXEC);

	(void)state;
	assert_int_equal(ka_gcdlines_run(-1, out), KA_ERR_SYS);
	assert_int_equal(lseek(out, 0, SEEK_CUR), 0);
	close(out);
}

static int end(void **state)
{
	free(answers);
	return rsavectors_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(run__shared_primes__name_each_other),
		cmocka_unit_test(run__other_keys_and_no_keys__are_unjudged),
		cmocka_unit_test(run__same_modulus__names_the_first),
		cmocka_unit_test(run__nothing__says_nothing),
		cmocka_unit_test(run__no_end_of_line__is_no_question),
		cmocka_unit_test(run__many_lines__all_answered),
		cmocka_unit_test(run__too_long_a_modulus__is_unjudged),
		cmocka_unit_test(run__many_keys__all_compared),
		cmocka_unit_test(run__more_bits_than_are_compared__the_rest_is_unjudged),
		cmocka_unit_test(run__more_lines_than_are_compared__the_rest_is_unjudged),
		cmocka_unit_test(run__nothing_to_read_from__is_a_fault),
	};

	return cmocka_run_group_tests(tests, rsavectors_setup, end);
}
