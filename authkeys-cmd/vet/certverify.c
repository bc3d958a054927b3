/*
 * Signatures over certificates. It must never be asked with another hash than the algorithm's name says. RSA is verified by
 * building what must come out and comparing all of it, so that there is no padding to be read wrongly.
 */
#include "authkeys-cmd/vet/certverify.h"

#include <string.h>

#include <openssl/evp.h>

#include "authkeys-cmd/vet/ecverify.h"
#include "base/limits.h"
#include "vet/certsig.h"

#include "base/poison.h"

struct hash {
	const char *algorithm;
	const EVP_MD *(*md)(void);
	size_t head_len;
	uint8_t head[19]; /* RSA: DigestInfo before the digest (RFC 8017 9.2) */
};

#define DIGEST_INFO(whole, id, len) \
	sizeof(((struct hash *)0)->head), { 0x30, whole, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, id, 0x05, 0x00, 0x04, len }

static const struct hash hashes[] = {
	{ "rsa-sha2-256", EVP_sha256, DIGEST_INFO(0x31, 0x01, 0x20) },
	{ "rsa-sha2-512", EVP_sha512, DIGEST_INFO(0x51, 0x03, 0x40) },
	{ "ecdsa-sha2-nistp256", EVP_sha256, 0, { 0 } },
	{ "ecdsa-sha2-nistp384", EVP_sha384, 0, { 0 } },
	{ "ecdsa-sha2-nistp521", EVP_sha512, 0, { 0 } },
	{ "sk-ecdsa-sha2-nistp256@openssh.com", EVP_sha256, 0, { 0 } },
};

static const struct hash *hash_of(struct ka_span algorithm)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(hashes); i++)
		if (ka_span_is(algorithm, hashes[i].algorithm))
			return &hashes[i];
	return NULL;
}

/* 0 1 ff..ff 0 head digest, as long as the modulus; false when that is too short for it */
static bool encode(const struct hash *hash, struct ka_span digest, uint8_t *out, size_t size)
{
	size_t tail = hash->head_len + digest.len;

	if (size < tail + 11)
		return false;
	memset(out, 0xff, size);
	out[0] = 0;
	out[1] = 1;
	out[size - tail - 1] = 0;
	memcpy(out + size - tail, hash->head, hash->head_len);
	memcpy(out + size - digest.len, digest.p, digest.len);
	return true;
}

static bool is_usable(const struct ka_keyblob *ca)
{
	return ca->rsa_n.len <= KA_RSA_BITS_HARD_MAX / 8 && ca->rsa_e.len <= KA_VETRSA_E_BITS_MAX / 8 && (ca->rsa_n.p[ca->rsa_n.len - 1] & 1) != 0;
}

static enum ka_vetfound look_rsa(const struct ka_vetter *v, const struct ka_certsig *s, const struct hash *hash, struct ka_span digest)
{
	KA_BNFRAME(v->ctx);
	BIGNUM *n = BN_CTX_get(v->ctx), *e = BN_CTX_get(v->ctx), *value = BN_CTX_get(v->ctx), *want = BN_CTX_get(v->ctx);
	uint8_t encoded[KA_RSA_BITS_HARD_MAX / 8];
	const struct ka_keyblob *ca = &s->ca;

	if (!is_usable(ca) || s->value.len != ca->rsa_n.len || !encode(hash, digest, encoded, ca->rsa_n.len))
		return KA_VETFOUND_NO;
	if (want == NULL || BN_bin2bn(ca->rsa_n.p, (int)ca->rsa_n.len, n) == NULL || BN_bin2bn(ca->rsa_e.p, (int)ca->rsa_e.len, e) == NULL ||
	    BN_bin2bn(s->value.p, (int)s->value.len, value) == NULL || BN_bin2bn(encoded, (int)ca->rsa_n.len, want) == NULL)
		return KA_VETFOUND_FAULT;
	if (BN_cmp(value, n) >= 0)
		return KA_VETFOUND_NO;
	if (BN_mod_exp(value, value, e, n, v->ctx) != 1)
		return KA_VETFOUND_FAULT;
	return BN_cmp(value, want) == 0 ? KA_VETFOUND_YES : KA_VETFOUND_NO;
}

static enum ka_vetfound look_ec(const struct ka_vetter *v, const struct ka_certsig *s, struct ka_span digest)
{
	static const struct { unsigned bits; enum ka_ecpoint_curve curve; } curves[] = {
		{ 256, KA_ECPOINT_P256 }, { 384, KA_ECPOINT_P384 }, { 521, KA_ECPOINT_P521 },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(curves); i++)
		if (curves[i].bits == s->ca.type->bits)
			return ka_ecverify_look(v->group[curves[i].curve], s->ca.pk, digest, s->value, v->ctx);
	return KA_VETFOUND_NO;
}

static enum ka_vetfound look(const struct ka_vetter *v, const struct ka_certsig *s, const struct ka_keycert *cert)
{
	uint8_t room[KA_KEYSK_SIGNED_LEN], bytes[EVP_MAX_MD_SIZE];
	struct ka_span text = ka_certsig_signed(s, cert, room), digest = { bytes, 0 };
	const struct hash *hash = hash_of(s->algorithm);
	unsigned len = 0;

	if (hash == NULL)
		return KA_VETFOUND_NO;
	if (EVP_Digest(text.p, text.len, bytes, &len, hash->md(), NULL) != 1)
		return KA_VETFOUND_FAULT;
	digest.len = len;
	return s->ca.type->kind == KA_KEYKIND_RSA ? look_rsa(v, s, hash, digest) : look_ec(v, s, digest);
}

void ka_certverify_judge(const struct ka_vetter *v, const struct ka_keyblob *key, struct ka_vetter_out *out)
{
	enum ka_vetfound found;
	struct ka_certsig s;

	*out = (struct ka_vetter_out){ .is_judged = false, .reason = KA_REASON_NONE };
	if (!key->is_cert)
		return;
	out->reason = ka_certsig_read(&key->cert, &s);
	out->is_judged = out->reason != KA_REASON_NONE;
	if (out->is_judged || !ka_certsig_needs_vetter(&s))
		return;
	found = look(v, &s, &key->cert);
	out->is_judged = found != KA_VETFOUND_FAULT;
	if (found == KA_VETFOUND_NO)
		out->reason = KA_REASON_CERT_SIGNATURE_BAD;
}
