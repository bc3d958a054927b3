/* Counting. Must never keep more than the arrays of struct ka_report hold, whatever the trail says. */
#include "keyaudit/report/reportsum.h"

#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/err.h"
#include "base/text.h"
#include "keyaudit/log/logquery.h"
#include "keyaudit/report/reporttext.h"

#include "base/poison.h"

/* Days since 1970 of the front of a time; false when it is none. */
static bool day_of(const char *at, int64_t *day)
{
	struct ka_span s = ka_span_of(at);
	uint64_t year, month, mday;

	if (s.len < 10 || at[4] != '-' || at[7] != '-' || !ka_text_to_u64(ka_span_sub(s, 0, 4), 9999, &year) ||
	    !ka_text_to_u64(ka_span_sub(s, 5, 2), 12, &month) || !ka_text_to_u64(ka_span_sub(s, 8, 2), 31, &mday) || year < 1970 ||
	    month < 1 || mday < 1)
		return false;
	*day = ka_clock_from_civil((int64_t)year, (int)month, (int)mday, 0, 0, 0) / 86400;
	return true;
}

bool ka_reportsum_begin(struct ka_report *r, const char *since, const char *until)
{
	int64_t first;

	memset(r, 0, sizeof(*r));
	if (!day_of(since, &first) || !day_of(until, &r->last_day) || strcmp(since, until) > 0)
		return false;
	ka_reporttext_keep(since, r->since, sizeof(r->since));
	ka_reporttext_keep(until, r->until, sizeof(r->until));
	first = r->last_day - first + 1;
	r->days = first < KA_REPORT_DAYS_MAX ? (unsigned)first : KA_REPORT_DAYS_MAX;
	return true;
}

/* FNV-1a: only to compare less; names are compared as well */
static uint64_t hash_of(const char *text)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *text != '\0'; text++)
		h = (h ^ (uint8_t)*text) * UINT64_C(1099511628211);
	return h;
}

static struct ka_report_user *find_user(struct ka_report *r, const char *name, uint64_t hash)
{
	for (size_t i = 0; i < r->n_users; i++)
		if (r->users[i].hash == hash && strcmp(r->users[i].name, name) == 0)
			return &r->users[i];
	return NULL;
}

static void take_login(struct ka_report *r, const char *name)
{
	struct ka_report_user *u = find_user(r, name, hash_of(name));

	r->logins++;
	if (u != NULL)
		*u = r->users[--r->n_users];
}

static void take_user(struct ka_report *r, const json_t *event, const char *name, enum ka_reason reason, uint64_t count)
{
	const char *trust = ka_logquery_at(event, "keyaudit.trust");
	uint64_t hash = hash_of(name);
	struct ka_report_user *u = find_user(r, name, hash);

	if (u == NULL && r->n_users == KA_REPORT_USERS_MAX) {
		r->users_left_out += count;
		return;
	}
	if (u == NULL) {
		u = &r->users[r->n_users++];
		*u = (struct ka_report_user){ .hash = hash };
		ka_reporttext_keep(name, u->name, sizeof(u->name));
	}
	u->count += count;
	u->reason = reason;
	u->is_claimed = strcmp(trust, "claimed") == 0 || strcmp(trust, "log-unverified") == 0;
	ka_reporttext_keep(ka_logquery_at(event, "@timestamp"), u->last, sizeof(u->last));
	ka_reporttext_keep(ka_logquery_at(event, "keyaudit.fix"), u->fix, sizeof(u->fix));
}

static struct ka_report_key *find_key(struct ka_report *r, const char *fingerprint)
{
	uint64_t hash = hash_of(fingerprint);
	struct ka_report_key *k;

	for (size_t i = 0; i < r->n_keys; i++)
		if (r->keys[i].hash == hash && strcmp(r->keys[i].fingerprint, fingerprint) == 0)
			return &r->keys[i];
	if (r->n_keys == KA_REPORT_KEYS_MAX)
		return NULL;
	k = &r->keys[r->n_keys++];
	*k = (struct ka_report_key){ .hash = hash };
	ka_reporttext_keep(fingerprint, k->fingerprint, sizeof(k->fingerprint));
	return k;
}

static void take_key(struct ka_report *r, const json_t *event, const char *user, enum ka_reason reason, const char *type,
		     const char *fingerprint)
{
	struct ka_report_key *k = find_key(r, fingerprint);

	if (k == NULL) {
		r->keys_left_out++;
		return;
	}
	k->count++;
	k->reason = reason;
	ka_reporttext_keep(type, k->type, sizeof(k->type));
	ka_reporttext_keep(user, k->user, sizeof(k->user));
	ka_reporttext_keep(ka_logquery_at(event, "@timestamp"), k->last, sizeof(k->last));
	if (strcmp(ka_logquery_at(event, "keyaudit.key.fingerprint"), fingerprint) == 0)
		ka_reporttext_keep(ka_logquery_at(event, "keyaudit.key.label"), k->label, sizeof(k->label));
}

/* one of keyaudit.offers: "type fingerprint reason"; false when it is none */
static bool read_offer(const char *offer, struct ka_span word[static 3])
{
	struct ka_span rest = ka_span_of(offer != NULL ? offer : "");

	for (size_t i = 0; i < 3; i++)
		if (!ka_text_word(&rest, &word[i]))
			return false;
	return true;
}

static bool take_offer(struct ka_report *r, const json_t *event, const char *user, const char *offer)
{
	struct ka_span word[3];
	char type[KA_REPORT_NAME_MAX], fingerprint[KA_REPORT_NAME_MAX];
	enum ka_reason reason;

	if (!read_offer(offer, word))
		return false;
	reason = ka_reason_find((const char *)word[2].p, word[2].len);
	if (!ka_reason_is_of_key(reason) || !ka_span_copy(word[0], type, sizeof(type)) || !ka_span_copy(word[1], fingerprint, sizeof(fingerprint)))
		return false;
	take_key(r, event, user, reason, type, fingerprint);
	return true;
}

/* Does the event speak of this key alone? Then a finding that stands beside its reason can be of no other one. */
static bool is_alone(const json_t *offers, const char *fingerprint)
{
	struct ka_span word[3];

	for (size_t i = 0; i < json_array_size(offers); i++)
		if (!read_offer(json_string_value(json_array_get(offers, i)), word) || !ka_span_is(word[1], fingerprint))
			return false;
	return true;
}

/* The first of the event's reason and its findings that is about the key itself. */
static enum ka_reason found_of_key(const json_t *event, enum ka_reason reason)
{
	const json_t *also = json_object_get(json_object_get(event, "keyaudit"), "also");

	for (size_t i = 0; !ka_reason_is_of_key(reason) && i < json_array_size(also); i++) {
		const char *id = json_string_value(json_array_get(also, i));

		reason = id != NULL ? ka_reason_find(id, strlen(id)) : KA_REASON_NONE;
	}
	return reason;
}

static void take_keys(struct ka_report *r, const json_t *event, const char *user, enum ka_reason reason)
{
	const json_t *offers = json_object_get(json_object_get(event, "keyaudit"), "offers");
	char main_one[KA_REPORT_NAME_MAX];
	bool any = false;

	ka_reporttext_keep(ka_logquery_at(event, "keyaudit.key.fingerprint"), main_one, sizeof(main_one));
	for (size_t i = 0; i < json_array_size(offers) && i < KA_EVENT_OFFERS_MAX; i++)
		any |= take_offer(r, event, user, json_string_value(json_array_get(offers, i)));
	reason = found_of_key(event, reason);
	if (!any && main_one[0] != '\0' && ka_reason_is_of_key(reason) && is_alone(offers, main_one))
		take_key(r, event, user, reason, ka_logquery_at(event, "keyaudit.key.type"), main_one);
}

static void take_refusal(struct ka_report *r, const json_t *event, const char *user, enum ka_reason reason, int64_t day)
{
	const json_t *n = json_object_get(json_object_get(event, "keyaudit"), "count");
	uint32_t count = json_is_integer(n) && json_integer_value(n) > 0 && json_integer_value(n) < INT32_MAX ?
				 (uint32_t)json_integer_value(n) : 1;
	struct ka_report_cause *c = &r->causes[reason];
	int64_t back = r->last_day - day;

	r->refusals += count;
	c->count += count;
	ka_reporttext_keep(ka_logquery_at(event, "@timestamp"), c->last, sizeof(c->last));
	ka_reporttext_keep(ka_logquery_at(event, "file.path"), c->path, sizeof(c->path));
	ka_reporttext_keep(ka_logquery_at(event, "keyaudit.fix"), c->fix, sizeof(c->fix));
	if (back >= 0 && back < r->days)
		r->by_day[r->days - 1 - (unsigned)back][reason] += count;
	else
		r->earlier += count;
	/* a name without an account waits for nothing, and anybody can think of a million of them */
	if (reason == KA_REASON_ACCOUNT_UNKNOWN)
		r->nobody += count;
	else if (user[0] != '\0')
		take_user(r, event, user, reason, count);
}

void ka_reportsum_take(struct ka_report *r, const json_t *event)
{
	const char *at = ka_logquery_at(event, "@timestamp"), *action = ka_logquery_at(event, "event.action");
	const char *code = ka_logquery_at(event, "event.code");
	enum ka_reason reason = ka_reason_find(code, strlen(code));
	char user[KA_REPORT_NAME_MAX];
	int64_t day;

	if (!day_of(at, &day)) {
		r->undated++;
		return;
	}
	if (strcmp(at, r->since) < 0 || strcmp(at, r->until) > 0)
		return;
	r->events++;
	ka_reporttext_keep(ka_logquery_at(event, "user.name"), user, sizeof(user));
	if (strcmp(action, "ssh-login-accepted") == 0)
		take_login(r, user);
	else if (strcmp(action, "ssh-key-refused") == 0 || strcmp(action, "ssh-login-denied") == 0 ||
		 strcmp(action, "ssh-key-refused-summary") == 0)
		take_refusal(r, event, user, reason, day);
	else if (strcmp(action, "ssh-key-offered") != 0)
		return;
	take_keys(r, event, user, reason);
}

static int later_first(const void *a, const void *b)
{
	return strcmp(((const struct ka_report_user *)b)->last, ((const struct ka_report_user *)a)->last);
}

static int more_first(const void *a, const void *b)
{
	uint64_t x = ((const struct ka_report_key *)a)->count, y = ((const struct ka_report_key *)b)->count;

	return (x < y) - (x > y);
}

void ka_reportsum_end(struct ka_report *r)
{
	qsort(r->users, r->n_users, sizeof(r->users[0]), later_first);
	qsort(r->keys, r->n_keys, sizeof(r->keys[0]), more_first);
}

size_t ka_reportsum_top(const struct ka_report *r, enum ka_reason *top, size_t max)
{
	bool taken[KA_REASON_COUNT] = { false };
	size_t n = 0;

	for (; n < max; n++) {
		enum ka_reason best = KA_REASON_NONE;

		for (unsigned i = 1; i < KA_REASON_COUNT; i++)
			if (!taken[i] && r->causes[i].count > (best == KA_REASON_NONE ? 0 : r->causes[best].count))
				best = (enum ka_reason)i;
		if (best == KA_REASON_NONE)
			break;
		taken[best] = true;
		top[n] = best;
	}
	return n;
}
