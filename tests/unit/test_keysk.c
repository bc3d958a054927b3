/* key/keysk: the bytes that a security key signs. */
#include "key/keysk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static void signed__application_flags_counter_message(void **state)
{
	/* sha256sum of "ssh:", of "message" and of nothing */
	static const uint8_t application[] = { 0xe3, 0x06, 0x10, 0xe8 }, message[] = { 0xab, 0x53, 0x0a, 0x13 },
			     nothing[] = { 0xe3, 0xb0, 0xc4, 0x42 }, middle[] = { 0x05, 0x01, 0x02, 0xfe, 0xff };
	uint8_t out[KA_KEYSK_SIGNED_LEN];

	(void)state;
	ka_keysk_signed(ka_span_of("ssh:"), 5, 0x0102feff, ka_span_of("message"), out);
	assert_memory_equal(out, application, sizeof(application));
	assert_memory_equal(out + 32, middle, sizeof(middle));
	assert_memory_equal(out + 37, message, sizeof(message));
	ka_keysk_signed((struct ka_span){ NULL, 0 }, 0, 0, (struct ka_span){ NULL, 0 }, out);
	assert_memory_equal(out, nothing, sizeof(nothing));
	assert_memory_equal(out + 37, nothing, sizeof(nothing));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(signed__application_flags_counter_message) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
