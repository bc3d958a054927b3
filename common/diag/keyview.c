/* sshd's view of a line: blanks, quotes, two tries to find "type base64". It must never be stricter than sshd. */
#include "diag/keyview.h"

#include "base/limits.h"
#include "base/text.h"
#include "key/keyb64.h"
#include "key/keytype.h"

#include "base/poison.h"


struct ka_span ka_keyview_inner_type(struct ka_span base64, uint8_t name[static 64])
{
	uint8_t bytes[KA_KEYVIEW_INNER_TEXT_MAX];
	size_t n = ka_keyb64_alphabet_len(base64) / 4 * 4, len = 0;
	struct ka_span text = ka_span_sub(base64, 0, n < KA_KEYVIEW_INNER_TEXT_MAX ? n : KA_KEYVIEW_INNER_TEXT_MAX), inner;
	struct ka_cursor c;

	if (!ka_keyb64_decode(text, bytes, sizeof(bytes), &len))
		return (struct ka_span){ NULL, 0 };
	ka_cursor_init(&c, bytes, len);
	if (!ka_cursor_string(&c, &inner) || inner.len > KA_KEYVIEW_INNER_TYPE_MAX)
		return (struct ka_span){ NULL, 0 };
	for (size_t i = 0; i < inner.len; i++) {
		if (inner.p[i] <= ' ' || inner.p[i] >= 0x7f)
			return (struct ka_span){ NULL, 0 };
		name[i] = inner.p[i];
	}
	return (struct ka_span){ name, inner.len };
}

bool ka_keyview_type_fits(struct ka_span word, struct ka_span inner)
{
	if (ka_span_equal(word, inner))
		return true;
	if (ka_span_is(inner, "ssh-rsa"))
		return ka_span_is(word, "rsa-sha2-256") || ka_span_is(word, "rsa-sha2-512");
	return ka_span_is(inner, "sk-ecdsa-sha2-nistp256@openssh.com") &&
	       ka_span_is(word, "webauthn-sk-ecdsa-sha2-nistp256@openssh.com");
}

bool ka_keyview_is_type(struct ka_span word, struct ka_span base64)
{
	uint8_t name[64];

	if (word.len == 0)
		return false;
	return ka_keytype_find(word, NULL) != NULL || ka_keytype_is_signature_name(word) ||
	       ka_span_equal(word, ka_keyview_inner_type(base64, name));
}

/* "type base64 [comment]" at the front of @text? */
static bool take_key(struct ka_span text, struct ka_keyview *out)
{
	struct ka_span rest = text, type, base64;

	if (!ka_text_word(&rest, &type))
		return false;
	if (!ka_text_word(&rest, &base64))
		base64 = (struct ka_span){ type.p + type.len, 0 };
	if (!ka_keyview_is_type(type, base64))
		return false;
	out->kind = KA_KEYVIEW_KEY;
	out->type = type;
	out->base64 = base64;
	out->comment = rest;
	return true;
}

/* length of an option list: up to the first blank outside of quotes; @quote is set while one is open at the end */
static size_t options_len(struct ka_span text, bool *open, size_t *quote)
{
	size_t i;

	*open = false;
	for (i = 0; i < text.len && (*open || !ka_text_is_blank(text.p[i])); i++) {
		if (text.p[i] == '\\' && i + 1 < text.len && text.p[i + 1] == '"') {
			i++;
		} else if (text.p[i] == '"') {
			*open = !*open;
			*quote = i;
		}
	}
	return i;
}

void ka_keyview_parse(struct ka_span line, struct ka_keyview *out)
{
	struct ka_span text;
	size_t n;
	bool open;

	*out = (struct ka_keyview){ .kind = KA_KEYVIEW_NOTHING };
	line.len = ka_span_find(line, '\0');
	if (line.len > 0 && line.p[line.len - 1] == '\r')
		line.len--;
	out->line = line;
	for (n = 0; n < line.len && ka_text_is_blank(line.p[n]); n++)
		;
	text = ka_span_sub(line, n, line.len);
	if (text.len == 0 || text.p[0] == '#') {
		out->kind = text.len == 0 ? KA_KEYVIEW_EMPTY : KA_KEYVIEW_COMMENT;
		return;
	}
	if (take_key(text, out))
		return;
	n = options_len(text, &open, &out->quote);
	if (open) {
		out->kind = KA_KEYVIEW_OPEN_QUOTE;
		out->quote += (size_t)(text.p - line.p);
		return;
	}
	out->options = ka_span_sub(text, 0, n);
	take_key(ka_span_sub(text, n, text.len), out);
}
