/* judge/recall: what was said is said again for the same question only, and kept only for who may keep it. */
#include "judge/recall.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/tmptree.h"
#include "tests/unit/lib/verdictsample.h"
#include "verdict/verdicts.h"

#include "base/poison.h"

static char program[128], table[128];
static const struct ka_vetanswer ok = { .word = KA_VETANSWER_OK }, bad = { .word = KA_VETANSWER_BAD, .reason = KA_REASON_KEY_RSA_ROCA };

static int make_dir(void **state)
{
	if (tmptree_make(state) != 0)
		return -1;
	tmptree_write("program", "of a size");
	return snprintf(program, sizeof(program), "%s/program", tmptree) > 0 &&
	       snprintf(table, sizeof(table), "%s/" KA_VERDICTS_TABLE, tmptree) > 0 ? 0 : -1;
}

static struct ka_recall recall(void)
{
	return (struct ka_recall){ .dir = tmptree, .program = program, .fermat_rounds = 1000, .may_keep = true };
}

static bool knows(struct ka_recall r, const char *blob, struct ka_vetanswer want)
{
	struct ka_vetanswer got = { .word = KA_VETANSWER_OK };

	if (!ka_recall_answer(&r, ka_span_of(blob), &got)) {
		assert_int_equal(got.word, KA_VETANSWER_UNJUDGED);
		return false;
	}
	assert_true(verdictsample_is_same(&got, &want));
	return true;
}

static void keep(struct ka_recall r, const char *blob, struct ka_vetanswer a)
{
	struct ka_vetanswer got;

	ka_recall_answer(&r, ka_span_of(blob), &got);
	ka_recall_keep(&r, &a);
}

static void recall__kept__said_again(void **state)
{
	(void)state;
	assert_false(knows(recall(), "one", ok));
	keep(recall(), "one", ok);
	keep(recall(), "two", bad);
	assert_true(knows(recall(), "one", ok));
	assert_true(knows(recall(), "two", bad));
	assert_false(knows(recall(), "three", ok));
}

/* other primes, or none, are other questions */
static void recall__primes__are_part_of_the_question(void **state)
{
	struct ka_recall with = recall();
	char primes[128];

	(void)state;
	snprintf(primes, sizeof(primes), "%s/primes", tmptree);
	with.primes = primes;
	assert_false(knows(with, "one", ok)); /* not there: nothing is known */
	keep(with, "one", ok);
	tmptree_write("primes", "3");
	assert_false(knows(with, "one", ok));
	keep(with, "one", ok);
	assert_true(knows(with, "one", ok));
	assert_false(knows(recall(), "one", ok));
	tmptree_write("primes", "15");
	assert_false(knows(with, "one", ok));
}

/* a program of the same name, size and time of its making: installed anew all the same. The kernel's clock has coarse ticks */
static void install_anew(void)
{
	struct stat was, st;
	int tries = 0;

	assert_int_equal(stat(program, &was), 0);
	do {
		assert_true(tries++ < 1000);
		poll(NULL, 0, 1);
		assert_int_equal(chmod(program, 0755), 0);
		assert_int_equal(utimensat(AT_FDCWD, program, (const struct timespec[]){ was.st_atim, was.st_mtim }, 0), 0);
		assert_int_equal(stat(program, &st), 0);
	} while (st.st_ctim.tv_sec == was.st_ctim.tv_sec && st.st_ctim.tv_nsec == was.st_ctim.tv_nsec);
}

static void recall__another_question__asked_anew(void **state)
{
	struct ka_recall other = recall();

	(void)state;
	keep(recall(), "one", ok);
	other.fermat_rounds++;
	assert_false(knows(other, "one", ok));
	install_anew();
	assert_false(knows(recall(), "one", ok));
	keep(recall(), "one", ok);
	assert_true(knows(recall(), "one", ok));
	tmptree_write("program", "of a  size");
	assert_false(knows(recall(), "one", ok));
}

static void recall__no_place_or_no_program__nothing(void **state)
{
	struct ka_recall r = recall();

	(void)state;
	r.dir = NULL;
	keep(r, "one", ok);
	r = recall();
	r.program = "/nowhere/at/all";
	keep(r, "one", ok);
	assert_false(knows(r, "one", ok));
	r = recall();
	ka_recall_keep(&r, &ok); /* nobody has asked */
	assert_int_equal(access(table, F_OK), -1);
}

static void recall__may_not_keep__reads_only(void **state)
{
	struct ka_recall r = recall();

	(void)state;
	r.may_keep = false;
	keep(r, "one", ok);
	assert_int_equal(access(table, F_OK), -1);
	keep(recall(), "one", ok);
	keep(r, "two", ok);
	assert_true(knows(r, "one", ok));
	assert_false(knows(r, "two", ok));
}

static void recall__unjudged__not_kept(void **state)
{
	(void)state;
	keep(recall(), "one", (struct ka_vetanswer){ .word = KA_VETANSWER_UNJUDGED });
	assert_false(knows(recall(), "one", ok));
	assert_int_equal(access(table, F_OK), -1);
}

static bool knows_point(struct ka_recall r, const char *blob, enum ka_vet_ed25519 trust)
{
	return ka_recall_point(&r, ka_span_of(blob), trust);
}

static void point__kept__for_the_same_key_and_libsodium_only(void **state)
{
	struct ka_recall r = recall();

	(void)state;
	assert_false(ka_recall_point(&r, ka_span_of("one"), KA_VET_ED25519_SOUND));
	ka_recall_keep(&r, &ok);
	assert_true(knows_point(recall(), "one", KA_VET_ED25519_SOUND));
	assert_false(knows_point(recall(), "one", KA_VET_ED25519_UNPROVEN));
	assert_false(knows_point(recall(), "two", KA_VET_ED25519_SOUND));
	assert_false(knows(recall(), "one", ok)); /* which is another question */
	keep(recall(), "two", ok);
	assert_false(knows_point(recall(), "two", KA_VET_ED25519_SOUND));
	/* whoever does not remember has no name left over from a question before */
	r.dir = NULL;
	assert_false(ka_recall_point(&r, ka_span_of("one"), KA_VET_ED25519_SOUND));
	assert_false(r.has_name);
}

/* nobody keeps that; should it stand there all the same, it is no good point */
static void point__kept_as_bad__unknown(void **state)
{
	struct ka_recall r = recall();

	(void)state;
	assert_false(ka_recall_point(&r, ka_span_of("one"), KA_VET_ED25519_SOUND));
	ka_recall_keep(&r, &bad);
	assert_false(knows_point(recall(), "one", KA_VET_ED25519_SOUND));
}

int main(void)
{
#define IN_DIR(f) cmocka_unit_test_setup_teardown(f, make_dir, tmptree_remove)
	const struct CMUnitTest tests[] = {
		IN_DIR(recall__kept__said_again),
		IN_DIR(recall__primes__are_part_of_the_question),
		IN_DIR(recall__another_question__asked_anew),
		IN_DIR(recall__no_place_or_no_program__nothing),
		IN_DIR(recall__may_not_keep__reads_only),
		IN_DIR(recall__unjudged__not_kept),
		cmocka_unit_test_setup_teardown(point__kept__for_the_same_key_and_libsodium_only, make_dir, tmptree_remove),
		cmocka_unit_test_setup_teardown(point__kept_as_bad__unknown, make_dir, tmptree_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
