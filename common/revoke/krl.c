/* The list and its sections. It must never walk another way when it asks than when it looked. */
#include "revoke/krl.h"

#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/text.h"
#include "revoke/krlcert.h"

#include "base/poison.h"

#define VERSION 1

static const char magic[8] = "SSHKRL\n";
static const char is_short[] = "it ends too early";

enum section { CERTIFICATES = 1, KEYS = 2, SHA1 = 3, SIGNATURE = 4, SHA256 = 5, EXTENSION = 255 };

/* one section */
struct part {
	uint8_t type;
	struct ka_span contents;
};

bool ka_krl_is(struct ka_span bytes)
{
	return bytes.len >= sizeof(magic) && memcmp(bytes.p, magic, sizeof(magic)) == 0;
}

/* false behind the last one, and where one is cut off: then the cursor has failed */
static bool next(struct ka_cursor *c, struct part *out)
{
	struct ka_span signature;

	return ka_cursor_left(c) > 0 && ka_cursor_u8(c, &out->type) && ka_cursor_string(c, &out->contents) &&
	       (out->type != SIGNATURE || ka_cursor_string(c, &signature));
}

/*
 * A key of a type that is known must be what a certificate or an offer can be compared with. Of another one nothing can be
 * said but that it names its type, and such a key is served by nobody.
 */
static bool is_key(struct ka_span blob)
{
	const struct ka_span any = { NULL, 0 };
	struct ka_keyblob key;
	struct ka_cursor c;
	struct ka_span name;
	bool is_cert;

	ka_cursor_init(&c, blob.p, blob.len);
	if (!ka_cursor_string(&c, &name) || name.len == 0 || name.len >= KA_TYPE_NAME_MAX || !ka_text_is_plain(name) || ka_cursor_left(&c) == 0)
		return false;
	if (ka_keytype_find(name, &is_cert) == NULL)
		return true;
	return blob.len <= KA_BLOB_MAX && ka_keyblob_parse(blob, any, &key) == KA_REASON_NONE && !key.is_cert;
}

static const char *check_keys(struct ka_span contents)
{
	struct ka_cursor c;
	struct ka_span blob;

	ka_cursor_init(&c, contents.p, contents.len);
	while (ka_cursor_left(&c) > 0) {
		if (!ka_cursor_string(&c, &blob))
			return is_short;
		if (!is_key(blob))
			return "what stands among the keys is none";
	}
	return NULL;
}

/* @ascending: made false when they are not in order */
static const char *check_hashes(struct ka_span contents, size_t len, bool *ascending)
{
	struct ka_span hash, before = { NULL, 0 };
	struct ka_cursor c;

	ka_cursor_init(&c, contents.p, contents.len);
	while (ka_cursor_left(&c) > 0) {
		if (!ka_cursor_string(&c, &hash))
			return is_short;
		if (hash.len != len)
			return "a fingerprint has the wrong length";
		if (before.p != NULL && memcmp(before.p, hash.p, len) >= 0)
			*ascending = false;
		before = hash;
	}
	return NULL;
}

static const char *check_part(const struct part *s, struct ka_krl *out)
{
	struct ka_span ca;
	bool any;

	switch ((enum section)s->type) {
	case CERTIFICATES:
		out->has_points |= ka_krlcert_point(s->contents, &ca);
		return ka_krlcert_check(s->contents);
	case KEYS:
		return check_keys(s->contents);
	case SHA1:
		out->has_sha1 |= s->contents.len > 0;
		return check_hashes(s->contents, KA_KRL_SHA1_LEN, &any);
	case SHA256:
		return check_hashes(s->contents, KA_KRL_SHA256_LEN, &out->is_ascending);
	case SIGNATURE:
		return NULL;
	case EXTENSION:
		return ka_krlcert_extension(s->contents);
	}
	return "it has a section of an unknown kind";
}

/* everything in front of the sections */
static const char *check_head(struct ka_cursor *c)
{
	uint32_t version;
	uint64_t number, made, flags;
	struct ka_span first, reserved, comment;

	if (!ka_cursor_take(c, sizeof(magic), &first) || !ka_krl_is(first))
		return "it is no KRL";
	if (!ka_cursor_u32(c, &version))
		return is_short;
	if (version != VERSION)
		return "it is of a version that is not known here";
	if (!ka_cursor_u64(c, &number) || !ka_cursor_u64(c, &made) || !ka_cursor_u64(c, &flags) || !ka_cursor_string(c, &reserved) ||
	    !ka_cursor_string(c, &comment))
		return is_short;
	return comment.len > 0 && ka_span_find(comment, '\0') < comment.len - 1 ? "a NUL stands in its comment" : NULL;
}

static const char *check(struct ka_span bytes, struct ka_krl *out)
{
	struct ka_cursor c;
	struct part s;
	bool is_signed = false;
	const char *wrong;

	ka_cursor_init(&c, bytes.p, bytes.len);
	wrong = check_head(&c);
	if (wrong != NULL)
		return wrong;
	out->sections = (struct ka_span){ c.p, ka_cursor_left(&c) };
	for (;;) {
		out->wrong_at = bytes.len - ka_cursor_left(&c);
		if (!next(&c, &s))
			return c.failed ? is_short : NULL;
		if (is_signed && s.type != SIGNATURE)
			return "something stands behind its signature";
		is_signed = s.type == SIGNATURE;
		wrong = check_part(&s, out);
		if (wrong != NULL)
			return wrong;
	}
}

bool ka_krl_read(struct ka_span bytes, struct ka_krl *out)
{
	*out = (struct ka_krl){ .is_ascending = true };
	out->wrong = check(bytes, out);
	if (out->wrong == NULL)
		out->wrong_at = 0;
	else
		out->sections = (struct ka_span){ NULL, 0 };
	return out->wrong == NULL;
}

bool ka_krl_point(struct ka_cursor *c, struct ka_span *blob)
{
	struct part s;

	while (next(c, &s))
		if (s.type == CERTIFICATES && ka_krlcert_point(s.contents, blob))
			return true;
	return false;
}

static bool has_string(struct ka_span contents, struct ka_span wanted)
{
	struct ka_cursor c;
	struct ka_span s;

	ka_cursor_init(&c, contents.p, contents.len);
	while (ka_cursor_string(&c, &s))
		if (ka_span_equal(s, wanted))
			return true;
	return false;
}

/* ascending strings of one length */
static bool has_sorted(struct ka_span contents, struct ka_span wanted)
{
	const size_t step = 4 + wanted.len;
	size_t low = 0, high = contents.len / step;

	while (low < high) {
		size_t at = low + (high - low) / 2;
		int side = memcmp(wanted.p, contents.p + at * step + 4, wanted.len);

		if (side == 0)
			return true;
		if (side < 0)
			high = at;
		else
			low = at + 1;
	}
	return false;
}

static enum ka_krl_answer ask_certificates(struct ka_span section, const struct ka_keycert *cert)
{
	switch (cert != NULL ? ka_krlcert_ask(section, cert) : KA_KRLCERT_FINE) {
	case KA_KRLCERT_SERIAL:
		return KA_KRL_SERIAL;
	case KA_KRLCERT_KEY_ID:
		return KA_KRL_KEY_ID;
	case KA_KRLCERT_FINE:
		break;
	}
	return KA_KRL_FINE;
}

static enum ka_krl_answer ask_part(const struct ka_krl *krl, const struct part *s, const struct ka_krl_key *key)
{
	const struct ka_span sha1 = { key->sha1, KA_KRL_SHA1_LEN }, sha256 = { key->sha256, KA_KRL_SHA256_LEN };

	switch ((enum section)s->type) {
	case CERTIFICATES:
		return ask_certificates(s->contents, key->cert);
	case KEYS:
		return has_string(s->contents, key->plain) ? KA_KRL_KEY : KA_KRL_FINE;
	case SHA1:
		return key->sha1 != NULL && has_string(s->contents, sha1) ? KA_KRL_SHA1 : KA_KRL_FINE;
	case SHA256:
		return (krl->is_ascending ? has_sorted(s->contents, sha256) : has_string(s->contents, sha256)) ? KA_KRL_SHA256 : KA_KRL_FINE;
	case SIGNATURE:
	case EXTENSION:
		break;
	}
	return KA_KRL_FINE;
}

enum ka_krl_answer ka_krl_ask(const struct ka_krl *krl, const struct ka_krl_key *key)
{
	enum ka_krl_answer answer = KA_KRL_FINE;
	struct ka_cursor c;
	struct part s;

	if (krl->wrong != NULL)
		return KA_KRL_UNKNOWN;
	ka_cursor_init(&c, krl->sections.p, krl->sections.len);
	while (answer == KA_KRL_FINE && next(&c, &s))
		answer = ask_part(krl, &s, key);
	if (answer != KA_KRL_FINE)
		return answer;
	return (krl->has_sha1 && key->sha1 == NULL) || (krl->has_points && key->cert != NULL && !key->points_are_good) ? KA_KRL_UNKNOWN :
															  KA_KRL_FINE;
}
