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
#include "tests/unit/lib/keysample.h"
#include "tests/unit/lib/rsavectors.h"

#include "base/poison.h"

#define ROOM (1 << 20)

static char question[ROOM], *answers;
static size_t asked;

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

/* what is said, without the steps; ends the question */
static enum ka_err said(const char *want)
{
	int in = memfd_create("in", MFD_CLOEXEC), out = memfd_create("out", MFD_CLOEXEC);
	size_t len, kept = 0;
	enum ka_err err;

	assert_int_equal(ka_fd_write_all(in, question, asked), KA_ERR_OK);
	assert_int_equal(lseek(in, 0, SEEK_SET), 0);
	asked = 0;
	err = ka_gcdlines_run(in, out);
	assert_int_equal(lseek(out, 0, SEEK_SET), 0);
	free(answers);
	assert_int_equal(ka_fd_slurp(out, ROOM, &answers, &len), KA_ERR_OK);
	close(in);
	close(out);
	for (char *line = answers, *end; line < answers + len; line = end + 1) {
		end = strchr(line, '\n');
		assert_non_null(end);
		if (strncmp(line, "step ", 5) == 0)
			continue;
		memmove(answers + kept, line, (size_t)(end - line) + 1);
		kept += (size_t)(end - line) + 1;
	}
	answers[kept] = '\0';
	assert_string_equal(answers, want);
	return err;
}

static void run__shared_primes__name_each_other(void **state)
{
	(void)state;
	ask_product(1000003, 1000033);
	ask_product(1000037, 1000039);
	ask_product(1000081, 1000003);
	ask_product(1000099, 1000117);
	assert_int_equal(said("shared 3\nalone\nshared 1\nalone\n"), KA_ERR_OK);
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
	assert_int_equal(said("unjudged\nalone\nunjudged\nunjudged\nunjudged\nunjudged\n"), KA_ERR_OK);
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
	};

	return cmocka_run_group_tests(tests, rsavectors_setup, end);
}
