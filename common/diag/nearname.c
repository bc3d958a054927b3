/* Similar file names. Only names are looked at here, in directories of the user's own home. */
#include "diag/nearname.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"


static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* letters lost, added, changed or swapped, ASCII case ignored; false above KA_NEARNAME_SLIPS_MAX */
static bool is_slip(struct ka_span a, struct ka_span b)
{
	unsigned row[3][KA_NEARNAME_LEN_MAX + 1];

	if (a.len > KA_NEARNAME_LEN_MAX || b.len > KA_NEARNAME_LEN_MAX || a.len > b.len + KA_NEARNAME_SLIPS_MAX || b.len > a.len + KA_NEARNAME_SLIPS_MAX)
		return false;
	for (size_t j = 0; j <= b.len; j++)
		row[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a.len; i++) {
		unsigned *now = row[i % 3], *before = row[(i + 2) % 3], *old = row[(i + 1) % 3];

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= b.len; j++) {
			uint8_t x = ka_text_lower(a.p[i - 1]), y = ka_text_lower(b.p[j - 1]);

			now[j] = least(least(before[j], now[j - 1]) + 1, before[j - 1] + (x == y ? 0 : 1));
			if (i > 1 && j > 1 && x == ka_text_lower(b.p[j - 2]) && y == ka_text_lower(a.p[i - 2]))
				now[j] = least(now[j], old[j - 2] + 1);
		}
	}
	return row[a.len % 3][b.len] <= KA_NEARNAME_SLIPS_MAX;
}

bool ka_nearname_is(const char *name, const char *wanted)
{
	struct ka_span n = ka_span_of(name), w = ka_span_of(wanted);

	if (strcmp(name, wanted) == 0 || w.len < 6)
		return false;
	return is_slip(n, w) || (n.len > w.len && ka_text_equal_nocase(ka_span_sub(n, 0, w.len), w));
}

static bool is_known(const struct ka_userfiles_query *q, const struct ka_nearname *out, size_t n, const char *path)
{
	for (size_t i = 0; i < q->paths_count; i++)
		if (strcmp(q->paths[i], path) == 0)
			return true;
	for (size_t i = 0; i < n; i++)
		if (strcmp(out[i].path, path) == 0)
			return true;
	return false;
}

static size_t add(const struct ka_userfiles_query *q, struct ka_nearname *out, size_t n, struct ka_span dir,
		  const char *name, const char *expected)
{
	struct ka_buf b;

	if (n == KA_DIAG_NEAR_MAX)
		return n;
	ka_buf_init_array(&b, out[n].path);
	ka_buf_span(&b, dir);
	ka_buf_text(&b, name);
	if (b.overflow || is_known(q, out, n, out[n].path) ||
	    !ka_span_copy(ka_span_of(expected), out[n].expected, sizeof(out[n].expected)))
		return n;
	return n + 1;
}

/* names near @wanted in its own directory */
static size_t look_beside(const struct ka_userfiles_query *q, struct ka_nearname *out, size_t n, const char *wanted)
{
	const char *slash = strrchr(wanted, '/');
	struct ka_span dir = { (const uint8_t *)wanted, (size_t)(slash - wanted) + 1 };
	char path[KA_TEXT_PATH_MAX];
	KA_AUTOCLOSEDIR DIR *d = NULL;
	const struct dirent *e;

	if (!ka_span_copy(dir, path, sizeof(path)) || (d = opendir(path)) == NULL)
		return n;
	for (size_t i = 0; i < KA_DIAG_ENTRIES_MAX && (e = readdir(d)) != NULL; i++)
		if (ka_nearname_is(e->d_name, slash + 1))
			n = add(q, out, n, dir, e->d_name, wanted);
	return n;
}

size_t ka_nearname_find(const struct ka_userfiles_query *query, struct ka_nearname *out)
{
	static const char *const usual[] = { "/.ssh/authorized_keys", "/.ssh/authorized_keys2" };
	size_t n = 0, home = strlen(query->home);

	if (query->paths_count == 0 && !query->is_none)
		return 0;
	for (size_t i = 0; i < KA_ARRAY_LEN(usual); i++)
		n = add(query, out, n, ka_span_of(query->home), usual[i], query->paths_count > 0 ? query->paths[0] : "");
	for (size_t i = 0; i < query->paths_count; i++)
		if (strncmp(query->paths[i], query->home, home) == 0 && query->paths[i][home] == '/')
			n = look_beside(query, out, n, query->paths[i]);
	return n;
}
