/* Listing the keys of a file. It must never keep the secret half of one. */
#include "keyaudit/mend/fixkeys.h"

#include <string.h>

#include "base/text.h"
#include "diag/keyview.h"
#include "key/keyb64.h"
#include "key/keyfpr.h"

#include "base/poison.h"

static bool holds(struct ka_span s, const char *word)
{
	return memmem(s.p, s.len, word, strlen(word)) != NULL;
}

/* cut to fit; a NUL ends it */
static void copy_cut(struct ka_span s, char *out, size_t size)
{
	struct ka_span part = ka_span_sub(s, 0, size - 1);

	ka_span_copy(ka_span_sub(part, 0, ka_span_find(part, '\0')), out, size);
}

static void put_row(const struct ka_keyview *v, struct ka_span blob, uint32_t number, struct ka_fixkeys_row *row)
{
	row->line = number;
	ka_keyfpr_text(blob, row->fp);
	copy_cut(v->type, row->type, sizeof(row->type));
	copy_cut(ka_text_trim(v->comment), row->comment, sizeof(row->comment));
}

/* as leniently as sshd: what it might take must not be missing from the list */
static void read_line(struct ka_span line, uint32_t number, struct ka_fixkeys_work *work, struct ka_fixkeys *out)
{
	struct ka_keyview v;
	size_t len = 0;

	ka_keyview_parse(line, &v);
	if (v.kind == KA_KEYVIEW_EMPTY || v.kind == KA_KEYVIEW_COMMENT)
		return;
	if (v.kind == KA_KEYVIEW_KEY && ka_keyb64_decode(v.base64, work->blob, sizeof(work->blob), &len) && len > 0) {
		if (out->keys < KA_FIXKEYS_MAX)
			put_row(&v, (struct ka_span){ work->blob, len }, number, &out->row[out->keys]);
		out->keys++;
		return;
	}
	if (out->odd++ == 0)
		out->odd_line = number;
}

void ka_fixkeys_read(struct ka_span bytes, struct ka_fixkeys_work *work, struct ka_fixkeys *out)
{
	struct ka_cursor c;
	struct ka_span line;

	memset(out, 0, sizeof(*out));
	out->is_private = holds(bytes, "PRIVATE KEY") || holds(bytes, "PuTTY-User-Key-File");
	ka_cursor_init(&c, bytes.p, bytes.len);
	for (uint32_t number = 1; ka_cursor_line(&c, &line, NULL); number++)
		read_line(line, number, work, out);
}

bool ka_fixkeys_check(const struct ka_fixkeys *k)
{
	for (size_t i = 0; i < k->keys && i < KA_FIXKEYS_MAX; i++)
		if (memchr(k->row[i].type, '\0', sizeof(k->row[i].type)) == NULL || memchr(k->row[i].fp, '\0', sizeof(k->row[i].fp)) == NULL ||
		    memchr(k->row[i].comment, '\0', sizeof(k->row[i].comment)) == NULL)
			return false;
	return true;
}
