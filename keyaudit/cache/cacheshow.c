/* The cache, shown. User names come from files of another uid, so they are escaped like everything of strangers. */
#include "keyaudit/cache/cacheshow.h"

#include <stdio.h>
#include <string.h>

#include "audit/jsonout.h"
#include "base/limits.h"
#include "base/text.h"
#include "keyaudit/sign/signtext.h"

#include "base/poison.h"

#define NAME_SHOWN 12 /* of a hash, where nobody knows the user */

const char *ka_cacheshow_state(const struct ka_cachelist_row *r)
{
	if (r->is_invalid)
		return "invalid";
	if (!r->has_entry)
		return "none";
	return r->is_other_question ? "dead" : ka_fresh_text(r->state);
}

void ka_cacheshow_age(int64_t sec, char out[static KA_CACHESHOW_AGE])
{
	static const struct {
		int64_t from, unit;
		char letter;
	} steps[] = { { 2 * 86400, 86400, 'd' }, { 2 * 3600, 3600, 'h' }, { 120, 60, 'm' }, { 0, 1, 's' } };
	struct ka_buf b;

	ka_buf_init(&b, out, KA_CACHESHOW_AGE);
	for (size_t i = 0; i < KA_ARRAY_LEN(steps); i++)
		if (sec >= steps[i].from) {
			ka_buf_i64(&b, sec / steps[i].unit);
			ka_buf_char(&b, steps[i].letter);
			return;
		}
	ka_buf_char(&b, '-');
}

static enum ka_out_colour colour_of(const struct ka_cachelist_row *r)
{
	if (r->is_invalid)
		return KA_OUT_BAD;
	if (!r->has_entry || r->is_other_question || r->state == KA_FRESH_DEAD || r->state == KA_FRESH_STALE)
		return KA_OUT_WARN;
	return KA_OUT_GOOD;
}

static void user_of(const struct ka_cachelist_row *r, struct ka_buf *out)
{
	if (r->user != NULL) {
		ka_text_escape(out, ka_span_of(r->user), 0, KA_TEXT_USER_MAX);
		return;
	}
	ka_buf_char(out, '#');
	ka_buf_span(out, ka_span_sub(ka_span_of(r->name), 0, NAME_SHOWN));
}

/* the serial, and beside it what is remembered, when that is another */
static void serial_of(const struct ka_cachelist_row *r, struct ka_buf *out)
{
	if (r->serial == 0 && r->remembered == 0)
		ka_buf_char(out, '-');
	if (r->serial != 0)
		ka_buf_u64(out, r->serial);
	if (r->remembered != 0 && r->remembered != r->serial) {
		ka_buf_text(out, r->serial != 0 ? " (known " : "(known ");
		ka_buf_u64(out, r->remembered);
		ka_buf_char(out, ')');
	}
}

static void failure_of(const struct ka_cachelist_row *r, int64_t now, struct ka_buf *out)
{
	char age[KA_CACHESHOW_AGE];

	if (!r->has_try) {
		ka_buf_char(out, '-');
		return;
	}
	ka_buf_text(out, ka_reason_id(r->last.reason));
	if (r->last.status != 0) {
		ka_buf_char(out, ' ');
		ka_buf_u64(out, r->last.status);
	}
	ka_cacheshow_age(now - r->last.at, age);
	ka_buf_text(out, ", ");
	ka_buf_text(out, age);
	ka_buf_text(out, " ago");
	if (ka_lasttry_is_off(&r->last, now)) {
		ka_cacheshow_age(r->last.until - now, age);
		ka_buf_text(out, ", asked again in ");
		ka_buf_text(out, age);
	}
}

static void row(const struct ka_out *o, const struct ka_cachelist_row *r, int64_t now, int source, int user)
{
	char name[KA_TEXT_USER_MAX + 8], age[KA_CACHESHOW_AGE] = "-", keys[KA_TEXT_U64_MAX] = "-", serial[80], failure[160];
	const char *state = ka_cacheshow_state(r);
	struct ka_buf b;

	ka_buf_init_array(&b, name);
	user_of(r, &b);
	if (r->has_entry) {
		ka_cacheshow_age(now - r->confirmed, age);
		ka_text_u64(r->keys, keys);
	}
	ka_buf_init_array(&b, serial);
	serial_of(r, &b);
	ka_buf_init_array(&b, failure);
	failure_of(r, now, &b);
	fprintf(o->to, "%-*s  %-*s  ", source, r->source, user, name);
	ka_out_text(o, colour_of(r), state);
	fprintf(o->to, "%*s  %4s  %4s  %-12s  %s\n", (int)(7 - strlen(state)), "", age, keys, serial, failure);
}

static void sum(const struct ka_out *o, const struct ka_cachelist *l)
{
	static const char *const states[] = { "fresh", "swr", "stale", "dead", "invalid", "none" };
	bool is_first = true;

	fprintf(o->to, "%zu %s:", l->count, l->count == 1 ? "entry" : "entries");
	for (size_t s = 0; s < KA_ARRAY_LEN(states); s++) {
		size_t n = 0;

		for (size_t i = 0; i < l->count; i++)
			n += strcmp(ka_cacheshow_state(&l->rows[i]), states[s]) == 0;
		if (n > 0)
			fprintf(o->to, "%s %zu %s", is_first ? "" : ",", n, states[s]);
		is_first = is_first && n == 0;
	}
	fprintf(o->to, "%s%s\n", is_first ? " nothing lies there" : "", l->is_cut ? "; there is more" : "");
}

void ka_cacheshow_table(const struct ka_out *o, const struct ka_cachelist *l, int64_t now)
{
	int source = (int)strlen("SOURCE"), user = (int)strlen("USER");

	for (size_t i = 0; i < l->count; i++) {
		const struct ka_cachelist_row *r = &l->rows[i];
		int n = r->user != NULL ? (int)strlen(r->user) : NAME_SHOWN + 1;

		if ((int)strlen(r->source) > source)
			source = (int)strlen(r->source);
		if (n > user)
			user = n < KA_CACHESHOW_USER_MAX ? n : KA_CACHESHOW_USER_MAX;
	}
	if (l->count > 0)
		fprintf(o->to, "%-*s  %-*s  STATE     AGE  KEYS  SERIAL        LAST FAILURE\n", source, "SOURCE", user, "USER");
	for (size_t i = 0; i < l->count; i++)
		row(o, &l->rows[i], now, source, user);
	sum(o, l);
}

static void put_time(struct ka_buf *b, const char *key, int64_t at)
{
	char text[KA_SIGNTEXT_TIME];

	if (at <= 0 || at > KA_ENTRY_TIME_MAX)
		return;
	ka_signtext_time(at, text);
	ka_jsonout_plain(b, key, text);
}

static void put_entry(struct ka_buf *b, const struct ka_cachelist_row *r, int64_t now)
{
	ka_jsonout_plain(b, "outcome", r->is_found ? "found" : "no-keys");
	ka_jsonout_u64(b, "keys", r->keys);
	ka_jsonout_i64(b, "age_sec", now - r->confirmed);
	put_time(b, "fetched", r->fetched);
	put_time(b, "confirmed", r->confirmed);
	put_time(b, "fresh_until", r->fresh);
	put_time(b, "swr_until", r->swr);
	put_time(b, "stale_until", r->stale);
	put_time(b, "expires", r->expires);
	ka_jsonout_u64(b, "status", r->status);
	ka_jsonout_u64(b, "mirror", r->mirror);
	if (r->serial != 0)
		ka_jsonout_u64(b, "serial", r->serial);
	if (r->is_other_question)
		ka_jsonout_bool(b, "other_question", true);
}

static void put_failure(struct ka_buf *b, const struct ka_cachelist_row *r, int64_t now)
{
	ka_jsonout_object(b, "last_failure");
	ka_jsonout_plain(b, "reason", ka_reason_id(r->last.reason));
	put_time(b, "at", r->last.at);
	if (r->last.status != 0)
		ka_jsonout_u64(b, "status", r->last.status);
	if (r->last.mirror != 0)
		ka_jsonout_u64(b, "mirror", r->last.mirror);
	if (ka_lasttry_is_off(&r->last, now))
		put_time(b, "off_until", r->last.until);
	ka_jsonout_object_end(b);
}

void ka_cacheshow_json(const struct ka_cachelist *l, int64_t now)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct ka_cachelist_row *r = &l->rows[i];
		char text[3072];
		struct ka_buf b;

		ka_buf_init_array(&b, text);
		ka_jsonout_object(&b, NULL);
		ka_jsonout_plain(&b, "schema", KA_CACHESHOW_SCHEMA);
		ka_jsonout_plain(&b, "source", r->source);
		if (r->user != NULL)
			ka_jsonout_text(&b, "user", ka_span_of(r->user), KA_TEXT_USER_MAX);
		ka_jsonout_plain(&b, "file", r->name);
		ka_jsonout_bool(&b, "configured", r->is_known);
		ka_jsonout_plain(&b, "state", ka_cacheshow_state(r));
		if (r->has_entry)
			put_entry(&b, r, now);
		if (r->remembered != 0)
			ka_jsonout_u64(&b, "remembered", r->remembered);
		if (r->has_try)
			put_failure(&b, r, now);
		ka_jsonout_object_end(&b);
		puts(text);
	}
}

void ka_cacheshow_edit_json(const char *action, const struct ka_cacheedit *e)
{
	char text[512];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_jsonout_object(&b, NULL);
	ka_jsonout_plain(&b, "schema", "keyaudit.cache-edit/1");
	ka_jsonout_plain(&b, "action", action);
	ka_jsonout_u64(&b, "done", e->done);
	ka_jsonout_u64(&b, "busy", e->busy);
	ka_jsonout_u64(&b, "failed", e->failed);
	ka_jsonout_object_end(&b);
	puts(text);
}
