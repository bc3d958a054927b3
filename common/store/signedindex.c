/* The index. It must never say "absent" when it did not understand every line. */
#include "store/signedindex.h"

#include <sodium.h>

#include "base/text.h"
#include "base/username.h"

#include "base/poison.h"

/* lower case only: one spelling */
static bool read_hash(struct ka_span hex, uint8_t out[static 32])
{
	size_t len;

	if (hex.len != 64)
		return false;
	for (size_t i = 0; i < hex.len; i++)
		if (ka_text_is_upper(hex.p[i]))
			return false;
	return sodium_hex2bin(out, 32, (const char *)hex.p, hex.len, NULL, &len, NULL) == 0 && len == 32;
}

enum ka_signedindex_answer ka_signedindex_next(struct ka_cursor *c, struct ka_signedindex_entry *out)
{
	struct ka_span line, serial, hash;

	do {
		if (!ka_cursor_line(c, &line, NULL))
			return KA_SIGNEDINDEX_ABSENT;
	} while (!ka_signeddoc_is_entry(line));
	if (!ka_text_split(&line, ' ', &out->user) || !ka_username_is_valid(out->user))
		return KA_SIGNEDINDEX_BAD;
	if (!ka_text_split(&line, ' ', &serial) || !ka_signedhead_serial(serial, &out->serial))
		return KA_SIGNEDINDEX_BAD;
	if (!ka_text_split(&line, ' ', &hash) || line.p != NULL || !read_hash(hash, out->sha256))
		return KA_SIGNEDINDEX_BAD;
	return KA_SIGNEDINDEX_FOUND;
}

enum ka_signedindex_answer ka_signedindex_find(const struct ka_signeddoc *doc, const char *user, struct ka_signedindex_entry *out)
{
	enum ka_signedindex_answer line, answer = KA_SIGNEDINDEX_ABSENT;
	struct ka_signedindex_entry entry;
	struct ka_cursor c;

	ka_cursor_init(&c, doc->body.p, doc->body.len);
	while ((line = ka_signedindex_next(&c, &entry)) == KA_SIGNEDINDEX_FOUND) {
		if (!ka_span_is(entry.user, user))
			continue;
		if (answer == KA_SIGNEDINDEX_FOUND)
			return KA_SIGNEDINDEX_BAD;
		answer = KA_SIGNEDINDEX_FOUND;
		*out = entry;
	}
	return line == KA_SIGNEDINDEX_BAD ? line : answer;
}
