/* Lists of users. MUST: let no name pass that is not in the grammar of account names. */
#include "keyaudit/publish/publist.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/username.h"

#include "base/poison.h"

static bool ends(struct ka_span name, const char *suffix)
{
	size_t n = strlen(suffix);

	return name.len > n && memcmp(name.p + name.len - n, suffix, n) == 0;
}

static enum ka_err add(struct ka_publist *l, struct ka_span name, const char *source)
{
	struct ka_pubuser *u;

	if (l->count == KA_PUBLISH_USERS_MAX)
		return KA_ERR_LIMIT;
	if (l->count == l->room) {
		size_t room = l->room == 0 ? 256 : 2 * l->room;
		struct ka_pubuser *more = reallocarray(l->users, room, sizeof(*more));

		if (more == NULL)
			return KA_ERR_NOMEM;
		l->users = more;
		l->room = room;
	}
	u = &l->users[l->count];
	*u = (struct ka_pubuser){ .name = strndup((const char *)name.p, name.len), .source = source != NULL ? strdup(source) : NULL };
	u->old.is_there = source == NULL;
	l->count++;
	return u->name != NULL && (source == NULL || u->source != NULL) ? KA_ERR_OK : KA_ERR_NOMEM;
}

static DIR *list(int dir)
{
	KA_AUTOCLOSE int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *all = fd >= 0 ? fdopendir(fd) : NULL;

	if (all != NULL)
		ka_steal_fd(&fd);
	return all;
}

/* a folder is nobody's keys, whatever it is called; without d_type the reader finds out */
static bool is_folder(const struct dirent *e)
{
	return e->d_type == DT_DIR;
}

enum ka_err ka_publist_sources(struct ka_publist *l, int dir, void (*wrong)(void *ctx, const char *file), void *ctx)
{
	KA_AUTOCLOSEDIR DIR *all = list(dir);
	enum ka_err err = KA_ERR_OK;
	const struct dirent *e;

	if (all == NULL)
		return KA_ERR_SYS;
	for (errno = 0; err == KA_ERR_OK && (e = readdir(all)) != NULL; errno = 0) {
		struct ka_span name = ka_span_of(e->d_name);

		if (e->d_name[0] == '.' || is_folder(e))
			continue;
		if (ends(name, KA_PUBLIST_SUFFIX))
			name.len -= strlen(KA_PUBLIST_SUFFIX);
		else if (ends(name, ".pub"))
			name.len -= strlen(".pub");
		if (ka_username_is_valid(name))
			err = add(l, name, e->d_name);
		else
			wrong(ctx, e->d_name);
	}
	return err == KA_ERR_OK && errno != 0 ? KA_ERR_SYS : err;
}

enum ka_err ka_publist_published(struct ka_publist *l, int dir)
{
	KA_AUTOCLOSEDIR DIR *all = list(dir);
	enum ka_err err = KA_ERR_OK;
	const struct dirent *e;

	if (all == NULL)
		return KA_ERR_SYS;
	for (errno = 0; err == KA_ERR_OK && (e = readdir(all)) != NULL; errno = 0) {
		struct ka_span name = ka_span_of(e->d_name);

		if (!ends(name, KA_PUBLIST_SUFFIX))
			continue;
		name.len -= strlen(KA_PUBLIST_SUFFIX);
		if (ka_username_is_valid(name))
			err = add(l, name, NULL);
	}
	return err == KA_ERR_OK && errno != 0 ? KA_ERR_SYS : err;
}

/* of one user's entries the files of --from first, in byte order: what is found does not hang on the directory's */
static int compare(const void *a, const void *b)
{
	const struct ka_pubuser *x = a, *y = b;
	int names = strcmp(x->name, y->name);

	if (names != 0)
		return names;
	if (x->source == NULL || y->source == NULL)
		return (x->source == NULL) - (y->source == NULL);
	return strcmp(x->source, y->source);
}

static void join(struct ka_pubuser *to, struct ka_pubuser *from)
{
	if (from->source == NULL) {
		to->old.is_there = true;
	} else if (to->rival == NULL) {
		to->rival = from->source;
		from->source = NULL;
	}
	free(from->name);
	free(from->source);
}

void ka_publist_merge(struct ka_publist *l)
{
	size_t kept = 0;

	if (l->count == 0)
		return;
	qsort(l->users, l->count, sizeof(*l->users), compare);
	for (size_t i = 1; i < l->count; i++) {
		if (strcmp(l->users[kept].name, l->users[i].name) == 0)
			join(&l->users[kept], &l->users[i]);
		else
			l->users[++kept] = l->users[i];
	}
	l->count = kept + 1;
}

void ka_publist_free(struct ka_publist *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->users[i].name);
		free(l->users[i].source);
		free(l->users[i].rival);
	}
	free(l->users);
	*l = (struct ka_publist){ .users = NULL };
}
