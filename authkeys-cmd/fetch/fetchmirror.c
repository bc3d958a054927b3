/* One mirror after the other. MUST: take no silence and no older copy for an answer. */
#include "authkeys-cmd/fetch/fetchmirror.h"

#include <string.h>
#include <sys/random.h>

#include "authkeys-cmd/fetch/fetchpages.h"
#include "authkeys-cmd/fetch/fetchsigned.h"
#include "authkeys-cmd/fetch/fetchtimes.h"
#include "authkeys-cmd/fetch/fetchurl.h"
#include "base/clock.h"
#include "base/limits.h"

#include "base/poison.h"

static uint64_t chance(void)
{
	uint64_t v = 0;

	(void)!getrandom(&v, sizeof(v), GRND_NONBLOCK);
	return v;
}

static int left_ms(const struct ka_fetchmirror *m)
{
	int64_t left = m->until_ms - ka_clock_boot_ms();

	return left > 0 ? (int)left : 0;
}

static void make_entry(struct ka_fetchmirror *m, const struct ka_fetchjudge *j, unsigned mirror, bool is_whole)
{
	const struct ka_fetchhttp_answer *a = &m->answer;
	struct ka_entry *e = &m->entry;

	*e = (struct ka_entry){ .fetched = m->now, .status = a->status, .is_found = j->reason == KA_REASON_NONE, .serial = j->serial };
	if (j->is_same)
		*e = *m->old;
	ka_span_copy(ka_span_of(m->ask->source->name), e->source, sizeof(e->source));
	ka_span_copy(ka_span_of(m->ask->user), e->user, sizeof(e->user));
	ka_span_copy(ka_span_of(m->ask->hash), e->url, sizeof(e->url));
	e->mirror = mirror;
	e->alarm = m->alarm.reason;
	/* the first page's validators say nothing about the others */
	if (a->status == 200 && is_whole) {
		memcpy(e->etag, a->head.etag, sizeof(e->etag));
		memcpy(e->modified, a->head.modified, sizeof(e->modified));
	}
	if (!j->is_same && e->is_found)
		e->body = ka_buf_as_span(&m->body);
	ka_fetchtimes_set(e, &a->head, m->ask->source, m->now);
	m->is_same = j->is_same;
	m->no_store = a->head.no_store;
}

/* whoever asks has a memory of serials that nobody here can see, and by it this body is none */
static bool is_excepted(const struct ka_fetchmirror *m)
{
	char sha256[KA_ENTRY_HEX];

	if (m->except[0] == '\0')
		return false;
	ka_entry_sha256(ka_buf_as_span(&m->body), sha256);
	return strcmp(sha256, m->except) == 0;
}

/* against what the cache holds, which is the only memory here */
static enum ka_reason compare(const struct ka_fetchmirror *m, const struct ka_fetchjudge *j)
{
	const struct ka_entry *old = m->old != NULL && m->old->is_found ? m->old : NULL;
	const bool is_signed = m->ask->source->format == KA_CONF_FORMAT_SIGNED;

	if (j->reason == KA_REASON_NONE && is_excepted(m))
		return KA_REASON_STORE_SERIAL_REUSED;
	if (j->reason == KA_REASON_NONE && (is_signed || m->ask->what != KA_FETCH_KEYS))
		return ka_fetchsigned_check(m->ask, ka_buf_as_span(&m->body), old, m->now);
	/* a folder that was not mounted must not lock a fleet out: somebody must have signed that the keys are gone */
	if (j->reason == KA_REASON_STORE_NO_KEYS && is_signed && old != NULL &&
	    !ka_fetchsigned_index_lacks(m->cache, m->ask->source, m->now, m->ask->user))
		return KA_REASON_STORE_VANISHED;
	if (j->reason == KA_REASON_NONE && old != NULL && j->serial < old->serial)
		return KA_REASON_STORE_SERIAL_LOWER;
	return j->reason;
}

/* one exchange, with the pages behind it; a fresh body is in m->body */
static void exchange(struct ka_fetchmirror *m, unsigned n, const struct ka_entry *have, struct ka_fetchjudge *j)
{
	struct ka_fetchpages pages = { .http = m->http, .until_ms = m->until_ms, .asked = 1 };
	struct ka_fetchjudge_ask judge;
	struct ka_fetchhttp_ask q;

	ka_fetchask_question(m->ask, n, have, left_ms(m), &q);
	ka_fetchask_judge(m->ask, have != NULL, m->now, &judge);
	ka_buf_init(&m->body, m->body_bytes, m->ask->what == KA_FETCH_KEYS ? KA_STORE_BODY_MAX + 1 : sizeof(m->body_bytes));
	if (ka_fetchhttp_ask(m->http, &q, m->now, &m->answer) != KA_ERR_OK)
		m->answer.reason = KA_REASON_STORE_UNREACHABLE;
	ka_fetchjudge(&judge, &m->answer, &m->body, j);
	m->fail.status = m->answer.status;
	if (m->ask->source->next_link && m->answer.status == 200 && (j->reason == KA_REASON_NONE || j->reason == KA_REASON_STORE_NO_KEYS)) {
		pages.first = &q;
		pages.judge = &judge;
		j->reason = ka_fetchpages(&pages, &m->answer.head, &m->body, j);
		if (pages.asked > 1)
			m->fail.status = pages.status;
	}
	j->reason = j->is_same ? j->reason : compare(m, j);
	if (j->reason == KA_REASON_NONE || j->reason == KA_REASON_STORE_NO_KEYS)
		make_entry(m, j, n + 1, pages.asked == 1);
}

/* a 304 for a first page that has got a second one since says nothing about that */
static bool has_grown(const struct ka_fetchmirror *m, const struct ka_fetchjudge *j)
{
	return j->is_same && m->ask->source->next_link && m->answer.head.next[0] != '\0';
}

/* a list may lie on a server of its own, whose silence says nothing about those that have the keys */
static unsigned breaker_of(const struct ka_fetchmirror *m, unsigned n)
{
	const struct ka_fetchask *a = m->ask;
	unsigned same;

	if (a->what == KA_FETCH_KEYS)
		return n;
	if (a->socket[n][0] == '\0' && ka_fetchurl_find_origin(ka_span_of(a->url[n]), ka_span_of(a->source->url), &same))
		return same;
	return (unsigned)a->what * KA_MIRRORS_MAX + n;
}

static enum ka_reason ask_mirror(struct ka_fetchmirror *m, unsigned n)
{
	/* validators are those of the server that gave them */
	const struct ka_entry *have = m->old != NULL && m->old->mirror == n + 1 ? m->old : NULL;
	const int had_ms = left_ms(m);
	const unsigned number = breaker_of(m, n);
	struct ka_fetchbreaker breaker;
	struct ka_fetchjudge j;
	bool is_down;

	m->fail = (struct ka_lasttry){ .at = m->now, .mirror = n + 1, .reason = KA_REASON_STORE_BREAKER_OPEN };
	m->fail.until = m->now + KA_FETCH_OFF_MS / 1000;
	if (!ka_fetchstore_may_ask(m->store, number, m->now, &breaker))
		return m->fail.reason;
	exchange(m, n, have, &j);
	if (has_grown(m, &j)) {
		ka_fetchhttp_release(&m->answer);
		exchange(m, n, NULL, &j);
	}
	m->fail.reason = j.reason;
	m->fail.until = ka_fetchjudge_until(j.reason, &m->answer.head, m->now, chance());
	ka_fetchhttp_release(&m->answer);
	is_down = j.reason != KA_REASON_NONE && ka_lasttry_is_unavailable(&m->fail);
	/* a deadline that had almost passed is not the mirror's fault */
	if (is_down && j.reason == KA_REASON_STORE_TIMEOUT && had_ms < KA_FETCH_FAIR_MS)
		return j.reason;
	/* others asked meanwhile, and what they found stands */
	ka_fetchstore_breaker(m->store, number, &breaker);
	if (ka_fetchbreaker_note(&breaker, !is_down, m->now))
		ka_fetchstore_set_breaker(m->store, number, &breaker);
	return j.reason;
}

enum ka_reason ka_fetchmirror_all(struct ka_fetchmirror *m)
{
	struct ka_lasttry first = { .reason = KA_REASON_NONE };

	m->alarm = first;
	for (unsigned i = 0; i < m->ask->mirrors; i++) {
		enum ka_reason reason = ask_mirror(m, ka_fetchask_turn(m->ask, i));

		if (reason == KA_REASON_NONE || reason == KA_REASON_STORE_NO_KEYS)
			return reason;
		if (m->alarm.reason == KA_REASON_NONE && ka_entry_is_alarm(reason))
			m->alarm = m->fail;
		if (first.reason == KA_REASON_NONE || (ka_lasttry_is_unavailable(&first) && !ka_lasttry_is_unavailable(&m->fail)))
			first = m->fail;
		if (left_ms(m) == 0)
			break;
	}
	m->fail = first;
	return first.reason;
}
