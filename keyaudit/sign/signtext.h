/* The text of a document before it is signed: magic line and headers as store/signedhead.h reads them. Pure. */
#ifndef KA_SIGNTEXT_H
#define KA_SIGNTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "store/signeddoc.h"

struct ka_signtext_head {
	enum ka_signeddoc_kind kind;
	struct ka_span user;  /* of documents with keys */
	struct ka_span hosts;
	uint64_t serial;
	int64_t issued, expires; /* UTC seconds */
};

/** ka_signtext_head() - append the magic line and every header of that kind */
void ka_signtext_head(const struct ka_signtext_head *h, struct ka_buf *out);

/** ka_signtext_hosts() - is this a hosts header? "", or what is wrong with it */
const char *ka_signtext_hosts(const char *hosts);

/** ka_signtext_kind() - which kind of document begins like this; false when none does */
bool ka_signtext_kind(struct ka_span bytes, enum ka_signeddoc_kind *kind);

/** ka_signtext_end() - where the signed text of these bytes ends: at the first BEGIN line, or with them */
size_t ka_signtext_end(struct ka_span bytes);

/** ka_signtext_span() - "90s", "15m", "12h", "7d", "2w", at most KA_SIGN_SPAN_MAX_SEC; false when it is none */
bool ka_signtext_span(const char *text, int64_t *sec);

/** ka_signtext_expiry() - such a span behind @now, or YYYY-MM-DDThh:mm:ssZ; false when it is neither, or not behind @now */
bool ka_signtext_expiry(const char *text, int64_t now, int64_t *at);

/** ka_signtext_time() - YYYY-MM-DDThh:mm:ssZ */
#define KA_SIGNTEXT_TIME sizeof("YYYY-MM-DDThh:mm:ssZ")
void ka_signtext_time(int64_t at, char out[static KA_SIGNTEXT_TIME]);

#endif
