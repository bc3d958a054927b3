/*
 * keyaudit report: the trail as one page. A file is put in place whole or not at all; what it says of people is for root and
 * the file's group only.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/paths.h"
#include "keyaudit/cmd.h"
#include "keyaudit/log/logquery.h"
#include "keyaudit/log/trailread.h"
#include "keyaudit/report/reportpage.h"
#include "keyaudit/report/reportsum.h"
#include "keyaudit/screen/usage.h"
#include "keyaudit/screen/words.h"

#include "base/poison.h"

#define VERB "report"

static const char usage[] =
	"usage: keyaudit report --html FILE [--since WHEN] [--until WHEN]\n"
	"                       [--trail FILE | -c FILE]\n\n"
	"Writes the audit trail as one page for a browser: refusals over time, causes and\n"
	"what mends them, users who wait for a fix, keys to rotate. The page has no\n"
	"script and asks nobody for anything.\n"
	"  --html FILE  where to, - for standard output; a file is replaced at once, and\n"
	"               has mode 0640\n"
	"  --since WHEN since 12h, 90d ago, or since a UTC time: 2026-08-23T10:15:00\n"
	"               (default: 30d)\n"
	"  --until WHEN until then (default: now)\n"
	"  --trail FILE this file and no other, which may be compressed; else the trail\n"
	"               of the configuration, with what was rotated away\n"
	"  -c FILE      another configuration file\n\n"
	"examples:\n"
	"  sudo keyaudit report --html /root/keys.html\n"
	"  sudo keyaudit report --html - --since 7d > week.html\n";

struct options {
	const char *html, *since, *until, *trail, *conf;
	char from[KA_CLOCK_TEXT_MAX], to[KA_CLOCK_TEXT_MAX];
};

/* -1: go on; else the exit status */
static int read_options(struct options *o, int argc, char **argv)
{
	const struct ka_word words[] = {
		{ "--html", &o->html }, { "--since", &o->since }, { "--until", &o->until }, { "--trail", &o->trail }, { "-c", &o->conf },
	};
	int64_t now = ka_clock_wall_us();
	int status;

	*o = (struct options){ .since = "30d", .until = "0s", .conf = KA_PATH_CONF };
	status = ka_words_read(VERB, usage, words, KA_ARRAY_LEN(words), argc, argv);
	if (status >= 0)
		return status;
	if (o->html == NULL || o->html[0] == '\0')
		return ka_usage_error(VERB, "where to? --html FILE, or - for standard output, not", o->html != NULL ? o->html : "nothing");
	if (!ka_logquery_since(o->since, now, o->from))
		return ka_usage_error(VERB, "not a time (2h, 7d, 2026-08-23T10:15:00):", o->since);
	if (!ka_logquery_since(o->until, now, o->to))
		return ka_usage_error(VERB, "not a time (2h, 7d, 2026-08-23T10:15:00):", o->until);
	return -1;
}

static void sum_up(struct ka_trailread *t, struct ka_report *r)
{
	struct ka_span raw;
	json_t *event;

	while (ka_trailread_next(t, &raw, &event)) {
		ka_reportsum_take(r, event);
		json_decref(event);
	}
	ka_reportsum_end(r);
}

/* All of it is on the disk, or false. Closes @to. */
static bool finish(FILE *to)
{
	bool fine = ferror(to) == 0 && fflush(to) == 0 && fsync(fileno(to)) == 0;

	return fclose(to) == 0 && fine;
}

/* Replaces the file as a whole: a reader sees the old page or the new one. */
static bool put_file(const char *path, const struct ka_report *r, const char *trail, unsigned long broken)
{
	char fresh[KA_TEXT_PATH_MAX];
	KA_AUTOCLOSE int fd = -1;
	FILE *to = NULL;
	bool fine;

	if (snprintf(fresh, sizeof(fresh), "%s.XXXXXX", path) >= (int)sizeof(fresh)) {
		errno = ENAMETOOLONG;
		return false;
	}
	fd = mkstemp(fresh);
	if (fd < 0)
		return false;
	if (fchmod(fd, 0640) == 0)
		to = fdopen(fd, "w");
	if (to == NULL) {
		unlink(fresh);
		return false;
	}
	(void)ka_steal_fd(&fd);
	ka_reportpage_print(to, r, trail, broken);
	fine = finish(to) && rename(fresh, path) == 0;
	if (!fine)
		unlink(fresh);
	return fine;
}

static bool put(const char *path, const struct ka_report *r, const char *trail, unsigned long broken)
{
	if (strcmp(path, "-") != 0)
		return put_file(path, r, trail, broken);
	ka_reportpage_print(stdout, r, trail, broken);
	return fflush(stdout) == 0 || errno == EPIPE;
}

int ka_cmd_report(int argc, char **argv)
{
	struct options o;
	const struct ka_logquery query = { .user = NULL };
	struct ka_trailread *t;
	KA_AUTOFREE struct ka_report *r = calloc(1, sizeof(*r));
	bool is_put;
	int status = read_options(&o, argc, argv);

	if (status >= 0)
		return status;
	if (r == NULL)
		return KA_EXIT_UNDECIDED;
	if (!ka_reportsum_begin(r, o.from, o.to))
		return ka_usage_error(VERB, "the end is before the beginning:", o.until);
	status = ka_trailread_begin(VERB, o.trail, o.conf, &query, &t);
	if (status != KA_EXIT_FINE)
		return status;
	ka_trailread_pass_over(t, o.from, o.to); /* which event is of that time, and which of none, the sum asks itself */
	sum_up(t, r);
	status = ka_trailread_end(t, false);
	is_put = put(o.html, r, t->path, t->broken);
	if (!is_put) {
		perror("keyaudit report: the page could not be written");
		status = KA_EXIT_UNDECIDED;
	}
	ka_trailread_free(&t);
	return status;
}
