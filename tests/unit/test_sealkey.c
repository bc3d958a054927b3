/* seal/sealkey: keys that cannot be taken back, and their texts. */
#include "keyaudit/seal/sealkey.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static struct ka_sealkey sevens(void)
{
	struct ka_sealkey k = { .epoch = 0 };

	memset(k.bytes, 7, sizeof(k.bytes));
	return k;
}

static void evolve__known_key__is_what_another_implementation_says(void **state)
{
	/* python3: hashlib.blake2b(b"keyaudit-evolve", digest_size=32, key=bytes([7]*32)) */
	static const uint8_t want[] = { 0x3f, 0x23, 0xfe, 0xd1, 0xc7, 0x8f, 0x80, 0x75 };
	struct ka_sealkey k = sevens();

	(void)state;
	ka_sealkey_evolve(&k);
	assert_int_equal(k.epoch, 1);
	assert_memory_equal(k.bytes, want, sizeof(want));
}

static void text__shown__reads_back_and_a_slip_is_seen(void **state)
{
	struct ka_sealkey k = sevens(), back;
	char text[KA_SEALKEY_TEXT_MAX];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, text);
	ka_sealkey_show(&k, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	for (size_t i = 0; i < b.len; i++) {
		char was = text[i];

		text[i] = was == '0' ? '1' : '0';
		assert_false(ka_sealkey_read(ka_buf_as_span(&b), &back));
		text[i] = was;
		assert_false(ka_sealkey_read((struct ka_span){ (const uint8_t *)text, i }, &back));
	}
	ka_buf_text(&b, " \n");
	assert_true(ka_sealkey_read(ka_buf_as_span(&b), &back));
	assert_memory_equal(back.bytes, k.bytes, sizeof(k.bytes));
}

static void file__saved__loads_back_and_k0_never(void **state)
{
	struct ka_sealkey k = sevens(), back;
	char text[KA_SEALKEY_FILE_MAX];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, text);
	ka_sealkey_save(&k, &b);
	assert_false(ka_sealkey_load(ka_buf_as_span(&b), &back));
	ka_sealkey_evolve(&k);
	ka_sealkey_evolve(&k);
	ka_buf_cut(&b, 0);
	ka_sealkey_save(&k, &b);
	assert_true(ka_sealkey_load(ka_buf_as_span(&b), &back));
	assert_int_equal(back.epoch, 2);
	assert_memory_equal(back.bytes, k.bytes, sizeof(k.bytes));
	assert_false(ka_sealkey_load((struct ka_span){ (const uint8_t *)text, b.len - 3 }, &back));
	assert_int_equal(back.epoch, 0);
}

static void make__twice__are_two(void **state)
{
	struct ka_sealkey a, b, zero = { .epoch = 0 };

	(void)state;
	ka_sealkey_make(&a);
	ka_sealkey_make(&b);
	assert_memory_not_equal(a.bytes, b.bytes, sizeof(a.bytes));
	ka_sealkey_wipe(&a);
	assert_memory_equal(a.bytes, zero.bytes, sizeof(a.bytes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(evolve__known_key__is_what_another_implementation_says),
		cmocka_unit_test(text__shown__reads_back_and_a_slip_is_seen), cmocka_unit_test(file__saved__loads_back_and_k0_never),
		cmocka_unit_test(make__twice__are_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
