/* diag/certview: what is read out of a certificate, and what is not one. */
#include "diag/certview.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/certsample.h"

#include "base/poison.h"

static struct ka_offer offer;
static struct ka_keyscan_offer ready;
static struct ka_certview view;
static char text[256];
static struct ka_buf buf;

static bool read_it(const char *name)
{
	certsample_take(name, &offer, &ready);
	ka_buf_init_array(&buf, text);
	return ka_certview_read(&ready, &view);
}

static void read__certificates_and_keys__tells_them_apart(void **state)
{
	(void)state;
	assert_false(read_it("k"));
	assert_true(read_it("plain"));
	assert_string_equal(view.ca_fp, "SHA256:FpePNXzEARRwAFqneviCqHpoETXK1J0sdbitldTjjkU");
	assert_true(ka_span_is(view.algorithm, "ssh-ed25519"));
	assert_true(read_it("rsasigned"));
	assert_true(ka_span_is(view.ca_type, "ssh-rsa"));
	assert_true(ka_span_is(view.algorithm, "rsa-sha2-512"));
	ready.cert_len -= 5;
	assert_false(ka_certview_read(&ready, &view)); /* cut */
	ready.cert_len = 0;
	assert_false(ka_certview_read(&ready, &view)); /* known by its fingerprint only */
}

static void critical__known_and_unknown(void **state)
{
	struct ka_span value;

	(void)state;
	assert_true(read_it("address"));
	assert_false(ka_certview_unknown(&view.key.cert, &value));
	assert_true(read_it("critical"));
	assert_true(ka_certview_unknown(&view.key.cert, &value));
	assert_true(ka_span_is(value, "foo@example.com"));
}

static void put__everything_an_administrator_asks_for(void **state)
{
	(void)state;
	assert_true(read_it("plain"));
	ka_certview_put(&view, &buf);
	assert_string_equal(text, "certificate \"plain\" serial 42, CA SHA256:FpePNXzEARRwAFqneviCqHpoETXK1J0sdbitldTjjkU, "
				  "2020-01-01T00:00:00Z to 2040-01-01T00:00:00Z, names alice,ops");
	ka_buf_init_array(&buf, text);
	ka_certview_put_principals(&view.key.cert, 8, &buf);
	assert_string_equal(text, "alice,...");
	assert_true(read_it("nameless"));
	ka_certview_put_principals(&view.key.cert, 8, &buf);
	assert_string_equal(text, "none");
}

static void put__the_longest_values__fit(void **state)
{
	static const uint8_t id[4096] = { 'x' };
	struct ka_keycert *cert;

	(void)state;
	assert_true(read_it("hostile"));
	cert = &view.key.cert;
	assert_true(cert->serial == UINT64_MAX && cert->valid_before == UINT64_MAX);
	ka_certview_put(&view, &buf);
	assert_false(buf.overflow);
	assert_non_null(strstr(text, " to forever, names -e\x1b[2J,b ; c"));
	ka_buf_init_array(&buf, text);
	cert->id = (struct ka_span){ id, sizeof(id) };
	cert->valid_after = cert->valid_before = UINT64_C(253402300799);
	ka_certview_put(&view, &buf);
	assert_false(buf.overflow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__certificates_and_keys__tells_them_apart),
		cmocka_unit_test(critical__known_and_unknown),
		cmocka_unit_test(put__everything_an_administrator_asks_for),
		cmocka_unit_test(put__the_longest_values__fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
