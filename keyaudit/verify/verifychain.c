/* What may follow what. Each check is one function that answers in words what is wrong, or NULL. */
#include "keyaudit/verify/verifychain.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

const char *ka_verify_wrong_text(enum ka_verify_wrong w)
{
	static const char *const texts[KA_VERIFY_WRONG_COUNT] = {
		[KA_VERIFY_NOTHING] = "", [KA_VERIFY_HASH] = "hash", [KA_VERIFY_PREV] = "prev", [KA_VERIFY_NUMBER] = "number",
		[KA_VERIFY_ORDER] = "order", [KA_VERIFY_SEAL] = "seal", [KA_VERIFY_ANCHOR] = "anchor",
	};

	return texts[w];
}

void ka_verifychain_begin(struct ka_verifychain *v, const struct ka_verifypoints *points)
{
	memset(v, 0, sizeof(*v));
	v->points = points;
	memcpy(v->hash, KA_CHAIN_ZEROS, sizeof(v->hash));
}

static bool fail(struct ka_verifychain *v, enum ka_verify_wrong what, uint64_t seq, const char *text)
{
	v->wrong = (struct ka_verifyfault){
		.what = what, .text = text, .seq = seq, .file = v->files > 0 ? v->files - 1 : 0, .line = v->line,
	};
	return false;
}

static bool fail_at_point(struct ka_verifychain *v, const struct ka_verifypoint *p, const char *seal, const char *anchor)
{
	(void)fail(v, p->is_anchor ? KA_VERIFY_ANCHOR : KA_VERIFY_SEAL, p->seq, p->is_anchor ? anchor : seal);
	v->wrong.point_line = p->line;
	return false;
}

bool ka_verifychain_file(struct ka_verifychain *v)
{
	if (v->files > 0 && v->is_fresh)
		return fail(v, KA_VERIFY_ORDER, 0, "the file holds no record, and another file follows");
	v->files++;
	v->line = 0;
	v->is_fresh = true;
	return true;
}

static bool is_same(const char *hex, const uint8_t *bytes, size_t n)
{
	char text[2 * KA_VERIFYPOINT_HASH + 1];

	ka_text_hex(bytes, n, text, sizeof(text));
	return strcmp(hex, text) == 0;
}

/* What was seen of record @seq, whose hash is @hash. */
static bool compare_points(struct ka_verifychain *v, uint64_t seq, const char *hash)
{
	for (; v->next_point < v->points->count; v->next_point++) {
		const struct ka_verifypoint *p = &v->points->p[v->next_point];

		if (p->seq > seq)
			return true;
		if (!is_same(v->chain, p->chain, sizeof(p->chain)))
			return fail_at_point(v, p, "the seal is of another chain", "the anchor is of another chain");
		if (p->seq < seq) { /* before the first record that is here */
			v->older_points++;
			continue;
		}
		if (!is_same(hash, p->head, sizeof(p->head)))
			return fail_at_point(v, p, "the seal has seen another record with this number",
					     "the anchor has seen another record with this number");
		v->seen_points++;
	}
	return true;
}

/* A chained line of the right content: is it the next one? */
static bool follows(struct ka_verifychain *v, const struct ka_chain_link *l)
{
	if (v->first == 0 && l->seq > 1)
		return true; /* the files before this one are not here */
	if (l->seq != v->seq + 1)
		return fail(v, KA_VERIFY_NUMBER, l->seq, l->seq <= v->seq ? "this number was there before" : "records are missing before it");
	if (memcmp(l->prev, v->hash, sizeof(v->hash)) != 0)
		return fail(v, KA_VERIFY_PREV, l->seq, "it was written behind another record than the one before it");
	return true;
}

/* The first line of a file. What stands in front of the first file is not here to be looked at. */
static const char *begins_wrong(const struct ka_verifychain *v, const struct ka_verifyline *l)
{
	bool is_first = v->files == 1;

	if (l->kind != KA_VERIFYLINE_GENESIS)
		return "the file does not begin with a trail-genesis record";
	if (l->chain[0] == '\0' || (!is_first && (!l->goes_on || strcmp(l->chain, v->chain) != 0)))
		return "the file begins another chain";
	if (l->goes_on != (l->link.seq > 1))
		return "the number of its first record and why it begins do not fit";
	if (is_first)
		return v->torn.pieces > 0 ? "something that is no record stands before it" : NULL;
	if (!l->is_renamed && !v->is_rotated)
		return "no trail-rotate record ends the file before it";
	if ((v->torn.pieces > 0 || l->torn_len > 0) && !(l->is_renamed && ka_verifytorn_is_named(&v->torn, l)))
		return "the file before it ends in something that is no record, and that it does not name";
	return NULL;
}

static const char *stands_wrong(const struct ka_verifychain *v, const struct ka_verifyline *l)
{
	if (v->is_fresh)
		return begins_wrong(v, l);
	if (l->kind == KA_VERIFYLINE_GENESIS)
		return "a trail-genesis record inside a file";
	if (l->kind != KA_VERIFYLINE_RECORD && strcmp(l->chain, v->chain) != 0)
		return "a record of another chain";
	if (v->torn.pieces > 0 && (l->kind != KA_VERIFYLINE_RECOVERY || !ka_verifytorn_is_named(&v->torn, l)))
		return "before it stands something that is no record, and that it does not name";
	if (v->torn.pieces == 0 && l->kind == KA_VERIFYLINE_RECOVERY)
		return "a trail-recovery record, and what it names is not there";
	return NULL;
}

static void note(struct ka_verifychain *v, struct ka_span line, const struct ka_verifyline *l)
{
	uint64_t seq = l->link.seq;

	if (v->first == 0) {
		v->first = seq;
		ka_verifyline_time(line, v->first_at);
	}
	if (seq == v->points->anchored + 1 || (v->first == seq && seq > v->points->anchored))
		ka_verifyline_time(line, v->behind_at);
	ka_verifyline_time(line, v->last_at);
	v->seq = seq;
	memcpy(v->hash, l->link.hash, sizeof(v->hash));
	v->records++;
	v->is_fresh = false;
	v->is_rotated = l->kind == KA_VERIFYLINE_ROTATE;
	v->recovered += v->torn.pieces > 0;
	ka_verifytorn_begin(&v->torn);
}

bool ka_verifychain_line(struct ka_verifychain *v, struct ka_span line, bool ended)
{
	struct ka_verifyline l;
	const char *wrong;

	v->line++;
	/* a whole line that lacks nothing but its newline is a record: the next writer ends it */
	if (!ka_verifyline_read(line, &l)) {
		return ka_verifytorn_add(&v->torn, line, ended) || fail(v, KA_VERIFY_ORDER, 0, "this is no record");
	}
	if (!ka_chain_is_intact(line, &l.link))
		return fail(v, KA_VERIFY_HASH, l.link.seq, "it was changed: its hash is another one");
	if (!follows(v, &l.link))
		return false;
	wrong = stands_wrong(v, &l);
	if (wrong != NULL)
		return fail(v, KA_VERIFY_ORDER, l.link.seq, wrong);
	if (v->is_fresh)
		memcpy(v->chain, l.chain, sizeof(v->chain));
	if (v->first == 0 && l.link.seq > 1 && !compare_points(v, l.link.seq - 1, l.link.prev))
		return false;
	note(v, line, &l);
	return compare_points(v, v->seq, v->hash);
}

void ka_verifychain_damaged(struct ka_verifychain *v)
{
	v->line++;
	(void)fail(v, KA_VERIFY_ORDER, 0, "the compressed file is damaged here");
}

bool ka_verifychain_end(struct ka_verifychain *v)
{
	if (v->next_point < v->points->count) {
		const struct ka_verifypoint *p = &v->points->p[v->next_point];

		return fail_at_point(v, p, "the trail ends before it: a seal has seen this record", "the trail ends before it: an anchor has seen this record");
	}
	return true;
}
