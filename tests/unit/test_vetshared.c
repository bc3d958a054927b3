/* keyaudit/vet/vetshared: who is told of, with whom, and what is undecided when the program fails. */
#include "keyaudit/vet/vetshared.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "tests/unit/lib/playedvet.h"
#include "tests/unit/lib/tmptree.h"

#include "base/poison.h"

static char told_text[512];
static struct ka_buf told_buf;
static struct ka_vetshared *shared;

static void play(const char *script, unsigned keys)
{
	const char *program = playedvet(script);

	ka_buf_init_array(&told_buf, told_text);
	shared = calloc(1, sizeof(*shared));
	assert_non_null(shared);
	shared->program = program;
	for (unsigned i = 0; i < keys; i++) {
		struct ka_vetshared_key key = { .place = { 0, i + 1 }, .bits = 2048, .fp = "SHA256:x" };
		uint8_t blob = (uint8_t)i;

		assert_int_equal(ka_vetshared_put(shared, (struct ka_span){ &blob, 1 }, ka_span_of(i == 0 ? "alice" : ""), &key), KA_ERR_OK);
	}
}

static enum ka_err found(void *ctx, const struct ka_vetshared_key *key, const struct ka_vetshared_key *other)
{
	(void)ctx;
	ka_buf_u64(&told_buf, key->place.line);
	ka_buf_char(&told_buf, '+');
	ka_buf_u64(&told_buf, other != NULL ? other->place.line : 0);
	ka_buf_text(&told_buf, key->account != NULL ? key->account : "");
	ka_buf_char(&told_buf, ' ');
	return KA_ERR_OK;
}

static void step(void *ctx, unsigned at, unsigned of)
{
	(void)ctx;
	ka_buf_char(&told_buf, '(');
	ka_buf_u64(&told_buf, at);
	ka_buf_char(&told_buf, '/');
	ka_buf_u64(&told_buf, of);
	ka_buf_char(&told_buf, ')');
}

static void finish(const char *want, size_t undecided)
{
	assert_int_equal(ka_vetshared_finish(shared, found, step, NULL), KA_ERR_OK);
	assert_string_equal(told_text, want);
	assert_int_equal(shared->undecided, undecided);
	ka_vetshared_free(shared);
	ka_vetshared_free(shared);
	free(shared);
}

static void finish__answers__are_told(void **state)
{
	(void)state;
	/* the questions in their order, with the option: else nothing */
	play("[ \"$1\" = --shared ] && [ \"$(tr '\\n' ' ')\" = 'AA== AQ== Ag== Aw== ' ] &&"
	     "printf 'step 1 2\\nstep 2 2\\nshared 3\\nalone\\nshared 1\\nshared -\\n'\n", 4);
	finish("(1/2)(2/2)1+3alice 3+1 4+0 ", 0);
}

static void finish__one_key_or_none__starts_nothing(void **state)
{
	char ran[sizeof(tmptree) + 16];

	(void)state;
	play("touch \"$0.ran\"\n", 0);
	finish("", 0);
	play("touch \"$0.ran\"\n", 1);
	finish("", 0);
	snprintf(ran, sizeof(ran), "%s/vet.ran", tmptree);
	assert_int_equal(access(ran, F_OK), -1);
	play("touch \"$0.ran\"\n", 2); /* it would be seen */
	finish("", 2);
	assert_int_equal(access(ran, F_OK), 0);
}

static void finish__programs_that_fail__are_undecided(void **state)
{
	static const struct { const char *script, *want; size_t undecided; } rows[] = {
		{ "cat >/dev/null\nexit 1\n", "", 3 },
		{ NULL, "", 3 },
		{ "cat >/dev/null\necho alone\n", "", 2 },
		{ "cat >/dev/null\nprintf 'alone\\nunjudged\\nalone\\n'\n", "", 1 },
		{ "cat >/dev/null\nprintf 'shared 2\\nnonsense\\nalone\\n'\n", "1+2alice ", 2 },
		{ "cat >/dev/null\nprintf 'shared 4\\n'\n", "", 3 }, /* no such key */
		{ "cat >/dev/null\nprintf 'shared 1\\n'\n", "", 3 }, /* with itself */
		{ "cat >/dev/null\nhead -c 5000 /dev/zero\n", "", 3 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		play(rows[i].script, 3);
		finish(rows[i].want, rows[i].undecided);
	}
}

/* it dies while keys are still coming: no signal for us, and nothing is called alone */
static void put__program_that_died__is_undecided(void **state)
{
	(void)state;
	play("exit 0\n", 20000);
	finish("", 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finish__answers__are_told),
		cmocka_unit_test(finish__one_key_or_none__starts_nothing),
		cmocka_unit_test(finish__programs_that_fail__are_undecided),
		cmocka_unit_test(put__program_that_died__is_undecided),
	};

	return cmocka_run_group_tests(tests, tmptree_make, tmptree_remove);
}
