/*
 * Lines go through a queue: at its end keys are handed out to authkeys-vet, at its front verdicts are taken. MUST: show
 * every line once and in order; never let what one file holds end the run.
 */
#include "keyaudit/vet/vetrun.h"

#include <glob.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "key/keyfpr.h"
#include "vet/vetnote.h"

#include "base/poison.h"

#define PROGRESS_LINES 64

/* ---- what a key has to do with others ---- */

static void say_place(struct ka_vetrun *r, struct ka_vetplace place)
{
	struct ka_buf b;

	ka_buf_init_array(&b, r->other);
	ka_text_escape(&b, ka_span_of(ka_vetnames_get(&r->names, place.file)), 0, KA_TEXT_PATH_MAX);
	ka_buf_char(&b, ':');
	ka_buf_u64(&b, place.line);
	r->show.other = r->other;
}

static void add(struct ka_vetrun *r, enum ka_reason reason)
{
	struct ka_vetnote note;

	ka_vetnote_resume(&note, &r->policy->policy, true, &r->vet);
	ka_vetnote_add(&note, reason, NULL);
}

/* and a certificate with its authority */
static const char *say_authority(struct ka_vetrun *r)
{
	struct ka_vetnote note;

	if (r->when.seen == KA_REASON_LINE_COMMENTED_OUT)
		return NULL;
	ka_vetnote_resume(&note, &r->policy->policy, true, &r->vet);
	return ka_vetca_text(ka_vetca_judge(&r->authorities, &r->policy->conf, &r->line, &note));
}

static enum ka_err keep_rsa(struct ka_vetrun *r, const struct ka_vetqueue_row *row, struct ka_span blob)
{
	struct ka_vetshared_key key = { .place = row->place, .bits = r->line.key.bits, .verdict = r->vet.verdict };

	ka_keyfpr_text(blob, key.fp);
	return ka_vetshared_put(&r->shared, blob, r->show.with_account ? r->account : (struct ka_span){ NULL, 0 }, &key);
}

/* a whole key, whatever else is wrong with its line; not one in a comment, which nobody uses */
static enum ka_err compare(struct ka_vetrun *r, const struct ka_vetqueue_row *row)
{
	const struct ka_keyblob *key = &r->line.key;
	enum ka_vetreuse_what what;
	struct ka_vetplace first;
	struct ka_buf b;
	enum ka_err err;

	ka_buf_init_array(&b, r->plain);
	if (r->line.reason == KA_REASON_NONE && row->seen != KA_REASON_LINE_COMMENTED_OUT)
		ka_keyblob_plain(key, &b);
	if (b.len == 0 || b.overflow)
		return KA_ERR_OK;
	err = ka_vetreuse_note(&r->reuse, ka_buf_as_span(&b), r->account, row->place, &what, &first);
	if (err != KA_ERR_OK)
		return err;
	r->tally.uncompared += what == KA_VETREUSE_UNKNOWN;
	if (what == KA_VETREUSE_OTHER) {
		add(r, KA_REASON_POLICY_KEY_REUSED);
		say_place(r, first);
	}
	if (what == KA_VETREUSE_NEW && key->type->kind == KA_KEYKIND_RSA)
		err = keep_rsa(r, row, ka_buf_as_span(&b));
	return err;
}

/* ---- the front of the queue ---- */

static void begin_show(struct ka_vetrun *r, uint32_t file)
{
	ka_progress_clear(&r->bar);
	r->show.file = ka_vetnames_get(&r->names, file);
	r->show.account = r->show.with_account ? r->account : (struct ka_span){ NULL, 0 };
}

static enum ka_err settle(struct ka_vetrun *r)
{
	const struct ka_vetqueue_row *row = ka_vetqueue_first(&r->queue);
	struct ka_span kept = r->account;
	enum ka_err err;

	ka_vetqueue_read(row, r->storage, &r->line);
	r->when.seen = row->seen;
	r->account = (struct ka_span){ (const uint8_t *)row->account, row->account_len };
	r->show.other = NULL;
	ka_judge_line(&r->policy->judge, &r->line, &r->policy->policy, &r->when, &r->vet);
	r->show.ca = say_authority(r);
	err = compare(r, row);
	/* severity.line.commented-out = off: a comment like others */
	if (err == KA_ERR_OK && (row->seen != KA_REASON_LINE_COMMENTED_OUT || r->vet.count > 0)) {
		ka_vettally_take(&r->tally, &r->line.key, r->vet.verdict);
		if (!r->only_findings || r->vet.count > 0) {
			begin_show(r, row->place.file);
			err = ka_vetshow_line(&r->show, row->number, &r->line, &r->vet);
		}
	}
	ka_vetqueue_drop(&r->queue);
	r->account = kept;
	return err;
}

/* ---- its end ---- */

/* blank lines, and comments of any length: no key was meant */
static bool is_skipped(const struct ka_keyline *k, enum ka_reason seen)
{
	struct ka_span trimmed = ka_text_trim(k->line);

	if (seen != KA_REASON_NONE)
		return false;
	return k->reason == KA_REASON_LINE_EMPTY ||
	       (k->reason == KA_REASON_LINE_TOO_LONG && trimmed.len > 0 && trimmed.p[0] == '#');
}

/* would the judge ask authkeys-vet about it? */
static bool needs_arithmetic(struct ka_vetrun *r, const struct ka_keyline *k, enum ka_reason seen)
{
	if (k->reason != KA_REASON_NONE || seen == KA_REASON_LINE_COMMENTED_OUT || k->key.is_cert ||
	    (k->key.type->kind != KA_KEYKIND_RSA && k->key.type->kind != KA_KEYKIND_ECDSA))
		return false;
	r->when.seen = seen;
	ka_vet_line(k, &r->policy->policy, &r->when, &r->glance);
	return r->glance.verdict != KA_VERDICT_REJECT;
}

static enum ka_err put(void *ctx, uint64_t number, const struct ka_keyline *k, enum ka_reason seen)
{
	struct ka_vetrun *r = ctx;
	enum ka_err err = KA_ERR_OK;

	if (is_skipped(k, seen))
		return KA_ERR_OK;
	if (r->queue.count == KA_VET_QUEUE_ROWS)
		err = settle(r);
	if (err != KA_ERR_OK)
		return err;
	ka_vetqueue_put(&r->queue, k, r->file, number, r->account, seen);
	if (!needs_arithmetic(r, k, seen))
		return KA_ERR_OK;
	while (err == KA_ERR_OK && r->queue.count > 1 && ka_vetahead_ask(&r->ahead, k->key.blob) == KA_VETAHEAD_FULL)
		err = settle(r);
	return err;
}

/* ---- files ---- */

static enum ka_err complain_line(struct ka_vetrun *r)
{
	char place[KA_TEXT_PATH_MAX + 32];
	struct ka_buf b;
	enum ka_err err = ka_vetscan_end(&r->scan);

	ka_buf_init_array(&b, place);
	ka_buf_text(&b, r->name);
	ka_buf_char(&b, ':');
	ka_buf_u64(&b, r->stream.number);
	r->tally.unread++;
	r->complain(r->ctx, "no line of a dump: ACCOUNT<TAB>KEY, or JSON with account and line", b.overflow ? r->name : place);
	return err;
}

static enum ka_err take_dump(struct ka_vetrun *r, struct ka_span text)
{
	enum ka_err err = KA_ERR_OK;

	switch (ka_vetdump_read(text, &r->split)) {
	case KA_VETDUMP_NOTHING:
		return KA_ERR_OK;
	case KA_VETDUMP_BROKEN:
		return complain_line(r);
	case KA_VETDUMP_KEY:
		break;
	}
	if (!ka_span_equal(r->split.account, r->account)) {
		err = ka_vetscan_end(&r->scan);
		memcpy(r->account_room, r->split.account.p, r->split.account.len);
		r->account = (struct ka_span){ (const uint8_t *)r->account_room, r->split.account.len };
	}
	return err == KA_ERR_OK ? ka_vetscan_line(&r->scan, r->stream.number, r->split.line) : err;
}

/* of a file whose size is known, as many lines as it will have if they go on like this */
static void draw(struct ka_vetrun *r, const struct ka_vetwalk_file *f)
{
	off_t at = r->bar.is_live ? lseek(f->fd, 0, SEEK_CUR) : 0;

	if (!r->bar.is_live || ++r->lines % PROGRESS_LINES != 0)
		return;
	r->bar.total = r->dump && f->size > 0 && at > 0 ? (size_t)((double)r->stream.number * (double)f->size / (double)at) : KA_PROGRESS_UNKNOWN;
	ka_progress_done(&r->bar, (size_t)r->lines);
}

enum ka_err ka_vetrun_file(void *ctx, const struct ka_vetwalk_file *f)
{
	struct ka_vetrun *r = ctx;
	enum ka_err err = ka_vetnames_add(&r->names, f->name, &r->file);
	bool more = true;

	r->name = f->name;
	r->account = r->dump ? (struct ka_span){ NULL, 0 } : ka_span_of(f->account);
	r->scan.take = put;
	r->scan.ctx = r;
	r->tally.files++;
	ka_linestream_init(&r->stream, f->fd);
	while (err == KA_ERR_OK) {
		struct ka_span text;

		if (ka_linestream_next(&r->stream, &text, &more) != KA_ERR_OK) {
			r->complain(r->ctx, "cannot be read", f->name);
			r->tally.unread++;
			break;
		}
		if (!more)
			break;
		err = r->dump ? take_dump(r, text) : ka_vetscan_line(&r->scan, r->stream.number, text);
		draw(r, f);
	}
	return err == KA_ERR_OK ? ka_vetscan_end(&r->scan) : err;
}

/* ---- this host, and the end ---- */

static enum ka_err note_host_key(struct ka_vetrun *r, const char *path)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct ka_vetplace place = { .line = 1 }, first;
	enum ka_vetreuse_what what;
	struct ka_span text;
	bool more = false;
	enum ka_err err;
	struct ka_buf b;

	if (fd < 0)
		return KA_ERR_OK; /* whoever cannot see it does not learn about it */
	ka_linestream_init(&r->stream, fd);
	if (ka_linestream_next(&r->stream, &text, &more) != KA_ERR_OK || !more)
		return KA_ERR_OK;
	ka_keyline_parse(text, r->storage, &r->line);
	ka_buf_init_array(&b, r->plain);
	if (r->line.reason == KA_REASON_NONE)
		ka_keyblob_plain(&r->line.key, &b);
	if (b.len == 0 || b.overflow)
		return KA_ERR_OK;
	err = ka_vetnames_add(&r->names, path, &place.file);
	return err == KA_ERR_OK ? ka_vetreuse_note(&r->reuse, ka_buf_as_span(&b), ka_span_of(""), place, &what, &first) : err;
}

enum ka_err ka_vetrun_begin(struct ka_vetrun *r)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	enum ka_err err = KA_ERR_OK;
	glob_t found;

	r->ahead.program = r->policy->judge.ask.program;
	r->ahead.fermat_rounds = r->policy->judge.ask.fermat_rounds;
	r->ahead.workers_max = processors < 1 ? 1 : processors < KA_VET_WORKERS_MAX ? (unsigned)processors : KA_VET_WORKERS_MAX;
	r->policy->judge.ask.known = ka_vetahead_known;
	r->policy->judge.ask.known_ctx = &r->ahead;
	r->shared.program = r->policy->judge.ask.program;
	if (r->bar.is_live)
		ka_progress_stage(&r->bar, "vetting", KA_PROGRESS_UNKNOWN);
	if (r->host_keys == NULL || glob(r->host_keys, 0, NULL, &found) != 0)
		return KA_ERR_OK;
	for (size_t i = 0; err == KA_ERR_OK && i < found.gl_pathc && i < KA_VET_HOST_KEYS_MAX; i++)
		err = note_host_key(r, found.gl_pathv[i]);
	globfree(&found);
	return err;
}

/* a key that shares a prime is shown once more, with that */
static enum ka_err tell_shared(void *ctx, const struct ka_vetshared_key *key, const struct ka_vetshared_key *other)
{
	struct ka_vetrun *r = ctx;
	struct ka_vetshow_key facts = { .type = "ssh-rsa", .bits = key->bits };
	struct ka_vetnote note;

	memcpy(facts.fp, key->fp, sizeof(facts.fp));
	ka_vetnote_init(&note, &r->policy->policy, true, &r->vet);
	ka_vetnote_add(&note, KA_REASON_KEY_RSA_SHARED_PRIME, NULL);
	r->show.other = r->show.ca = NULL;
	if (other != NULL)
		say_place(r, other->place);
	if (r->vet.count == 0)
		return KA_ERR_OK;
	if (r->vet.verdict > key->verdict)
		ka_vettally_worse(&r->tally, key->verdict, r->vet.verdict);
	r->account = ka_span_of(key->account != NULL ? key->account : "");
	begin_show(r, key->place.file);
	return ka_vetshow_key(&r->show, key->place.line, &facts, &r->vet);
}

static void tell_step(void *ctx, unsigned step, unsigned steps)
{
	struct ka_vetrun *r = ctx;

	r->bar.total = steps;
	ka_progress_done(&r->bar, step);
}

enum ka_err ka_vetrun_end(struct ka_vetrun *r)
{
	enum ka_err err = KA_ERR_OK;

	while (err == KA_ERR_OK && r->queue.count > 0)
		err = settle(r);
	ka_vetahead_end(&r->ahead); /* the comparison has the processors, and the memory */
	if (err != KA_ERR_OK)
		return err;
	if (r->bar.is_live)
		ka_progress_stage(&r->bar, "primes", 1);
	err = ka_vetshared_finish(&r->shared, tell_shared, tell_step, r);
	ka_progress_clear(&r->bar);
	r->tally.reused = r->reuse.reused;
	r->tally.shared = r->shared.found;
	r->tally.uncompared += r->shared.undecided;
	return err;
}

void ka_vetrun_free(struct ka_vetrun *r)
{
	r->policy->judge.ask.known = NULL;
	ka_vetahead_end(&r->ahead);
	ka_vetshared_free(&r->shared);
	ka_vetreuse_free(&r->reuse);
	ka_vetnames_free(&r->names);
}
