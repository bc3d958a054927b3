/* A look at the whole file, which the judge never takes. */
#include "keyaudit/blocklist/blockstatus.h"

#include <inttypes.h>
#include <string.h>

#include "audit/jsonout.h"

#include "base/poison.h"

static unsigned count_lists(const struct ka_blockfile *f)
{
	bool seen[UINT8_MAX + 1] = { false };
	unsigned n = 0;

	for (size_t i = 0; i < f->count; i++) {
		uint8_t id = f->records[i * KA_BLOCKFILE_RECORD + KA_BKHASH_LEN];

		n += !seen[id];
		seen[id] = true;
	}
	return n;
}

void ka_blockstatus_look(const struct ka_blocklist *b, size_t i, struct ka_blockstatus_row *out)
{
	const struct ka_blockfile *f = &b->files[i].data;

	*out = (struct ka_blockstatus_row){ .path = b->files[i].path, .trouble = b->files[i].trouble, .wrong = f->wrong, .records = f->count, .written = f->written };
	if (f->state != KA_BLOCKFILE_OPEN)
		return;
	out->lists = count_lists(f);
	if (!ka_blockfile_is_in_order(f)) {
		out->trouble = KA_REASON_DATA_INVALID;
		out->wrong = KA_BLOCKLIST_NO_ORDER;
	}
}

static void say_age(int64_t sec)
{
	if (sec < 2 * 3600)
		printf("%" PRId64 " minutes", sec / 60);
	else if (sec < 2 * 86400)
		printf("%" PRId64 " hours", sec / 3600);
	else
		printf("%" PRId64 " days", sec / 86400);
}

void ka_blockstatus_text(const struct ka_out *o, const struct ka_blockstatus_row *r, int64_t now)
{
	ka_out_mark(o, r->trouble == KA_REASON_NONE ? KA_OUT_GOOD : KA_OUT_BAD);
	fputc(' ', stdout);
	ka_out_escaped(o, KA_OUT_STRONG, r->path, KA_TEXT_PATH_MAX);
	if (r->records > 0) {
		printf("  %" PRIu64 " records of %u %s, written ", r->records, r->lists, r->lists == 1 ? "list" : "lists");
		say_age(now > r->written ? now - r->written : 0);
		fputs(" ago", stdout);
	}
	if (r->trouble != KA_REASON_NONE)
		printf("\n     %s: %s", ka_reason_id(r->trouble), r->wrong != NULL ? r->wrong : ka_reason_meaning(r->trouble));
	fputc('\n', stdout);
}

void ka_blockstatus_json(const struct ka_blockstatus_row *r, int64_t now)
{
	char text[KA_BLOCKSTATUS_JSON_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_jsonout_object(&b, NULL);
	ka_jsonout_plain(&b, "schema", KA_BLOCKSTATUS_SCHEMA);
	ka_jsonout_text(&b, "path", ka_span_of(r->path), KA_TEXT_PATH_MAX);
	if (r->trouble != KA_REASON_NONE)
		ka_jsonout_plain(&b, "reason", ka_reason_id(r->trouble));
	if (r->wrong != NULL)
		ka_jsonout_plain(&b, "detail", r->wrong);
	ka_jsonout_u64(&b, "records", r->records);
	ka_jsonout_u64(&b, "lists", r->lists);
	if (r->records > 0) {
		ka_jsonout_i64(&b, "written", r->written);
		ka_jsonout_i64(&b, "age", now > r->written ? now - r->written : 0);
	}
	ka_jsonout_object_end(&b);
	puts(text);
}
