/* Writes the revoked list in force. It must never lose an entry that no accepted list has dropped. */
#include "store/revokedkeep.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"

#include "base/poison.h"

/* entries being gathered, each with its LF */
struct gather {
	uint8_t *entries; /* owned */
	size_t count;
};

#define AUTOGATHER __attribute__((cleanup(free_gather)))

static void free_gather(struct gather *g)
{
	free(g->entries);
}

#define AUTOREVOKED __attribute__((cleanup(ka_revoked_close)))

static void count_lines(const struct ka_signeddoc *doc, size_t *entries, size_t *wrong)
{
	enum ka_revokedlist_line line;
	struct ka_span hash;
	struct ka_cursor c;

	*entries = *wrong = 0;
	ka_cursor_init(&c, doc->body.p, doc->body.len);
	while ((line = ka_revokedlist_next(&c, &hash)) != KA_REVOKEDLIST_END) {
		*entries += line == KA_REVOKEDLIST_ENTRY;
		*wrong += line == KA_REVOKEDLIST_WRONG;
	}
}

static void take_lines(const struct ka_signeddoc *doc, struct gather *g)
{
	enum ka_revokedlist_line line;
	struct ka_span hash;
	struct ka_cursor c;

	ka_cursor_init(&c, doc->body.p, doc->body.len);
	while ((line = ka_revokedlist_next(&c, &hash)) != KA_REVOKEDLIST_END) {
		uint8_t *entry = g->entries + g->count * KA_REVOKED_ENTRY_LEN;

		if (line != KA_REVOKEDLIST_ENTRY)
			continue;
		memcpy(entry, hash.p, KA_REVOKEDLIST_HASH_LEN);
		entry[KA_REVOKEDLIST_HASH_LEN] = '\n';
		g->count++;
	}
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, KA_REVOKED_ENTRY_LEN);
}

static void sort_once(struct gather *g)
{
	size_t kept = 0;

	if (g->count == 0)
		return;
	qsort(g->entries, g->count, KA_REVOKED_ENTRY_LEN, compare);
	for (size_t i = 1; i < g->count; i++) {
		const uint8_t *entry = g->entries + i * KA_REVOKED_ENTRY_LEN;

		if (compare(g->entries + kept * KA_REVOKED_ENTRY_LEN, entry) != 0 && ++kept != i)
			memcpy(g->entries + kept * KA_REVOKED_ENTRY_LEN, entry, KA_REVOKED_ENTRY_LEN);
	}
	g->count = kept + 1;
}

/* the new entries, and the old ones when a line of the new list may have meant one of them */
static enum ka_err gather(const struct ka_revoked *old, const struct ka_signeddoc *doc, struct gather *g, size_t *wrong)
{
	size_t fresh, kept;
	enum ka_err err;

	count_lines(doc, &fresh, wrong);
	kept = *wrong > 0 ? old->count : 0;
	if (fresh > KA_REVOKED_ENTRIES_MAX || fresh + kept > KA_REVOKED_ENTRIES_MAX)
		return KA_ERR_LIMIT;
	g->entries = malloc((fresh + kept + 1) * KA_REVOKED_ENTRY_LEN);
	if (g->entries == NULL)
		return KA_ERR_NOMEM;
	if (kept > 0) {
		err = ka_revoked_entries(old, g->entries);
		if (err != KA_ERR_OK)
			return err;
		g->count = kept;
	}
	take_lines(doc, g);
	sort_once(g);
	return KA_ERR_OK;
}

struct head {
	struct ka_serial_memory memory;
	int64_t now, expires;
};

static enum ka_err write_list(const struct ka_serialdir *d, const char *source, const struct head *head, const struct gather *g)
{
	size_t size = KA_REVOKED_HEAD_MAX + g->count * KA_REVOKED_ENTRY_LEN + 1;
	char name[KA_SERIAL_NAME_MAX];
	KA_AUTOFREE char *text = malloc(size);
	struct ka_buf b;
	enum ka_err err;

	if (text == NULL)
		return KA_ERR_NOMEM;
	if (!ka_serialdir_name(source, KA_SERIALDIR_REVOKED, name))
		return KA_ERR_LIMIT;
	ka_buf_init(&b, text, size);
	ka_revoked_head(&b, &head->memory, head->now, head->expires, g->count);
	ka_buf_put(&b, g->entries, g->count * KA_REVOKED_ENTRY_LEN);
	err = ka_buf_check(&b);
	return err == KA_ERR_OK ? ka_serialdir_replace(d, name, ka_buf_as_span(&b)) : err;
}

/* what is there, to be replaced; the lock is held */
static enum ka_err open_old(const struct ka_serialdir *d, const char *source, struct ka_revoked *old)
{
	enum ka_err err = ka_revoked_open(d, source, old);

	return err == KA_ERR_OK && old->state == KA_REVOKED_BROKEN ? KA_ERR_SYNTAX : err;
}

static enum ka_err accept_locked(const struct ka_serialdir *d, const struct ka_revokedkeep_new *n, struct ka_revokedkeep *kept)
{
	struct head head = { .memory = { .known = true, .serial = n->doc->head.serial }, .now = n->now };
	AUTOREVOKED struct ka_revoked old = { .fd = -1 };
	AUTOGATHER struct gather g = { NULL, 0 };
	enum ka_err err = open_old(d, n->source, &old);

	if (err != KA_ERR_OK)
		return err;
	kept->count = old.count;
	kept->reason = ka_signedcheck_serial(&old.memory, n->doc->head.serial, n->sha512);
	if (kept->reason != KA_REASON_NONE || (old.memory.known && old.memory.serial == n->doc->head.serial))
		return KA_ERR_OK;
	err = gather(&old, n->doc, &g, &kept->wrong);
	if (err != KA_ERR_OK)
		return err;
	memcpy(head.memory.sha512, n->sha512, sizeof(head.memory.sha512));
	head.expires = n->doc->head.expires;
	err = write_list(d, n->source, &head, &g);
	if (err != KA_ERR_OK)
		return err;
	kept->count = g.count;
	kept->is_first = old.state == KA_REVOKED_MISSING && ka_serialdir_begin(d, n->source);
	return KA_ERR_OK;
}

enum ka_err ka_revokedkeep_accept(const struct ka_serialdir *d, const struct ka_revokedkeep_new *n, struct ka_revokedkeep *kept)
{
	enum ka_err err = ka_serialdir_lock(d);

	*kept = (struct ka_revokedkeep){ .reason = KA_REASON_NONE };
	if (err != KA_ERR_OK)
		return err;
	err = accept_locked(d, n, kept);
	ka_serialdir_unlock(d);
	return err;
}

static enum ka_err forget_locked(const struct ka_serialdir *d, const char *source, bool *was_there)
{
	const struct head head = { .memory = { .known = false } };
	AUTOREVOKED struct ka_revoked old = { .fd = -1 };
	AUTOGATHER struct gather g = { NULL, 0 };
	enum ka_err err = open_old(d, source, &old);

	if (err != KA_ERR_OK || old.state == KA_REVOKED_MISSING)
		return err;
	g.entries = malloc((old.count + 1) * KA_REVOKED_ENTRY_LEN);
	if (g.entries == NULL)
		return KA_ERR_NOMEM;
	g.count = old.count;
	err = ka_revoked_entries(&old, g.entries);
	if (err == KA_ERR_OK)
		err = write_list(d, source, &head, &g);
	*was_there = err == KA_ERR_OK;
	return err;
}

enum ka_err ka_revokedkeep_forget_serial(const struct ka_serialdir *d, const char *source, bool *was_there)
{
	enum ka_err err = ka_serialdir_lock(d);

	*was_there = false;
	if (err != KA_ERR_OK)
		return err;
	err = forget_locked(d, source, was_there);
	ka_serialdir_unlock(d);
	return err;
}
