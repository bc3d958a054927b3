/* Walking over the fields of a key up to where its text was cut off. */
#include "key/keyfront.h"

#include <string.h>

#include "base/limits.h"
#include "key/keyb64.h"
#include "key/keytype.h"

#include "base/poison.h"

/* the fields in their order: s a string with its length before it, a digit so many bytes of numbers (f: 16) */
static const char *fields_of(const struct ka_keytype *type, char out[static 24], bool is_cert)
{
	unsigned strings = type->kind == KA_KEYKIND_ED25519 ? 1 : type->kind == KA_KEYKIND_DSA ? 4 : 2;

	strings += type->is_sk + is_cert; /* the application; the nonce */
	memset(out, 's', strings);
	/* serial and type; key id, principals; validity; critical options, extensions, reserved, authority, signature */
	memcpy(out + strings, is_cert ? "84ssfsssss" : "", is_cert ? sizeof("84ssfsssss") : 1);
	return out;
}

/* where the field that begins at @at ends, as far as that is told */
static bool pass(struct ka_cursor *c, char field, size_t *at, bool *is_whole)
{
	size_t n = field == 'f' ? 16 : (size_t)(field - '0');
	struct ka_span bytes;
	uint32_t len;

	if (field == 's') {
		if (!ka_cursor_u32(c, &len))
			return false;
		*at += sizeof(len);
		n = len;
	}
	*at += n;
	*is_whole = ka_cursor_take(c, n, &bytes);
	return true;
}

size_t ka_keyfront_least(struct ka_span base64)
{
	uint8_t blob[KA_KEYFRONT_MAX];
	char fields[24];
	const struct ka_keytype *type;
	bool is_cert = false, is_whole = true;
	struct ka_span word;
	struct ka_cursor c;
	size_t len = ka_keyb64_alphabet_len(base64), at;

	len = len < KA_KEYFRONT_MAX / 3 * 4 ? len : KA_KEYFRONT_MAX / 3 * 4;
	if (!ka_keyb64_decode(ka_span_sub(base64, 0, len - len % 4), blob, sizeof(blob), &len))
		return 0;
	ka_cursor_init(&c, blob, len);
	type = ka_cursor_string(&c, &word) ? ka_keytype_find(word, &is_cert) : NULL;
	if (type == NULL)
		return 0;
	at = sizeof(uint32_t) + word.len;
	for (const char *f = fields_of(type, fields, is_cert); *f != '\0' && is_whole; f++)
		if (!pass(&c, *f, &at, &is_whole))
			break;
	return at;
}
