/*
 * What a fleet asks of its key store: 100,000 hosts, with the waits of
 * authkeys-cmd/fetch/fetchpace.c and the breaker of fetchbreaker.c as they are, and
 * beside them a client as people write it with cron. Time is virtual and the dice are seeded, so the same program prints the
 * same figures everywhere; docs/scale.md has them.
 *
 *   scale [HOSTS [CAPACITY [SEED]]]
 *
 * CAPACITY is what the store answers in one second; what comes on top of it fails. 0: all.
 *
 * keyaudit: conf/systemd/keyaudit-refresh.timer starts a refresh 30 s after boot and at every fifth minute, each plus this
 *     host's own part of 5 min, so that its period is 5 min; what fails is tried again after longer and longer waits, a few times. A login that
 *     finds its entry past its freshness (5 min) asks too, once, when the entry is not kept off the network.
 * cron: every fifth minute, as the clock of the host has it, curl --retry 3 (waits of 1, 2 and 4 s).
 *
 * One entry a host. A host logs somebody in every ten minutes, at moments of its own.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authkeys-cmd/fetch/fetchbreaker.h"
#include "authkeys-cmd/fetch/fetchpace.h"
#include "base/limits.h"

#include "base/poison.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define INTERVAL (5 * MINUTE)
#define FRESH (5 * MINUTE)
#define BOOT (30 * SECOND)
#define LOGIN_EVERY (10 * MINUTE)
#define CRON_SPREAD (1 * SECOND) /* clocks by NTP, and the time to start a process */
#define CRON_RETRIES 3
#define HOURS_MAX 6

enum client { KEYAUDIT, CRON, CLIENTS };
enum kind { TIMER, LOGIN, RETRY };

struct event {
	int64_t at;
	uint32_t host;
	uint8_t kind, tries;
};

struct host {
	int64_t until, fresh; /* off the network until; the entry is fresh until */
	int64_t served;       /* first success behind the outage */
	struct ka_fetchbreaker breaker;
	uint32_t slot;
	bool is_told; /* the store named the time to come back */
};

struct fleet {
	struct host *hosts;
	struct event *heap;
	size_t count, events;
	uint64_t dice;
	uint32_t *asked; /* requests in each second */
	size_t seconds;
};

/* what happens to everybody; times from the beginning of the replay */
struct story {
	const char *name;
	bool together;       /* all hosts begin within a minute, else they have long been running */
	int64_t down, up;    /* the store fails from, to; equal: never */
	bool says_when;      /* it fails with 503 and Retry-After, the date at which it will be back */
	int64_t from, to, end; /* what is counted as "during", and the end of "after" */
};

static const char *const names[CLIENTS] = { "keyaudit", "cron, curl --retry 3" };

static uint64_t dice(struct fleet *f)
{
	uint64_t z = f->dice += UINT64_C(0x9e3779b97f4a7c15); /* SplitMix64 */

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* ---- a heap of events, the earliest first ---- */

static void push(struct fleet *f, struct event e)
{
	size_t i = f->events++;

	for (; i > 0 && f->heap[(i - 1) / 2].at > e.at; i = (i - 1) / 2)
		f->heap[i] = f->heap[(i - 1) / 2];
	f->heap[i] = e;
}

static struct event pop(struct fleet *f)
{
	struct event first = f->heap[0], last = f->heap[--f->events];
	size_t i = 0, child;

	while ((child = 2 * i + 1) < f->events) {
		if (child + 1 < f->events && f->heap[child + 1].at < f->heap[child].at)
			child++;
		if (f->heap[child].at >= last.at)
			break;
		f->heap[i] = f->heap[child];
		i = child;
	}
	f->heap[i] = last;
	return first;
}

/* ---- one request ---- */

static bool ask(struct fleet *f, const struct story *s, uint32_t capacity, struct event e)
{
	size_t second = (size_t)(e.at / SECOND);

	f->asked[second]++;
	if (e.at >= s->down && e.at < s->up)
		return false;
	if (capacity != 0 && f->asked[second] > capacity)
		return false;
	if (e.at >= s->up && f->hosts[e.host].served < 0)
		f->hosts[e.host].served = e.at;
	return true;
}

/* one request, if the breaker lets it */
static bool try_once(struct fleet *f, const struct story *s, uint32_t capacity, struct event e)
{
	struct host *h = &f->hosts[e.host];
	int64_t now_sec = e.at / SECOND, asked = KA_FETCHPACE_NOT_ASKED;
	bool is_fine = false;

	if (ka_fetchbreaker_may(&h->breaker, now_sec)) {
		is_fine = ask(f, s, capacity, e);
		(void)ka_fetchbreaker_note(&h->breaker, is_fine, now_sec);
		if (!is_fine && s->says_when && e.at < s->up)
			asked = (s->up - e.at + SECOND - 1) / SECOND;
	}
	h->is_told = asked != KA_FETCHPACE_NOT_ASKED;
	if (is_fine)
		h->fresh = e.at + FRESH;
	else
		h->until = e.at + ka_fetchpace_off_ms(1, asked, dice(f));
	return is_fine;
}

/* a refresh by the timer and its retries, as fetchrefresh.c has them: only the first try minds that the last one failed */
static void refresh(struct fleet *f, const struct story *s, uint32_t capacity, struct event e)
{
	const struct host *h = &f->hosts[e.host];
	bool is_first = e.kind == TIMER;

	if (is_first) {
		push(f, (struct event){ .at = ka_fetchpace_next_ms(e.at, (uint32_t)INTERVAL, h->slot), .host = e.host, .kind = TIMER });
		if (e.at + KA_FETCH_AHEAD_SEC * SECOND < h->fresh)
			return;
	}
	if (!(is_first && e.at < h->until) && try_once(f, s, capacity, e))
		return;
	if (h->is_told || ++e.tries > KA_FETCH_REFRESH_TRIES)
		return;
	e.kind = RETRY;
	e.at += ka_fetchpace_backoff_ms(e.tries, dice(f));
	push(f, e);
}

static void keyaudit(struct fleet *f, const struct story *s, uint32_t capacity, struct event e)
{
	const struct host *h = &f->hosts[e.host];

	if (e.kind != LOGIN) {
		refresh(f, s, capacity, e);
		return;
	}
	if (e.at >= h->fresh && e.at >= h->until)
		(void)try_once(f, s, capacity, e);
	e.at += 1 + (int64_t)(-log(1 - (double)(dice(f) >> 11) * 0x1p-53) * (double)LOGIN_EVERY);
	push(f, e);
}

/* behind @at: a fifth minute, and a part of a second */
static int64_t cron_moment(struct fleet *f, int64_t at)
{
	return ka_fetchpace_next_ms(at, (uint32_t)INTERVAL, 0) + ka_fetchpace_jitter_ms(CRON_SPREAD - 1, dice(f));
}

static void cron(struct fleet *f, const struct story *s, uint32_t capacity, struct event e)
{
	bool is_fine = ask(f, s, capacity, e);

	if (e.kind == TIMER)
		push(f, (struct event){ .at = cron_moment(f, e.at), .host = e.host, .kind = TIMER });
	if (!is_fine && e.tries < CRON_RETRIES)
		push(f, (struct event){ e.at + (SECOND << e.tries), e.host, RETRY, (uint8_t)(e.tries + 1) });
}

/* ---- a replay ---- */

static void begin(struct fleet *f, const struct story *s, enum client client)
{
	char id[33];

	memset(f->asked, 0, f->seconds * sizeof(*f->asked));
	f->events = 0;
	for (uint32_t i = 0; i < f->count; i++) {
		struct host *h = &f->hosts[i];
		int64_t boot = s->together ? ka_fetchpace_jitter_ms(MINUTE, dice(f)) : 0;

		snprintf(id, sizeof(id), "%032x", i);
		*h = (struct host){ .served = -1,
				    .slot = ka_fetchpace_slot_ms(ka_span_of(id), "refresh", (uint32_t)INTERVAL) };
		if (client == CRON) {
			push(f, (struct event){ .at = cron_moment(f, boot), .host = i });
			continue;
		}
		push(f, (struct event){ .at = s->together ? boot + BOOT + h->slot
							  : ka_fetchpace_next_ms(0, (uint32_t)INTERVAL, h->slot),
					.host = i, .kind = TIMER });
		push(f, (struct event){ .at = boot + ka_fetchpace_jitter_ms((uint32_t)LOGIN_EVERY, dice(f)), .host = i, .kind = LOGIN });
	}
}

static void replay(struct fleet *f, const struct story *s, uint32_t capacity, enum client client)
{
	begin(f, s, client);
	while (f->events > 0 && f->heap[0].at < s->end) {
		struct event e = pop(f);

		if (client == CRON)
			cron(f, s, capacity, e);
		else
			keyaudit(f, s, capacity, e);
	}
}

static void print_span(const struct fleet *f, int64_t from, int64_t to)
{
	uint64_t sum = 0;
	uint32_t peak = 0;

	for (size_t i = (size_t)(from / SECOND); i < (size_t)(to / SECOND); i++) {
		sum += f->asked[i];
		if (f->asked[i] > peak)
			peak = f->asked[i];
	}
	printf(" %7.0f %7u", (double)sum * (double)SECOND / (double)(to - from), peak);
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* the share of hosts served behind the outage, and when the last of 99 % was */
static void print_served(const struct fleet *f, const struct story *s)
{
	int64_t *at = malloc(f->count * sizeof(*at));
	size_t n = 0, wanted = f->count - f->count / 100;

	if (at == NULL)
		exit(1);
	for (size_t i = 0; i < f->count; i++)
		if (f->hosts[i].served >= 0)
			at[n++] = f->hosts[i].served - s->up;
	qsort(at, n, sizeof(*at), by_value);
	if (n >= wanted)
		printf("  99 %% in %.1f min\n", (double)at[wanted - 1] / (double)MINUTE);
	else
		printf("  %.0f %% in %.0f min\n", 100 * (double)n / (double)f->count, (double)(s->end - s->up) / (double)MINUTE);
	free(at);
}

static void tell(struct fleet *f, const struct story *s, uint32_t capacity)
{
	for (int client = 0; client < CLIENTS; client++) {
		replay(f, s, capacity, (enum client)client);
		printf("%-24s %-21s", client == 0 ? s->name : "", names[client]);
		print_span(f, s->from, s->to);
		print_span(f, s->to, s->end);
		print_served(f, s);
	}
}

int main(int argc, char **argv)
{
	static const struct story stories[] = {
		{ "an ordinary hour", false, 0, 0, false, 30 * MINUTE, 60 * MINUTE, 90 * MINUTE },
		{ "all boot in a minute", true, 0, 0, false, 0, 30 * MINUTE, 60 * MINUTE },
		{ "32 min down, refused", false, 60 * MINUTE, 92 * MINUTE, false, 60 * MINUTE, 92 * MINUTE, 152 * MINUTE },
		{ "32 min down, Retry-After", false, 60 * MINUTE, 92 * MINUTE, true, 60 * MINUTE, 92 * MINUTE, 152 * MINUTE },
	};
	struct fleet f = { .count = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000,
			   .seconds = HOURS_MAX * 3600 };
	uint32_t capacity = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
	uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;

	f.hosts = calloc(f.count, sizeof(*f.hosts));
	f.heap = calloc(f.count * 4, sizeof(*f.heap));
	f.asked = calloc(f.seconds, sizeof(*f.asked));
	if (f.count == 0 || f.hosts == NULL || f.heap == NULL || f.asked == NULL) {
		fputs("usage: scale [HOSTS [CAPACITY [SEED]]]\n", stderr);
		return 2;
	}
	printf("%zu hosts; requests per second, mean and peak; the store answers %s", f.count, capacity == 0 ? "all of them\n" : "");
	if (capacity != 0)
		printf("%u of them\n", capacity);
	printf("%-24s %-21s %15s %15s\n", "", "", "during", "after");
	for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++) {
		f.dice = seed;
		tell(&f, &stories[i], capacity);
	}
	free(f.hosts);
	free(f.heap);
	free(f.asked);
	return 0;
}
