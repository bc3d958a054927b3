/* One entry. MUST: answer before the disk is touched; never put into the cache what was not judged. */
#include "authkeys-cmd/fetch/fetchone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authkeys-cmd/fetch/fetchask.h"
#include "authkeys-cmd/fetch/fetchmirror.h"
#include "authkeys-cmd/fetch/fetchstore.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"
#include "store/cachedir.h"
#include "store/fresh.h"

#include "base/poison.h"

/* all that one question needs; large, allocated */
struct work {
	const struct ka_fetchone *one;
	struct ka_fetchask ask;
	struct ka_fetchmirror mirror;
	struct ka_fetchstore store;
	char name[KA_ENTRY_HEX];
	bool has_old, keep; /* keep: the lock is ours, so the cache may be written */
	struct ka_entry old;
	struct ka_buf text;
	/* pages that nothing is written to cost nothing */
	char old_bytes[KA_ENTRY_BULK_MAX + 1], text_bytes[KA_ENTRY_BULK_MAX + 1];
};

/* who waits for the answer waits for the end of the pipe; a number that is free could become a file of ours */
static void hang_up(int fd)
{
	KA_AUTOCLOSE int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, fd) < 0)
		close(fd);
}

static void say(const struct work *w, struct ka_span bytes)
{
	const int fd = w->one->out_fd;

	if (fd < 0)
		return;
	/* whoever asked may have gone; the cache still gets it */
	(void)!(ka_fd_write_all(fd, bytes.p, bytes.len) == KA_ERR_OK);
	hang_up(fd);
}

static void write_entry(struct work *w, const struct ka_entry *e)
{
	ka_buf_init_array(&w->text, w->text_bytes);
	ka_entry_write(e, &w->text);
	say(w, ka_buf_as_span(&w->text));
}

static enum ka_fetchone_answer fail(const struct work *w, const struct ka_lasttry *t, struct ka_lasttry *why)
{
	char line[KA_LASTTRY_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, line);
	ka_lasttry_write(t, &b);
	say(w, ka_buf_as_span(&b));
	*why = *t;
	return KA_FETCHONE_FAILED;
}

/* a failure that is nobody's answer */
static enum ka_fetchone_answer fail_with(const struct work *w, enum ka_reason reason, struct ka_lasttry *why)
{
	int64_t now = ka_clock_wall_us() / 1000000;

	return fail(w, &(struct ka_lasttry){ .at = now, .until = now, .reason = reason }, why);
}

/* whether what lies in the cache is what was asked for */
static bool is_enough(const struct work *w, int64_t now, bool waited)
{
	if (!w->has_old || ka_fresh_of(&w->old, now, w->one->source->max_stale_sec) != KA_FRESH_YES)
		return false;
	if (waited)
		return true;
	if (w->one->when == KA_FETCHONE_IF_NEEDED)
		return now + KA_FETCH_AHEAD_SEC < w->old.fresh;
	return now - w->old.confirmed <= KA_FETCH_MOMENT_SEC;
}

/* another's request, or an earlier one, has brought what we need, or must not be repeated yet */
static bool is_answered(struct work *w, int64_t now, bool waited, enum ka_fetchone_answer *answer, struct ka_lasttry *why)
{
	const struct ka_fetchone *one = w->one;
	struct ka_lasttry last;

	if (one->when == KA_FETCHONE_ALWAYS && !waited)
		return false;
	if (is_enough(w, now, waited)) {
		write_entry(w, &w->old);
		*answer = KA_FETCHONE_NOT_NEEDED;
		return true;
	}
	if (!ka_cachedir_lasttry(one->cache, one->source->name, w->name, &last))
		return false;
	/* what the request that was waited for has come to is our answer too, also when it keeps nobody else away */
	if (!ka_lasttry_is_off(&last, now) && !(waited && last.at <= now && now - last.at <= KA_FETCH_MOMENT_SEC))
		return false;
	*answer = fail(w, &last, why);
	return true;
}

/* the store has said something else than what lies in the cache. Not of lists: an old one that says who is revoked beats none */
static bool is_outdated(const struct work *w)
{
	const struct ka_entry *e = &w->mirror.entry;

	return w->ask.what == KA_FETCH_KEYS && w->has_old && w->old.is_found && !(e->is_found && ka_span_equal(w->old.body, e->body));
}

/* behind the answer */
static void keep(struct work *w)
{
	/* a "no keys" holds nothing that must not be stored, and what lay here is over */
	if (w->keep && w->mirror.no_store && w->mirror.entry.is_found) {
		ka_fetchstore_remove(&w->store, w->name);
		return;
	}
	if (w->keep && ka_fetchstore_put(&w->store, w->name, ka_buf_as_span(&w->text)) == KA_ERR_OK)
		return;
	if (w->keep)
		fprintf(stderr, "authkeys-fetch: %s: the cache cannot be written (%s)\n", w->one->source->name, strerrorname_np(errno));
	/* a disk that is full can still forget: keys that were taken away must not come back when the store is down */
	if (is_outdated(w))
		ka_fetchstore_remove(&w->store, w->name);
}

static enum ka_fetchone_answer ask(struct work *w, struct ka_lasttry *why)
{
	enum ka_reason reason = ka_fetchmirror_all(&w->mirror);

	if (reason != KA_REASON_NONE && reason != KA_REASON_STORE_NO_KEYS) {
		if (w->keep)
			ka_fetchstore_note(&w->store, w->name, &w->mirror.fail);
		return fail(w, &w->mirror.fail, why);
	}
	write_entry(w, &w->mirror.entry);
	if (w->mirror.alarm.reason != KA_REASON_NONE)
		fprintf(stderr, "authkeys-fetch: %s: mirror %u was passed over: %s\n", w->one->source->name, w->mirror.alarm.mirror,
			ka_reason_id(w->mirror.alarm.reason));
	keep(w);
	if (reason == KA_REASON_STORE_NO_KEYS)
		return KA_FETCHONE_NO_KEYS;
	return w->mirror.is_same ? KA_FETCHONE_SAME : KA_FETCHONE_FOUND;
}

static enum ka_fetchone_answer run(struct work *w, int64_t until_ms, struct ka_lasttry *why)
{
	const struct ka_fetchone *one = w->one;
	enum ka_fetchone_answer answer;
	KA_AUTOCLOSE int lock = -1;
	bool waited;
	int64_t now;

	/* without a cache every lookup asks, and is answered all the same */
	if (ka_fetchstore_open(one->cache, one->source->name, &w->store) != KA_ERR_OK)
		fprintf(stderr, "authkeys-fetch: %s/%s cannot be used (%s)\n", one->cache, one->source->name, strerrorname_np(errno));
	switch (ka_fetchstore_lock(&w->store, w->name, one->deadline_ms, &lock, &waited)) {
	case KA_FETCHSTORE_LOCKED:
		w->keep = true;
		break;
	case KA_FETCHSTORE_LOCKLESS:
		break;
	case KA_FETCHSTORE_BUSY: /* another's request hangs; what it comes to is noted by whoever asked */
		return fail_with(w, KA_REASON_STORE_TIMEOUT, why);
	}
	now = ka_clock_wall_us() / 1000000;
	w->has_old = ka_cachedir_read(one->cache, one->source->name, one->user, w->name, w->ask.hash, w->old_bytes, sizeof(w->old_bytes),
				      &w->old) == KA_CACHEDIR_FOUND;
	/* it would be the measure of what comes, and it is not believed */
	if (w->has_old && strcmp(w->old.sha256, one->except) == 0)
		w->has_old = false;
	if (is_answered(w, now, waited, &answer, why))
		return answer;
	w->mirror.cache = one->cache;
	w->mirror.store = &w->store;
	w->mirror.ask = &w->ask;
	w->mirror.old = w->has_old ? &w->old : NULL;
	w->mirror.except = one->except;
	w->mirror.now = now;
	w->mirror.until_ms = until_ms;
	return ask(w, why);
}

enum ka_fetchone_answer ka_fetchone(struct ka_fetchhttp *http, const struct ka_fetchone *one, struct ka_lasttry *why)
{
	KA_AUTOFREE struct work *w = calloc(1, sizeof(*w));
	const int64_t until_ms = ka_clock_boot_ms() + one->deadline_ms;
	enum ka_fetchone_answer answer;
	const char *wrong;

	*why = (struct ka_lasttry){ .reason = KA_REASON_INTERNAL_ERROR };
	if (w == NULL)
		return KA_FETCHONE_FAILED;
	w->one = one;
	w->mirror.http = http;
	w->store.dir = -1;
	wrong = ka_fetchask_prepare(one, &w->ask);
	if (wrong != NULL) {
		fprintf(stderr, "authkeys-fetch: [source %s] %s\n", one->source->name, wrong);
		return fail_with(w, KA_REASON_CONF_INVALID, why);
	}
	ka_entry_name(one->source->name, one->user, w->ask.has_fp ? one->fp : NULL, w->name);
	answer = run(w, until_ms, why);
	ka_fetchstore_close(&w->store);
	return answer;
}
