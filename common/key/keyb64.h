/* Strict base64 (RFC 4648 4): standard alphabet, exact padding, zero unused bits, no white space. */
#ifndef KA_KEY_KEYB64_H
#define KA_KEY_KEYB64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"

/** ka_keyb64_decode() - false when @text is empty, not strict base64 or longer than @size when decoded; then *len is 0 */
bool ka_keyb64_decode(struct ka_span text, uint8_t *out, size_t size, size_t *len);

/** ka_keyb64_encode() - append the padded text; overflow is sticky in @b */
void ka_keyb64_encode(struct ka_buf *b, struct ka_span bytes);

/** ka_keyb64_alphabet_len() - length of the leading run of alphabet characters, up to two '=' behind it included */
size_t ka_keyb64_alphabet_len(struct ka_span text);

#endif
