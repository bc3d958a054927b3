/* keyaudit/vet/vetahead: answers belong to their keys, whoever works, in whatever order they are wanted, and when one dies. */
#include "keyaudit/vet/vetahead.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/playedvet.h"
#include "tests/unit/lib/tmptree.h"

#include "base/poison.h"

static struct ka_vetahead *ahead;

/* what stands in for authkeys-vet: keys are blobs of one byte; "Ag==" is bad, all others are ok */
static void play(const char *script, unsigned workers)
{
	const char *program = playedvet(script);

	ahead = calloc(1, sizeof(*ahead));
	assert_non_null(ahead);
	ahead->program = program;
	ahead->fermat_rounds = 1000;
	ahead->workers_max = workers;
}

static void end_play(void)
{
	ka_vetahead_end(ahead);
	ka_vetahead_end(ahead);
	free(ahead);
}

#define HONEST "[ \"$1 $2\" = '--fermat-rounds 1000' ] || exit 1\n" \
	       "while read -r k; do if [ \"$k\" = Ag== ]; then echo bad key.rsa-n-prime; else echo ok; fi; done\n"

static enum ka_vetahead_asked ask(uint8_t key)
{
	return ka_vetahead_ask(ahead, (struct ka_span){ &key, 1 });
}

/* 'o' ok, 'b' bad, '-' not known */
static char known(uint8_t key)
{
	struct ka_vetanswer a;

	if (!ka_vetahead_known(ahead, (struct ka_span){ &key, 1 }, &a))
		return '-';
	return a.word == KA_VETANSWER_OK ? 'o' : a.word == KA_VETANSWER_BAD && a.reason == KA_REASON_KEY_RSA_N_PRIME ? 'b' : '?';
}

static void known__in_order__each_its_own(void **state)
{
	(void)state;
	for (unsigned workers = 1; workers <= 3; workers++) {
		play(HONEST, workers);
		for (int round = 0; round < 3; round++) {
			for (uint8_t k = 1; k < 9; k++)
				assert_int_equal(ask(k), KA_VETAHEAD_ASKED);
			for (uint8_t k = 1; k < 9; k++)
				assert_int_equal(known(k), k == 2 ? 'b' : 'o');
		}
		assert_int_equal(known(1), '-');
		end_play();
	}
}

/* keys that nobody wants any more, and keys that were never asked about */
static void known__left_out__the_rest_stays_right(void **state)
{
	(void)state;
	play(HONEST, 2);
	for (uint8_t k = 1; k < 9; k++)
		assert_int_equal(ask(k), KA_VETAHEAD_ASKED);
	assert_int_equal(known(77), '-');
	assert_int_equal(known(2), 'b');
	assert_int_equal(known(1), '-'); /* was before it */
	assert_int_equal(known(7), 'o');
	assert_int_equal(ask(2), KA_VETAHEAD_ASKED);
	assert_int_equal(known(2), 'b');
	end_play();
}

static void known__same_key_twice__both_times(void **state)
{
	(void)state;
	play(HONEST, 2);
	assert_int_equal(ask(2), KA_VETAHEAD_ASKED);
	assert_int_equal(ask(1), KA_VETAHEAD_ASKED);
	assert_int_equal(ask(2), KA_VETAHEAD_ASKED);
	assert_int_equal(known(2), 'b');
	assert_int_equal(known(1), 'o');
	assert_int_equal(known(2), 'b');
	end_play();
}

static void ask__too_many__full_until_one_is_taken(void **state)
{
	unsigned n = 0;

	(void)state;
	play(HONEST, 2);
	while (ask((uint8_t)(3 + n % 200)) == KA_VETAHEAD_ASKED)
		n++;
	assert_int_equal(n, KA_VET_QUEUE_ROWS);
	assert_int_equal(known(3), 'o');
	assert_int_equal(ask(2), KA_VETAHEAD_ASKED);
	assert_int_equal(known(2), 'b');
	end_play();
}

static void ask__large_keys__no_more_than_a_pipe_holds(void **state)
{
	static uint8_t large[8000];
	struct ka_vetanswer a;
	unsigned n = 0;

	(void)state;
	play("sleep 0.3\nwhile read -r k; do echo ok; done\n", 1);
	for (; ka_vetahead_ask(ahead, (struct ka_span){ large, sizeof(large) }) == KA_VETAHEAD_ASKED; n++)
		large[0]++;
	assert_true(n >= 4 && n < 10);
	large[0]--; /* the last one that was taken */
	assert_true(ka_vetahead_known(ahead, (struct ka_span){ large, sizeof(large) }, &a));
	assert_int_equal(a.word, KA_VETANSWER_OK);
	end_play();
}

static void known__programs_that_fail__is_not_known(void **state)
{
	static const char *const scripts[] = {
		"exit 0\n", "read -r k; echo nonsense\nsleep 60\n", NULL, "read -r k; kill -9 $$\n",
		"read -r k; echo unjudged; read -r k; echo unjudged\nsleep 60\n",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(scripts); i++) {
		play(scripts[i], 1);
		ask(1);
		ask(2);
		assert_int_equal(known(1), '-');
		assert_int_equal(known(2), '-');
		ask(3);
		assert_int_equal(known(3), '-');
		end_play();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known__in_order__each_its_own),
		cmocka_unit_test(known__left_out__the_rest_stays_right),
		cmocka_unit_test(known__same_key_twice__both_times),
		cmocka_unit_test(ask__too_many__full_until_one_is_taken),
		cmocka_unit_test(ask__large_keys__no_more_than_a_pipe_holds),
		cmocka_unit_test(known__programs_that_fail__is_not_known),
	};

	return cmocka_run_group_tests(tests, tmptree_make, tmptree_remove);
}
