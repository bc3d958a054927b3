/* Rows of a key file. It must never hold more of a line than its key and comment. */
#include "diag/keyrow.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "diag/keyscan.h"
#include "diag/keyview.h"
#include "key/keyblob.h"
#include "key/keyfpr.h"

#include "base/poison.h"

static struct ka_keyrow *add(struct ka_keyrows *rows, uint32_t line)
{
	struct ka_keyrow *row;

	if (rows->count == KA_DIAG_ROWS_MAX) {
		rows->left_out++;
		return NULL;
	}
	row = &rows->row[rows->count++];
	memset(row, 0, sizeof(*row));
	row->line = line;
	row->offer = UINT32_MAX;
	return row;
}

static void put_cut(struct ka_span text, char *out, size_t size)
{
	size_t n = text.len < size - 1 ? text.len : size - 1;

	memcpy(out, text.p, n);
	out[n] = '\0';
	for (size_t i = 0; i < n; i++)
		if (out[i] == '\0')
			out[i] = '?';
}

static void keep_key(struct ka_keyrows *rows, struct ka_span blob, struct ka_keyrow *row)
{
	if (blob.len > sizeof(rows->keys) - rows->keys_len)
		return;
	memcpy(rows->keys + rows->keys_len, blob.p, blob.len);
	row->key_at = rows->keys_len;
	row->key_len = (uint32_t)blob.len;
	rows->keys_len += row->key_len;
}

void ka_keyrow_key(struct ka_keyrows *rows, const struct ka_keyview *v, struct ka_span blob, const struct ka_keyscan_hit *hit)
{
	struct ka_keyrow *row = add(rows, hit->line);
	struct ka_span none = { NULL, 0 };
	struct ka_keyblob key;

	if (row == NULL)
		return;
	row->is_key = 1;
	row->offer = hit->offer;
	row->reason = hit->reason;
	row->column = hit->reason != KA_REASON_NONE ? hit->column : 0;
	put_cut(v->type, row->type, sizeof(row->type));
	put_cut(ka_text_trim(v->comment), row->comment, sizeof(row->comment));
	ka_keyfpr_text(blob, row->fp);
	ka_keyblob_parse(blob, none, &key);
	row->bits = key.type != NULL && key.type->kind == KA_KEYKIND_RSA ? key.bits : 0;
	keep_key(rows, blob, row);
}

static bool has_row(const struct ka_keyrows *rows, uint32_t line)
{
	for (uint32_t i = 0; i < rows->count; i++)
		if (rows->row[i].line == line)
			return true;
	return false;
}

static int compare(const void *a, const void *b)
{
	const struct ka_keyrow *x = a, *y = b;

	return x->line < y->line ? -1 : x->line > y->line;
}

void ka_keyrow_finish(struct ka_keyrows *rows, const struct ka_keyscan *scan, enum ka_reason all)
{
	for (size_t i = 0; i < scan->hits_count; i++) {
		const struct ka_keyscan_hit *hit = &scan->hits[i];
		struct ka_keyrow *row = has_row(rows, hit->line) ? NULL : add(rows, hit->line);

		if (row == NULL)
			continue;
		row->offer = hit->offer;
		row->reason = hit->reason;
		row->column = hit->column;
	}
	for (uint32_t i = 0; i < rows->count && all != KA_REASON_NONE; i++) {
		rows->row[i].reason = (uint32_t)all;
		rows->row[i].is_key = 0;
	}
	qsort(rows->row, rows->count, sizeof(rows->row[0]), compare);
}

bool ka_keyrow_check(const struct ka_keyrow *row, size_t offers_count, size_t keys_len)
{
	return (row->offer < offers_count || row->offer == UINT32_MAX) && row->reason < KA_REASON_COUNT &&
	       row->vet == KA_REASON_NONE && row->is_rejected == 0 && row->key_len <= keys_len && row->key_at <= keys_len - row->key_len &&
	       memchr(row->type, '\0', sizeof(row->type)) != NULL && memchr(row->fp, '\0', sizeof(row->fp)) != NULL &&
	       memchr(row->comment, '\0', sizeof(row->comment)) != NULL;
}
