/* Reading the cache. MUST: follow no link; take no file for an entry that is not exactly one, of that source and under its name. */
#include "keyaudit/cache/cachelist.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/text.h"
#include "store/question.h"
#include "store/revoked.h"
#include "store/serial.h"
#include "store/signeddoc.h"

#include "base/poison.h"

#define FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)

/* one walk; large: allocated */
struct walk {
	const struct ka_cachelist_want *want;
	struct ka_cachelist *list;
	uid_t owner;
	const struct ka_conf_source *conf; /* of the source in hand; NULL: not configured, or of another type */
	const char *source;
	int dir;
	size_t steps;
	enum ka_err err;
	struct ka_entry entry;
	struct ka_signeddoc doc;
	struct ka_revoked revoked;
	char bytes[KA_ENTRY_BULK_MAX + 1];
};

bool ka_cachelist_is_source(const char *name)
{
	struct ka_span s = ka_span_of(name);

	for (size_t i = 0; i < s.len; i++)
		if (!ka_text_is_alnum(s.p[i]) && (i == 0 || memchr("_.-", s.p[i], 3) == NULL))
			return false;
	return s.len > 0 && s.len < KA_SOURCE_NAME_MAX;
}

bool ka_cachelist_is_entry(const char *name)
{
	return strlen(name) == KA_ENTRY_HEX - 1 && strspn(name, "0123456789abcdef") == KA_ENTRY_HEX - 1;
}

enum ka_err ka_cachelist_open(const char *path, int *fd, uid_t *owner)
{
	KA_AUTOCLOSE int dir = open(path, FOLDER);
	struct stat st;

	*fd = -1;
	if (dir < 0 || fstat(dir, &st) != 0)
		return KA_ERR_SYS;
	if ((st.st_mode & 0022) != 0)
		return KA_ERR_SYNTAX;
	*owner = st.st_uid;
	*fd = ka_steal_fd(&dir);
	return KA_ERR_OK;
}

int ka_cachelist_open_source(int cache, uid_t owner, const char *source)
{
	KA_AUTOCLOSE int dir = ka_cachelist_is_source(source) ? openat(cache, source, FOLDER) : -1;
	struct stat st;

	if (dir < 0 || fstat(dir, &st) != 0 || st.st_uid != owner || (st.st_mode & 0022) != 0)
		return -1;
	return ka_steal_fd(&dir);
}

int ka_cachelist_open_file(int dir, uid_t owner, const char *name, const char *suffix, size_t max, bool *is_ours)
{
	KA_AUTOCLOSE int fd = -1;
	char whole[KA_ENTRY_HEX + 16];
	struct stat st;
	struct ka_buf b;

	*is_ours = false;
	ka_buf_init_array(&b, whole);
	ka_buf_text(&b, name);
	ka_buf_text(&b, suffix);
	if (ka_buf_check(&b) != KA_ERR_OK)
		return -1;
	fd = openat(dir, whole, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0) {
		*is_ours = errno == ENOENT;
		return -1;
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_uid != owner || (st.st_mode & 0022) != 0 || st.st_nlink > 1 ||
	    st.st_size < 0 || (size_t)st.st_size > max)
		return -1;
	*is_ours = true;
	return ka_steal_fd(&fd);
}

static bool read_entry(struct walk *w, const char *name, bool *is_ours)
{
	KA_AUTOCLOSE int fd = ka_cachelist_open_file(w->dir, w->owner, name, "", KA_ENTRY_BULK_MAX, is_ours);
	char expected[KA_ENTRY_HEX];
	size_t len;

	if (fd < 0)
		return false;
	*is_ours = false;
	if (ka_fd_read_all(fd, w->bytes, sizeof(w->bytes), &len) != KA_ERR_OK ||
	    !ka_entry_parse((struct ka_span){ (const uint8_t *)w->bytes, len }, &w->entry) || strcmp(w->entry.source, w->source) != 0)
		return false;
	/* under the name of somebody else it would never be asked for; with %f nobody knows the name */
	ka_entry_name(w->source, w->entry.user, NULL, expected);
	*is_ours = strcmp(expected, name) == 0 || (w->conf != NULL && ka_question_has_fp(w->conf));
	return *is_ours;
}

static bool read_try(struct walk *w, const char *name, struct ka_lasttry *out)
{
	bool is_ours;
	KA_AUTOCLOSE int fd = ka_cachelist_open_file(w->dir, w->owner, name, ".try", KA_LASTTRY_MAX, &is_ours);
	char text[KA_LASTTRY_MAX + 1];
	size_t len;

	return fd >= 0 && ka_fd_read_all(fd, text, sizeof(text), &len) == KA_ERR_OK &&
	       ka_lasttry_parse((struct ka_span){ (const uint8_t *)text, len }, out);
}

static bool is_list(const char *user)
{
	return user[0] == ':';
}

static size_t count_lines(struct ka_span body)
{
	struct ka_cursor c;
	struct ka_span line;
	size_t n = 0;

	ka_cursor_init(&c, body.p, body.len);
	while (ka_cursor_line(&c, &line, NULL))
		n += ka_signeddoc_is_entry(line);
	return n;
}

static void learn_document(struct walk *w, struct ka_cachelist_row *r)
{
	enum ka_signeddoc_kind kind = KA_SIGNEDDOC_KEYS;

	if (strcmp(w->entry.user, KA_QUESTION_INDEX) == 0)
		kind = KA_SIGNEDDOC_INDEX;
	else if (strcmp(w->entry.user, KA_QUESTION_REVOKED) == 0)
		kind = KA_SIGNEDDOC_REVOKED;
	if (!w->entry.is_found || ka_signeddoc_parse(w->entry.body, kind, &w->doc) != KA_REASON_NONE)
		return;
	r->serial = w->doc.head.serial;
	r->expires = w->doc.head.expires;
	r->keys = w->doc.lines;
}

static const char *urls_of(const struct ka_conf_source *s, const char *user)
{
	if (strcmp(user, KA_QUESTION_INDEX) == 0)
		return s->index_url;
	return strcmp(user, KA_QUESTION_REVOKED) == 0 ? s->revoked_url : s->url;
}

static void learn(struct walk *w, struct ka_cachelist_row *r)
{
	const struct ka_entry *e = &w->entry;
	char url[KA_ENTRY_HEX];

	r->is_found = e->is_found;
	r->fetched = e->fetched;
	r->confirmed = e->confirmed;
	r->fresh = e->fresh;
	r->swr = e->swr;
	r->stale = e->stale;
	r->status = e->status;
	r->mirror = e->mirror;
	r->alarm = e->alarm;
	r->serial = (uint64_t)e->serial;
	r->keys = count_lines(e->body);
	r->state = ka_fresh_of(e, w->want->now, w->conf != NULL ? w->conf->max_stale_sec : INT64_MAX);
	if (w->conf == NULL)
		return;
	if (w->conf->format == KA_CONF_FORMAT_SIGNED || is_list(e->user))
		learn_document(w, r);
	if (r->expires != 0 && r->expires <= w->want->now && !is_list(e->user))
		r->state = KA_FRESH_DEAD;
	ka_question_hash(w->conf, urls_of(w->conf, e->user), url);
	r->is_other_question = strcmp(url, e->url) != 0;
}

static uint64_t remembered(struct walk *w, const char *user, const char *name)
{
	const struct ka_serialdir *d = w->want->serials;
	struct ka_serial_memory memory = { .known = false };
	enum ka_serial_answer answer;

	if (d == NULL || user == NULL)
		return 0;
	if (strcmp(user, KA_QUESTION_REVOKED) == 0) {
		if (ka_revoked_open(d, w->source, &w->revoked) == KA_ERR_OK && w->revoked.state == KA_REVOKED_OPEN)
			memory = w->revoked.memory;
		ka_revoked_close(&w->revoked);
	} else if (ka_serial_read(d, w->source, strcmp(user, KA_QUESTION_INDEX) == 0 ? KA_SERIALDIR_INDEX : name, &answer, &memory) !=
		   KA_ERR_OK) {
		return 0;
	}
	return memory.known ? memory.serial : 0;
}

static struct ka_cachelist_row *add(struct walk *w)
{
	struct ka_cachelist *l = w->list;

	if (l->count == KA_CACHELIST_ROWS_MAX) {
		l->is_cut = true;
		return NULL;
	}
	if (l->count == l->room) {
		size_t room = l->room == 0 ? 64 : 2 * l->room;
		struct ka_cachelist_row *more = reallocarray(l->rows, room, sizeof(*more));

		if (more == NULL) {
			w->err = KA_ERR_NOMEM;
			return NULL;
		}
		l->rows = more;
		l->room = room;
	}
	memset(&l->rows[l->count], 0, sizeof(*l->rows));
	return &l->rows[l->count++];
}

/* is it asked for? A failure without an entry has no name in it, so the name is computed */
static bool is_wanted(const struct walk *w, const char *name, const char *user)
{
	char expected[KA_ENTRY_HEX];

	if (w->want->user == NULL)
		return true;
	if (user != NULL)
		return strcmp(user, w->want->user) == 0;
	ka_entry_name(w->source, w->want->user, NULL, expected);
	return strcmp(expected, name) == 0;
}

static void take(struct walk *w, const char *name, bool has_entry)
{
	bool is_ours = true, is_good = has_entry && read_entry(w, name, &is_ours);
	const char *user = is_good ? w->entry.user : NULL;
	struct ka_cachelist_row *r;
	struct ka_lasttry last;
	bool has_try = read_try(w, name, &last);

	/* it went while we were looking */
	if (!has_try && !is_good && is_ours)
		return;
	if (!is_wanted(w, name, user))
		return;
	r = add(w);
	if (r == NULL)
		return;
	ka_span_copy(ka_span_of(w->source), r->source, sizeof(r->source));
	ka_span_copy(ka_span_of(name), r->name, sizeof(r->name));
	/* only whoever asked by name knows whose failure this is */
	if (user == NULL && w->want->user != NULL)
		user = w->want->user;
	r->user = user != NULL ? strdup(user) : NULL;
	if (user != NULL && r->user == NULL)
		w->err = KA_ERR_NOMEM;
	r->is_known = w->conf != NULL;
	r->has_entry = is_good;
	r->is_invalid = !is_ours;
	r->has_try = has_try;
	r->last = last;
	if (is_good)
		learn(w, r);
	r->remembered = remembered(w, user, name);
}

/* NAME.try without NAME is a row of its own; with it, it was one already */
static bool is_lonely_try(const struct walk *w, const char *file, char name[static KA_ENTRY_HEX])
{
	struct stat st;

	if (strlen(file) != KA_ENTRY_HEX - 1 + strlen(".try") || strcmp(file + KA_ENTRY_HEX - 1, ".try") != 0)
		return false;
	memcpy(name, file, KA_ENTRY_HEX - 1);
	name[KA_ENTRY_HEX - 1] = '\0';
	return ka_cachelist_is_entry(name) && fstatat(w->dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0;
}

static DIR *list(int dir)
{
	KA_AUTOCLOSE int fd = openat(dir, ".", FOLDER);
	DIR *all = fd >= 0 ? fdopendir(fd) : NULL;

	if (all != NULL)
		ka_steal_fd(&fd);
	return all;
}

static void walk_source(struct walk *w, int cache, const char *source)
{
	KA_AUTOCLOSE int dir = ka_cachelist_open_source(cache, w->owner, source);
	KA_AUTOCLOSEDIR DIR *all = dir >= 0 ? list(dir) : NULL;
	char name[KA_ENTRY_HEX];
	const struct dirent *e;

	w->dir = dir;
	w->source = source;
	w->conf = NULL;
	for (size_t i = 0; w->want->conf != NULL && i < w->want->conf->sources_known; i++)
		if (strcmp(w->want->conf->sources[i].name, source) == 0 && w->want->conf->sources[i].kind == KA_CONF_KIND_HTTP)
			w->conf = &w->want->conf->sources[i];
	while (all != NULL && w->err == KA_ERR_OK && (e = readdir(all)) != NULL && w->steps++ < KA_CACHELIST_STEPS_MAX) {
		if (ka_cachelist_is_entry(e->d_name))
			take(w, e->d_name, true);
		else if (is_lonely_try(w, e->d_name, name))
			take(w, name, false);
	}
}

static int compare(const void *a, const void *b)
{
	const struct ka_cachelist_row *x = a, *y = b;
	int order = strcmp(x->source, y->source);

	if (order == 0)
		order = strcmp(x->user != NULL ? x->user : "\x7f", y->user != NULL ? y->user : "\x7f");
	return order != 0 ? order : strcmp(x->name, y->name);
}

enum ka_err ka_cachelist_read(int cache, uid_t owner, const struct ka_cachelist_want *want, struct ka_cachelist *out)
{
	KA_AUTOFREE struct walk *w = calloc(1, sizeof(*w));
	KA_AUTOCLOSEDIR DIR *all = list(cache);
	const struct dirent *e;

	*out = (struct ka_cachelist){ .rows = NULL };
	if (w == NULL)
		return KA_ERR_NOMEM;
	w->want = want;
	w->list = out;
	w->owner = owner;
	while (all != NULL && w->err == KA_ERR_OK && (e = readdir(all)) != NULL && w->steps++ < KA_CACHELIST_STEPS_MAX)
		if (ka_cachelist_is_source(e->d_name) && (want->source == NULL || strcmp(want->source, e->d_name) == 0))
			walk_source(w, cache, e->d_name);
	out->is_cut |= w->steps >= KA_CACHELIST_STEPS_MAX;
	if (out->count > 0)
		qsort(out->rows, out->count, sizeof(*out->rows), compare);
	return w->err;
}

void ka_cachelist_free(struct ka_cachelist *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->rows[i].user);
	free(l->rows);
	*l = (struct ka_cachelist){ .rows = NULL };
}
