/* What is true now. What cannot be seen is absent, never zero. */
#include "keyaudit/metrics/metricsgauge.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "keyaudit/cache/cachelist.h"
#include "keyaudit/seal/sealline.h"
#include "keyaudit/seal/sealplace.h"
#include "verdict/verdictlook.h"

#include "base/poison.h"

/* The store of this name; NULL when the configuration has none of it, or there are too many. */
static struct ka_metricsstore *store_of(struct ka_metricsgauge *g, const char *name)
{
	for (size_t i = 0; i < g->stores_count; i++)
		if (strcmp(g->stores[i].name, name) == 0)
			return &g->stores[i];
	if (g->stores_count == KA_SOURCES_MAX)
		return NULL;
	g->stores[g->stores_count] = (struct ka_metricsstore){ .serial = 0 };
	memcpy(g->stores[g->stores_count].name, name, strnlen(name, KA_SOURCE_NAME_MAX - 1) + 1);
	g->stores[g->stores_count].name[KA_SOURCE_NAME_MAX - 1] = '\0';
	return &g->stores[g->stores_count++];
}

static bool is_bad(const struct ka_cachelist_row *r)
{
	static const enum ka_reason bad[] = { KA_REASON_STORE_SIGNATURE_MISSING, KA_REASON_STORE_SIGNATURE_BAD,
					      KA_REASON_STORE_SIGNER_UNKNOWN, KA_REASON_STORE_SERIAL_LOWER,
					      KA_REASON_STORE_SERIAL_REUSED };

	for (size_t i = 0; r->has_try && i < KA_ARRAY_LEN(bad); i++)
		if (r->last.reason == bad[i])
			return true;
	return false;
}

static void take_row(struct ka_metricsgauge *g, const struct ka_cachelist_row *r)
{
	struct ka_metricsstore *s = r->is_known ? store_of(g, r->source) : NULL;

	if (s == NULL)
		return;
	if (r->has_entry && r->confirmed > s->last_success)
		s->last_success = r->confirmed;
	if (r->has_entry && r->expires > 0 && (s->expires == 0 || r->expires < s->expires))
		s->expires = r->expires;
	if (r->has_entry && r->serial > s->serial)
		s->serial = r->serial;
	s->is_signature_bad = s->is_signature_bad || is_bad(r);
}

void ka_metricsgauge_stores(struct ka_metricsgauge *g, const char *path, const struct ka_conf *conf, int64_t now)
{
	const struct ka_cachelist_want want = { .conf = conf, .now = now };
	struct ka_cachelist list;
	KA_AUTOCLOSE int fd = -1;
	uid_t owner;

	if (ka_cachelist_open(path, &fd, &owner) != KA_ERR_OK || ka_cachelist_read(fd, owner, &want, &list) != KA_ERR_OK)
		return;
	for (size_t i = 0; i < list.count; i++)
		take_row(g, &list.rows[i]);
	ka_cachelist_free(&list);
}

void ka_metricsgauge_spool(struct ka_metricsgauge *g, const char *path, int64_t now)
{
	KA_AUTOCLOSEDIR DIR *dir = opendir(path);
	const struct dirent *e;
	int64_t oldest = now;

	if (dir == NULL)
		return;
	g->has_spool = true;
	while (g->spool_unclaimed < KA_METRICS_SPOOL_MAX && (e = readdir(dir)) != NULL) {
		struct stat st;

		if (e->d_name[0] == '.' || fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		g->spool_unclaimed++;
		if (st.st_mtim.tv_sec < oldest)
			oldest = st.st_mtim.tv_sec;
	}
	g->spool_oldest_sec = now - oldest;
}

void ka_metricsgauge_verdicts(struct ka_metricsgauge *g, const char *path)
{
	struct ka_verdictlook look;

	g->has_verdicts = ka_verdictlook(path, &look) == KA_ERR_OK && look.state != KA_VERDICTLOOK_UNUSABLE;
	g->verdicts_kept = g->has_verdicts ? look.kept : 0;
}

void ka_metricsgauge_openssh(struct ka_metricsgauge *g, const char *version)
{
	static const char front[] = "OpenSSH_";
	struct ka_span s = ka_span_of(version);

	if (!ka_span_starts(s, front))
		return;
	s = ka_span_sub(s, sizeof(front) - 1, s.len);
	s = ka_span_sub(s, 0, ka_span_find(s, ' '));
	for (size_t i = 0; i < s.len; i++)
		if (!ka_text_is_alnum(s.p[i]) && s.p[i] != '.')
			return;
	if (!ka_span_copy(s, g->openssh, sizeof(g->openssh)))
		g->openssh[0] = '\0';
}

/* Digits at a fixed place of a time as ka_clock_text() writes it. */
static bool number_at(const char *at, size_t from, size_t digits, int *out)
{
	uint64_t v;

	if (!ka_text_to_u64(ka_span_sub(ka_span_of(at), from, digits), 9999, &v) || strlen(at) < from + digits)
		return false;
	*out = (int)v;
	return true;
}

static int64_t seconds_of(const char *at)
{
	int y, mo, d, h, mi, s;

	if (!number_at(at, 0, 4, &y) || !number_at(at, 5, 2, &mo) || !number_at(at, 8, 2, &d) || !number_at(at, 11, 2, &h) ||
	    !number_at(at, 14, 2, &mi) || !number_at(at, 17, 2, &s) || mo < 1 || mo > 12)
		return 0;
	return ka_clock_from_civil(y, mo, d, h, mi, s);
}

void ka_metricsgauge_seal(struct ka_metricsgauge *g, const char *trail)
{
	char path[KA_PATH_TRUSTED_MAX], text[2 * KA_SEAL_LINE_MAX];
	KA_AUTOCLOSE int fd = -1;
	struct ka_span s;
	struct ka_seal seal;
	struct stat st;
	ssize_t n;

	if (!ka_sealplace_seals(trail, path, sizeof(path)))
		return;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return;
	n = pread(fd, text, sizeof(text), st.st_size > (off_t)sizeof(text) ? st.st_size - (off_t)sizeof(text) : 0);
	/* the last whole line that is a seal */
	for (s = (struct ka_span){ .p = (const unsigned char *)text, .len = n > 0 ? (size_t)n : 0 }; s.len > 0;) {
		size_t end = ka_span_find(s, '\n');

		if (end < s.len && ka_sealline_parse(ka_span_sub(s, 0, end), &seal))
			g->last_seal = seconds_of(seal.at);
		s = end < s.len ? ka_span_sub(s, end + 1, s.len - end - 1) : ka_span_sub(s, 0, 0);
	}
}
