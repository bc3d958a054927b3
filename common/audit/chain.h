/*
 * The chain of the trail: how one line is bound to the line before it. Pure; no I/O, no clock, no allocation.
 *
 *   line = {...,"keyaudit":{...,"seq":N,"prev":"<64 hex>","hash":"<64 hex>"}} and a newline
 *   body = the bytes from { up to and including the quote that closes prev
 *   hash = BLAKE2b-256("keyaudit-audit/1" NUL || prev as 64 hex digits || le64(length of body) || body)
 *
 * N counts from 1 and goes on over rotations, without a gap; prev is the hash of the line that N - 1 stands in, and 64
 * zeros where a chain begins. Bytes are hashed as they stand, never JSON that was read and written again. Hex is lower case.
 */
#ifndef KA_AUDIT_CHAIN_H
#define KA_AUDIT_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/limits.h"

#define KA_CHAIN_HEX 65 /* a hash as text, with its NUL */

/* prev of the first line of a chain */
#define KA_CHAIN_ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

/* what a line says about its place */
struct ka_chain_link {
	uint64_t seq;
	char prev[KA_CHAIN_HEX];
	char hash[KA_CHAIN_HEX];
	size_t body_len;
};

/**
 * ka_chain_parse() - take a line's end apart
 * @line: without its newline
 * @out:  set only with true
 *
 * Strict: one form of a number (no sign, no leading zero, not 0), 64 lower-case digits, no blank anywhere. Whether the
 * hash is right is another question. Answers: false for everything that is no chained line.
 */
bool ka_chain_parse(struct ka_span line, struct ka_chain_link *out);

/** ka_chain_hash() - the hash of a body; @prev has 64 hex digits */
void ka_chain_hash(const char prev[static KA_CHAIN_HEX], struct ka_span body, char out[static KA_CHAIN_HEX]);

/** ka_chain_is_intact() - is @link, parsed from @line, the hash of what stands there? Says nothing about the line before */
bool ka_chain_is_intact(struct ka_span line, const struct ka_chain_link *link);

/** ka_chain_follows() - has @link the number and the prev of the next line behind @seq and @hash (0 and zeros: none yet)? */
bool ka_chain_follows(const struct ka_chain_link *link, uint64_t seq, const char hash[static KA_CHAIN_HEX]);

/**
 * ka_chain_put() - append @line to @out with its number, prev and hash
 * @line: an object whose last member is a non-empty object, ended by }} and a newline, as ka_eventjson_write() makes it
 * @seq:  not 0
 * @hash: the line's own, the prev of the next
 *
 * It grows by KA_CHAIN_TAIL_MAX bytes at most. Answers: false, and nothing in @out, when @line has another end. What does not fit is @out's overflow.
 */
bool ka_chain_put(struct ka_buf *out, struct ka_span line, uint64_t seq, const char prev[static KA_CHAIN_HEX],
		  char hash[static KA_CHAIN_HEX]);

/**
 * ka_chain_is_fragment() - may @bytes be what a crash left behind?
 *
 * A crash leaves beginnings of lines (a line that lacks nothing but its newline is given one, and is no fragment): false
 * when any line of @bytes, the last one without newline included, has the end of a chained line. Such a line was changed.
 */
bool ka_chain_is_fragment(struct ka_span bytes);

/** ka_chain_fragment_hash() - what a recovery says of @bytes: BLAKE2b-256("keyaudit-fragment/1" NUL || le64(length) || bytes) */
void ka_chain_fragment_hash(struct ka_span bytes, char out[static KA_CHAIN_HEX]);

#endif
