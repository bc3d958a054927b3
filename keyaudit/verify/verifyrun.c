/*
 * The order of a verification: what others have seen first, then the trail beside it. While all of it is read others may write: a
 * record stands in the trail before a seal sees it, and the seal stands there before an anchor does. So anchors are read first and
 * the trail last, or an honest writer would look like somebody who cut it.
 */
#include "keyaudit/verify/verifyrun.h"

#include <string.h>

#include "keyaudit/screen/exit.h"
#include "keyaudit/verify/verifyread.h"

#include "base/poison.h"

const char *ka_verify_result_text(enum ka_verify_result result)
{
	return result == KA_VERIFY_INTACT ? "intact" : result == KA_VERIFY_BROKEN ? "broken" : "unanchored";
}

struct reading {
	struct ka_verifyrun *r;
	enum ka_err err;
	uint64_t line;
};

static bool take_seal(void *ctx, struct ka_span line, bool ended)
{
	struct reading *x = ctx;

	if (!ended && line.len == 0)
		return true;
	x->err = ka_verifyseals_line(&x->r->seals, line, &x->r->points);
	return x->err == KA_ERR_OK && x->r->seals.wrong == NULL;
}

static bool take_anchor(void *ctx, struct ka_span line, bool ended)
{
	struct reading *x = ctx;
	struct ka_seal s;

	(void)ended;
	x->line++;
	if (!ka_sealline_anchor(line, &s))
		return true; /* a log's other lines */
	x->err = ka_verifypoints_add(&x->r->points, &s, true, x->line);
	if (s.epoch > x->r->anchor_epoch)
		x->r->anchor_epoch = s.epoch;
	return x->err == KA_ERR_OK;
}

static bool take_record(void *ctx, struct ka_span line, bool ended)
{
	struct reading *x = ctx;

	return ka_verifychain_line(&x->r->chain, line, ended);
}

static enum ka_err read_one(struct ka_verifyrun *r, const char *path, struct ka_progress *bar, ka_verifyread_line *each)
{
	struct reading x = { .r = r };
	enum ka_err err = ka_verifyread(path, bar, each, &x);

	if (err == KA_ERR_OK)
		err = x.err;
	if (err != KA_ERR_OK)
		r->failed = path;
	return err;
}

/* One file of the trail. What gzip calls damaged is not what was compressed: the record that should come there is wrong. */
static enum ka_err read_file(const struct ka_verifyjob *job, size_t i, struct ka_progress *bar, struct ka_verifyrun *r)
{
	struct reading x = { .r = r };
	enum ka_err err = job->open != NULL ? ka_verifyread_bytes(&job->open->file[i].bytes, bar, take_record, &x) :
					      ka_verifyread(job->files[i], bar, take_record, &x);

	if (err == KA_ERR_SYNTAX) {
		ka_verifychain_damaged(&r->chain);
		return KA_ERR_OK;
	}
	if (err != KA_ERR_OK)
		r->failed = job->files[i];
	return err;
}

enum ka_err ka_verifyrun_witnesses(const struct ka_verifyjob *job, struct ka_verifyrun *r)
{
	enum ka_err err = KA_ERR_OK;

	memset(r, 0, sizeof(*r));
	ka_verifyseals_begin(&r->seals, job->k0);
	if (job->anchors != NULL)
		err = read_one(r, job->anchors, NULL, take_anchor);
	if (err == KA_ERR_OK && job->anchors != NULL && r->points.anchors == 0) {
		r->failed = job->anchors;
		err = KA_ERR_SYNTAX;
	}
	if (err == KA_ERR_OK && job->seals != NULL)
		err = read_one(r, job->seals, NULL, take_seal);
	ka_verifyseals_end(&r->seals);
	return err;
}

static enum ka_err read_trail(const struct ka_verifyjob *job, struct ka_progress *bar, struct ka_verifyrun *r)
{
	ka_verifypoints_sort(&r->points);
	ka_verifychain_begin(&r->chain, &r->points);
	for (size_t i = 0; i < job->files_count; i++) {
		enum ka_err err;

		if (!ka_verifychain_file(&r->chain))
			return KA_ERR_OK;
		err = read_file(job, i, bar, r);
		if (err != KA_ERR_OK || r->chain.wrong.what != KA_VERIFY_NOTHING)
			return err;
	}
	(void)ka_verifychain_end(&r->chain);
	return KA_ERR_OK;
}

/* How many records stand behind the last anchor. */
static uint64_t behind(const struct ka_verifychain *c, uint64_t anchored)
{
	if (anchored < c->first) /* 0 < 0: no record at all */
		return c->seq - c->first + 1;
	return c->seq > anchored ? c->seq - anchored : 0;
}

/* The chain itself first: it says at which record. */
static void judge(const struct ka_verifyjob *job, struct ka_verifyrun *r)
{
	r->wrong = r->chain.wrong;
	if (r->wrong.what == KA_VERIFY_NOTHING && r->seals.wrong != NULL) {
		r->wrong = (struct ka_verifyfault){ .what = KA_VERIFY_SEAL, .text = r->seals.wrong, .point_line = r->seals.line };
		r->seal_epoch = r->seals.wrong_epoch;
	}
	/* who has a trail and an anchor alone need not have the seals; who has K0 looks for them */
	if (r->wrong.what == KA_VERIFY_NOTHING && (job->seals != NULL || job->k0 != NULL) && r->anchor_epoch > r->seals.last.epoch) {
		r->wrong = (struct ka_verifyfault){ .what = KA_VERIFY_SEAL, .text = "an anchor has seen this seal, and it is missing" };
		r->seal_epoch = r->anchor_epoch;
	}
	r->unanchored = behind(&r->chain, r->points.anchored);
	if (r->wrong.what != KA_VERIFY_NOTHING)
		r->result = KA_VERIFY_BROKEN;
	else if (r->points.anchors == 0 || r->unanchored > 0 || r->chain.torn.pieces > 0)
		r->result = KA_VERIFY_UNANCHORED;
	else
		r->result = KA_VERIFY_INTACT;
}

enum ka_err ka_verifyrun_trail(const struct ka_verifyjob *job, struct ka_progress *bar, struct ka_verifyrun *r)
{
	enum ka_err err = read_trail(job, bar, r);

	ka_progress_clear(bar);
	if (err == KA_ERR_OK)
		judge(job, r);
	return err;
}

enum ka_err ka_verifyrun(const struct ka_verifyjob *job, struct ka_progress *bar, struct ka_verifyrun *r)
{
	enum ka_err err = ka_verifyrun_witnesses(job, r);

	return err == KA_ERR_OK ? ka_verifyrun_trail(job, bar, r) : err;
}

void ka_verifyrun_end(struct ka_verifyrun *r)
{
	ka_verifypoints_free(&r->points);
}

/* An anchor of records that are no longer here vouches for none: who takes all of them away could make others behind it. */
static bool is_vouched(const struct ka_verifyrun *r)
{
	return r->points.anchors > 0 && r->points.anchored >= r->chain.first;
}

int ka_verifyrun_status(const struct ka_verifyrun *r, bool strict)
{
	if (r->result == KA_VERIFY_BROKEN)
		return KA_EXIT_FINDINGS;
	if (r->result == KA_VERIFY_INTACT)
		return KA_EXIT_FINE;
	return !is_vouched(r) || strict ? KA_EXIT_UNDECIDED : KA_EXIT_FINE;
}
