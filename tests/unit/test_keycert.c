/* key/keycert: each fault of form in a certificate and its neighbour, and blobs that end too early. */
#include "key/keycert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "tests/unit/lib/certsample.h"
#include "tests/unit/lib/keysample.h"

#include "base/poison.h"

struct made {
	uint8_t bytes[512];
	struct ka_buf b;
};

static const uint8_t zero[64];

static void begin(struct made *m, const char *type)
{
	ka_buf_init(&m->b, m->bytes, sizeof(m->bytes));
	ka_buf_string(&m->b, ka_span_of(type));
}

static void add(struct made *m, const void *bytes, size_t len)
{
	ka_buf_string(&m->b, (struct ka_span){ bytes, len });
}

/* ---- through the parser, as sshd meets them ---- */

struct wish {
	uint32_t type;
	size_t principals;
	const char *principal;
	size_t principal_len;
	const char *critical[2]; /* names, in this order */
	struct ka_span ca, signature;
	size_t cut; /* bytes lost at the end of the principals */
};

static struct wish good_wish(const struct made *ca, const struct made *sig)
{
	return (struct wish){ .type = 1, .principals = 1, .principal = "alice", .principal_len = 5,
			      .ca = ka_buf_as_span(&ca->b), .signature = ka_buf_as_span(&sig->b) };
}

static enum ka_reason judge_cert(const struct wish *w)
{
	static uint8_t bytes[8192], list[4096];
	struct ka_keyblob key;
	struct ka_buf b, l;

	ka_buf_init(&b, bytes, sizeof(bytes));
	ka_buf_string(&b, ka_span_of("ssh-ed25519-cert-v01@openssh.com"));
	ka_buf_string(&b, ka_span_of("nonce"));
	ka_buf_string(&b, (struct ka_span){ zero, 32 });
	ka_buf_be64(&b, 7);
	ka_buf_be32(&b, w->type);
	ka_buf_string(&b, ka_span_of("id"));
	ka_buf_init(&l, list, sizeof(list));
	for (size_t i = 0; i < w->principals; i++)
		ka_buf_string(&l, (struct ka_span){ (const uint8_t *)w->principal, w->principal_len });
	l.len -= w->cut;
	ka_buf_string(&b, ka_buf_as_span(&l));
	ka_buf_be64(&b, 0);
	ka_buf_be64(&b, UINT64_MAX);
	ka_buf_init(&l, list, sizeof(list));
	for (size_t i = 0; i < KA_ARRAY_LEN(w->critical) && w->critical[i] != NULL; i++) {
		ka_buf_string(&l, ka_span_of(w->critical[i]));
		ka_buf_string(&l, ka_span_of(""));
	}
	ka_buf_string(&b, ka_buf_as_span(&l));
	ka_buf_string(&b, ka_span_of(""));
	ka_buf_string(&b, ka_span_of(""));
	ka_buf_string(&b, w->ca);
	ka_buf_string(&b, w->signature);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	return ka_keyblob_parse(ka_buf_as_span(&b), ka_span_of(""), &key);
}

static void formed__each_fault__is_malformed(void **state)
{
	static struct made ca, sig, sk_sig;
	static struct ka_keysample s;
	struct wish w;

	(void)state;
	begin(&ca, "ssh-ed25519");
	add(&ca, zero, 32);
	begin(&sig, "ssh-ed25519");
	add(&sig, zero, 64);
	begin(&sk_sig, "sk-ssh-ed25519@openssh.com");
	add(&sk_sig, zero, 64);

#define EXPECT(want, ...) \
	w = good_wish(&ca, &sig); \
	__VA_ARGS__; \
	assert_int_equal(judge_cert(&w), want)

	EXPECT(KA_REASON_NONE, (void)w);
	EXPECT(KA_REASON_NONE, w.type = 2);
	EXPECT(KA_REASON_CERT_MALFORMED, w.type = 0);
	EXPECT(KA_REASON_CERT_MALFORMED, w.type = 3);
	EXPECT(KA_REASON_NONE, w.principals = 0);
	EXPECT(KA_REASON_NONE, w.principals = KA_CERT_PRINCIPALS_MAX);
	EXPECT(KA_REASON_CERT_MALFORMED, w.principals = KA_CERT_PRINCIPALS_MAX + 1);
	EXPECT(KA_REASON_CERT_MALFORMED, w.principal = "al\0ce");
	EXPECT(KA_REASON_CERT_MALFORMED, w.cut = 1);
	EXPECT(KA_REASON_NONE, w.critical[0] = "force-command", w.critical[1] = "source-address");
	EXPECT(KA_REASON_CERT_MALFORMED, w.critical[0] = "source-address", w.critical[1] = "force-command");
	EXPECT(KA_REASON_CERT_MALFORMED, w.critical[0] = "force-command", w.critical[1] = "force-command");
	EXPECT(KA_REASON_CERT_MALFORMED, w.critical[0] = "");
	EXPECT(KA_REASON_CERT_MALFORMED, w.ca = ka_span_sub(w.ca, 0, w.ca.len - 1));
	EXPECT(KA_REASON_CERT_MALFORMED, w.ca.len = 0);
	EXPECT(KA_REASON_CERT_MALFORMED, w.signature = ka_span_sub(w.signature, 0, w.signature.len - 1));
	EXPECT(KA_REASON_CERT_MALFORMED, w.signature.len = 0);
	EXPECT(KA_REASON_CERT_MALFORMED, w.signature = ka_buf_as_span(&sk_sig.b));
	ka_buf_char(&sk_sig.b, 1);
	ka_buf_be32(&sk_sig.b, 9);
	EXPECT(KA_REASON_NONE, w.signature = ka_buf_as_span(&sk_sig.b));
	ka_keysample_find("ed25519-cert", &s);
	EXPECT(KA_REASON_CERT_MALFORMED, w.ca = s.blob);
#undef EXPECT
}

/* ---- directly ---- */

/* the fields behind the subject key, cut after @len bytes */
static struct ka_span fields(size_t len)
{
	static uint8_t bytes[256];
	struct ka_buf b;

	ka_buf_init_array(&b, bytes);
	ka_buf_be64(&b, UINT64_MAX - 1);
	ka_buf_be32(&b, KA_CERT_TYPE_HOST);
	ka_buf_string(&b, ka_span_of("id"));
	ka_buf_string(&b, ka_span_of("PPPP"));
	ka_buf_be64(&b, 11);
	ka_buf_be64(&b, 22);
	ka_buf_string(&b, ka_span_of("CC"));
	ka_buf_string(&b, ka_span_of("EEE"));
	ka_buf_string(&b, ka_span_of(""));
	ka_buf_string(&b, ka_span_of("ca"));
	ka_buf_string(&b, ka_span_of("sig"));
	return ka_span_sub(ka_buf_as_span(&b), 0, len);
}

static void read__whole__has_every_field(void **state)
{
	struct ka_span all = fields(SIZE_MAX);
	struct ka_keycert cert;
	struct ka_cursor c;

	(void)state;
	memset(&cert, 0, sizeof(cert));
	ka_cursor_init(&c, all.p, all.len);
	assert_true(ka_keycert_read(&c, &cert));
	assert_int_equal(ka_cursor_left(&c), 0);
	assert_true(cert.serial == UINT64_MAX - 1);
	assert_int_equal(cert.type, KA_CERT_TYPE_HOST);
	assert_true(ka_span_is(cert.id, "id") && ka_span_is(cert.principals, "PPPP") && ka_span_is(cert.critical, "CC"));
	assert_true(ka_span_is(cert.extensions, "EEE") && ka_span_is(cert.reserved, "") && ka_span_is(cert.ca, "ca"));
	assert_true(ka_span_is(cert.signature, "sig"));
	assert_int_equal(cert.valid_after, 11);
	assert_int_equal(cert.valid_before, 22);
}

static void read__cut_anywhere__fails_for_good(void **state)
{
	size_t len = fields(SIZE_MAX).len;

	(void)state;
	for (size_t n = 0; n < len; n++) {
		uint8_t *exact = malloc(n > 0 ? n : 1); /* to the byte, for the address sanitizer */
		struct ka_keycert cert;
		struct ka_cursor c;

		assert_non_null(exact);
		memcpy(exact, fields(n).p, n);
		ka_cursor_init(&c, exact, n);
		assert_false(ka_keycert_read(&c, &cert));
		assert_true(c.failed);
		free(exact);
	}
}

/* of a real one every field is replaced by what it must not be; what was there passes */
static void formed__of_ssh_keygen__each_field_replaced(void **state)
{
	static const uint8_t nul_in_name[] = { 0, 0, 0, 3, 'a', 0, 'b' }, lying[] = { 0, 0, 0, 9, 'a' }, short_length[] = { 0, 0, 0 };
	static const uint8_t no_value[] = { 0, 0, 0, 1, 'a' }, empty_name[] = { 0, 0, 0, 0 };
	static const uint8_t prefix_first[] = { 0, 0, 0, 1, 'a', 0, 0, 0, 0, 0, 0, 0, 2, 'a', 'b', 0, 0, 0, 0 },
			     prefix_last[] = { 0, 0, 0, 2, 'a', 'b', 0, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 0, 0, 0 },
			     high_last[] = { 0, 0, 0, 1, 'a', 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0, 0, 0, 0 };
	static struct ka_keysample s;
	struct ka_keyblob key;
	struct ka_keycert c;

	(void)state;
	ka_keysample_find("ed25519-cert", &s);
	assert_int_equal(ka_keyblob_parse(s.blob, ka_span_of(s.type), &key), KA_REASON_NONE);
#define EXPECT(want, ...) \
	c = key.cert; \
	__VA_ARGS__; \
	assert_int_equal(ka_keycert_is_formed(&c), want)
#define SPAN(bytes) ((struct ka_span){ bytes, sizeof(bytes) })
	EXPECT(true, (void)c);
	EXPECT(false, c.type = UINT32_MAX);
	EXPECT(false, c.id = SPAN(zero));
	EXPECT(true, c.id = ka_span_of("any \x1b name"));
	EXPECT(false, c.principals = SPAN(nul_in_name));
	EXPECT(false, c.principals = SPAN(lying));
	EXPECT(false, c.principals = SPAN(short_length));
	EXPECT(true, c.principals = SPAN(empty_name); c.principals_count = 77);
	assert_int_equal(c.principals_count, 1);
	EXPECT(true, c.principals.len = 0);
	assert_int_equal(c.principals_count, 0);
	EXPECT(false, c.critical = SPAN(no_value));
	EXPECT(false, c.critical = SPAN(empty_name));
	EXPECT(false, c.extensions = SPAN(lying));
	EXPECT(false, c.extensions = SPAN(nul_in_name));
	EXPECT(true, c.extensions = SPAN(prefix_first));
	EXPECT(false, c.extensions = SPAN(prefix_last));
	EXPECT(true, c.critical = SPAN(high_last)); /* bytes are compared without a sign */
	EXPECT(true, c.critical.len = c.extensions.len = 0);
	EXPECT(false, c.ca = s.blob); /* a certificate again */
	EXPECT(false, c.ca = ka_span_of(""));
	EXPECT(false, c.signature = SPAN(short_length));
	EXPECT(false, c.signature = SPAN(no_value));
#undef EXPECT
}

static void formed__signature_with_anything_behind__is_refused(void **state)
{
	static struct ka_keysample s;
	struct ka_keyblob key;
	struct made sig;

	(void)state;
	ka_keysample_find("ed25519-cert", &s);
	assert_int_equal(ka_keyblob_parse(s.blob, ka_span_of(s.type), &key), KA_REASON_NONE);
	for (int is_sk = 0; is_sk < 2; is_sk++)
		for (size_t tail = 0; tail < 8; tail++) {
			begin(&sig, is_sk ? "sk-ssh-ed25519@openssh.com" : "ssh-ed25519");
			add(&sig, zero, 64);
			ka_buf_put(&sig.b, zero, tail);
			key.cert.signature = ka_buf_as_span(&sig.b);
			assert_int_equal(ka_keycert_is_formed(&key.cert), tail == (is_sk ? 5 : 0));
		}
	begin(&sig, "");
	add(&sig, zero, 64);
	key.cert.signature = ka_buf_as_span(&sig.b);
	assert_false(ka_keycert_is_formed(&key.cert));
	ka_buf_init(&sig.b, sig.bytes, sizeof(sig.bytes));
	add(&sig, "ssh\0ed", 6);
	add(&sig, zero, 64);
	key.cert.signature = ka_buf_as_span(&sig.b);
	assert_false(ka_keycert_is_formed(&key.cert));
}

/* ---- what is looked up in it ---- */

static struct ka_offer offer;
static struct ka_keyscan_offer ready;
static struct ka_keyblob view;

static void read_it(const char *name)
{
	certsample_take(name, &offer, &ready);
	assert_int_equal(ka_keyblob_parse((struct ka_span){ ready.blob, ready.cert_len }, ka_span_of(""), &view), KA_REASON_NONE);
}

static void principal__whole_names_only(void **state)
{
	(void)state;
	read_it("plain");
	assert_true(ka_keycert_has_principal(&view.cert, ka_span_of("ops")));
	assert_false(ka_keycert_has_principal(&view.cert, ka_span_of("op")));
	assert_false(ka_keycert_has_principal(&view.cert, ka_span_of("")));
	read_it("nameless");
	assert_false(ka_keycert_has_principal(&view.cert, ka_span_of("alice")));
}

static void principal__of_200__the_last_too(void **state)
{
	(void)state;
	read_it("many");
	assert_true(ka_keycert_has_principal(&view.cert, ka_span_of("alice")));
	assert_true(ka_keycert_has_principal(&view.cert, ka_span_of("user198")));
	assert_false(ka_keycert_has_principal(&view.cert, ka_span_of("user199")));
}

static void critical__of_its_name_only(void **state)
{
	struct ka_span value;

	(void)state;
	read_it("address");
	assert_true(ka_keycert_critical(&view.cert, "source-address", &value));
	assert_true(ka_span_is(value, "10.0.0.0/8,192.0.2.0/24"));
	assert_false(ka_keycert_critical(&view.cert, "force-command", &value));
	assert_false(ka_keycert_critical(&view.cert, "source-addres", &value));
	view.cert.critical.len -= 20; /* the value is cut */
	assert_false(ka_keycert_critical(&view.cert, "source-address", &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(critical__of_its_name_only),
		cmocka_unit_test(formed__each_fault__is_malformed),
		cmocka_unit_test(formed__of_ssh_keygen__each_field_replaced),
		cmocka_unit_test(formed__signature_with_anything_behind__is_refused),
		cmocka_unit_test(principal__of_200__the_last_too),
		cmocka_unit_test(principal__whole_names_only),
		cmocka_unit_test(read__cut_anywhere__fails_for_good),
		cmocka_unit_test(read__whole__has_every_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
