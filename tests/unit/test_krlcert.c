/* revoke/krlcert: serials and key ids of certificates, one by one, in ranges and in bitmaps. */
#include "revoke/krlcert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/keysample.h"
#include "tests/unit/lib/krlsample.h"

#include "base/poison.h"

static char room[8192], part_room[4096];
static struct ka_buf section, part;
static struct ka_keysample ca, other;

static int setup(void **state)
{
	(void)state;
	ka_keysample_find("ed25519", &ca);
	ka_keysample_find("rsa2048", &other);
	return 0;
}

/* a section of that authority with one part of this type; its contents are in `part` */
static void make(struct ka_span authority, uint8_t type)
{
	ka_buf_init_array(&section, room);
	ka_buf_string(&section, authority);
	ka_buf_string(&section, ka_span_of(""));
	krlsample_part(&section, type, ka_buf_as_span(&part));
	assert_false(section.overflow || part.overflow);
}

static const char *wrong(uint8_t type)
{
	make(ca.blob, type);
	return ka_krlcert_check(ka_buf_as_span(&section));
}

static enum ka_krlcert_answer ask(uint64_t serial, const char *id, struct ka_span authority)
{
	struct ka_keycert cert = { .serial = serial, .id = ka_span_of(id), .ca = authority };

	assert_null(ka_krlcert_check(ka_buf_as_span(&section)));
	return ka_krlcert_ask(ka_buf_as_span(&section), &cert);
}

static bool has(uint64_t serial)
{
	return ask(serial, "", ca.blob) == KA_KRLCERT_SERIAL;
}

static void put_u64(uint64_t a)
{
	ka_buf_be64(&part, a);
}

static void begin(void)
{
	ka_buf_init_array(&part, part_room);
}

static void list__serial__revoked_with_its_authority_only(void **state)
{
	(void)state;
	begin();
	put_u64(5);
	put_u64(UINT64_MAX);
	make(ca.blob, 0x20);
	assert_true(has(5) && has(UINT64_MAX));
	assert_false(has(4) || has(6) || has(0));
	assert_int_equal(ask(5, "", other.blob), KA_KRLCERT_FINE);
	make(ka_span_of(""), 0x20); /* of every authority */
	assert_int_equal(ask(5, "", other.blob), KA_KRLCERT_SERIAL);
}

static void list__zero_or_cut_off__refused(void **state)
{
	(void)state;
	begin();
	assert_null(wrong(0x20)); /* empty */
	put_u64(0);
	assert_non_null(wrong(0x20));
	begin();
	ka_buf_put(&part, "\0\0\0\0\0\0\1", 7);
	assert_non_null(wrong(0x20));
}

static void range__ends__are_in_it(void **state)
{
	(void)state;
	begin();
	put_u64(10);
	put_u64(20);
	make(ca.blob, 0x21);
	assert_true(has(10) && has(15) && has(20));
	assert_false(has(9) || has(21) || has(0));
}

static void range__not_two_numbers__refused(void **state)
{
	static const struct { uint64_t first, last; bool fine; } rows[] = {
		{ 1, 1, true }, { 1, UINT64_MAX, true }, { 0, 5, false }, { 0, 0, false }, { 6, 5, false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		begin();
		put_u64(rows[i].first);
		put_u64(rows[i].last);
		if ((wrong(0x21) == NULL) != rows[i].fine)
			fail_msg("row %zu", i);
	}
	put_u64(7);
	assert_non_null(wrong(0x21));
	begin();
	put_u64(7);
	assert_non_null(wrong(0x21));
}

static void put_bitmap(uint64_t offset, const char *bits, size_t len)
{
	begin();
	put_u64(offset);
	ka_buf_string(&part, (struct ka_span){ (const uint8_t *)bits, len });
}

static void bitmap__bit__is_its_serial(void **state)
{
	(void)state;
	put_bitmap(100, "\0\x81\x05", 3); /* bits 0, 2, 8, 15 */
	make(ca.blob, 0x22);
	assert_true(has(100) && has(102) && has(108) && has(115));
	assert_false(has(99) || has(101) || has(103) || has(107) || has(109) || has(114) || has(116) || has(123) || has(124));
	assert_false(has(UINT64_MAX) || has(0));
}

static void bitmap__beyond_the_last_serial__refused(void **state)
{
	(void)state;
	put_bitmap(UINT64_MAX - 2, "\4", 1); /* bit 2 */
	assert_null(wrong(0x22));
	put_bitmap(UINT64_MAX - 2, "\x8", 1); /* bit 3 */
	assert_non_null(wrong(0x22));
	put_bitmap(UINT64_MAX - 2, "\0\0\4", 3); /* zeros in front count for nothing */
	assert_null(wrong(0x22));
}

static void bitmap__no_number_or_serial_zero__refused(void **state)
{
	static char big[2050] = { 0, 1 };

	(void)state;
	put_bitmap(0, "\1", 1);
	assert_non_null(wrong(0x22));
	put_bitmap(0, "\2", 1);
	assert_null(wrong(0x22));
	put_bitmap(5, "\x80", 1); /* negative */
	assert_non_null(wrong(0x22));
	put_bitmap(5, "", 0); /* nobody */
	assert_null(wrong(0x22));
	put_bitmap(5, big, sizeof(big));
	assert_non_null(wrong(0x22));
	put_bitmap(5, "\1", 1);
	ka_buf_char(&part, 'x');
	assert_non_null(wrong(0x22));
	begin();
	put_u64(5);
	assert_non_null(wrong(0x22));
}

static void id__whole__revoked(void **state)
{
	static const char nul_inside[] = "mallory\0.", nul_at_end[] = "eve";

	(void)state;
	begin();
	ka_buf_string(&part, ka_span_of("mallory"));
	ka_buf_string(&part, (struct ka_span){ (const uint8_t *)nul_at_end, sizeof(nul_at_end) }); /* ssh takes that for "eve" */
	make(ca.blob, 0x23);
	assert_int_equal(ask(0, "mallory", ca.blob), KA_KRLCERT_KEY_ID); /* without a serial, too */
	assert_int_equal(ask(9, "eve", ca.blob), KA_KRLCERT_KEY_ID);
	assert_int_equal(ask(9, "mallor", ca.blob), KA_KRLCERT_FINE);
	assert_int_equal(ask(9, "Mallory", ca.blob), KA_KRLCERT_FINE);
	assert_int_equal(ask(9, "", ca.blob), KA_KRLCERT_FINE);
	assert_int_equal(ask(9, "mallory", other.blob), KA_KRLCERT_FINE);
	begin();
	ka_buf_string(&part, (struct ka_span){ (const uint8_t *)nul_inside, sizeof(nul_inside) - 1 });
	assert_non_null(wrong(0x23));
	begin();
	ka_buf_be32(&part, 3);
	assert_non_null(wrong(0x23));
}

static void extension__critical__refused(void **state)
{
	(void)state;
	begin();
	ka_buf_string(&part, ka_span_of("new@example.com"));
	ka_buf_char(&part, 0);
	ka_buf_string(&part, ka_span_of("what"));
	assert_null(wrong(0x39));
	assert_int_equal(ask(5, "", ca.blob), KA_KRLCERT_FINE);
	begin();
	ka_buf_string(&part, ka_span_of("new@example.com"));
	ka_buf_char(&part, 1);
	ka_buf_string(&part, ka_span_of("what"));
	assert_non_null(wrong(0x39));
	ka_buf_char(&part, 'x');
	assert_non_null(ka_krlcert_extension(ka_buf_as_span(&part)));
}

static void section__what_is_none__refused(void **state)
{
	struct ka_keysample cert, dsa;

	(void)state;
	ka_keysample_find("ed25519-cert", &cert);
	ka_keysample_find("dsa", &dsa);
	begin();
	assert_non_null(wrong(0x24)); /* an unknown part */
	make(ka_span_sub(ca.blob, 0, ca.blob.len - 1), 0x20);
	assert_non_null(ka_krlcert_check(ka_buf_as_span(&section)));
	make(cert.blob, 0x20);
	assert_non_null(ka_krlcert_check(ka_buf_as_span(&section)));
	make(dsa.blob, 0x20);
	assert_null(ka_krlcert_check(ka_buf_as_span(&section)));
	make(ca.blob, 0x20);
	for (size_t n = 0; n < section.len; n++) /* all of it ends with the part's end, or not at all */
		if (n != section.len - 5)
			assert_non_null(ka_krlcert_check((struct ka_span){ (const uint8_t *)room, n }));
}

static void section__authority_of_a_size_sshd_refuses__refused(void **state)
{
	struct ka_keysample small;
	char bytes[256];
	struct ka_buf b;

	(void)state;
	ka_keysample_find("rsa1024", &small);
	begin();
	make(small.blob, 0x20);
	assert_null(ka_krlcert_check(ka_buf_as_span(&section)));
	ka_buf_init_array(&b, bytes);
	ka_buf_string(&b, ka_span_of("ssh-rsa"));
	ka_buf_string(&b, ka_span_of("\1"));
	ka_buf_string(&b, ka_span_of("\x7f-a modulus of some bits")); /* far below 1024 */
	make(ka_buf_as_span(&b), 0x20);
	assert_non_null(ka_krlcert_check(ka_buf_as_span(&section)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list__serial__revoked_with_its_authority_only),
		cmocka_unit_test(list__zero_or_cut_off__refused),
		cmocka_unit_test(range__ends__are_in_it),
		cmocka_unit_test(range__not_two_numbers__refused),
		cmocka_unit_test(bitmap__bit__is_its_serial),
		cmocka_unit_test(bitmap__beyond_the_last_serial__refused),
		cmocka_unit_test(bitmap__no_number_or_serial_zero__refused),
		cmocka_unit_test(id__whole__revoked),
		cmocka_unit_test(extension__critical__refused),
		cmocka_unit_test(section__what_is_none__refused),
		cmocka_unit_test(section__authority_of_a_size_sshd_refuses__refused),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
