/* Fingerprints to be revoked. MUST: pass over no line that it does not understand: somebody meant a key to be closed. */
#include "keyaudit/publish/pubrevoked.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

#include "base/poison.h"

static enum ka_err add(struct ka_pubrevoked *r, struct ka_span hash)
{
	if (r->count == r->room) {
		size_t room = r->room == 0 ? 256 : 2 * r->room;
		void *more = reallocarray(r->hashes, room, sizeof(*r->hashes));

		if (more == NULL)
			return KA_ERR_NOMEM;
		r->hashes = more;
		r->room = room;
	}
	memcpy(r->hashes[r->count++], hash.p, KA_REVOKEDLIST_HASH_LEN);
	return KA_ERR_OK;
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, KA_REVOKEDLIST_HASH_LEN);
}

static void sort(struct ka_pubrevoked *r)
{
	size_t kept = 0;

	if (r->count == 0)
		return;
	qsort(r->hashes, r->count, sizeof(*r->hashes), compare);
	for (size_t i = 1; i < r->count; i++)
		if (compare(r->hashes[kept], r->hashes[i]) != 0)
			memmove(r->hashes[++kept], r->hashes[i], sizeof(*r->hashes));
	r->count = kept + 1;
}

/* which line of @text begins at or before @at */
static size_t line_at(struct ka_span text, const uint8_t *at)
{
	size_t n = 0;

	for (const uint8_t *p = text.p; p < at; p++)
		n += *p == '\n';
	return n;
}

enum ka_err ka_pubrevoked_read(struct ka_span text, struct ka_pubrevoked *out)
{
	enum ka_err err = KA_ERR_OK;
	struct ka_cursor c;
	struct ka_span hash;

	*out = (struct ka_pubrevoked){ .count = 0 };
	ka_cursor_init(&c, text.p, text.len);
	while (err == KA_ERR_OK)
		switch (ka_revokedlist_next(&c, &hash)) {
		case KA_REVOKEDLIST_ENTRY:
			err = add(out, hash);
			break;
		case KA_REVOKEDLIST_WRONG:
			if (out->bad_line == 0)
				out->bad_line = line_at(text, c.p) + (c.p == c.end && c.p[-1] != '\n');
			break;
		case KA_REVOKEDLIST_END:
		default:
			sort(out);
			return KA_ERR_OK;
		}
	return err;
}

static bool has(const struct ka_pubrevoked *r, const uint8_t *hash)
{
	return r->count > 0 && bsearch(hash, r->hashes, r->count, sizeof(*r->hashes), compare) != NULL;
}

bool ka_pubrevoked_has(const struct ka_pubrevoked *r, const char *fp)
{
	struct ka_span s = ka_span_of(fp);
	size_t prefix = strlen(KA_REVOKEDLIST_PREFIX);

	return s.len == prefix + KA_REVOKEDLIST_HASH_LEN && ka_span_starts(s, KA_REVOKEDLIST_PREFIX) && has(r, s.p + prefix);
}

void ka_pubrevoked_put(const struct ka_pubrevoked *r, struct ka_buf *out)
{
	for (size_t i = 0; i < r->count; i++) {
		ka_buf_text(out, KA_REVOKEDLIST_PREFIX);
		ka_buf_put(out, r->hashes[i], sizeof(*r->hashes));
		ka_buf_char(out, '\n');
	}
}

size_t ka_pubrevoked_lacks(const struct ka_pubrevoked *r, struct ka_span old_body)
{
	enum ka_revokedlist_line got;
	struct ka_cursor c;
	struct ka_span hash;
	size_t n = 0;

	ka_cursor_init(&c, old_body.p, old_body.len);
	while ((got = ka_revokedlist_next(&c, &hash)) != KA_REVOKEDLIST_END)
		n += got == KA_REVOKEDLIST_ENTRY && !has(r, hash.p);
	return n;
}

void ka_pubrevoked_free(struct ka_pubrevoked *r)
{
	free(r->hashes);
	*r = (struct ka_pubrevoked){ .count = 0 };
}
