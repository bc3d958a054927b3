/* A ring of lines. */
#include "keyaudit/vet/vetqueue.h"

#include <string.h>

#include "base/poison.h"

void ka_vetqueue_put(struct ka_vetqueue *q, const struct ka_keyline *k, uint32_t file, uint64_t number, struct ka_span account,
		     enum ka_reason seen)
{
	struct ka_vetqueue_row *row = &q->row[(q->first + q->count) % KA_VET_QUEUE_ROWS];

	row->place = (struct ka_vetplace){ .file = file, .line = number < UINT32_MAX ? (uint32_t)number : UINT32_MAX };
	row->number = number;
	row->seen = seen;
	row->column = k->column;
	row->len = k->line.len < sizeof(row->text) ? k->line.len : sizeof(row->text);
	if (row->len > 0)
		memcpy(row->text, k->line.p, row->len);
	account = ka_span_sub(account, account.len > sizeof(row->account) ? account.len - sizeof(row->account) : 0, account.len);
	row->account_len = account.len;
	if (account.len > 0)
		memcpy(row->account, account.p, account.len);
	q->count++;
}

const struct ka_vetqueue_row *ka_vetqueue_first(const struct ka_vetqueue *q)
{
	return q->count > 0 ? &q->row[q->first] : NULL;
}

void ka_vetqueue_read(const struct ka_vetqueue_row *row, uint8_t storage[static KA_BLOB_MAX], struct ka_keyline *out)
{
	ka_keyline_parse((struct ka_span){ (const uint8_t *)row->text, row->len }, storage, out);
	out->column = row->column;
}

void ka_vetqueue_drop(struct ka_vetqueue *q)
{
	q->first = (q->first + 1) % KA_VET_QUEUE_ROWS;
	q->count--;
}
