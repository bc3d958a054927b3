/*
 * What authkeys-vet says about one key, in one line: "ok", "bad ID", "bad key.rsa-small-factor 257" or "unjudged". It is
 * asked with the key's blob in strict base64, one line each, and answers in the same order. With KA_VETANSWER_CERT before it
 * the blob is a certificate, and the question is whether its authority's signature is genuine. With KA_VETANSWER_SHA1 before
 * it the answer is the SHA-1 of the blob, a plain key's, which a list of revoked keys may name: "sha1 HEX", or "unjudged".
 */
#ifndef KA_VERDICT_VETANSWER_H
#define KA_VERDICT_VETANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "reason/reason.h"

#define KA_VETANSWER_CERT "cert "
#define KA_VETANSWER_SHA1 "sha1 "
#define KA_VETANSWER_SHA1_LEN 20

enum ka_vetanswer_word { KA_VETANSWER_UNJUDGED, KA_VETANSWER_OK, KA_VETANSWER_BAD };

struct ka_vetanswer {
	enum ka_vetanswer_word word; /* KA_VETANSWER_UNJUDGED: nobody knows, so the key is not to be served (key.not-judged) */
	enum ka_reason reason;       /* with KA_VETANSWER_BAD; else KA_REASON_NONE */
	uint32_t factor;             /* with key.rsa-small-factor; else 0 */
};

/** ka_vetanswer_write() - append the line, with its newline */
void ka_vetanswer_write(const struct ka_vetanswer *a, struct ka_buf *out);

/**
 * ka_vetanswer_parse() - read the line, without its newline
 *
 * Answers: false, and @out unjudged, for whatever authkeys-vet does not write: another word, a reason that is none of its
 *          own, text behind the end.
 */
bool ka_vetanswer_parse(struct ka_span line, struct ka_vetanswer *out);

/** ka_vetanswer_write_sha1() - append the line of a hash, with its newline */
void ka_vetanswer_write_sha1(const uint8_t hash[static KA_VETANSWER_SHA1_LEN], struct ka_buf *out);

/** ka_vetanswer_parse_sha1() - read it, without its newline; false, and @hash all zero, for everything else ("unjudged" too) */
bool ka_vetanswer_parse_sha1(struct ka_span line, uint8_t hash[static KA_VETANSWER_SHA1_LEN]);

#endif
