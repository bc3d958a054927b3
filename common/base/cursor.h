/*
 * The bounded reader over hostile bytes. Nothing else touches untrusted input
 * byte by byte. A cursor borrows its bytes; a failed read changes nothing but
 * the sticky `failed` flag, after which every read fails.
 */
#ifndef KA_BASE_CURSOR_H
#define KA_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* bytes that belong to somebody else; p may be NULL when len is 0 */
struct ka_span {
	const uint8_t *p;
	size_t len;
};

struct ka_cursor {
	const uint8_t *p;
	const uint8_t *end;
	bool failed;
};

/** ka_cursor_init() - begin to read @len bytes at @bytes; borrowed, must outlive the cursor */
void ka_cursor_init(struct ka_cursor *c, const void *bytes, size_t len);

/** ka_cursor_left() - bytes not read yet; 0 after a failure */
size_t ka_cursor_left(const struct ka_cursor *c);

/** ka_cursor_u8(), _u32(), _u64() - one big-endian number (RFC 4251 5); false when too few bytes are left */
bool ka_cursor_u8(struct ka_cursor *c, uint8_t *out);
bool ka_cursor_u32(struct ka_cursor *c, uint32_t *out);
bool ka_cursor_u64(struct ka_cursor *c, uint64_t *out);

/** ka_cursor_take() - borrow the next @n bytes */
bool ka_cursor_take(struct ka_cursor *c, size_t n, struct ka_span *out);

/**
 * ka_cursor_string() - borrow one SSH string: u32 length and that many bytes
 *
 * Answers: false (and sticky failure) when the length is larger than what is left.
 * Source:  RFC 4251 5.
 */
bool ka_cursor_string(struct ka_cursor *c, struct ka_span *out);

/**
 * ka_cursor_line() - borrow the next line, without its newline
 * @has_newline: set to whether a newline ended it; may be NULL
 *
 * Answers: false when nothing is left. A last line without newline is a line.
 */
bool ka_cursor_line(struct ka_cursor *c, struct ka_span *out, bool *has_newline);

/** ka_span_of() - a span over a C string, without its NUL */
struct ka_span ka_span_of(const char *text);

/** ka_span_is() - byte for byte equal to the C string @text */
bool ka_span_is(struct ka_span s, const char *text);

/** ka_span_equal() - same bytes */
bool ka_span_equal(struct ka_span a, struct ka_span b);

/** ka_span_starts() - begins with the C string @prefix */
bool ka_span_starts(struct ka_span s, const char *prefix);

/** ka_span_find() - offset of the first byte @b, or s.len when there is none */
size_t ka_span_find(struct ka_span s, uint8_t b);

/** ka_span_sub() - the part from @from on, at most @len bytes; out of range it is empty and stands at the end of @s */
struct ka_span ka_span_sub(struct ka_span s, size_t from, size_t len);

/** ka_span_copy() - copy to a C string; false (out = "") when it does not fit or holds a NUL */
bool ka_span_copy(struct ka_span s, char *out, size_t size);

#endif
