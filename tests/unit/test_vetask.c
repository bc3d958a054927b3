/* judge/vetask: what becomes of a question when the program is sound, silent, slow, dead, absent, or says too much. */
#include "judge/vetask.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "key/keyb64.h"
#include "tests/unit/lib/playedvet.h"
#include "tests/unit/lib/rsavectors.h"
#include "tests/unit/lib/tmptree.h"

#include "base/poison.h"

static struct ka_vetask ask;
static struct ka_vetanswer said;

static int setup(void **state)
{
	ka_vetask_init(&ask, "", 1000);
	return tmptree_make(state) == 0 ? rsavectors_setup(state) : -1;
}

static int teardown(void **state)
{
	ka_vetask_end(&ask);
	rsavectors_teardown(state);
	return tmptree_remove(state);
}

/* a program of a few words of sh, or (NULL) none at all; then a question with this time for it */
static void asked(const char *words, int ms)
{
	ka_vetask_end(&ask);
	ka_vetask_init(&ask, playedvet(words), 1000);
	ask.deadline_ms = ms;
	ka_vetask_key(&ask, ka_span_of("a key"), &said);
}

static void once_more(void)
{
	memset(&said, 0xa5, sizeof(said));
	ka_vetask_key(&ask, ka_span_of("another"), &said);
}

static void key__sound_program__its_answers_in_order(void **state)
{
	(void)state;
	asked("while read -r q; do case $q in YSBrZXk=) echo ok ;; YW5vdGhlcg==) echo bad key.rsa-small-factor 257 ;; esac; done", 10000);
	assert_int_equal(said.word, KA_VETANSWER_OK);
	once_more();
	assert_int_equal(said.word, KA_VETANSWER_BAD);
	assert_int_equal(said.reason, KA_REASON_KEY_RSA_SMALL_FACTOR);
	assert_int_equal(said.factor, 257);
	ka_vetask_key(&ask, ka_span_of("a key"), &said);
	assert_int_equal(said.word, KA_VETANSWER_OK);
}

static void cert__sound_program__is_asked_about_the_certificate(void **state)
{
	(void)state;
	asked("while read -r w q; do [ \"$w $q\" = \"cert YSBrZXk=\" ] && echo ok || echo unjudged; done", 10000);
	assert_int_equal(said.word, KA_VETANSWER_UNJUDGED);
	ka_vetask_cert(&ask, ka_span_of("a key"), &said);
	assert_int_equal(said.word, KA_VETANSWER_OK);
}

static void sha1__only_a_hash__is_one(void **state)
{
	static const struct { const char *words; bool known, broken; } rows[] = {
		{ "while read -r w q; do [ \"$w $q\" = \"sha1 YSBrZXk=\" ] && echo sha1 f1e4d7cabdb0a396897c6f6255483b2e211407fa || echo ok; done", true, false },
		{ "while read -r q; do echo unjudged; done", false, false },
		{ "while read -r q; do echo ok; done", false, true }, /* to another question */
		{ "read -r q; echo ok; read -r q; echo sha1 f1e4", false, true }, { "read -r q; echo ok; exit 0", false, true },
	};
	static const uint8_t zero[KA_VETANSWER_SHA1_LEN];
	uint8_t hash[KA_VETANSWER_SHA1_LEN];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		asked(rows[i].words, 10000);
		memset(hash, 0xff, sizeof(hash));
		assert_int_equal(ka_vetask_sha1(&ask, ka_span_of("a key"), hash), rows[i].known);
		assert_int_equal(memcmp(hash, zero, sizeof(zero)) == 0, !rows[i].known);
		assert_int_equal(ask.is_broken, rows[i].broken);
		if (rows[i].known)
			assert_int_equal(hash[0], 0xf1);
	}
}

static void key__rounds__are_the_programs_argument(void **state)
{
	(void)state;
	asked("[ \"$*\" = \"--fermat-rounds 1000\" ] && read -r q && echo ok", 10000);
	assert_int_equal(said.word, KA_VETANSWER_OK);
}

static void key__no_good_answer__is_unjudged_and_nobody_is_asked_again(void **state)
{
	static const char *const programs[] = {
		NULL,
		"exit 0",
		"read -r q; exit 3",
		"read -r q; echo yes; read -r q; echo ok",
		"read -r q; printf 'ok\\nok\\n'; read -r q",           /* whose is the second? */
		"read -r q; printf 'bad key.type-dsa\\n'; read -r q",   /* none of its reasons */
		"read -r q; printf ok; exec 1>&-; sleep 60",             /* broken off */
		"read -r q; head -c 100000 /dev/zero; sleep 60",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(programs); i++) {
		asked(programs[i], 10000);
		assert_int_equal(said.word, KA_VETANSWER_UNJUDGED);
		assert_int_equal(said.reason, KA_REASON_NONE);
		once_more();
		assert_int_equal(said.word, KA_VETANSWER_UNJUDGED);
		assert_true(ask.is_broken && ask.pid == 0 && ask.to == -1 && ask.from == -1);
	}
}

static void key__slow_program__is_left_at_the_deadline_and_killed(void **state)
{
	int64_t begin = ka_clock_boot_ms();

	(void)state;
	asked("read -r q; sleep 60; echo ok", 300);
	assert_int_equal(said.word, KA_VETANSWER_UNJUDGED);
	assert_true(ka_clock_boot_ms() - begin < 20000);
	assert_int_equal(ask.pid, 0);
}

static void end__running_program__is_gone(void **state)
{
	pid_t pid;

	(void)state;
	asked("while read -r q; do echo ok; done", 10000);
	pid = ask.pid;
	assert_true(pid > 0);
	ka_vetask_end(&ask);
	assert_int_equal(kill(pid, 0), -1);
	ka_vetask_end(&ask);
	assert_int_equal(ask.pid, 0);
}

static void works__each_way_to_be_wrong__is_seen(void **state)
{
	static const struct { const char *words; bool works; } programs[] = {
		{ "read -r q; echo ok; read -r q; echo bad key.ecdsa-point-invalid; read -r q", true },
		{ "read -r q; echo ok; read -r q; echo ok; read -r q", false },
		{ "read -r q; echo bad key.ecdsa-point-invalid; read -r q; echo bad key.ecdsa-point-invalid; read -r q", false },
		{ "read -r q; echo ok; read -r q; echo bad key.rsa-roca; read -r q", false },
		{ "exit 0", false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(programs); i++) {
		asked(programs[i].words, 10000); /* writes the program */
		ka_vetask_end(&ask);
		ka_vetask_init(&ask, ask.program, 1000);
		assert_int_equal(ka_vetask_works(&ask), programs[i].works);
		assert_int_equal(ask.pid, 0);
	}
	ka_vetask_init(&ask, NULL, 1000);
	assert_true(ka_vetask_works(&ask));
}

/* the program that was built with this test stands beside it */
static void key__real_program__finds_it_and_judges(void **state)
{
	static uint8_t blob[KA_BLOB_MAX];
	size_t len;

	(void)state;
	ka_vetask_init(&ask, NULL, 1000);
	ask.deadline_ms = 60000;
	for (size_t i = 0; i < rsavectors_count; i++) {
		assert_true(ka_keyb64_decode(ka_span_of(rsavectors_blob(rsavectors[i].n)), blob, sizeof(blob), &len));
		ka_vetask_key(&ask, (struct ka_span){ blob, len }, &said);
		assert_int_equal(said.word, rsavectors[i].reason == KA_REASON_NONE ? KA_VETANSWER_OK : KA_VETANSWER_BAD);
		assert_int_equal(said.reason, rsavectors[i].reason);
	}
	ka_vetask_end(&ask);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(key__sound_program__its_answers_in_order),
		cmocka_unit_test(cert__sound_program__is_asked_about_the_certificate),
		cmocka_unit_test(sha1__only_a_hash__is_one),
		cmocka_unit_test(key__rounds__are_the_programs_argument),
		cmocka_unit_test(key__no_good_answer__is_unjudged_and_nobody_is_asked_again),
		cmocka_unit_test(key__slow_program__is_left_at_the_deadline_and_killed),
		cmocka_unit_test(end__running_program__is_gone),
		cmocka_unit_test(works__each_way_to_be_wrong__is_seen),
		cmocka_unit_test(key__real_program__finds_it_and_judges),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
