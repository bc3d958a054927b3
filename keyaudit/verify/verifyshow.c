/* The words of a verification. It never says "intact" without saying up to where. */
#include "keyaudit/verify/verifyshow.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit/jsonout.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "keyaudit/screen/out_text.h"

#include "base/poison.h"

/* the file in which the fault stands, NULL: none by itself */
static const char *file_of(const struct ka_verifyjob *job, const struct ka_verifyfault *w)
{
	return w->line > 0 && w->file < job->files_count ? job->files[w->file] : NULL;
}

static const char *point_file(const struct ka_verifyjob *job, const struct ka_verifyfault *w)
{
	if (w->point_line == 0)
		return NULL;
	return w->what == KA_VERIFY_ANCHOR ? job->anchors : job->seals;
}

static void say_place(const struct ka_out *o, const char *path, uint64_t line)
{
	fputs("  ", o->to);
	ka_out_escaped(o, KA_OUT_STRONG, path, KA_TEXT_PATH_MAX);
	fprintf(o->to, ":%" PRIu64 "\n", line);
}

static void say_broken(const struct ka_out *o, const struct ka_verifyjob *job, const struct ka_verifyrun *r)
{
	const struct ka_verifyfault *w = &r->wrong;

	ka_out_text(o, KA_OUT_BAD, "broken");
	if (w->seq > 0)
		fprintf(o->to, " at record %" PRIu64, w->seq);
	else if (r->seal_epoch > 0)
		fprintf(o->to, " at seal %" PRIu64, r->seal_epoch);
	fprintf(o->to, ": %s: %s\n", ka_verify_wrong_text(w->what), w->text);
	if (file_of(job, w) != NULL)
		say_place(o, file_of(job, w), w->line);
	if (point_file(job, w) != NULL)
		say_place(o, point_file(job, w), w->point_line);
	if (r->chain.seq > 0 && r->chain.wrong.what != KA_VERIFY_NOTHING)
		fprintf(o->to, "  the chain holds up to record %" PRIu64 " of %s\n", r->chain.seq, r->chain.last_at);
}

static void say_held(const struct ka_out *o, const struct ka_verifyrun *r)
{
	if (r->result == KA_VERIFY_INTACT) {
		ka_out_text(o, KA_OUT_GOOD, "intact");
		fprintf(o->to, ": records %" PRIu64 " to %" PRIu64 ", up to %s, and an anchor has seen the last one\n", r->chain.first,
			r->chain.seq, r->chain.last_at);
		return;
	}
	ka_out_text(o, KA_OUT_WARN, "unanchored");
	if (r->unanchored == 0 && r->chain.records > 0)
		fputs(": no record, but what a crash left at the end\n", o->to);
	else if (r->unanchored == 0)
		fputs(": the trail holds no record\n", o->to);
	else
		fprintf(o->to, ": %" PRIu64 " records since %s\n", r->unanchored, r->chain.behind_at);
	if (r->chain.records == 0)
		return;
	if (r->points.anchors == 0)
		fprintf(o->to, "  the chain of records %" PRIu64 " to %" PRIu64 " holds in itself, but no anchor was given: whoever is root here\n"
			       "  could have made it anew, and a tail cut off would look the same\n", r->chain.first, r->chain.seq);
	else if (r->points.anchored >= r->chain.first)
		fprintf(o->to, "  records %" PRIu64 " to %" PRIu64 " are as the last anchor has seen them; what stands behind could have been\n"
			       "  changed, and a tail cut off would look the same\n", r->chain.first, r->points.anchored);
	else
		fputs("  the anchors have seen only records that are no longer here: whoever is root here could have taken them\n"
		      "  away, and have made these\n", o->to);
}

static void say_seals(const struct ka_out *o, const struct ka_verifyjob *job, const struct ka_verifyrun *r)
{
	const struct ka_verifyseals *s = &r->seals;

	if (job->seals == NULL)
		fputs("  seals: none\n", o->to);
	else if (!s->has_key)
		fprintf(o->to, "  seals: %" PRIu64 ", unchecked: who made them is known with K0 alone (--key)\n", s->count);
	else if (s->wrong == NULL)
		fprintf(o->to, "  seals: %" PRIu64 ", each made with the key of its epoch\n", s->count);
	if (s->late > 0)
		fprintf(o->to, "  no seal from %s to %s although the host was up%s\n", s->late_from, s->late_until,
			s->late > 1 ? ", and not for the first time only" : "");
}

void ka_verifyshow_text(FILE *to, const struct ka_verifyjob *job, const struct ka_verifyrun *r)
{
	struct ka_out o;

	ka_out_init(&o, to, KA_OUT_AUTO);
	if (r->result == KA_VERIFY_BROKEN)
		say_broken(&o, job, r);
	else
		say_held(&o, r);
	say_seals(&o, job, r);
	if (r->chain.first > 1)
		fprintf(to, "  records 1 to %" PRIu64 " are not here\n", r->chain.first - 1);
	if (r->chain.recovered > 0)
		fprintf(to, "  crashes that tore a line and were recovered from: %" PRIu64 "\n", r->chain.recovered);
	if (r->chain.torn.pieces > 0 && r->result != KA_VERIFY_BROKEN)
		fprintf(to, "  %" PRIu64 " bytes at the end are no record: what a crash left; the next writer names them\n", r->chain.torn.len);
}

static void json_wrong(struct ka_buf *b, const struct ka_verifyjob *job, const struct ka_verifyrun *r)
{
	const struct ka_verifyfault *w = &r->wrong;

	ka_jsonout_object(b, "broken");
	ka_jsonout_plain(b, "what", ka_verify_wrong_text(w->what));
	ka_jsonout_plain(b, "text", w->text);
	if (w->seq > 0)
		ka_jsonout_u64(b, "seq", w->seq);
	if (r->seal_epoch > 0)
		ka_jsonout_u64(b, "epoch", r->seal_epoch);
	if (file_of(job, w) != NULL) {
		ka_jsonout_text(b, "file", ka_span_of(file_of(job, w)), KA_TEXT_PATH_MAX);
		ka_jsonout_u64(b, "line", w->line);
	}
	if (point_file(job, w) != NULL) {
		ka_jsonout_text(b, "witness_file", ka_span_of(point_file(job, w)), KA_TEXT_PATH_MAX);
		ka_jsonout_u64(b, "witness_line", w->point_line);
	}
	ka_jsonout_object_end(b);
}

static void json_records(struct ka_buf *b, const struct ka_verifychain *c)
{
	ka_jsonout_u64(b, "files", c->files);
	ka_jsonout_u64(b, "records", c->records);
	if (c->records > 0) {
		ka_jsonout_plain(b, "chain", c->chain);
		ka_jsonout_u64(b, "first", c->first);
		ka_jsonout_u64(b, "last", c->seq);
		ka_jsonout_plain(b, "first_at", c->first_at);
		ka_jsonout_plain(b, "last_at", c->last_at);
		ka_jsonout_plain(b, "head", c->hash);
	}
	ka_jsonout_u64(b, "recovered", c->recovered);
	ka_jsonout_u64(b, "torn_bytes", c->torn.len);
}

static void json_seals(struct ka_buf *b, const struct ka_verifyseals *s)
{
	ka_jsonout_object(b, "seals");
	ka_jsonout_u64(b, "count", s->count);
	ka_jsonout_bool(b, "checked", s->has_key);
	ka_jsonout_u64(b, "late", s->late);
	ka_jsonout_object_end(b);
}

void ka_verifyshow_json(FILE *to, const struct ka_verifyjob *job, const struct ka_verifyrun *r)
{
	KA_AUTOFREE char *text = malloc(KA_VERIFY_JSON_MAX);
	struct ka_buf b;

	if (text == NULL)
		return;
	ka_buf_init(&b, text, KA_VERIFY_JSON_MAX);
	ka_jsonout_object(&b, NULL);
	ka_jsonout_plain(&b, "schema", "keyaudit.verify/1");
	ka_jsonout_plain(&b, "version", KA_VERSION);
	ka_jsonout_plain(&b, "result", ka_verify_result_text(r->result));
	json_records(&b, &r->chain);
	if (job->seals != NULL)
		json_seals(&b, &r->seals);
	ka_jsonout_u64(&b, "anchors", r->points.anchors);
	if (r->points.anchors > 0)
		ka_jsonout_u64(&b, "anchored", r->points.anchored);
	ka_jsonout_u64(&b, "unanchored", r->unanchored);
	if (r->unanchored > 0)
		ka_jsonout_plain(&b, "unanchored_since", r->chain.behind_at);
	if (r->result == KA_VERIFY_BROKEN)
		json_wrong(&b, job, r);
	ka_jsonout_object_end(&b);
	fprintf(to, "%s\n", text);
}
