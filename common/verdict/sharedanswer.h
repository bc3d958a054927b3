/*
 * What authkeys-vet --shared says: as many lines as keys came, in their order, when all have come: "alone", "shared LINE"
 * (the other key's line, from 1; "shared -" when nobody found out which), or "unjudged". Before them stand lines "step K N"
 * about how far it is. It is asked with blobs in strict base64, one line each.
 */
#ifndef KA_VERDICT_SHAREDANSWER_H
#define KA_VERDICT_SHAREDANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"

enum ka_sharedanswer_word {
	KA_SHAREDANSWER_UNJUDGED, /* no RSA key, or nobody knows */
	KA_SHAREDANSWER_ALONE,
	KA_SHAREDANSWER_SHARED, /* a: the other's line, 0: not known */
	KA_SHAREDANSWER_STEP,   /* no answer to a line: a steps of b are done */
};

struct ka_sharedanswer {
	enum ka_sharedanswer_word word;
	uint32_t a, b;
};

/** ka_sharedanswer_write() - append the line, with its newline */
void ka_sharedanswer_write(const struct ka_sharedanswer *s, struct ka_buf *out);

/** ka_sharedanswer_parse() - read the line, without its newline. Answers: false, and @out unjudged, for whatever is not written there */
bool ka_sharedanswer_parse(struct ka_span line, struct ka_sharedanswer *out);

#endif
