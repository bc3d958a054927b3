/*
 * Reads and verifies signature blocks. It must never believe a field of the block: the namespace, the hash and the shape
 * of the key are compared with what may stand there, and what was signed is built anew.
 */
#include "store/sshsig.h"

#include <string.h>

#include <sodium.h>

#include "base/buf.h"
#include "key/keyb64.h"
#include "key/keyblob.h"
#include "key/keysk.h"

#include "base/poison.h"

#define MAGIC "SSHSIG"
#define VERSION 1
#define SIGNED_LEN 100   /* D with SHA-512; 68 with SHA-256 */

_Static_assert(sizeof(((struct ka_sshsig_text *)0)->sha512) == crypto_hash_sha512_BYTES, "another SHA-512");
_Static_assert(sizeof(((struct ka_sshsig_text *)0)->sha256) == crypto_hash_sha256_BYTES, "another SHA-256");

static const char *const hash_names[] = { [KA_SSHSIG_SHA512] = "sha512", [KA_SSHSIG_SHA256] = "sha256" };

/* libsodium skips the line ends; what may stand in a line is ours to check */
static bool decode(struct ka_span block, uint8_t *storage, size_t size, size_t *len)
{
	struct ka_cursor c;
	struct ka_span line;
	bool has_newline;

	*len = 0;
	if (block.len == 0)
		return false;
	ka_cursor_init(&c, block.p, block.len);
	while (ka_cursor_line(&c, &line, &has_newline))
		if (!has_newline || line.len == 0 || line.len > KA_SSHSIG_LINE_MAX || ka_keyb64_alphabet_len(line) != line.len)
			return false;
	return sodium_base642bin(storage, size, (const char *)block.p, block.len, "\n", len, NULL,
				 sodium_base64_VARIANT_ORIGINAL) == 0;
}

static bool read_hash(struct ka_span name, enum ka_sshsig_hash *out)
{
	*out = ka_span_is(name, hash_names[KA_SSHSIG_SHA256]) ? KA_SSHSIG_SHA256 : KA_SSHSIG_SHA512;
	return ka_span_is(name, hash_names[*out]);
}

/* false for a certificate, and for an Ed25519 key in another form than its only one */
static bool read_public_key(struct ka_sshsig *out, const char **type)
{
	const struct ka_span any = { NULL, 0 };
	struct ka_keyblob key;
	enum ka_reason reason = ka_keyblob_parse(out->public_key, any, &key);

	if (key.is_cert || (key.type == NULL && reason != KA_REASON_KEY_TYPE_UNKNOWN))
		return false;
	if (key.type == NULL || key.type->kind != KA_KEYKIND_ED25519)
		return true;
	out->is_supported = true;
	out->is_sk = key.type->is_sk;
	out->pk = key.pk;
	out->application = key.application;
	*type = key.type->name;
	return reason == KA_REASON_NONE && key.application.len <= KA_SK_APPLICATION_MAX;
}

static bool read_signature(struct ka_span bytes, const char *type, struct ka_sshsig *out)
{
	struct ka_cursor c;
	struct ka_span name;

	ka_cursor_init(&c, bytes.p, bytes.len);
	if (!ka_cursor_string(&c, &name) || !ka_span_is(name, type))
		return false;
	if (!ka_cursor_string(&c, &out->sig) || out->sig.len != crypto_sign_BYTES)
		return false;
	if (out->is_sk && (!ka_cursor_u8(&c, &out->flags) || !ka_cursor_u32(&c, &out->counter)))
		return false;
	return ka_cursor_left(&c) == 0;
}

bool ka_sshsig_parse(struct ka_span block, uint8_t *storage, size_t size, struct ka_sshsig *out)
{
	struct ka_span magic, namespace, reserved, hash, signature;
	const char *type = NULL;
	struct ka_cursor c;
	uint32_t version;
	size_t len;

	*out = (struct ka_sshsig){ 0 };
	if (!decode(block, storage, size, &len))
		return false;
	ka_cursor_init(&c, storage, len);
	if (!ka_cursor_take(&c, strlen(MAGIC), &magic) || !ka_span_is(magic, MAGIC))
		return false;
	if (!ka_cursor_u32(&c, &version) || version != VERSION)
		return false;
	if (!ka_cursor_string(&c, &out->public_key) || !ka_cursor_string(&c, &namespace) || !ka_cursor_string(&c, &reserved) ||
	    !ka_cursor_string(&c, &hash) || !ka_cursor_string(&c, &signature) || ka_cursor_left(&c) != 0)
		return false;
	if (!ka_span_is(namespace, KA_SSHSIG_NAMESPACE) || reserved.len != 0 || !read_hash(hash, &out->hash))
		return false;
	if (!read_public_key(out, &type))
		return false;
	return !out->is_supported || read_signature(signature, type, out);
}

void ka_sshsig_sha512(struct ka_span text, uint8_t out[static 64])
{
	static const uint8_t nothing[1];

	crypto_hash_sha512(out, text.len > 0 ? text.p : nothing, text.len);
}

static void hash_256(struct ka_span s, uint8_t out[static crypto_hash_sha256_BYTES])
{
	static const uint8_t nothing[1];

	crypto_hash_sha256(out, s.len > 0 ? s.p : nothing, s.len);
}

void ka_sshsig_text(struct ka_span bytes, struct ka_sshsig_text *out)
{
	out->bytes = bytes;
	out->has_sha256 = false;
	ka_sshsig_sha512(bytes, out->sha512);
}

/* the hash that the block names, as a string of its own length */
static struct ka_span hash_of(enum ka_sshsig_hash hash, struct ka_sshsig_text *text)
{
	if (hash == KA_SSHSIG_SHA512)
		return (struct ka_span){ text->sha512, sizeof(text->sha512) };
	if (!text->has_sha256)
		hash_256(text->bytes, text->sha256);
	text->has_sha256 = true;
	return (struct ka_span){ text->sha256, sizeof(text->sha256) };
}

bool ka_sshsig_verify(const struct ka_sshsig *s, struct ka_sshsig_text *text)
{
	uint8_t plain[SIGNED_LEN + 1], sk[KA_KEYSK_SIGNED_LEN]; /* the writer ends it with NUL */
	struct ka_span what;
	struct ka_buf b;

	if (!s->is_supported || (s->is_sk && (s->flags & KA_SSHSIG_TOUCHED) == 0))
		return false;
	ka_buf_init_array(&b, plain);
	ka_buf_text(&b, MAGIC);
	ka_buf_string(&b, ka_span_of(KA_SSHSIG_NAMESPACE));
	ka_buf_be32(&b, 0);
	ka_buf_string(&b, ka_span_of(hash_names[s->hash]));
	ka_buf_string(&b, hash_of(s->hash, text));
	what = ka_buf_as_span(&b);
	if (s->is_sk) {
		ka_keysk_signed(s->application, s->flags, s->counter, what, sk);
		what = (struct ka_span){ sk, sizeof(sk) };
	}
	return ka_buf_check(&b) == KA_ERR_OK && crypto_sign_verify_detached(s->sig.p, what.p, what.len, s->pk.p) == 0;
}
