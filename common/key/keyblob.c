/*
 * The key blob: read with the bounded cursor, judged by form, written again from
 * the fields that were read and compared. Nothing here copies a blob, and a form
 * that sshd would only normalise must never get through: it would be a second
 * spelling of the same key.
 */
#include "key/keyblob.h"

#include <string.h>

#include "key/keycert.h"

#include "base/poison.h"

/* ---- writing: into a buffer, or against bytes that have to be the same ---- */

struct sink {
	struct ka_buf *out;  /* or NULL: */
	struct ka_cursor c;  /* compare with what this reads */
	bool differs;
};

static void put(struct sink *s, const void *bytes, size_t len)
{
	struct ka_span there;

	if (s->out != NULL)
		ka_buf_put(s->out, bytes, len);
	else if (!ka_cursor_take(&s->c, len, &there) || (len > 0 && memcmp(there.p, bytes, len) != 0))
		s->differs = true;
}

static void put_be(struct sink *s, uint64_t v, size_t n)
{
	uint8_t be[8];

	for (size_t i = n; i > 0; v >>= 8)
		be[--i] = (uint8_t)v;
	put(s, be, n);
}

static void put_string(struct sink *s, struct ka_span v)
{
	put_be(s, v.len, 4);
	put(s, v.p, v.len);
}

static void put_mpint(struct sink *s, struct ka_span magnitude)
{
	bool padded = magnitude.len > 0 && magnitude.p[0] >= 0x80;

	put_be(s, magnitude.len + padded, 4);
	if (padded)
		put_be(s, 0, 1);
	put(s, magnitude.p, magnitude.len);
}

static void put_fields(struct sink *s, const struct ka_keyblob *key)
{
	switch (key->type->kind) {
	case KA_KEYKIND_ED25519:
		put_string(s, key->pk);
		break;
	case KA_KEYKIND_ECDSA:
		put_string(s, ka_span_of(key->type->curve));
		put_string(s, key->pk);
		break;
	case KA_KEYKIND_RSA:
		put_mpint(s, key->rsa_e);
		put_mpint(s, key->rsa_n);
		break;
	case KA_KEYKIND_DSA:
		for (size_t i = 0; i < KA_ARRAY_LEN(key->dsa); i++)
			put_mpint(s, key->dsa[i]);
		break;
	}
	if (key->type->is_sk) /* a C string for sshd, which drops a NUL and what is behind it */
		put_string(s, ka_span_sub(key->application, 0, ka_span_find(key->application, 0)));
}

static void put_cert(struct sink *s, const struct ka_keyblob *key)
{
	const struct ka_keycert *cert = &key->cert;

	put_string(s, ka_span_of(key->type->cert_name));
	put_string(s, cert->nonce);
	put_fields(s, key);
	put_be(s, cert->serial, 8);
	put_be(s, cert->type, 4);
	put_string(s, cert->id);
	put_string(s, cert->principals);
	put_be(s, cert->valid_after, 8);
	put_be(s, cert->valid_before, 8);
	put_string(s, cert->critical);
	put_string(s, cert->extensions);
	put_string(s, cert->reserved);
	put_string(s, cert->ca);
	put_string(s, cert->signature);
}

static bool is_canonical(const struct ka_keyblob *key)
{
	struct sink s = { .out = NULL };

	ka_cursor_init(&s.c, key->blob.p, key->blob.len);
	if (key->is_cert) {
		put_cert(&s, key);
	} else {
		put_string(&s, ka_span_of(key->type->name));
		put_fields(&s, key);
	}
	return !s.differs && ka_cursor_left(&s.c) == 0;
}

/* ---- reading ---- */

static bool read_mpint(struct ka_cursor *c, enum ka_reason *reason, struct ka_span *out)
{
	enum ka_reason found = KA_REASON_NONE;

	if (!ka_cursor_string(c, out))
		return false;
	if (out->len == 0)
		found = KA_REASON_KEY_MPINT_ZERO;
	else if (out->p[0] >= 0x80)
		found = KA_REASON_KEY_MPINT_NEGATIVE;
	else if (out->p[0] == 0 && (out->len == 1 || out->p[1] < 0x80))
		found = KA_REASON_KEY_MPINT_NOT_MINIMAL;
	if (*reason == KA_REASON_NONE)
		*reason = found;
	while (out->len > 0 && out->p[0] == 0) /* as sshd counts it */
		*out = ka_span_sub(*out, 1, out->len);
	return true;
}

static unsigned bits_of(struct ka_span magnitude)
{
	unsigned bits;

	if (magnitude.len == 0 || magnitude.len > KA_BLOB_MAX)
		return 0;
	bits = (unsigned)(magnitude.len - 1) * 8;
	for (unsigned top = magnitude.p[0]; top > 0; top >>= 1)
		bits++;
	return bits;
}

static bool read_numbers(struct ka_cursor *c, struct ka_keyblob *out, enum ka_reason *reason)
{
	if (out->type->kind == KA_KEYKIND_RSA) {
		if (!read_mpint(c, reason, &out->rsa_e) || !read_mpint(c, reason, &out->rsa_n))
			return false;
		out->bits = bits_of(out->rsa_n);
		return true;
	}
	for (size_t i = 0; i < KA_ARRAY_LEN(out->dsa); i++)
		if (!read_mpint(c, reason, &out->dsa[i]))
			return false;
	out->bits = bits_of(out->dsa[0]);
	return true;
}

static bool read_point(struct ka_cursor *c, struct ka_keyblob *out, enum ka_reason *reason)
{
	bool is_ecdsa = out->type->kind == KA_KEYKIND_ECDSA;

	out->bits = out->type->bits;
	if ((is_ecdsa && !ka_cursor_string(c, &out->curve)) || !ka_cursor_string(c, &out->pk))
		return false;
	if (is_ecdsa && !ka_span_is(out->curve, out->type->curve))
		*reason = KA_REASON_KEY_ECDSA_CURVE_MISMATCH;
	else if (out->pk.len != out->type->point_len)
		*reason = is_ecdsa ? KA_REASON_KEY_ECDSA_POINT_LENGTH : KA_REASON_KEY_ED25519_LENGTH;
	else if (is_ecdsa && out->pk.p[0] != 0x04)
		*reason = KA_REASON_KEY_ECDSA_POINT_FORMAT;
	return true;
}

/* false when the blob ends too early; what is wrong with a field that was read goes to @reason */
static bool read_fields(struct ka_cursor *c, struct ka_keyblob *out, enum ka_reason *reason)
{
	bool is_point = out->type->kind == KA_KEYKIND_ED25519 || out->type->kind == KA_KEYKIND_ECDSA;

	if (out->is_cert && !ka_cursor_string(c, &out->cert.nonce))
		return false;
	if (!(is_point ? read_point(c, out, reason) : read_numbers(c, out, reason)))
		return false;
	if (out->type->is_sk && !ka_cursor_string(c, &out->application))
		return false;
	return !out->is_cert || ka_keycert_read(c, &out->cert);
}

static enum ka_reason read_type(struct ka_cursor *c, struct ka_span type_word, struct ka_keyblob *out)
{
	bool is_cert;
	struct ka_span name;
	bool whole = ka_cursor_string(c, &name);

	if (type_word.len > 0) {
		if (ka_keytype_find(type_word, NULL) == NULL)
			return KA_REASON_KEY_TYPE_UNKNOWN;
	}
	if (!whole)
		return KA_REASON_KEY_BLOB_TRUNCATED;
	out->type = ka_keytype_find(name, &is_cert);
	out->is_cert = is_cert;
	if (type_word.len > 0 && !ka_span_equal(name, type_word))
		return KA_REASON_KEY_TYPE_MISMATCH;
	return out->type != NULL ? KA_REASON_NONE : KA_REASON_KEY_TYPE_UNKNOWN;
}

enum ka_reason ka_keyblob_parse(struct ka_span blob, struct ka_span type_word, struct ka_keyblob *out)
{
	struct ka_cursor c;
	enum ka_reason reason, field = KA_REASON_NONE;

	*out = (struct ka_keyblob){ .blob = blob };
	if (blob.len > KA_BLOB_MAX)
		return KA_REASON_LINE_TOO_LONG;
	ka_cursor_init(&c, blob.p, blob.len);
	reason = read_type(&c, type_word, out);
	if (out->type == NULL)
		return reason;
	/* a key under a wrong label is still read, for the fingerprint in the explanation */
	if (!read_fields(&c, out, &field))
		return reason != KA_REASON_NONE ? reason : KA_REASON_KEY_BLOB_TRUNCATED;
	out->whole = true;
	if (reason != KA_REASON_NONE)
		return reason;
	if (ka_cursor_left(&c) > 0)
		return KA_REASON_KEY_BLOB_TRAILING;
	if (field != KA_REASON_NONE)
		return field;
	if (out->is_cert) {
		out->cert.tbs = ka_span_sub(blob, 0, blob.len - out->cert.signature.len - 4);
		if (!ka_keycert_is_formed(&out->cert))
			return KA_REASON_CERT_MALFORMED;
	}
	return is_canonical(out) ? KA_REASON_NONE : KA_REASON_KEY_BLOB_NOT_CANONICAL;
}

void ka_keyblob_plain(const struct ka_keyblob *key, struct ka_buf *out)
{
	struct sink s = { .out = out };

	if (!key->whole)
		return;
	put_string(&s, ka_span_of(key->type->name));
	put_fields(&s, key);
}

const char *ka_keyblob_name(const struct ka_keyblob *key)
{
	if (key->type == NULL)
		return "-";
	return key->is_cert ? key->type->cert_name : key->type->name;
}

bool ka_keyblob_principal_next(struct ka_cursor *c, struct ka_span *out)
{
	return ka_cursor_left(c) > 0 && ka_cursor_string(c, out);
}
