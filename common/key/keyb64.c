/* Strict base64 by libsodium, which needs no initialisation for it. The return code decides, never the length it left. */
#include "key/keyb64.h"

#include <sodium.h>

#include "base/text.h"

#include "base/poison.h"

bool ka_keyb64_decode(struct ka_span text, uint8_t *out, size_t size, size_t *len)
{
	*len = 0;
	/* libsodium (seen: 1.0.18) reads every byte above 0x7f as '/', so the alphabet is ours to check */
	if (text.len == 0 || ka_keyb64_alphabet_len(text) != text.len)
		return false;
	if (sodium_base642bin(out, size, (const char *)text.p, text.len, NULL, len, NULL, sodium_base64_VARIANT_ORIGINAL) == 0)
		return true;
	*len = 0;
	return false;
}

void ka_keyb64_encode(struct ka_buf *b, struct ka_span bytes)
{
	size_t need; /* with the NUL, which libsodium writes and the buffer keeps room for anyway */

	if (b->overflow || bytes.len > SIZE_MAX / 2) {
		b->overflow = true;
		return;
	}
	need = sodium_base64_encoded_len(bytes.len, sodium_base64_VARIANT_ORIGINAL);
	if (need > b->size - b->len) { /* libsodium would abort */
		b->overflow = true;
		return;
	}
	sodium_bin2base64(b->p + b->len, need, bytes.p, bytes.len, sodium_base64_VARIANT_ORIGINAL);
	b->len += need - 1;
}

size_t ka_keyb64_alphabet_len(struct ka_span text)
{
	size_t n = 0, end;

	while (n < text.len && (ka_text_is_alnum(text.p[n]) || text.p[n] == '+' || text.p[n] == '/'))
		n++;
	for (end = n; end < text.len && end - n < 2 && text.p[end] == '='; end++)
		;
	return end;
}
