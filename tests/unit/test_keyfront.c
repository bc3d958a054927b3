/* key/keyfront: how long a key must have been whose text was cut off. */
#include "key/keyfront.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"
#include "key/keyb64.h"

#include "base/poison.h"

static uint8_t blob[8192];
static char text[12000];
static struct ka_buf b;

static void begin(const char *type)
{
	ka_buf_init(&b, blob, sizeof(blob));
	ka_buf_string(&b, ka_span_of(type));
}

/* a field of @n bytes, of which @there are there */
static void field(uint32_t n, size_t there)
{
	ka_buf_be32(&b, n);
	while (there-- > 0)
		ka_buf_char(&b, 'x');
}

static size_t least(size_t cut)
{
	struct ka_buf t;

	ka_buf_init_array(&t, text);
	ka_keyb64_encode(&t, ka_buf_as_span(&b));
	assert_int_equal(ka_buf_check(&t), KA_ERR_OK);
	return ka_keyfront_least(ka_span_sub(ka_buf_as_span(&t), 0, cut < t.len ? cut : t.len));
}

static void certificate(uint32_t id, uint32_t principals, size_t there)
{
	begin("ssh-ed25519-cert-v01@openssh.com");
	field(32, 32); /* nonce */
	field(32, 32); /* key */
	ka_buf_be64(&b, 7);
	ka_buf_be32(&b, 1);
	field(id, id);
	field(principals, there);
}

#define BEFORE (4 + 32 + 36 + 36 + 12) /* of a certificate's key id */

static void certificate__principals_behind_the_cut__tell_its_length(void **state)
{
	(void)state;
	certificate(5, 104304, 200);
	assert_int_equal(least(400), BEFORE + 9 + 4 + 104304);
	assert_int_equal(least(399), BEFORE + 9 + 4 + 104304); /* not at the end of a group */
	/* the length itself is not there: so much was seen */
	assert_int_equal(least((BEFORE + 9) / 3 * 4), BEFORE + 9);
	certificate(200, 4, 4);
	assert_int_equal(least(240), BEFORE + 204);
}

static void certificate__its_last_fields__count(void **state)
{
	(void)state;
	certificate(5, 4, 4);
	ka_buf_be64(&b, 0);
	ka_buf_be64(&b, UINT64_MAX);
	field(0, 0);
	field(99999, 30);
	assert_int_equal(least(10000), BEFORE + 9 + 8 + 16 + 4 + 4 + 99999);
	begin("ssh-rsa-cert-v01@openssh.com");
	field(32, 32);
	field(3, 3);
	field(513, 100);
	assert_int_equal(least(10000), 4 + 28 + 36 + 7 + 517);
	begin("sk-ssh-ed25519-cert-v01@openssh.com");
	field(32, 32);
	field(32, 32);
	field(4, 4); /* application */
	ka_buf_be64(&b, 7);
	ka_buf_be32(&b, 1);
	field(70000, 0);
	assert_int_equal(least(10000), 4 + 35 + 36 + 36 + 8 + 12 + 4 + 70000);
}

static void key__plain__is_as_long_as_its_fields(void **state)
{
	(void)state;
	begin("ssh-ed25519");
	field(32, 32);
	assert_int_equal(least(10000), 51);
	field(100000, 3); /* what follows is none of it */
	assert_int_equal(least(10000), 51);
	begin("ecdsa-sha2-nistp256");
	field(8, 8);
	field(65, 1);
	assert_int_equal(least(10000), 4 + 19 + 12 + 69);
}

static void front__of_nothing_that_we_know__is_none(void **state)
{
	(void)state;
	assert_int_equal(ka_keyfront_least(ka_span_of("")), 0);
	assert_int_equal(ka_keyfront_least(ka_span_of("AAA")), 0);
	assert_int_equal(ka_keyfront_least(ka_span_of("alice")), 0);
	assert_int_equal(ka_keyfront_least(ka_span_of("//////////////////")), 0);
	begin("ssh-new");
	field(100000, 3);
	assert_int_equal(least(10000), 0);
}

static void front__longer_than_is_read__stops_there(void **state)
{
	(void)state;
	certificate(3 * KA_KEYFRONT_MAX, 5, 5);
	assert_int_equal(least(sizeof(text)), BEFORE + 4 + 3 * KA_KEYFRONT_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(certificate__principals_behind_the_cut__tell_its_length),
		cmocka_unit_test(certificate__its_last_fields__count),
		cmocka_unit_test(key__plain__is_as_long_as_its_fields),
		cmocka_unit_test(front__of_nothing_that_we_know__is_none),
		cmocka_unit_test(front__longer_than_is_read__stops_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
