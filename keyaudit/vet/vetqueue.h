/* Lines that wait for their verdict, in their order, each with what is needed to judge it later: its bytes, place and account. */
#ifndef KA_VETQUEUE_H
#define KA_VETQUEUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "key/keyline.h"
#include "keyaudit/vet/vetreuse.h"

struct ka_vetqueue_row {
	struct ka_vetplace place;
	uint64_t number;     /* of the line, however large */
	enum ka_reason seen; /* what the lines around it show (vetscan.h) */
	size_t column, len, account_len;
	char account[KA_VET_ACCOUNT_MAX]; /* of a longer one the end */
	char text[KA_LINE_MAX + 2];
};

/* large, but only what is used of it takes memory: allocated and zeroed it is ready */
struct ka_vetqueue {
	size_t first, count;
	struct ka_vetqueue_row row[KA_VET_QUEUE_ROWS];
};

/** ka_vetqueue_put() - append a line; the queue is not full. Everything is copied */
void ka_vetqueue_put(struct ka_vetqueue *q, const struct ka_keyline *k, uint32_t file, uint64_t number, struct ka_span account,
		     enum ka_reason seen);

/** ka_vetqueue_first() - the line that has waited longest, NULL when there is none; borrowed until it is dropped */
const struct ka_vetqueue_row *ka_vetqueue_first(const struct ka_vetqueue *q);

/** ka_vetqueue_read() - parse it again. @storage as for ka_keyline_parse() */
void ka_vetqueue_read(const struct ka_vetqueue_row *row, uint8_t storage[static KA_BLOB_MAX], struct ka_keyline *out);

/** ka_vetqueue_drop() - forget the first one */
void ka_vetqueue_drop(struct ka_vetqueue *q);

#endif
