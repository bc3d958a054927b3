/* perm/permacl: access lists as the kernel writes them, and bytes that are none. */
#include "perm/permacl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

#define HEAD 2, 0, 0, 0
#define NO_ID 255, 255, 255, 255
#define E(tag, perm, id) tag, 0, perm, 0, id, 0, 0, 0
#define USER_OBJ 1, 0, 6, 0, NO_ID
#define OTHER 32, 0, 0, 0, NO_ID

static struct ka_permacl acl;

#define parse(...) ka_permacl_parse((const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }), 100, &acl)

static void parse__the_mode_alone__is_no_list(void **state)
{
	(void)state;
	assert_true(parse(HEAD, USER_OBJ, 4, 0, 6, 0, NO_ID, OTHER));
	assert_false(acl.is_list || acl.is_only_mask || acl.count > 0);
}

static void parse__who_may_write__the_mask_applied(void **state)
{
	(void)state;
	assert_true(parse(HEAD, USER_OBJ, E(2, 6, 101), 4, 0, 0, 0, NO_ID, 16, 0, 6, 0, NO_ID, OTHER));
	assert_true(acl.is_list && acl.is_only_mask);
	assert_int_equal(acl.count, 1);
	assert_int_equal(acl.writers[0].id, 101);
	assert_false(acl.writers[0].is_group);
	assert_true(parse(HEAD, USER_OBJ, E(2, 6, 101), 4, 0, 0, 0, NO_ID, 16, 0, 4, 0, NO_ID, OTHER)); /* the mask takes it away */
	assert_true(acl.is_list && !acl.is_only_mask);
	assert_int_equal(acl.count, 0);
	assert_true(parse(HEAD, USER_OBJ, E(2, 4, 101), 4, 0, 0, 0, NO_ID, 16, 0, 7, 0, NO_ID, OTHER)); /* read only */
	assert_int_equal(acl.count, 0);
	assert_true(parse(HEAD, USER_OBJ, E(2, 6, 100), E(2, 6, 0), 4, 0, 2, 0, NO_ID, 16, 0, 7, 0, NO_ID, OTHER)); /* himself, root */
	assert_int_equal(acl.count, 0);
	assert_false(acl.is_only_mask);
	assert_true(parse(HEAD, USER_OBJ, 4, 0, 0, 0, NO_ID, E(8, 2, 100), E(8, 2, 0), 16, 0, 7, 0, NO_ID, OTHER)); /* groups always count */
	assert_int_equal(acl.count, 2);
	assert_true(acl.writers[0].is_group);
	assert_true(parse(HEAD, E(2, 6, 1), E(2, 6, 2), E(2, 6, 3), E(2, 6, 4)));
	assert_false(acl.is_cut);
	assert_true(parse(HEAD, E(2, 6, 1), E(2, 6, 2), E(2, 6, 3), E(2, 6, 4), E(2, 6, 5)));
	assert_true(acl.is_cut);
	assert_int_equal(acl.count, KA_PERMACL_WRITERS_MAX);
}

/* each thing that makes it a list, or the group's bit the mask, by itself */
static void parse__mask_and_entries__each_alone(void **state)
{
	(void)state;
	assert_true(parse(HEAD, USER_OBJ, 4, 0, 4, 0, NO_ID, 16, 0, 6, 0, NO_ID, OTHER)); /* a mask is enough */
	assert_true(acl.is_list && acl.is_only_mask);
	assert_true(parse(HEAD, USER_OBJ, 16, 0, 6, 0, NO_ID)); /* and a group that is not there does not write */
	assert_true(acl.is_only_mask);
	assert_true(parse(HEAD, USER_OBJ, E(2, 6, 101), 4, 0, 4, 0, NO_ID, OTHER)); /* so is an entry */
	assert_true(acl.is_list && !acl.is_only_mask);
}

static void parse__other_bytes__no_answer(void **state)
{
	(void)state;
	assert_false(parse(2, 0, 0));
	assert_false(parse(1, 0, 0, 0));
	assert_false(parse(2, 0, 0, 1));
	assert_false(parse(HEAD, 1, 0, 6, 0, 255, 255, 255));
	assert_int_equal(acl.count, 0);
	assert_true(parse(HEAD));
	assert_false(acl.is_list);
}

/* any bytes, any length: an answer, and nothing read outside (under a sanitizer) */
static void parse__noise__ends(void **state)
{
	unsigned seed = 12345;

	(void)state;
	for (size_t len = 0; len < 300; len++) {
		uint8_t *bytes = malloc(len + 1);

		assert_non_null(bytes);
		for (size_t i = 0; i < len; i++) {
			seed = seed * 1103515245u + 12345u;
			bytes[i] = i < 4 ? (i == 0 ? 2 : 0) : (uint8_t)((seed >> 16) & 0x1f);
		}
		if (ka_permacl_parse(bytes, len, 100, &acl))
			assert_true(acl.count <= KA_PERMACL_WRITERS_MAX && len % 8 == 4);
		free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__the_mode_alone__is_no_list),
		cmocka_unit_test(parse__who_may_write__the_mask_applied),
		cmocka_unit_test(parse__mask_and_entries__each_alone),
		cmocka_unit_test(parse__other_bytes__no_answer),
		cmocka_unit_test(parse__noise__ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
