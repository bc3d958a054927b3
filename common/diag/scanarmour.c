/* Armoured blocks. It must never copy, remember or show anything of what a private key file holds. */
#include "diag/scanarmour.h"

#include <string.h>

#include <sodium.h>

#include "base/text.h"
#include "diag/scandamage.h"
#include "key/keyb64.h"

#include "base/poison.h"

struct block {
	enum ka_reason reason;
	enum ka_keyscan_what what;
	bool is_readable; /* the public half can be read even when the secret half is encrypted */
};

static bool begins(struct ka_span line, struct block *b)
{
	static const struct { const char *text; struct block block; } kinds[] = {
		{ "-----BEGIN OPENSSH PRIVATE KEY-----", { KA_REASON_LINE_PRIVATE_KEY, KA_KEYSCAN_PLAIN, true } },
		{ "---- BEGIN SSH2 PUBLIC KEY ----", { KA_REASON_LINE_FOREIGN_FORMAT, KA_KEYSCAN_RFC4716, true } },
		{ "PuTTY-User-Key-File-", { KA_REASON_LINE_PRIVATE_KEY, KA_KEYSCAN_PUTTY, true } },
	};
	struct ka_span text = ka_text_trim(line);

	for (size_t i = 0; i < KA_ARRAY_LEN(kinds); i++)
		if (ka_span_starts(text, kinds[i].text)) {
			*b = kinds[i].block;
			return true;
		}
	if (!ka_span_starts(text, "-----BEGIN "))
		return false;
	*b = (struct block){ KA_REASON_LINE_FOREIGN_FORMAT, KA_KEYSCAN_PEM, true };
	if (memmem(text.p, text.len, "PRIVATE KEY-----", 16) != NULL)
		*b = (struct block){ KA_REASON_LINE_PRIVATE_KEY, KA_KEYSCAN_PEM, false };
	return true;
}

/* which offered keys lie in these decoded bytes? */
static uint64_t offers_in(const struct ka_keyscan_work *w)
{
	uint64_t found = 0;

	for (size_t i = 0; i < w->query->offers_count; i++) {
		const struct ka_keyscan_offer *o = &w->query->offers[i];

		if (o->material_len > 0 && memmem(w->blob, w->blob_len, o->blob + o->material, o->material_len) != NULL)
			found |= (uint64_t)1 << i;
	}
	return found;
}

static uint64_t look_into(struct ka_keyscan_work *w, struct ka_buf *text)
{
	uint64_t found = 0;

	if (!text->overflow && ka_keyb64_decode(ka_buf_as_span(text), w->blob, sizeof(w->blob), &w->blob_len))
		found = offers_in(w);
	sodium_memzero(w->blob, sizeof(w->blob));
	sodium_memzero(w->joined, sizeof(w->joined));
	ka_buf_init_array(text, w->joined);
	return found;
}

/* what is not base64 ends a group; the groups of one block are looked at one by one */
static uint64_t take_body(struct ka_keyscan_work *w, bool is_putty)
{
	struct ka_span line, text;
	struct ka_buf b;
	uint64_t found = 0;
	bool continued = false;

	ka_buf_init_array(&b, w->joined);
	for (uint32_t n = 0; n < KA_DIAG_WRAP_LINES_MAX; n++) {
		struct ka_cursor before = w->rest;

		if (!ka_cursor_line(&w->rest, &line, NULL))
			break;
		if (line.len > 0 && line.p[line.len - 1] == '\r')
			line.len--;
		text = ka_text_trim(line);
		if (is_putty && ka_span_starts(text, "ssh-")) { /* a key line behind it: not ours */
			w->rest = before;
			break;
		}
		w->line++;
		if (ka_span_starts(text, "-----END ") || ka_span_starts(text, "---- END "))
			break;
		if (!continued && text.len > 0 && ka_keyb64_alphabet_len(text) == text.len) {
			ka_buf_span(&b, text);
			continue;
		}
		found |= look_into(w, &b);
		continued = line.len > 0 && line.p[line.len - 1] == '\\'; /* a long RFC 4716 header */
		if (is_putty && ka_span_starts(text, "Private-MAC:"))
			break;
	}
	return found | look_into(w, &b);
}

bool ka_scanarmour_take(struct ka_keyscan_work *w, struct ka_span line)
{
	struct block b;
	struct ka_keyscan_hit hit = { .fit = KA_KEYSCAN_WHOLE, .line = w->line, .column = 1 };
	uint64_t found, all = 0;

	if (!begins(line, &b))
		return false;
	hit.reason = (uint32_t)b.reason;
	hit.what = (uint32_t)b.what;
	found = take_body(w, b.what == KA_KEYSCAN_PUTTY);
	for (size_t i = 0; i < w->query->offers_count && !b.is_readable; i++)
		all |= (uint64_t)1 << i;
	ka_scandamage_damaged(w, &hit, found, all);
	return true;
}
