/* Lists of revoked keys (KRL) made section by section, right or wrong. */
#ifndef KA_TESTS_KRLSAMPLE_H
#define KA_TESTS_KRLSAMPLE_H

#include <stdint.h>

#include "base/buf.h"

struct krlsample {
	struct ka_buf b;
	char bytes[16384];
};

/** krlsample_begin() - the head of a list: number 7, a comment, nothing in it yet */
void krlsample_begin(struct krlsample *s);

/** krlsample_part() - append u8 @type and the string @contents: a section, or a part of one */
void krlsample_part(struct ka_buf *b, uint8_t type, struct ka_span contents);

/** krlsample_string() - append a section of one string */
void krlsample_string(struct krlsample *s, uint8_t type, struct ka_span one);

/** krlsample_certificates() - append the section of an authority (its blob; empty: every one) with these parts */
void krlsample_certificates(struct krlsample *s, struct ka_span ca, struct ka_span parts);

/** krlsample_bytes() - what there is so far; the test fails when it did not fit */
struct ka_span krlsample_bytes(const struct krlsample *s);

#endif
