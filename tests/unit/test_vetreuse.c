/* keyaudit/vet/vetreuse: who had a key first, through every growth of the table. */
#include "keyaudit/vet/vetreuse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static struct ka_vetplace first;

static enum ka_vetreuse_what note(struct ka_vetreuse *r, const char *key, const char *account, uint32_t line)
{
	enum ka_vetreuse_what what;

	first = (struct ka_vetplace){ 77, 77 };
	assert_int_equal(ka_vetreuse_note(r, ka_span_of(key), ka_span_of(account), (struct ka_vetplace){ 3, line }, &what, &first), KA_ERR_OK);
	return what;
}

static void note__same_key__whose_and_where(void **state)
{
	struct ka_vetreuse r = { .count = 0 };

	(void)state;
	assert_int_equal(note(&r, "k1", "alice", 1), KA_VETREUSE_NEW);
	assert_int_equal(note(&r, "k2", "bob", 2), KA_VETREUSE_NEW);
	assert_int_equal(note(&r, "k1", "alice", 3), KA_VETREUSE_SAME);
	assert_int_equal(first.line, 1);
	assert_int_equal(r.reused, 0);
	assert_int_equal(note(&r, "k1", "bob", 4), KA_VETREUSE_OTHER);
	assert_int_equal(first.file, 3);
	assert_int_equal(first.line, 1);
	assert_int_equal(note(&r, "k1", "carol", 5), KA_VETREUSE_OTHER);
	assert_int_equal(r.reused, 1); /* one key, however often */
	assert_int_equal(note(&r, "k1", "alice", 6), KA_VETREUSE_SAME);
	assert_int_equal(note(&r, "k2", "", 7), KA_VETREUSE_OTHER);
	assert_int_equal(r.reused, 2);
	assert_int_equal(r.count, 2);
	ka_vetreuse_free(&r);
}

static void note__many_keys__none_is_lost(void **state)
{
	struct ka_vetreuse r = { .count = 0 };
	char key[32];

	(void)state;
	for (uint32_t i = 0; i < 20000; i++) {
		snprintf(key, sizeof(key), "key %u", i);
		assert_int_equal(note(&r, key, "alice", i), KA_VETREUSE_NEW);
	}
	for (uint32_t i = 0; i < 20000; i++) {
		snprintf(key, sizeof(key), "key %u", i);
		assert_int_equal(note(&r, key, "bob", 1), KA_VETREUSE_OTHER);
		assert_int_equal(first.line, i);
	}
	assert_int_equal(r.count, 20000);
	assert_int_equal(r.reused, 20000);
	ka_vetreuse_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(note__same_key__whose_and_where),
		cmocka_unit_test(note__many_keys__none_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
