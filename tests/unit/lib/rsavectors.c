/* Data of a line: n in hex. */
#include "tests/unit/lib/rsavectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"
#include "key/keyb64.h"
#include "tests/unit/lib/vectorfile.h"

#include "base/poison.h"

struct rsavector rsavectors[RSAVECTORS_MAX];
size_t rsavectors_count;
BN_CTX *rsavectors_ctx;

static void take(enum ka_reason reason, const char *hex, const char *what)
{
	struct rsavector *v = &rsavectors[rsavectors_count];

	(void)what;
	assert_true(rsavectors_count < RSAVECTORS_MAX);
	*v = (struct rsavector){ .reason = reason };
	assert_true(BN_hex2bn(&v->n, hex) > 0);
	rsavectors_count++;
}

int rsavectors_setup(void **state)
{
	(void)state;
	rsavectors_ctx = BN_CTX_new();
	return rsavectors_ctx != NULL ? vectorfile_read("tests/vectors/rsa.txt", take) : -1;
}

int rsavectors_teardown(void **state)
{
	(void)state;
	while (rsavectors_count > 0)
		BN_free(rsavectors[--rsavectors_count].n);
	BN_CTX_free(rsavectors_ctx);
	return 0;
}

const char *rsavectors_blob(const BIGNUM *n)
{
	static char text[KA_LINE_MAX];
	uint8_t magnitude[KA_RSA_BITS_HARD_MAX / 8 + 1] = { 0 };
	size_t len = (size_t)BN_num_bytes(n), lead = BN_num_bits(n) % 8 == 0 ? 1 : 0;
	char blob[KA_RSA_BITS_HARD_MAX / 8 + 64];
	struct ka_buf b, out;

	assert_true(len < sizeof(magnitude));
	BN_bn2bin(n, magnitude + 1);
	ka_buf_init_array(&b, blob);
	ka_buf_put(&b, "\0\0\0\7ssh-rsa\0\0\0\3\1\0\1", 18);
	ka_buf_be32(&b, (uint32_t)(len + lead));
	ka_buf_put(&b, magnitude + 1 - lead, len + lead);
	ka_buf_init_array(&out, text);
	ka_keyb64_encode(&out, ka_buf_as_span(&b));
	assert_false(b.overflow || out.overflow);
	return text;
}
