/* Revoked certificates of one authority. It must never read a rule for less than it says. */
#include "revoke/krlcert.h"

#include "base/err.h"
#include "base/limits.h"

#include "base/poison.h"

static const char is_short[] = "a part ends too early";

/* ssh's C strings: one NUL at the end is no part of it */
static struct ka_span without_nul(struct ka_span s)
{
	return ka_span_sub(s, 0, s.len > 0 && s.p[s.len - 1] == '\0' ? s.len - 1 : s.len);
}

static const char *check_serials(struct ka_span part)
{
	struct ka_cursor c;
	uint64_t serial;

	ka_cursor_init(&c, part.p, part.len);
	while (ka_cursor_left(&c) > 0) {
		if (!ka_cursor_u64(&c, &serial))
			return is_short;
		if (serial == 0)
			return "it names the serial 0";
	}
	return NULL;
}

static bool has_serial(struct ka_span part, const struct ka_keycert *cert)
{
	struct ka_cursor c;
	uint64_t serial;

	ka_cursor_init(&c, part.p, part.len);
	while (ka_cursor_u64(&c, &serial))
		if (serial == cert->serial)
			return true;
	return false;
}

static bool read_range(struct ka_span part, uint64_t *first, uint64_t *last)
{
	struct ka_cursor c;

	ka_cursor_init(&c, part.p, part.len);
	return ka_cursor_u64(&c, first) && ka_cursor_u64(&c, last) && ka_cursor_left(&c) == 0;
}

static const char *check_range(struct ka_span part)
{
	uint64_t first, last;

	if (!read_range(part, &first, &last))
		return "a range is not two numbers";
	return first == 0 || first > last ? "a range begins with 0, or ends before it begins" : NULL;
}

static bool has_range(struct ka_span part, const struct ka_keycert *cert)
{
	uint64_t first, last;

	return read_range(part, &first, &last) && cert->serial >= first && cert->serial <= last;
}

/* @bits: without zero bytes in front */
static bool read_bitmap(struct ka_span part, uint64_t *offset, struct ka_span *bits)
{
	struct ka_cursor c;

	ka_cursor_init(&c, part.p, part.len);
	if (!ka_cursor_u64(&c, offset) || !ka_cursor_string(&c, bits) || ka_cursor_left(&c) != 0)
		return false;
	if (bits->len > KA_KRL_BITMAP_MAX || (bits->len > 0 && (bits->p[0] & 0x80) != 0))
		return false;
	while (bits->len > 0 && bits->p[0] == 0)
		*bits = ka_span_sub(*bits, 1, bits->len);
	return true;
}

static bool is_set(struct ka_span bits, uint64_t n)
{
	return n / 8 < bits.len && (bits.p[bits.len - 1 - n / 8] >> (n % 8) & 1) != 0;
}

static const char *check_bitmap(struct ka_span part)
{
	struct ka_span bits;
	uint64_t offset, highest;

	if (!read_bitmap(part, &offset, &bits))
		return "a bitmap of serials is not one";
	if (bits.len == 0)
		return NULL;
	for (highest = 8 * (uint64_t)bits.len - 1; !is_set(bits, highest);)
		highest--;
	if (highest > UINT64_MAX - offset)
		return "a bitmap of serials goes beyond the last one";
	return offset == 0 && is_set(bits, 0) ? "it names the serial 0" : NULL;
}

static bool has_bit(struct ka_span part, const struct ka_keycert *cert)
{
	struct ka_span bits;
	uint64_t offset;

	return read_bitmap(part, &offset, &bits) && cert->serial >= offset && is_set(bits, cert->serial - offset);
}

static const char *check_ids(struct ka_span part)
{
	struct ka_cursor c;
	struct ka_span id;

	ka_cursor_init(&c, part.p, part.len);
	while (ka_cursor_left(&c) > 0) {
		if (!ka_cursor_string(&c, &id))
			return is_short;
		id = without_nul(id);
		if (ka_span_find(id, '\0') < id.len)
			return "a NUL stands in a key id";
	}
	return NULL;
}

static bool has_id(struct ka_span part, const struct ka_keycert *cert)
{
	struct ka_cursor c;
	struct ka_span id;

	ka_cursor_init(&c, part.p, part.len);
	while (ka_cursor_string(&c, &id))
		if (ka_span_equal(without_nul(id), without_nul(cert->id)))
			return true;
	return false;
}

const char *ka_krlcert_extension(struct ka_span contents)
{
	struct ka_cursor c;
	struct ka_span name, value;
	uint8_t critical;

	ka_cursor_init(&c, contents.p, contents.len);
	if (!ka_cursor_string(&c, &name) || !ka_cursor_u8(&c, &critical) || !ka_cursor_string(&c, &value) || ka_cursor_left(&c) != 0)
		return "an extension is not one";
	return critical != 0 ? "it has a critical extension, which is not known here" : NULL;
}

static const struct part {
	uint8_t type;
	enum ka_krlcert_answer answer; /* KA_KRLCERT_FINE: revokes nobody */
	const char *(*check)(struct ka_span part);
	bool (*has)(struct ka_span part, const struct ka_keycert *cert);
} parts[] = {
	{ 0x20, KA_KRLCERT_SERIAL, check_serials, has_serial }, { 0x21, KA_KRLCERT_SERIAL, check_range, has_range },
	{ 0x22, KA_KRLCERT_SERIAL, check_bitmap, has_bit },     { 0x23, KA_KRLCERT_KEY_ID, check_ids, has_id },
	{ 0x39, KA_KRLCERT_FINE, ka_krlcert_extension, NULL },
};

/* the next part, *kind NULL when that is not known; false behind the last one, and for one that is cut off (then the cursor has failed) */
static bool next(struct ka_cursor *c, const struct part **kind, struct ka_span *contents)
{
	uint8_t type = 0;

	*kind = NULL;
	*contents = (struct ka_span){ NULL, 0 };
	if (ka_cursor_left(c) == 0 || !ka_cursor_u8(c, &type) || !ka_cursor_string(c, contents))
		return false;
	for (size_t i = 0; i < KA_ARRAY_LEN(parts); i++)
		if (parts[i].type == type)
			*kind = &parts[i];
	return true;
}

static const char *check_authority(struct ka_span blob)
{
	const struct ka_span any = { NULL, 0 };
	struct ka_keyblob ca;

	if (blob.len == 0)
		return NULL;
	if (blob.len > KA_BLOB_MAX || ka_keyblob_parse(blob, any, &ca) != KA_REASON_NONE || ca.is_cert)
		return "the key of an authority is none";
	return ca.type->kind == KA_KEYKIND_RSA && (ca.bits < KA_KRL_RSA_BITS_MIN || ca.bits > KA_RSA_BITS_HARD_MAX) ?
	       "the key of an authority is of a size that sshd refuses" : NULL;
}

static bool read_head(struct ka_cursor *c, struct ka_span section, struct ka_span *ca)
{
	struct ka_span reserved;

	ka_cursor_init(c, section.p, section.len);
	return ka_cursor_string(c, ca) && ka_cursor_string(c, &reserved);
}

const char *ka_krlcert_check(struct ka_span section)
{
	const struct part *kind;
	struct ka_span ca, contents;
	struct ka_cursor c;
	const char *wrong;

	if (!read_head(&c, section, &ca))
		return is_short;
	wrong = check_authority(ca);
	while (wrong == NULL && next(&c, &kind, &contents))
		wrong = kind != NULL ? kind->check(contents) : "it has a part of an unknown kind";
	return wrong == NULL && c.failed ? is_short : wrong;
}

bool ka_krlcert_point(struct ka_span section, struct ka_span *ca)
{
	const struct ka_keytype *type;
	struct ka_cursor c, key;
	struct ka_span name;

	if (!read_head(&c, section, ca))
		return false;
	ka_cursor_init(&key, ca->p, ca->len);
	type = ka_cursor_string(&key, &name) ? ka_keytype_find(name, NULL) : NULL;
	return type != NULL && type->kind == KA_KEYKIND_ECDSA;
}

enum ka_krlcert_answer ka_krlcert_ask(struct ka_span section, const struct ka_keycert *cert)
{
	enum ka_krlcert_answer found = KA_KRLCERT_FINE;
	const struct part *kind;
	struct ka_span ca, contents;
	struct ka_cursor c;

	if (!read_head(&c, section, &ca) || (ca.len > 0 && !ka_span_equal(ca, cert->ca)))
		return KA_KRLCERT_FINE;
	while (found == KA_KRLCERT_FINE && next(&c, &kind, &contents)) {
		if (kind == NULL || kind->has == NULL || (kind->answer == KA_KRLCERT_SERIAL && cert->serial == 0))
			continue;
		if (kind->has(contents, cert))
			found = kind->answer;
	}
	return found;
}
