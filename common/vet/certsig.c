/* The signature of an authority. What it names must fit the key that is said to have made it. */
#include "vet/certsig.h"

#include <sodium.h>

#include "base/poison.h"

/* the other types sign by their own names */
static bool is_of_rsa(struct ka_span algorithm)
{
	return ka_span_is(algorithm, "rsa-sha2-512") || ka_span_is(algorithm, "rsa-sha2-256");
}

/* names of algorithms that exist, and that no authority may use: SHA-1, DSA, and what a browser signs */
static bool is_known_and_refused(struct ka_span algorithm)
{
	return ka_span_is(algorithm, "ssh-rsa") || ka_span_is(algorithm, "ssh-dss") ||
	       ka_span_is(algorithm, "webauthn-sk-ecdsa-sha2-nistp256@openssh.com");
}

static bool read_parts(struct ka_span signature, bool is_sk, struct ka_certsig *out)
{
	struct ka_cursor c;

	ka_cursor_init(&c, signature.p, signature.len);
	if (!ka_cursor_string(&c, &out->algorithm) || !ka_cursor_string(&c, &out->value))
		return false;
	if (is_sk && (!ka_cursor_u8(&c, &out->flags) || !ka_cursor_u32(&c, &out->counter)))
		return false;
	return ka_cursor_left(&c) == 0;
}

enum ka_reason ka_certsig_read(const struct ka_keycert *cert, struct ka_certsig *out)
{
	const struct ka_span any = { NULL, 0 };
	struct ka_cursor c;
	bool is_right;

	*out = (struct ka_certsig){ .flags = 0 };
	ka_cursor_init(&c, cert->signature.p, cert->signature.len);
	if (ka_keyblob_parse(cert->ca, any, &out->ca) != KA_REASON_NONE || out->ca.is_cert || !ka_cursor_string(&c, &out->algorithm))
		return KA_REASON_CERT_MALFORMED;
	is_right = out->ca.type->kind == KA_KEYKIND_RSA ? is_of_rsa(out->algorithm) : ka_span_is(out->algorithm, out->ca.type->name);
	if (is_known_and_refused(out->algorithm))
		return KA_REASON_CERT_SIGNATURE_ALGORITHM;
	if (!is_right || !read_parts(cert->signature, out->ca.type->is_sk, out))
		return KA_REASON_CERT_SIGNATURE_BAD;
	return KA_REASON_NONE;
}

bool ka_certsig_needs_vetter(const struct ka_certsig *s)
{
	return s->ca.type->kind == KA_KEYKIND_RSA || s->ca.type->kind == KA_KEYKIND_ECDSA;
}

struct ka_span ka_certsig_signed(const struct ka_certsig *s, const struct ka_keycert *cert, uint8_t room[static KA_KEYSK_SIGNED_LEN])
{
	if (!s->ca.type->is_sk)
		return cert->tbs;
	ka_keysk_signed(s->ca.application, s->flags, s->counter, cert->tbs, room);
	return (struct ka_span){ room, KA_KEYSK_SIGNED_LEN };
}

bool ka_certsig_is_genuine(const struct ka_certsig *s, const struct ka_keycert *cert)
{
	uint8_t room[KA_KEYSK_SIGNED_LEN];
	struct ka_span text;

	if (s->ca.type->kind != KA_KEYKIND_ED25519 || s->value.len != crypto_sign_BYTES || s->ca.pk.len != crypto_sign_PUBLICKEYBYTES)
		return false;
	text = ka_certsig_signed(s, cert, room);
	return crypto_sign_verify_detached(s->value.p, text.p, text.len, s->ca.pk.p) == 0;
}

bool ka_certsig_judge(const struct ka_keycert *cert, struct ka_vetnote *note)
{
	struct ka_certsig s;
	enum ka_reason reason = ka_certsig_read(cert, &s);

	if (reason == KA_REASON_NONE && ka_certsig_needs_vetter(&s))
		return true;
	if (reason == KA_REASON_NONE && !ka_certsig_is_genuine(&s, cert))
		reason = KA_REASON_CERT_SIGNATURE_BAD;
	if (reason != KA_REASON_NONE)
		ka_vetnote_refuse(note, reason, NULL);
	return false;
}
