/* Lists of users. MUST: let no name pass that is not in the grammar. */
#include "authkeys-cmd/fetch/fetchusers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authkeys-cmd/fetch/fetchsigned.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/username.h"
#include "perm/permwalk.h"
#include "store/cachedir.h"

#include "base/poison.h"

static enum ka_err add(struct ka_fetchusers *u, struct ka_span name)
{
	if (!ka_username_is_valid(name))
		return KA_ERR_OK;
	if (u->count == KA_FETCH_USERS_MAX) {
		u->left_out++;
		return KA_ERR_OK;
	}
	if (u->count == u->room) {
		size_t room = u->room == 0 ? 256 : u->room * 2;
		char **more = reallocarray(u->names, room, sizeof(*more));

		if (more == NULL)
			return KA_ERR_NOMEM;
		u->names = more;
		u->room = room;
	}
	u->names[u->count] = strndup((const char *)name.p, name.len);
	if (u->names[u->count] == NULL)
		return KA_ERR_NOMEM;
	u->count++;
	return KA_ERR_OK;
}

static enum ka_err from_file(const char *path, struct ka_fetchusers *u)
{
	struct ka_permwalk_trust trust = { .owner = 0 };
	struct ka_permwalk_refusal why;
	KA_AUTOFREE char *text = NULL;
	KA_AUTOCLOSE int fd = -1;
	enum ka_err err = ka_permwalk_open(path, &trust, &fd, &why);
	struct ka_cursor c;
	struct ka_span line;
	size_t len;

	if (err != KA_ERR_OK)
		return err;
	if (fd < 0) {
		errno = why.errnum != 0 ? why.errnum : EPERM;
		return KA_ERR_SYS;
	}
	err = ka_fd_slurp(fd, KA_FETCH_USERS_FILE_MAX, &text, &len);
	ka_cursor_init(&c, text, err == KA_ERR_OK ? len : 0);
	while (err == KA_ERR_OK && ka_cursor_line(&c, &line, NULL)) {
		line.len -= line.len > 0 && line.p[line.len - 1] == '\r';
		err = add(u, ka_text_trim(line));
	}
	return err;
}

static enum ka_err from_passwd(struct ka_fetchusers *u)
{
	enum ka_err err = KA_ERR_OK;
	const struct passwd *pw;

	setpwent();
	while (err == KA_ERR_OK && (pw = getpwent()) != NULL)
		err = add(u, ka_span_of(pw->pw_name));
	endpwent();
	return err;
}

struct collect {
	struct ka_fetchusers *users;
	enum ka_err err;
};

static void take_listed(void *ctx, struct ka_span user)
{
	struct collect *c = ctx;

	if (c->err == KA_ERR_OK)
		c->err = add(c->users, user);
}

static enum ka_err from_index(const char *cache, const struct ka_conf_source *s, struct ka_fetchusers *u)
{
	struct collect c = { .users = u };

	if (!ka_fetchsigned_index(cache, s, ka_clock_wall_us() / 1000000, take_listed, &c)) {
		errno = ENOENT;
		return KA_ERR_SYS;
	}
	return c.err;
}

static bool is_entry_name(const char *name)
{
	return strlen(name) == KA_ENTRY_HEX - 1 && strspn(name, "0123456789abcdef") == KA_ENTRY_HEX - 1;
}

/* the names stand in the entries, since a file's name is a hash */
static enum ka_err from_cache(const char *cache, const struct ka_conf_source *s, struct ka_fetchusers *u)
{
	KA_AUTOFREE char *storage = malloc(KA_ENTRY_BULK_MAX + 1);
	KA_AUTOFREE struct ka_entry *entry = malloc(sizeof(*entry));
	KA_AUTOCLOSEDIR DIR *dir = NULL;
	enum ka_err err = KA_ERR_OK;
	char path[KA_PATH_TRUSTED_MAX];
	const struct dirent *e;
	struct ka_buf b;

	if (storage == NULL || entry == NULL)
		return KA_ERR_NOMEM;
	ka_buf_init_array(&b, path);
	ka_buf_text(&b, cache);
	ka_buf_char(&b, '/');
	ka_buf_text(&b, s->name);
	dir = opendir(path);
	while (err == KA_ERR_OK && dir != NULL && (e = readdir(dir)) != NULL)
		if (is_entry_name(e->d_name) &&
		    ka_cachedir_read(cache, s->name, NULL, e->d_name, NULL, storage, KA_ENTRY_BULK_MAX + 1, entry) == KA_CACHEDIR_FOUND)
			err = add(u, ka_span_of(entry->user));
	return err;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(struct ka_fetchusers *u)
{
	size_t kept = 0;

	if (u->count == 0)
		return;
	qsort(u->names, u->count, sizeof(*u->names), compare);
	for (size_t i = 1; i < u->count; i++) {
		if (strcmp(u->names[kept], u->names[i]) != 0)
			u->names[++kept] = u->names[i];
		else
			free(u->names[i]);
	}
	u->count = kept + 1;
}

enum ka_err ka_fetchusers_list(const char *cache, const struct ka_conf_source *s, struct ka_fetchusers *out)
{
	enum ka_err err = KA_ERR_OK, cached;

	*out = (struct ka_fetchusers){ .names = NULL };
	if (s->users[0] == '/')
		err = from_file(s->users, out);
	else if (strcmp(s->users, "passwd") == 0)
		err = from_passwd(out);
	else if (strcmp(s->users, "index") == 0)
		err = from_index(cache, s, out);
	cached = from_cache(cache, s, out);
	sort(out);
	return err != KA_ERR_OK ? err : cached;
}

void ka_fetchusers_free(struct ka_fetchusers *u)
{
	for (size_t i = 0; i < u->count; i++)
		free(u->names[i]);
	free(u->names);
	*u = (struct ka_fetchusers){ .names = NULL };
}
