/* The sibling files of a source path with %u. Every file is read through the same trusted walk as for a login. */
#include "diag/othersource.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "base/username.h"
#include "key/keyline.h"
#include "perm/permwalk.h"
#include "source/sourcefile.h"
#include "source/sourcelines.h"

#include "base/poison.h"

struct search {
	const struct ka_keysource_query *query;
	struct ka_keysource *out;
	const char *user; /* whose files are being read */
	size_t left;      /* names that may still be tried */
	struct ka_conf_source one; /* the path being searched, as a source of its own */
	char one_path[KA_CONF_TEXT_MAX];
	struct ka_permwalk_refusal why;
	struct ka_sourcefile_out got;
	struct ka_keyline line;
	uint8_t blob[KA_BLOB_MAX];
};

bool ka_othersource_name(struct ka_span pattern, const char *name, char user[static KA_USER_NAME_MAX])
{
	struct ka_span n = ka_span_of(name), tail;
	size_t at = 0;

	while (at + 1 < pattern.len && !(pattern.p[at] == '%' && pattern.p[at + 1] == 'u'))
		at++;
	if (at + 1 >= pattern.len)
		return false;
	tail = ka_span_sub(pattern, at + 2, pattern.len);
	if (ka_span_find(ka_span_sub(pattern, 0, at), '%') < at || ka_span_find(tail, '%') < tail.len ||
	    n.len < at + tail.len || !ka_span_equal(ka_span_sub(n, 0, at), ka_span_sub(pattern, 0, at)) ||
	    !ka_span_equal(ka_span_sub(n, n.len - tail.len, tail.len), tail))
		return false;
	n = ka_span_sub(n, at, n.len - at - tail.len);
	return ka_username_is_valid(n) && ka_span_copy(n, user, KA_USER_NAME_MAX);
}

static bool is_wanted(const struct search *s)
{
	for (size_t i = 0; i < s->query->offers_count; i++)
		if (!s->out->key[i].is_listed && !s->out->key[i].is_elsewhere)
			return true;
	return false;
}

static void take_file(void *ctx, const char *path, struct ka_span bytes)
{
	struct search *s = ctx;
	struct ka_cursor c;
	struct ka_span line;
	struct ka_sourcelines lines = { 0 };
	unsigned number = 0;

	ka_cursor_init(&c, bytes.p, bytes.len);
	while (!ka_sourcelines_is_over(&lines) && ka_cursor_line(&c, &line, NULL)) {
		number++;
		ka_keyline_parse(line, s->blob, &s->line);
		if (!ka_sourcelines_take(&lines, s->line.reason))
			continue;
		for (size_t i = 0; i < s->query->offers_count && s->line.reason == KA_REASON_NONE; i++) {
			struct ka_keysource_key *key = &s->out->key[i];

			if (key->is_listed || key->is_elsewhere || !ka_keyscan_is_offer(&s->query->offers[i], s->line.key.blob))
				continue;
			key->is_elsewhere = true;
			key->line = number;
			ka_span_copy(ka_span_of(path), key->path, sizeof(key->path));
			ka_span_copy(ka_span_of(s->user), key->other_user, sizeof(key->other_user));
		}
	}
}

/* one path of a source: the directory before the component with %u is listed */
static enum ka_err search_path(struct search *s, const struct ka_conf_source *source, struct ka_span path)
{
	struct ka_conf_source *one = &s->one;
	struct ka_permwalk_trust trust = { .is_dir = true };
	char dir[KA_PATH_TRUSTED_MAX], user[KA_USER_NAME_MAX];
	KA_AUTOCLOSEDIR DIR *d = NULL;
	const struct dirent *e;
	size_t at, start, end;
	enum ka_err err = KA_ERR_OK;
	int fd;

	for (at = 0; at + 1 < path.len && !(path.p[at] == '%' && path.p[at + 1] == 'u'); at++)
		;
	for (start = at; start > 0 && path.p[start - 1] != '/'; start--)
		;
	end = at + ka_span_find(ka_span_sub(path, at, path.len), '/');
	if (at + 1 >= path.len || start == 0 || source->owner != KA_CONF_OWNER_ROOT ||
	    !ka_span_copy(ka_span_sub(path, 0, start), dir, sizeof(dir)) || !ka_span_copy(path, s->one_path, sizeof(s->one_path)) ||
	    strstr(s->one_path, "%h") != NULL || strstr(s->one_path, "%U") != NULL)
		return KA_ERR_OK;
	one->path = s->one_path;
	if (ka_permwalk_open(dir, &trust, &fd, &s->why) != KA_ERR_OK || fd < 0)
		return KA_ERR_OK;
	d = fdopendir(fd);
	if (d == NULL) {
		close(fd);
		return KA_ERR_OK;
	}
	while (err == KA_ERR_OK && s->left > 0 && is_wanted(s) && (e = readdir(d)) != NULL) {
		struct ka_source_query who = { .user = user };

		if (!ka_othersource_name(ka_span_sub(path, start, end - start), e->d_name, user) ||
		    strcmp(user, s->query->user) == 0)
			continue;
		s->user = user;
		s->left--;
		err = ka_sourcefile_read(one, &who, take_file, s, &s->got);
	}
	return err;
}

enum ka_err ka_othersource_look(const struct ka_keysource_query *query, struct ka_keysource *out)
{
	KA_AUTOFREE struct search *s = calloc(1, sizeof(*s));
	enum ka_err err = KA_ERR_OK;

	if (s == NULL)
		return KA_ERR_NOMEM;
	s->query = query;
	s->out = out;
	s->left = KA_SOURCE_FILES_MAX;
	for (size_t i = 0; i < query->conf->sources_count && err == KA_ERR_OK; i++) {
		struct ka_span rest = ka_span_of(query->conf->sources[i].path), path;

		while (err == KA_ERR_OK && ka_text_word(&rest, &path))
			err = search_path(s, &query->conf->sources[i], path);
	}
	return err;
}
