/* Names of a directory in byte order. Bounded memory whatever the directory holds; never opens anything. */
#include "source/sourcedir.h"

#include <errno.h>
#include <string.h>

#include "base/poison.h"

static bool is_wanted(const char *name, size_t len, const char *suffix)
{
	size_t n = strlen(suffix);

	return name[0] != '.' && len > n && len <= NAME_MAX && memcmp(name + len - n, suffix, n) == 0;
}

/* the place for one more name; the last one in order gives up its own when all are taken */
static char *slot(struct ka_sourcedir *out, const char *name, size_t max)
{
	const char *last;

	if (out->count < max)
		return out->pool[out->count++];
	out->has_more = true;
	last = max > 0 ? out->names[max - 1] : name;
	if (strcmp(name, last) >= 0)
		return NULL;
	return out->pool[(size_t)(last - out->pool[0]) / sizeof(out->pool[0])];
}

static void insert(struct ka_sourcedir *out, const char *name, size_t len, size_t max)
{
	char *place = slot(out, name, max);
	size_t i = out->count;

	if (place == NULL)
		return;
	memcpy(place, name, len + 1);
	for (i--; i > 0 && strcmp(out->names[i - 1], place) > 0; i--)
		out->names[i] = out->names[i - 1];
	out->names[i] = place;
}

enum ka_err ka_sourcedir_list(DIR *dir, const char *suffix, size_t max, struct ka_sourcedir *out)
{
	const struct dirent *entry;

	out->count = 0;
	out->has_more = false;
	if (max > KA_SOURCE_FILES_MAX)
		max = KA_SOURCE_FILES_MAX;
	for (;;) {
		size_t len;

		errno = 0;
		entry = readdir(dir);
		if (entry == NULL)
			return errno == 0 ? KA_ERR_OK : KA_ERR_SYS;
		len = strlen(entry->d_name);
		if (is_wanted(entry->d_name, len, suffix))
			insert(out, entry->d_name, len, max);
	}
}
