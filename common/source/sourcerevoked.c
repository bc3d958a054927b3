/* Revoked lists: from the cache into force, and asked. */
#include "source/sourcerevoked.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/paths.h"
#include "store/cachedir.h"
#include "store/fresh.h"
#include "store/question.h"
#include "store/revokedkeep.h"

#include "base/poison.h"

/* when the file was written last; 0 when it is not there */
static struct timespec written(int dir, const char *path)
{
	struct stat st;

	return fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_mtim : (struct timespec){ 0, 0 };
}

/*
 * Whether the cache holds a list that was not looked at since it came: what was looked at has left its time on the memory's
 * file, so that an unchanged list costs two calls. Same or not, never earlier or later: a clock that was wrong for an hour
 * must not hide what came since. A fetcher that forges times withholds a list, which the list's expiry bounds.
 */
static bool is_news(const struct ka_serialdir *d, const struct ka_conf_source *s, const char *name, struct timespec *came)
{
	char path[KA_PATH_TRUSTED_MAX], memory[KA_SERIAL_NAME_MAX];
	struct timespec seen;

	if (!ka_cachedir_path(KA_PATH_CACHE, s->name, name, path) || !ka_serialdir_name(s->name, KA_SERIALDIR_REVOKED, memory))
		return false;
	*came = written(AT_FDCWD, path);
	seen = written(d->fd, memory);
	return came->tv_sec != 0 && (came->tv_sec != seen.tv_sec || came->tv_nsec != seen.tv_nsec);
}

/* looked at: not again before the next one comes. @came is older than what was read: what came meanwhile is news */
static void touch(const struct ka_serialdir *d, const struct ka_conf_source *s, struct timespec came)
{
	const struct timespec times[2] = { came, came };
	char memory[KA_SERIAL_NAME_MAX];

	if (ka_serialdir_name(s->name, KA_SERIALDIR_REVOKED, memory))
		utimensat(d->fd, memory, times, AT_SYMLINK_NOFOLLOW);
}

static enum ka_reason accept_list(const struct ka_serialdir *d, const struct ka_conf_source *s, const struct ka_sourcehttp_env *env,
				  const struct ka_serial_memory *memory, struct ka_sourcehttp *h)
{
	const struct ka_sourcesigned_ask ask = {
		.source = s, .kind = KA_SIGNEDDOC_REVOKED, .what = KA_SERIALDIR_REVOKED, .now = env->now, .ed25519 = env->ed25519,
		.memory = memory,
	};
	struct ka_revokedkeep_new n = { .source = s->name, .doc = &h->check.doc, .sha512 = h->check.check.sha512, .now = env->now };
	struct ka_revokedkeep kept;
	enum ka_reason reason = ka_sourcesigned_check(&ask, h->list_entry.body, &h->check);

	if (reason != KA_REASON_NONE)
		return reason;
	return ka_revokedkeep_accept(d, &n, &kept) == KA_ERR_OK ? KA_REASON_NONE : KA_REASON_STORE_CACHE_INVALID;
}

/* what nobody but this memory can tell of a list; the rest the fetcher has judged and said */
static enum ka_reason of_memory(enum ka_reason reason)
{
	return reason == KA_REASON_STORE_SERIAL_LOWER || reason == KA_REASON_STORE_SERIAL_REUSED ? reason : KA_REASON_NONE;
}

static void open_one(const struct ka_serialdir *d, const struct ka_conf_source *s, const struct ka_sourcehttp_env *env,
		     struct ka_sourcehttp *h, struct ka_sourcerevoked *out)
{
	struct ka_revoked *r = &out->list[out->count];
	char name[KA_ENTRY_HEX], url[KA_ENTRY_HEX];
	enum ka_reason reason;
	struct timespec came;

	out->source[out->count] = s;
	out->refresh_later[out->count] = false;
	out->notice[out->count] = KA_REASON_NONE;
	if (ka_revoked_open(d, s->name, r) != KA_ERR_OK)
		r->state = KA_REVOKED_BROKEN;
	ka_entry_name(s->name, KA_QUESTION_REVOKED, NULL, name);
	out->count++;
	if (!env->may_remember || !is_news(d, s, name, &came))
		return;
	ka_question_hash(s, s->revoked_url, url);
	if (ka_cachedir_read(KA_PATH_CACHE, s->name, KA_QUESTION_REVOKED, name, url, h->list, sizeof(h->list), &h->list_entry) != KA_CACHEDIR_FOUND)
		return;
	reason = accept_list(d, s, env, &r->memory, h);
	out->notice[out->count - 1] = of_memory(reason);
	if (reason != KA_REASON_NONE)
		return;
	touch(d, s, came);
	ka_revoked_close(r);
	if (ka_revoked_open(d, s->name, r) != KA_ERR_OK)
		r->state = KA_REVOKED_BROKEN;
}

/* the list's own entry says how long it is fresh; it is read only by whoever may do something about it */
static bool is_due(const struct ka_conf_source *s, int64_t now)
{
	char path[KA_PATH_TRUSTED_MAX], name[KA_ENTRY_HEX];
	struct timespec at;

	ka_entry_name(s->name, KA_QUESTION_REVOKED, NULL, name);
	if (!ka_cachedir_path(KA_PATH_CACHE, s->name, name, path))
		return false;
	at = written(AT_FDCWD, path);
	return now < at.tv_sec || now - at.tv_sec >= (int64_t)s->max_age_sec;
}

void ka_sourcerevoked_open(const struct ka_conf *c, const struct ka_sourcehttp_env *env, struct ka_sourcehttp *h, struct ka_sourcerevoked *out)
{
	struct ka_serialdir dir = { .fd = -1 };

	out->count = 0;
	for (size_t i = 0; i < c->sources_count; i++) {
		const struct ka_conf_source *s = &c->sources[i];

		if (s->kind != KA_CONF_KIND_HTTP || s->revoked_url[0] == '\0')
			continue;
		if (dir.fd < 0 && ka_serialdir_open(KA_PATH_SERIALS, &dir) != KA_ERR_OK)
			dir.fd = -1; /* each list is broken then */
		open_one(&dir, s, env, h, out);
		out->refresh_later[out->count - 1] = env->may_ask && s->fetch == KA_CONF_FETCH_ON_MISS && is_due(s, env->now);
	}
	ka_serialdir_close(&dir);
}

void ka_sourcerevoked_close(struct ka_sourcerevoked *r)
{
	for (size_t i = 0; i < r->count; i++)
		ka_revoked_close(&r->list[i]);
	r->count = 0;
}

enum ka_reason ka_sourcerevoked_judge(const struct ka_sourcerevoked *r, const char *fp)
{
	for (size_t i = 0; i < r->count; i++) {
		enum ka_reason reason = ka_revoked_judge(&r->list[i], fp);

		if (reason != KA_REASON_NONE)
			return reason;
	}
	return KA_REASON_NONE;
}

enum ka_reason ka_sourcerevoked_notice(const struct ka_sourcerevoked *r, const struct ka_conf_source *s)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->source[i] == s)
			return r->notice[i];
	return KA_REASON_NONE;
}

enum ka_reason ka_sourcerevoked_may_serve(const struct ka_sourcerevoked *r, const struct ka_conf_source *s, int64_t now)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->source[i] == s && s->require_revoked_list)
			return ka_revoked_currency(&r->list[i], now);
	return KA_REASON_NONE;
}
