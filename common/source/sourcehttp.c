/* The way of one lookup through cache and network. */
#include "source/sourcehttp.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/paths.h"
#include "store/cachedir.h"
#include "store/fresh.h"
#include "store/question.h"
#include "store/signedindex.h"

#include "base/poison.h"

/* what is passed down all the way */
struct job {
	const struct ka_conf_source *s;
	const struct ka_source_query *q;
	const struct ka_sourcehttp_env *env;
	struct ka_sourcehttp *h;
	struct ka_span keys; /* when there are any */
	int budget_ms;
	bool has_checked;    /* a signed document, whatever came of it */
	bool has_asked;      /* the memory of serials, whether it knows the user */
	bool has_entry;      /* the cache holds one, fit to be served or not */
};

static void answer(struct job *j, enum ka_source_answer a, enum ka_reason reason)
{
	j->h->answer = a;
	j->h->reason = reason;
}

static void show_entry(struct job *j, const struct ka_entry *e)
{
	struct ka_source_evidence *v = &j->h->evidence;

	v->age_sec = j->env->now > e->confirmed ? j->env->now - e->confirmed : 0;
	v->status = (int32_t)e->status;
	v->mirror = (int32_t)e->mirror;
	v->serial = e->serial > 0 ? e->serial : KA_ANSWER_UNKNOWN;
	v->cause = KA_ANSWER_UNKNOWN;
}

static void show_failure(struct job *j, const struct ka_lasttry *t)
{
	struct ka_source_evidence *v = &j->h->evidence;

	v->status = t->status > 0 ? (int32_t)t->status : KA_ANSWER_UNKNOWN;
	v->mirror = t->mirror > 0 ? (int32_t)t->mirror : KA_ANSWER_UNKNOWN;
	/* by which number the answer is too low; of a signed document it is not the entry that says so */
	if (t->reason == KA_REASON_STORE_SERIAL_LOWER && j->has_entry && j->h->entry.serial > 0)
		v->serial = j->h->entry.serial;
}

/* what became of a store that could not be asked, and why it could not */
static void show_cause(struct job *j, enum ka_reason reason, const struct ka_lasttry *fail)
{
	j->h->reason = reason;
	j->h->evidence.cause = (int32_t)fail->reason;
}

/* the keys of an entry; for signed they are verified first */
static enum ka_reason open_body(struct job *j, const struct ka_entry *e)
{
	const struct ka_sourcesigned_ask ask = {
		.source = j->s, .kind = KA_SIGNEDDOC_KEYS, .user = j->q->user, .what = j->h->name, .now = j->env->now,
		.ed25519 = j->env->ed25519, .may_remember = j->env->may_remember,
	};
	enum ka_reason reason;

	j->keys = e->body;
	show_entry(j, e);
	if (j->s->format != KA_CONF_FORMAT_SIGNED)
		return KA_REASON_NONE;
	j->has_checked = true;
	reason = ka_sourcesigned_check(&ask, e->body, &j->h->check);
	j->h->not_kept |= j->h->check.not_kept;
	if (reason != KA_REASON_NONE)
		return reason;
	j->h->evidence.serial = (int64_t)j->h->check.doc.head.serial;
	j->keys = j->h->check.doc.body;
	return j->h->check.doc.lines > 0 ? KA_REASON_NONE : KA_REASON_STORE_NO_KEYS;
}

static bool memory_knows_user(struct job *j)
{
	j->has_asked = true;
	return ka_sourcesigned_knows(j->s->name, j->h->name);
}

/* a signed index that lacks the user says with authority what a 404 does not */
static bool index_lacks_user(struct job *j)
{
	const struct ka_sourcesigned_ask ask = {
		.source = j->s, .kind = KA_SIGNEDDOC_INDEX, .what = KA_SERIALDIR_INDEX, .now = j->env->now,
		.ed25519 = j->env->ed25519, .may_remember = j->env->may_remember,
	};
	struct ka_signedindex_entry line;
	char name[KA_ENTRY_HEX], url[KA_ENTRY_HEX];
	enum ka_reason reason;

	if (j->s->index_url[0] == '\0')
		return false;
	ka_entry_name(j->s->name, KA_QUESTION_INDEX, NULL, name);
	ka_question_hash(j->s, j->s->index_url, url);
	if (ka_cachedir_read(KA_PATH_CACHE, j->s->name, KA_QUESTION_INDEX, name, url, j->h->list, sizeof(j->h->list), &j->h->list_entry) !=
	    KA_CACHEDIR_FOUND)
		return false;
	reason = ka_sourcesigned_check(&ask, j->h->list_entry.body, &j->h->check);
	/* the fetcher could not know that */
	if (reason == KA_REASON_STORE_SERIAL_LOWER || reason == KA_REASON_STORE_SERIAL_REUSED)
		j->h->evidence.cause = (int32_t)reason;
	return reason == KA_REASON_NONE && ka_signedindex_find(&j->h->check.doc, j->q->user, &line) == KA_SIGNEDINDEX_ABSENT;
}

/* KA_REASON_NONE: used; else why it is not */
static enum ka_reason use(struct job *j, const struct ka_entry *e, enum ka_source_answer how)
{
	enum ka_reason reason = KA_REASON_STORE_NO_KEYS;

	if (e->is_found)
		reason = open_body(j, e);
	else
		show_entry(j, e);
	if (!e->is_found && j->s->format == KA_CONF_FORMAT_SIGNED && memory_knows_user(j) && !index_lacks_user(j))
		reason = KA_REASON_STORE_VANISHED;
	if (reason == KA_REASON_STORE_NO_KEYS)
		answer(j, KA_SOURCE_NO_KEYS, reason);
	else if (reason == KA_REASON_NONE)
		answer(j, how, KA_REASON_NONE);
	else
		return reason;
	if (j->h->notice == KA_REASON_NONE)
		j->h->notice = e->alarm;
	return KA_REASON_NONE;
}

/* whether the store is to be asked now; else @fail is what is known about it */
static bool may_ask(struct job *j, struct ka_lasttry *fail)
{
	const int64_t now = j->env->now;
	bool failed = ka_cachedir_lasttry(KA_PATH_CACHE, j->s->name, j->h->name, fail);

	if (!failed)
		*fail = (struct ka_lasttry){ .at = now, .until = now, .reason = KA_REASON_STORE_UNREACHABLE };
	if (j->s->fetch == KA_CONF_FETCH_TIMER || !j->env->may_ask)
		return false;
	if (failed && now < fail->until && fail->until - now <= KA_FETCH_OFF_MAX_SEC)
		return false;
	j->budget_ms = j->env->budget_ms(j->env->ctx);
	if (j->budget_ms <= 0) { /* this connection has waited long enough */
		*fail = (struct ka_lasttry){ .at = now, .until = now, .reason = KA_REASON_STORE_TIMEOUT };
		return false;
	}
	return true;
}

/*
 * The fetcher knows of serials only what lies in the cache. A document there whose serial we remember with another text must
 * not be what it measures the right one by: only we can tell the two apart. @why: what is wrong with it, if it was looked at.
 */
static bool is_in_the_way(struct job *j, enum ka_reason why)
{
	const struct ka_sourcesigned *c = &j->h->check;
	const struct ka_source_evidence evidence = j->h->evidence;

	if (j->s->format != KA_CONF_FORMAT_SIGNED || !j->h->entry.is_found)
		return false;
	if (why == KA_REASON_NONE)
		why = open_body(j, &j->h->entry);
	j->h->evidence = evidence;
	return why == KA_REASON_STORE_SERIAL_REUSED ||
	       (why == KA_REASON_STORE_EXPIRED &&
		ka_signedcheck_serial(&c->memory, c->doc.head.serial, c->check.sha512) == KA_REASON_STORE_SERIAL_REUSED);
}

static void ask(struct job *j, const char *except, struct ka_lasttry *fail)
{
	struct ka_sourcehttp *h = j->h;
	int64_t begin = ka_clock_boot_ms();

	ka_sourcefetch_run(&(const struct ka_sourcefetch_who){ j->s->name, j->q->user, h->fp, h->key, except }, j->budget_ms, h->fetched, &h->fetch);
	h->net_ms = (int)(ka_clock_boot_ms() - begin);
	*fail = h->fetch.fail;
	if (!h->fetch.has_entry)
		return;
	fail->reason = use(j, &h->fetch.entry, KA_SOURCE_FOUND);
	fail->status = h->fetch.entry.status;
	fail->mirror = h->fetch.entry.mirror;
}

/* may what lies in the cache stand in for an answer that did not come, or was not acceptable? */
static bool may_bridge(const struct job *j, const struct ka_lasttry *fail)
{
	if (ka_lasttry_is_unavailable(fail))
		return true;
	return j->s->format == KA_CONF_FORMAT_SIGNED && j->s->stale_on_refused && fail->reason != KA_REASON_STORE_DENIED;
}

static void give_up(struct job *j, const struct ka_lasttry *fail, bool was_too_old)
{
	bool unavailable = ka_lasttry_is_unavailable(fail);

	j->keys = (struct ka_span){ NULL, 0 };
	show_failure(j, fail);
	answer(j, unavailable ? KA_SOURCE_UNAVAILABLE : KA_SOURCE_REFUSED, fail->reason);
	if (unavailable && was_too_old)
		show_cause(j, KA_REASON_STORE_TOO_STALE, fail);
	if (j->env->may_ask && j->s->fetch == KA_CONF_FETCH_TIMER)
		ka_sourcefetch_want(j->s->name, j->q->user);
}

/* true when the cache answered and nobody else need be asked */
static bool from_cache(struct job *j, enum ka_cachedir_answer cached, enum ka_fresh state, enum ka_reason *why)
{
	if (cached != KA_CACHEDIR_FOUND || (state != KA_FRESH_YES && state != KA_FRESH_REFRESH))
		return false;
	*why = use(j, &j->h->entry, KA_SOURCE_FOUND);
	if (*why != KA_REASON_NONE)
		return false; /* a document that expired, or an older one than we know: as if it were not there */
	j->h->refresh_later = state == KA_FRESH_REFRESH && j->env->may_ask && j->s->fetch == KA_CONF_FETCH_ON_MISS;
	return true;
}

/* @why: what is wrong with what we hold. Its own expiry is a bound that has passed, as max_stale is */
static void give_up_what_is_bad(struct job *j, const struct ka_lasttry *fail, enum ka_reason why)
{
	struct ka_lasttry worse = *fail;

	worse.reason = why;
	give_up(j, why == KA_REASON_STORE_EXPIRED ? fail : &worse, false);
	if (why == KA_REASON_STORE_EXPIRED)
		show_cause(j, why, fail);
}

static void serve_stale(struct job *j, const struct ka_lasttry *fail)
{
	enum ka_reason reason = use(j, &j->h->entry, KA_SOURCE_STALE);

	if (reason == KA_REASON_NONE) {
		if (j->h->answer == KA_SOURCE_STALE) {
			show_cause(j, KA_REASON_STORE_STALE_SERVED, fail);
			j->h->notice = fail->reason;
		}
		return;
	}
	give_up_what_is_bad(j, fail, reason);
}

static void run(struct job *j)
{
	struct ka_sourcehttp *h = j->h;
	enum ka_cachedir_answer cached;
	enum ka_fresh state = KA_FRESH_DEAD;
	enum ka_reason why = KA_REASON_NONE;
	struct ka_lasttry fail;
	char url[KA_ENTRY_HEX];

	ka_entry_name(j->s->name, j->q->user, h->fp[0] != '\0' ? h->fp : NULL, h->name);
	ka_question_hash(j->s, j->s->url, url);
	cached = ka_cachedir_read(KA_PATH_CACHE, j->s->name, j->q->user, h->name, url, h->cached, sizeof(h->cached), &h->entry);
	if (cached == KA_CACHEDIR_INVALID)
		h->notice = KA_REASON_STORE_CACHE_INVALID;
	j->has_entry = cached == KA_CACHEDIR_FOUND;
	if (j->has_entry)
		state = ka_fresh_of(&h->entry, j->env->now, j->s->max_stale_sec);
	if (from_cache(j, cached, state, &why))
		return;
	if (may_ask(j, &fail)) {
		ask(j, cached == KA_CACHEDIR_FOUND && is_in_the_way(j, why) ? h->entry.sha256 : "", &fail);
		if (h->fetch.has_entry && fail.reason == KA_REASON_NONE)
			return;
	}
	if (why != KA_REASON_NONE && ka_lasttry_is_unavailable(&fail))
		give_up_what_is_bad(j, &fail, why); /* and nothing better came */
	else if (why == KA_REASON_NONE && cached == KA_CACHEDIR_FOUND && state == KA_FRESH_STALE && may_bridge(j, &fail))
		serve_stale(j, &fail);
	else
		give_up(j, &fail, cached == KA_CACHEDIR_FOUND && h->entry.is_found && state == KA_FRESH_DEAD);
}

/* a user without a document costs what one with a document costs */
static void spend(struct job *j)
{
	static const struct ka_serial_memory asked = { .known = false };
	const struct ka_sourcesigned_ask ask = {
		.source = j->s, .kind = KA_SIGNEDDOC_KEYS, .user = j->q->user, .what = j->h->name, .memory = j->has_asked ? &asked : NULL,
	};

	if (j->s->format == KA_CONF_FORMAT_SIGNED && !j->has_checked)
		(void)ka_sourcesigned_spend(&ask, &j->h->check);
}

void ka_sourcehttp_read(const struct ka_conf_source *s, const struct ka_source_query *query, const struct ka_sourcehttp_env *env,
			void (*take)(void *ctx, struct ka_span bytes), void *ctx, struct ka_sourcehttp *h)
{
	struct job j = { .s = s, .q = query, .env = env, .h = h };

	h->notice = KA_REASON_NONE;
	h->net_ms = 0;
	h->refresh_later = h->not_kept = false;
	h->fetch.has_entry = false;
	h->fp = ka_question_has_fp(s) && query->fp != NULL ? query->fp : "";
	h->key = ka_question_has_key(s) && query->key != NULL ? query->key : "";
	h->evidence = ka_source_evidence_none();
	answer(&j, KA_SOURCE_UNAVAILABLE, KA_REASON_STORE_UNREACHABLE);
	run(&j);
	spend(&j);
	if (h->reason == KA_REASON_NONE)
		h->reason = h->notice; /* keys were found, and the entry before was unusable */
	if ((h->answer == KA_SOURCE_FOUND || h->answer == KA_SOURCE_STALE) && j.keys.len > 0)
		take(ctx, j.keys);
}
