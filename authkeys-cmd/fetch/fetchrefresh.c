/* The timer's work. MUST: never run without an end; ask a store that is down no more often than it can bear. */
#include "authkeys-cmd/fetch/fetchrefresh.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "authkeys-cmd/fetch/fetchone.h"
#include "authkeys-cmd/fetch/fetchpace.h"
#include "authkeys-cmd/fetch/fetchstore.h"
#include "authkeys-cmd/fetch/fetchurl.h"
#include "authkeys-cmd/fetch/fetchusers.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/paths.h"
#include "base/text.h"
#include "base/username.h"
#include "store/question.h"

#include "base/poison.h"

/* one source's refresh */
struct run {
	const char *cache;
	struct ka_fetchhttp *http;
	const struct ka_conf_source *source;
	bool now;
	unsigned failures; /* in a row; the store is down */
	size_t found, empty, same, fresh, failed;
	struct ka_lasttry last;
};

static uint64_t chance(void)
{
	uint64_t v = 0;

	(void)!getrandom(&v, sizeof(v), 0);
	return v;
}

static void rest(uint32_t ms)
{
	for (; ms > KA_FETCH_REST_STEP_MS; ms -= KA_FETCH_REST_STEP_MS)
		poll(NULL, 0, KA_FETCH_REST_STEP_MS);
	poll(NULL, 0, (int)ms);
}

/* a breaker that our own tries have opened is no cause: what they ran into stays in r->last */
static enum ka_fetchone_answer ask(struct run *r, const char *user, enum ka_fetchone_when when)
{
	enum ka_reason before = r->last.reason;

	struct ka_fetchone one = {
		.cache = r->cache, .source = r->source, .user = user, .fp = "", .key = "", .except = "", .deadline_ms = (int)r->source->timeout_ms,
		.when = when, .out_fd = -1,
	};

	enum ka_fetchone_answer answer = ka_fetchone(r->http, &one, &r->last);

	if (r->failures > 0 && r->last.reason == KA_REASON_STORE_BREAKER_OPEN)
		r->last.reason = before;
	return answer;
}

/* who said when to come again, or forbade it for long, is not asked before */
static bool may_retry(const struct run *r)
{
	return r->failures <= KA_FETCH_REFRESH_TRIES && r->last.until - r->last.at <= KA_FETCH_OFF_MS / 1000;
}

/* a failure is tried again, each time after a longer wait; false when the store is to be left alone */
static bool ask_patiently(struct run *r, const char *user)
{
	for (;;) {
		switch (ask(r, user, r->now || r->failures > 0 ? KA_FETCHONE_ALWAYS : KA_FETCHONE_IF_NEEDED)) {
		case KA_FETCHONE_FOUND:
			r->found++;
			break;
		case KA_FETCHONE_NO_KEYS:
			r->empty++;
			break;
		case KA_FETCHONE_SAME:
			r->same++;
			break;
		case KA_FETCHONE_NOT_NEEDED:
			r->fresh++;
			return true;
		case KA_FETCHONE_FAILED:
			if (!ka_lasttry_is_unavailable(&r->last)) {
				r->failed++;
				return true; /* an answer about this one; the others may be better */
			}
			r->failures++;
			if (!may_retry(r)) {
				r->failed++;
				return false;
			}
			rest(ka_fetchpace_backoff_ms(r->failures, chance()));
			continue;
		}
		r->failures = 0;
		return true;
	}
}

static void show(const struct run *r, size_t done, size_t all, bool last)
{
	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r%s: %zu of %zu%s", r->source->name, done, all, last ? "\n" : "");
}

/* the one failure that only an administrator's word ends */
static void say_cure(const struct run *r)
{
	const char *name = r->source->name;

	if (r->last.reason != KA_REASON_STORE_SERIAL_LOWER)
		return;
	if (r->source->format == KA_CONF_FORMAT_SIGNED)
		printf(" (publish with a higher serial; if the signer was replaced: keyaudit cache forget-serial %s && keyaudit cache clear %s)", name, name);
	else
		printf(" (if the store was restored from a backup: keyaudit cache clear %s)", name);
}

static void sum_up(const struct run *r, const struct ka_fetchusers *users, bool listed, bool alive)
{
	printf("%s: %zu users: %zu new, %zu unchanged, %zu without keys, %zu still fresh, %zu failed", r->source->name, users->count,
	       r->found, r->same, r->empty, r->fresh, r->failed);
	if (!listed)
		printf("; users = %s cannot be read", r->source->users);
	if (users->left_out > 0)
		printf("; %zu users beyond the limit were left out", users->left_out);
	if (r->failed > 0) {
		printf("; the last failure: %s", ka_reason_id(r->last.reason));
		say_cure(r);
	}
	printf("%s\n", alive ? "" : "; the store is down, the rest waits for the next time");
}

static void sweep(const struct run *r)
{
	struct ka_fetchstore store;

	if (ka_fetchstore_open(r->cache, r->source->name, &store) != KA_ERR_OK)
		return; /* said by whoever asks */
	ka_fetchstore_sweep(&store, ka_clock_wall_us() / 1000000 - KA_FETCH_SWEEP_SEC);
	ka_fetchstore_close(&store);
}

/* false when the store that has the keys is to be left alone: where a list lies elsewhere, that is down alone */
static bool ask_list(struct run *r, const char *urls, const char *question)
{
	struct ka_span rest = ka_span_of(urls), first;
	unsigned which;

	if (!ka_text_word(&rest, &first) || ask_patiently(r, question))
		return true;
	if (ka_fetchurl_find_origin(first, ka_span_of(r->source->url), &which))
		return false;
	r->failures = 0;
	return true;
}

static bool refresh(struct run *r)
{
	struct ka_fetchusers users = { .names = NULL };
	bool alive, listed = true;

	sweep(r);
	alive = ask_list(r, r->source->revoked_url, KA_QUESTION_REVOKED);
	if (alive)
		alive = ask_list(r, r->source->index_url, KA_QUESTION_INDEX);
	/* who is asked by the offered key has no users to be asked for */
	if (!ka_question_has_fp(r->source))
		listed = ka_fetchusers_list(r->cache, r->source, &users) == KA_ERR_OK;
	for (size_t i = 0; alive && i < users.count; i++) {
		show(r, i, users.count, false);
		alive = ask_patiently(r, users.names[i]);
	}
	show(r, users.count, users.count, true);
	sum_up(r, &users, listed, alive);
	ka_fetchusers_free(&users);
	return alive && listed && r->failed == 0;
}

static bool open_http(struct ka_fetchhttp *http)
{
	if (ka_fetchhttp_open(http) == KA_ERR_OK)
		return true;
	fprintf(stderr, "authkeys-fetch: libcurl cannot begin\n");
	return false;
}

/* the name comes from a command line */
static void say_none(const char *only)
{
	char shown[4 * KA_SOURCE_NAME_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, shown);
	ka_text_escape(&b, ka_span_of(only), 0, sizeof(shown) - 1);
	fprintf(stderr, "authkeys-fetch: [lookup] sources names no http source%s%s\n", only[0] != '\0' ? " " : "", shown);
}

int ka_fetchrefresh_all(const struct ka_conf *c, const char *only, bool now)
{
	struct ka_fetchhttp http;
	bool good = true, any = false;

	if (!open_http(&http))
		return 1;
	if (now)
		rest(ka_fetchpace_jitter_ms(KA_FETCH_NUDGE_MS, chance()));
	for (size_t i = 0; i < c->sources_count; i++) {
		struct run r = { .cache = KA_PATH_CACHE, .http = &http, .source = &c->sources[i], .now = now };

		if (r.source->kind != KA_CONF_KIND_HTTP || (only[0] != '\0' && strcmp(only, r.source->name) != 0))
			continue;
		any = true;
		good = refresh(&r) && good;
	}
	ka_fetchhttp_close(&http);
	if (!any) {
		say_none(only);
		return only[0] != '\0' ? 2 : 1; /* a name that is not there will not be there in a minute either */
	}
	return good ? 0 : 1;
}

/* "SOURCE:USER"; NULL when it is none of ours */
static const struct ka_conf_source *read_marker(const struct ka_conf *c, const char *name, const char **user)
{
	const char *colon = strchr(name, ':');

	if (colon == NULL || !ka_username_is_valid(ka_span_of(colon + 1)))
		return NULL;
	*user = colon + 1;
	for (size_t i = 0; i < c->sources_count; i++)
		if (c->sources[i].kind == KA_CONF_KIND_HTTP &&
		    ka_span_is((struct ka_span){ (const uint8_t *)name, (size_t)(colon - name) }, c->sources[i].name))
			return &c->sources[i];
	return NULL;
}

/* what does not go away would wake us again and again: an empty folder is taken away as well */
static bool take_away(int dir, const char *name)
{
	return unlinkat(dir, name, 0) == 0 || (errno == EISDIR && unlinkat(dir, name, AT_REMOVEDIR) == 0);
}

int ka_fetchrefresh_wanted(const struct ka_conf *c)
{
	KA_AUTOCLOSEDIR DIR *dir = opendir(KA_PATH_WANTED);
	struct ka_fetchhttp http;
	const struct dirent *e;
	size_t steps = 0;

	if (dir == NULL) {
		fprintf(stderr, "authkeys-fetch: " KA_PATH_WANTED " cannot be read; mend: systemd-tmpfiles --create keyaudit.conf\n");
		return 1;
	}
	if (!open_http(&http))
		return 1;
	while ((e = readdir(dir)) != NULL && steps++ < KA_FETCH_USERS_MAX) {
		const char *user = NULL;
		struct run r = { .cache = KA_PATH_CACHE, .http = &http, .source = read_marker(c, e->d_name, &user) };

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		/* taken away first: a lookup that misses meanwhile may leave it again */
		if (take_away(dirfd(dir), e->d_name) && r.source != NULL)
			(void)ask(&r, user, KA_FETCHONE_IF_NEEDED);
	}
	ka_fetchhttp_close(&http);
	return 0;
}
