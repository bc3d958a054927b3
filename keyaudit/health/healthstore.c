/* Judging stores, and telling. The rows of the book: "store NAME", "" or "degraded" or "rejected REASON". */
#include "keyaudit/health/healthstore.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "store/serialdir.h"

#include "base/poison.h"

#define STORE_OF "store "
#define DEGRADED "degraded"
#define REJECTED "rejected "

/* what a failure says of the store; whatever is not here says that it could not be asked */
static const struct row {
	enum ka_reason reason;
	bool is_whole; /* of the store, and not of what it has under one name */
} rejections[] = {
	{ KA_REASON_STORE_TLS, true },
	{ KA_REASON_STORE_REDIRECT, true },
	{ KA_REASON_STORE_BAD_ANSWER, false },
	{ KA_REASON_STORE_TOO_LARGE, false },
	{ KA_REASON_STORE_VANISHED, false },
	{ KA_REASON_STORE_SIGNATURE_MISSING, false },
	{ KA_REASON_STORE_SIGNATURE_BAD, false },
	{ KA_REASON_STORE_SIGNER_UNKNOWN, false },
	{ KA_REASON_STORE_THRESHOLD, false },
	{ KA_REASON_STORE_WRONG_USER, false },
	{ KA_REASON_STORE_WRONG_HOST, false },
	{ KA_REASON_STORE_NOT_YET_VALID, false },
	{ KA_REASON_STORE_EXPIRED, false },
	{ KA_REASON_STORE_SERIAL_LOWER, false },
	{ KA_REASON_STORE_SERIAL_REUSED, false },
};

static const struct row *rejection_of(enum ka_reason reason)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(rejections); i++)
		if (rejections[i].reason == reason)
			return &rejections[i];
	return NULL;
}

/* one thing that is wrong */
struct trouble {
	enum ka_reason reason;
	unsigned status, mirror;
	uint64_t serial;
	int64_t at;
};

/* rejected before degraded, then the louder one, then the newer one; a breaker that is open hides its cause, so anything else goes first */
static bool is_worse(enum ka_healthstore_state state, const struct trouble *t, const struct ka_healthstore *than)
{
	if (state != than->state)
		return state > than->state;
	if (ka_reason_level(t->reason) != ka_reason_level(than->reason))
		return ka_reason_level(t->reason) > ka_reason_level(than->reason);
	if ((t->reason == KA_REASON_STORE_BREAKER_OPEN) != (than->reason == KA_REASON_STORE_BREAKER_OPEN))
		return than->reason == KA_REASON_STORE_BREAKER_OPEN;
	return t->at > than->at;
}

static void take(struct ka_healthstore *out, const struct trouble *t)
{
	enum ka_healthstore_state state = rejection_of(t->reason) != NULL ? KA_HEALTHSTORE_REJECTED : KA_HEALTHSTORE_DEGRADED;

	if (state == out->state)
		out->entries++;
	else if (state > out->state)
		out->entries = 1;
	if (!is_worse(state, t, out))
		return;
	out->state = state;
	out->reason = t->reason;
	out->status = t->status;
	out->mirror = t->mirror;
	out->serial = t->serial;
	out->at = t->at;
}

static bool is_of(const struct ka_cachelist_row *r, const char *source)
{
	return strcmp(r->source, source) == 0;
}

/* the failure noted beside an entry; another entry that was confirmed since shows that the store is there */
static void take_try(struct ka_healthstore *out, const struct ka_cachelist_row *r, int64_t now)
{
	const struct row *kind = rejection_of(r->last.reason);
	const struct trouble t = { .reason = r->last.reason, .status = r->last.status, .mirror = r->last.mirror, .at = r->last.at };

	if (!r->has_try || r->last.reason == KA_REASON_STORE_NO_KEYS || now - t.at > KA_HEALTH_TRY_SEC || t.at > now + 1)
		return;
	if ((kind == NULL || kind->is_whole) && out->success > t.at)
		return;
	take(out, &t);
}

/* what an entry that was taken says: another mirror's alert, a serial that is lower than what this host has seen, a list that has ended */
static void take_entry(struct ka_healthstore *out, const struct ka_cachelist_row *r, int64_t now)
{
	struct trouble t = { .at = r->confirmed, .serial = r->serial };

	if (!r->has_entry || r->is_other_question)
		return;
	if (r->remembered > r->serial && r->serial > 0)
		t.reason = KA_REASON_STORE_SERIAL_LOWER;
	else if (r->alarm != KA_REASON_NONE)
		t.reason = r->alarm;
	else if (r->user != NULL && r->user[0] == ':' && r->expires > 0 && r->expires <= now)
		t.reason = KA_REASON_STORE_REVOKED_STALE;
	if (t.reason != KA_REASON_NONE)
		take(out, &t);
}

void ka_healthstore_judge(const struct ka_cachelist *all, const char *source, int64_t now, struct ka_healthstore *out)
{
	*out = (struct ka_healthstore){ .state = KA_HEALTHSTORE_FINE };
	for (size_t i = 0; i < all->count; i++)
		if (is_of(&all->rows[i], source) && all->rows[i].has_entry && all->rows[i].confirmed > out->success && all->rows[i].confirmed <= now)
			out->success = all->rows[i].confirmed;
	for (size_t i = 0; i < all->count; i++)
		if (is_of(&all->rows[i], source)) {
			take_try(out, &all->rows[i], now);
			take_entry(out, &all->rows[i], now);
		}
}

static void value_of(const struct ka_healthstore *s, char out[static KA_HEALTH_VALUE_MAX])
{
	struct ka_buf b;

	ka_buf_init(&b, out, KA_HEALTH_VALUE_MAX);
	if (s->state != KA_HEALTHSTORE_FINE)
		ka_buf_text(&b, s->state == KA_HEALTHSTORE_DEGRADED ? DEGRADED : REJECTED);
	if (s->state == KA_HEALTHSTORE_REJECTED)
		ka_buf_text(&b, ka_reason_id(s->reason));
}

/*
 * Not every other look is a change. That no failure is to be seen any more does not mean that it is back: somebody may have
 * cleared the cache. A breaker that is open says nothing new of a store that was told of. And a store that comes and goes
 * is not told of each time.
 */
static bool is_change(const struct ka_health *h, const char *subject, const char *value, const struct ka_healthstore *s)
{
	const char *before = ka_health_value(h, subject);
	int64_t since = ka_health_since_us(h, subject);

	if (before == NULL || strcmp(before, value) == 0)
		return before == NULL && value[0] != '\0';
	if (s->state == KA_HEALTHSTORE_FINE)
		return s->success * 1000000 + 1000000 > since;
	if (before[0] != '\0')
		return s->reason != KA_REASON_STORE_BREAKER_OPEN;
	return s->state == KA_HEALTHSTORE_REJECTED || ka_clock_wall_us() - since >= KA_HEALTH_QUIET_US;
}

static void put_text(const struct ka_health *h, const char *subject, const struct ka_healthstore *s, struct ka_buf *b)
{
	char at[KA_CLOCK_TEXT_MAX];

	if (s->state == KA_HEALTHSTORE_FINE) {
		ka_buf_text(b, "after ");
		ka_buf_i64(b, (ka_clock_wall_us() - ka_health_since_us(h, subject)) / 1000000);
		ka_buf_text(b, " s");
		return;
	}
	ka_buf_u64(b, s->entries);
	ka_buf_text(b, s->entries == 1 ? " entry; " : " entries; ");
	if (s->success == 0) {
		ka_buf_text(b, "nothing was ever confirmed");
		return;
	}
	ka_clock_text(s->success * 1000000, at);
	ka_buf_text(b, "last confirmed ");
	ka_buf_put(b, at, strlen("2026-01-01T00:00:00"));
	ka_buf_char(b, 'Z');
}

static void fill_source(const char *source, int64_t now, const struct ka_healthstore *s, struct ka_recordsrc *out)
{
	static const enum ka_source_answer answers[] = {
		[KA_HEALTHSTORE_FINE] = KA_SOURCE_FOUND,
		[KA_HEALTHSTORE_DEGRADED] = KA_SOURCE_UNAVAILABLE,
		[KA_HEALTHSTORE_REJECTED] = KA_SOURCE_REFUSED,
	};

	*out = (struct ka_recordsrc){ .answer = answers[s->state], .reason = s->reason, .evidence = ka_source_evidence_none() };
	(void)ka_span_copy(ka_span_of(source), out->name, sizeof(out->name));
	if (s->success > 0 && s->success <= now)
		out->evidence.age_sec = now - s->success;
	if (s->status > 0)
		out->evidence.status = (int32_t)s->status;
	if (s->mirror > 0)
		out->evidence.mirror = (int32_t)s->mirror;
	if (s->serial > 0 && s->serial < INT64_MAX)
		out->evidence.serial = (int64_t)s->serial;
}

enum ka_err ka_healthstore_tell(struct ka_health *h, const char *source, int64_t now, const struct ka_healthstore *s)
{
	static const enum ka_action_event actions[] = {
		[KA_HEALTHSTORE_FINE] = KA_EVENT_STORE_RECOVERED,
		[KA_HEALTHSTORE_DEGRADED] = KA_EVENT_STORE_DEGRADED,
		[KA_HEALTHSTORE_REJECTED] = KA_EVENT_STORE_REJECTED,
	};
	char subject[KA_HEALTH_SUBJECT_MAX], value[KA_HEALTH_VALUE_MAX], text[KA_TEXT_OPTION_MAX];
	KA_AUTOFREE struct ka_finding *finding = calloc(1, sizeof(*finding));
	struct ka_recordsrc record;
	const struct ka_healthchange c = { .subject = subject, .value = value, .action = actions[s->state], .finding = finding,
					   .source = &record, .text = text, .count = s->entries };
	struct ka_buf b;

	ka_buf_init_array(&b, subject);
	ka_buf_text(&b, STORE_OF);
	ka_buf_text(&b, source);
	value_of(s, value);
	if (!is_change(h, subject, value, s))
		return KA_ERR_OK;
	if (finding == NULL)
		return KA_ERR_NOMEM;
	finding->reason = s->reason;
	ka_buf_init_array(&b, text);
	put_text(h, subject, s, &b);
	fill_source(source, now, s, &record);
	return ka_health_tell(h, &c);
}

static bool is_asked(const struct ka_conf *conf, const char *source)
{
	for (size_t i = 0; i < conf->sources_count; i++)
		if (conf->sources[i].kind == KA_CONF_KIND_HTTP && strcmp(conf->sources[i].name, source) == 0)
			return true;
	return false;
}

static void forget_others(struct ka_health *h, const struct ka_conf *conf)
{
	for (size_t i = h->book->count; i-- > 0;) {
		const char *subject = h->book->row[i].subject;

		if (ka_span_starts(ka_span_of(subject), STORE_OF) && !is_asked(conf, subject + strlen(STORE_OF)))
			ka_health_forget(h, subject);
	}
}

enum ka_err ka_healthstore_look(struct ka_health *h, const char *path, const char *serials, const struct ka_conf *conf)
{
	struct ka_serialdir memory;
	int64_t now = ka_clock_wall_us() / 1000000;
	struct ka_cachelist_want want = { .conf = conf, .now = now };
	struct ka_cachelist all = { .rows = NULL };
	KA_AUTOCLOSE int fd = -1;
	enum ka_err err = KA_ERR_OK;
	uid_t owner;

	forget_others(h, conf);
	if (ka_cachelist_open(path, &fd, &owner) != KA_ERR_OK)
		return KA_ERR_OK; /* no store was ever asked, or nobody can say */
	if (ka_serialdir_open(serials, &memory) == KA_ERR_OK)
		want.serials = &memory;
	err = ka_cachelist_read(fd, owner, &want, &all);
	for (size_t i = 0; err == KA_ERR_OK && i < conf->sources_count; i++) {
		struct ka_healthstore s;

		if (conf->sources[i].kind != KA_CONF_KIND_HTTP)
			continue;
		ka_healthstore_judge(&all, conf->sources[i].name, now, &s);
		err = ka_healthstore_tell(h, conf->sources[i].name, now, &s);
	}
	ka_cachelist_free(&all);
	ka_serialdir_close(&memory);
	return err;
}
