/* The object keyaudit.* of a trail line, and how much of a line is left out to make it fit. */
#ifndef KA_AUDIT_EVENTOWN_H
#define KA_AUDIT_EVENTOWN_H

#include "audit/event.h"
#include "audit/eventjson.h"

/* what is left out, in this order, until the line fits */
enum ka_eventown_drop {
	KA_DROP_NOTHING,
	KA_DROP_OFFERS,
	KA_DROP_SOURCES,
	KA_DROP_ALSO,
	KA_DROP_FIX,
	KA_DROP_FILE,
	KA_DROP_LABEL,
	KA_DROP_EVIDENCE, /* the sentence is cut down to names and meaning */
	KA_DROP_COUNT
};

/* one line being written; all pointers are borrowed */
struct ka_eventown {
	const struct ka_event *e;
	const struct ka_event_host *h;
	enum ka_eventown_drop drop;
	char ip[64]; /* the client's address, "" when it is not to be said */
};

/** ka_eventown_put() - write "keyaudit":{...} */
void ka_eventown_put(const struct ka_eventown *l, struct ka_buf *b);

/** ka_eventown_hashes() - write "hash":[...], each fingerprint of the offers and the key once; nothing when there is none */
void ka_eventown_hashes(const struct ka_eventown *l, struct ka_buf *b);

#endif
