/* Finding what was rotated away. The order is that of the numbers inside, never that of names or times. */
#include "keyaudit/verify/verifyfiles.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "keyaudit/verify/verifyline.h"

#include "base/poison.h"

struct found {
	uint64_t seq;
	char *name;
};

/* The first record of @name, a genesis; false when there is none. */
static bool first_record(int dirfd, const char *name, struct ka_verifyline *line)
{
	KA_AUTOCLOSE int fd = openat(dirfd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	KA_AUTOFREE char *block = malloc(KA_EVENT_LINE_MAX);
	struct ka_span s = { (const uint8_t *)block, 0 };
	struct stat st;
	ssize_t got;

	if (block == NULL || fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	got = pread(fd, block, KA_EVENT_LINE_MAX, 0);
	if (got <= 0)
		return false;
	s.len = (size_t)got;
	return ka_verifyline_read(ka_span_sub(s, 0, ka_span_find(s, '\n')), line) && line->kind == KA_VERIFYLINE_GENESIS;
}

static bool is_compressed(const char *name)
{
	static const char *const ends[] = { ".gz", ".xz", ".zst", ".bz2" };
	size_t n = strlen(name);

	for (size_t i = 0; i < KA_ARRAY_LEN(ends); i++)
		if (n > strlen(ends[i]) && strcmp(name + n - strlen(ends[i]), ends[i]) == 0)
			return true;
	return false;
}

static char *join(const char *folder, const char *name)
{
	size_t size = strlen(folder) + strlen(name) + 2;
	char *path = malloc(size);
	struct ka_buf b;

	if (path == NULL)
		return NULL;
	ka_buf_init(&b, path, size);
	ka_buf_text(&b, folder);
	ka_buf_text(&b, strcmp(folder, "/") == 0 ? "" : "/");
	ka_buf_text(&b, name);
	return path;
}

static int by_number(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static bool is_beside(const char *name, const char *base)
{
	size_t n = strlen(base);

	return strncmp(name, base, n) == 0 && (name[n] == '-' || name[n] == '.') && name[n + 1] != '\0';
}

static enum ka_err look(DIR *dir, const char *folder, const char *base, struct found *found, struct ka_verifyfiles *out)
{
	struct ka_verifyline trail, line;
	bool is_chained = first_record(dirfd(dir), base, &trail);
	const struct dirent *e;

	while ((e = readdir(dir)) != NULL) {
		struct found f;

		if (!is_beside(e->d_name, base))
			continue;
		out->compressed += is_compressed(e->d_name);
		if (!is_chained || is_compressed(e->d_name) || !first_record(dirfd(dir), e->d_name, &line) ||
		    strcmp(line.chain, trail.chain) != 0)
			continue;
		if (out->count == KA_VERIFY_FILES_MAX)
			return KA_ERR_LIMIT;
		f.seq = line.link.seq;
		f.name = join(folder, e->d_name);
		if (f.name == NULL)
			return KA_ERR_NOMEM;
		found[out->count++] = f;
	}
	return KA_ERR_OK;
}

static enum ka_err find(const char *folder, const char *base, const char *path, struct found *found, struct ka_verifyfiles *out)
{
	KA_AUTOCLOSEDIR DIR *dir = opendir(folder);
	enum ka_err err = dir != NULL ? look(dir, folder, base, found, out) : KA_ERR_SYS;

	qsort(found, out->count, sizeof(*found), by_number);
	for (size_t i = 0; i < out->count; i++)
		out->names[i] = found[i].name;
	if (err == KA_ERR_OK) {
		out->names[out->count] = strdup(path);
		err = out->names[out->count] != NULL ? KA_ERR_OK : KA_ERR_NOMEM;
		out->count += err == KA_ERR_OK;
	}
	return err;
}

enum ka_err ka_verifyfiles_find(const char *path, struct ka_verifyfiles *out)
{
	KA_AUTOFREE struct found *found = calloc(KA_VERIFY_FILES_MAX, sizeof(*found));
	KA_AUTOFREE char *folder = strdup(path);
	char *slash = folder != NULL ? strrchr(folder, '/') : NULL;
	enum ka_err err;

	*out = (struct ka_verifyfiles){ .names = calloc(KA_VERIFY_FILES_MAX + 1, sizeof(*out->names)) };
	if (found == NULL || folder == NULL || out->names == NULL)
		err = KA_ERR_NOMEM;
	else if (slash == NULL)
		err = find(".", path, path, found, out);
	else {
		*slash = '\0';
		err = find(slash == folder ? "/" : folder, slash + 1, path, found, out);
	}
	if (err != KA_ERR_OK)
		ka_verifyfiles_free(out);
	return err;
}

void ka_verifyfiles_free(struct ka_verifyfiles *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->names[i]);
	free(f->names);
	memset(f, 0, sizeof(*f));
}
