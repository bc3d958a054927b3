/*
 * Text without a locale: character classes, numbers, and the three ways in
 * which strangers' bytes are written down: %XX in records, \xNN for people, and
 * a base32 for short references.
 */
#ifndef KA_BASE_TEXT_H
#define KA_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"

static inline bool ka_text_is_digit(uint8_t c) { return c >= '0' && c <= '9'; }
static inline bool ka_text_is_lower(uint8_t c) { return c >= 'a' && c <= 'z'; }
static inline bool ka_text_is_upper(uint8_t c) { return c >= 'A' && c <= 'Z'; }
static inline bool ka_text_is_alnum(uint8_t c)
{
	return ka_text_is_digit(c) || ka_text_is_lower(c) || ka_text_is_upper(c);
}
static inline bool ka_text_is_blank(uint8_t c) { return c == ' ' || c == '\t'; }
static inline bool ka_text_is_control(uint8_t c) { return c < 0x20 || c == 0x7f; }
static inline uint8_t ka_text_lower(uint8_t c) { return ka_text_is_upper(c) ? (uint8_t)(c + 32) : c; }

/** ka_text_trim() - without blanks and tabs at both ends */
struct ka_span ka_text_trim(struct ka_span s);

/** ka_text_word() - cut the next word (no blank, no tab) off the front of @rest; false when none is left */
bool ka_text_word(struct ka_span *rest, struct ka_span *word);

/** ka_text_split() - cut off the part before the first @sep (all when there is none); false when @rest->p was used up */
bool ka_text_split(struct ka_span *rest, uint8_t sep, struct ka_span *part);

/** ka_text_equal_nocase() - ASCII case ignored */
bool ka_text_equal_nocase(struct ka_span a, struct ka_span b);

/** ka_text_to_u64() - decimal digits only, whole span, no sign, no blank; false when not a number or above @max */
bool ka_text_to_u64(struct ka_span s, uint64_t max, uint64_t *out);

/** ka_text_u64() - a number as decimal text of its own, for interfaces that want a string */
#define KA_TEXT_U64_MAX sizeof("18446744073709551615")
void ka_text_u64(uint64_t v, char out[static KA_TEXT_U64_MAX]);

/** ka_text_glob() - shell pattern with * and ? only, over the whole text, ASCII case as given; no more steps than both lengths multiplied */
bool ka_text_glob(struct ka_span pattern, struct ka_span text);

/**
 * ka_text_percent() - write @s as a record value
 *
 * Everything but A-Z a-z 0-9 and -_.:@/+=~, becomes %XX, an empty value "-", and
 * a lone "-" becomes %2d, so that one value is always one word.
 */
void ka_text_percent(struct ka_buf *b, struct ka_span s);

/**
 * ka_text_unpercent() - read a record value back
 *
 * Answers: false when an escape is broken, or the result holds a NUL or does not
 *          fit @size with its own NUL. "-" is the empty value.
 */
bool ka_text_unpercent(struct ka_span s, char *out, size_t size, size_t *out_len);

/**
 * ka_text_escape() - write hostile bytes for people, logs and terminals
 * @quote: a further character to escape as \xNN, or 0
 * @max:   bytes written at most; what is cut ends in "..."
 *
 * Valid UTF-8 stays, but C0, DEL, C1 controls, line and bidirectional controls,
 * characters that are not drawn (U+200B, soft hyphen, tags ...), the backslash
 * (\x5c) and broken UTF-8 become \xNN byte by byte, so that the escaping can be
 * undone and no character moves or hides. Letters that look alike stay.
 */
void ka_text_escape(struct ka_buf *b, struct ka_span s, char quote, size_t max);

/** ka_text_is_plain() - valid UTF-8 without any byte that ka_text_escape() would change (the backslash is allowed) */
bool ka_text_is_plain(struct ka_span s);

/** ka_text_utf8_len() - length in bytes (1-4) of the valid UTF-8 sequence at the front, 0 when broken; @cp may be NULL */
size_t ka_text_utf8_len(struct ka_span s, uint32_t *cp);

/** ka_text_base32() - RFC 4648 base32, lower case, unpadded; @out gets a NUL. @size must hold it all, else "" */
void ka_text_base32(const uint8_t *bytes, size_t n, char *out, size_t size);

/** ka_text_hex() - lower-case hexadecimal; @out gets a NUL; @size >= 2n+1, else "" */
void ka_text_hex(const uint8_t *bytes, size_t n, char *out, size_t size);

#endif
