/*
 * What the fetcher hands over, and what lies in the cache: an entry, or a failure. What is accepted is whole, and is written so
 * that it reads back the same; no entry that was cut, or got a byte more, is one.
 */
#include "store/entry.h"

#include <stdlib.h>
#include <string.h>

#include "store/fresh.h"
#include "store/lasttry.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

static char again[KA_ENTRY_MAX + 2];

static int is_same(const struct ka_entry *a, const struct ka_entry *b)
{
	return ka_span_equal(a->body, b->body) && a->fetched == b->fetched && a->confirmed == b->confirmed && a->fresh == b->fresh &&
	       a->swr == b->swr && a->stale == b->stale && a->serial == b->serial && a->status == b->status && a->mirror == b->mirror &&
	       a->is_found == b->is_found && strcmp(a->source, b->source) == 0 && strcmp(a->user, b->user) == 0 &&
	       strcmp(a->url, b->url) == 0 && strcmp(a->sha256, b->sha256) == 0 && strcmp(a->etag, b->etag) == 0 &&
	       strcmp(a->modified, b->modified) == 0;
}

static void check_entry(struct ka_span bytes)
{
	static struct ka_entry one, two;
	struct ka_span text;
	struct ka_buf b;

	if (!ka_entry_parse(bytes, &one))
		return;
	MUST(one.body.p + one.body.len == bytes.p + bytes.len && (one.is_found || one.body.len == 0));
	MUST(one.fetched >= 0 && one.confirmed >= 0 && one.fresh >= 0 && one.swr >= 0 && one.stale >= 0 && one.serial >= 0);
	for (int64_t now = one.fetched - 1; now <= one.fetched + 1; now++)
		MUST(ka_fresh_text(ka_fresh_of(&one, now, 60)) != NULL);
	ka_buf_init_array(&b, again);
	ka_entry_write(&one, &b);
	if (ka_buf_check(&b) != KA_ERR_OK)
		return; /* larger than what a command takes */
	text = ka_buf_as_span(&b);
	MUST(ka_entry_parse(text, &two) && is_same(&one, &two));
	MUST(!ka_entry_parse(ka_span_sub(text, 0, text.len - 1), &two));
	ka_buf_char(&b, '\n');
	MUST(ka_buf_check(&b) != KA_ERR_OK || !ka_entry_parse(ka_buf_as_span(&b), &two));
}

static void check_failure(struct ka_span bytes)
{
	struct ka_lasttry one, two;
	char text[KA_LASTTRY_MAX];
	struct ka_buf b;

	if (!ka_lasttry_parse(bytes, &one))
		return;
	MUST(one.reason != KA_REASON_NONE && !(ka_lasttry_is_off(&one, one.until)));
	MUST(!ka_lasttry_is_unavailable(&one) || strncmp(ka_reason_id(one.reason), "store.", 6) == 0);
	ka_buf_init_array(&b, text);
	ka_lasttry_write(&one, &b);
	MUST(ka_buf_check(&b) == KA_ERR_OK && ka_lasttry_parse(ka_buf_as_span(&b), &two));
	MUST(one.at == two.at && one.until == two.until && one.reason == two.reason && one.status == two.status && one.mirror == two.mirror);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_entry((struct ka_span){ data, size });
	check_failure((struct ka_span){ data, size });
	return 0;
}
