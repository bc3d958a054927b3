/*
 * keyaudit log: the trail as a table or, verbatim, as JSON Lines. It reads once, remembers a bounded number of places,
 * and looks there again to measure and to print, so that a trail of any size needs no memory. stdout is data, stderr is talk.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "keyaudit/cmd.h"
#include "keyaudit/log/logargs.h"
#include "keyaudit/log/loghits.h"
#include "keyaudit/log/logpager.h"
#include "keyaudit/log/logread.h"
#include "keyaudit/log/logtable.h"
#include "keyaudit/log/logtrail.h"
#include "keyaudit/screen/usage.h"
#include "keyaudit/screen/words.h"
#include "reason/reason.h"
#include "source/confload.h"

#include "base/poison.h"


static const char usage[] =
	"usage: keyaudit log [--json] [-n N] [--user USER] [--from ADDRESS|NETWORK] [--key FINGERPRINT]\n"
	"                    [--source NAME] [--reason ID] [--outcome WORD] [--since WHEN] [--until WHEN]\n"
	"                    [-f] [--local|--utc] [--no-pager] [--color=auto|always|never]\n"
	"                    [--trail FILE | -c FILE]\n"
	"       keyaudit log export [--format=ecs|ocsf|cef|kv] [the filters above]\n"
	"       keyaudit log rotate [--if-older AGE] [--if-larger SIZE]\n"
	"       keyaudit log show EVENT [--json]\n"
	"       keyaudit log stats [--top N] [--json] [the filters above]\n"
	"       keyaudit log seal [--init]\n\n"
	"Shows the audit trail: who tried to log in, from where, with which key, and what came of it.\n"
	"  --json       the lines of the trail as they are, one JSON object each\n"
	"  -n N         only the last N of them\n"
	"  --user USER  only this user, named as the table shows it\n"
	"  --from ADDRESS  only from this address, or network (203.0.113.0/24, 2001:db8::/32)\n"
	"  --key FINGERPRINT  only where this key was offered; eight characters of it will do\n"
	"  --source NAME  only where this source was asked about the key\n"
	"  --reason ID  only this reason (perm.group-writable) or family of reasons (perm)\n"
	"  --since WHEN since 15m, 2h, 7d ago, or since a UTC time: 2026-08-23T10:15:00\n"
	"  --until WHEN before that\n"
	"  --outcome WORD  only success, failure or unknown\n"
	"  -f, --follow stay and show what comes\n"
	"  --local      times of this host's zone in the table; --utc, the default, is what --since takes\n"
	"  --no-pager   a terminal gets the output without $PAGER, or less\n"
	"  --trail FILE another trail than the one of the configuration\n"
	"  -c FILE      another configuration file\n\n"
	"examples:\n  sudo keyaudit log --user alice --since 1h\n  sudo keyaudit log --json --from 203.0.113.0/24 | jq .keyaudit.fix\n";

struct options {
	struct ka_logargs args;
	bool json, follow, has_last, local, no_pager;
	uint64_t last;
};

static int take_option(struct options *o, int argc, char **argv, int *i)
{
	int status = ka_logargs_take(&o->args, "log", argc, argv, i);
	const char *value;
	bool missing;

	if (status != KA_LOGARGS_OTHER)
		return status;
	value = ka_words_value(argc, argv, i, "-n", &missing);
	if (missing)
		return ka_usage_error("log", "a value is missing behind", argv[*i]);
	if (value == NULL)
		return ka_usage_stray("log", argv[*i]);
	o->has_last = true;
	return ka_text_to_u64(ka_span_of(value), UINT32_MAX, &o->last) ? KA_EXIT_FINE : ka_usage_error("log", "not a number of events:", value);
}

/* -1: go on; else the exit status */
static int read_options(struct options *o, int argc, char **argv)
{
	memset(o, 0, sizeof(*o));
	ka_logargs_init(&o->args);
	for (int i = 1; i < argc; i++) {
		int status = KA_EXIT_FINE;

		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			fputs(usage, stdout);
			return KA_EXIT_FINE;
		}
		if (strcmp(argv[i], "--json") == 0)
			o->json = true;
		else if (strcmp(argv[i], "--local") == 0 || strcmp(argv[i], "--utc") == 0)
			o->local = argv[i][2] == 'l';
		else if (strcmp(argv[i], "--no-pager") == 0)
			o->no_pager = true;
		else if (strcmp(argv[i], "-f") == 0 || strcmp(argv[i], "--follow") == 0)
			o->follow = true;
		else
			status = take_option(o, argc, argv, &i);
		if (status != KA_EXIT_FINE)
			return status;
	}
	return -1;
}

static void say_broken(const struct ka_logread *r)
{
	if (r->broken > 0)
		fprintf(stderr, "keyaudit log: %lu %s no event and left out, the first is line %lu\n", r->broken,
			r->broken == 1 ? "line is" : "lines are", r->broken_at);
}

static void show(const struct options *o, const struct ka_logtable *t, struct ka_span raw, const json_t *event)
{
	if (!o->json) {
		ka_logtable_row(t, event);
		return;
	}
	fwrite(raw.p, 1, raw.len, stdout);
	fputc('\n', stdout);
}

enum task { TASK_COUNT, TASK_MEASURE, TASK_PRINT };

/* what a reading works on */
struct job {
	const struct options *o;
	struct ka_logread *r;
	struct ka_logtable *t;
	struct ka_loghits *hits;
	int64_t end; /* what is appended while we read is left to the one that follows */
};

static void do_one(const struct job *j, enum task task, struct ka_span raw, const json_t *event)
{
	if (task == TASK_MEASURE)
		ka_logtable_measure(j->t, event);
	if (task == TASK_PRINT)
		show(j->o, j->t, raw, event);
}

static void count(struct job *j)
{
	struct ka_span raw;
	json_t *event;

	while (ka_logread_next(j->r, INT64_MAX, &raw, &event)) {
		if (ka_logquery_matches(&j->o->args.query, event))
			ka_loghits_add(j->hits, j->r->given);
		json_decref(event);
	}
	j->end = ka_logread_offset(j->r);
}

/* One reading from the first line to the end: what is asked for, without the first @skip of it. */
static void walk(const struct job *j, enum task task, uint64_t skip)
{
	struct ka_span raw;
	uint64_t matches = 0;
	json_t *event;

	ka_logread_rewind(j->r);
	while (ferror(stdout) == 0 && ka_logread_next(j->r, j->end, &raw, &event)) {
		if (ka_logquery_matches(&j->o->args.query, event) && ++matches > skip)
			do_one(j, task, raw, event);
		json_decref(event);
	}
}

/* The same by the places that counting has remembered, or, when they are more than that, by reading all of it again. */
static void visit(const struct job *j, enum task task, uint64_t skip)
{
	int64_t at;

	if (skip < j->hits->count && !ka_loghits_get(j->hits, skip, &at)) {
		walk(j, task, skip);
		return;
	}
	for (uint64_t i = skip; ferror(stdout) == 0 && ka_loghits_get(j->hits, i, &at); i++) {
		struct ka_span raw;
		json_t *event;

		ka_logread_seek(j->r, at);
		if (ka_logread_next(j->r, j->end, &raw, &event))
			do_one(j, task, raw, event);
		json_decref(event);
	}
	ka_logread_seek(j->r, j->end);
}

/* What lies there now; where it ends, the reader stands then. The answer is how much was asked for. */
static uint64_t show_all(struct job *j)
{
	const struct options *o = j->o;
	uint64_t skip;

	count(j);
	skip = o->has_last && j->hits->count > o->last ? j->hits->count - o->last : 0;
	say_broken(j->r);
	if (!o->json) {
		visit(j, TASK_MEASURE, skip);
		ka_logtable_fit(j->t);
		if (j->hits->count > skip || o->follow)
			ka_logtable_head(j->t);
	}
	visit(j, TASK_PRINT, skip);
	return j->hits->count;
}

static void drain(const struct options *o, struct ka_logread *r, struct ka_logtable *t)
{
	struct ka_span raw;
	json_t *event;

	while (ferror(stdout) == 0 && ka_logread_next(r, INT64_MAX, &raw, &event)) {
		if (ka_logquery_matches(&o->args.query, event)) {
			ka_logtable_measure(t, event);
			ka_logtable_fit(t);
			show(o, t, raw, event);
		}
		json_decref(event);
	}
}

/* Shows what is appended, also by a successor under the same name; ends when nobody reads any more. */
static void follow(const struct options *o, const char *path, struct ka_logread **r, struct ka_logtable *t)
{
	while (ferror(stdout) == 0) {
		struct ka_logread *next = NULL;
		bool replaced = ka_logread_is_replaced(*r, path) && ka_logread_new(path, &next) == KA_ERR_OK;

		drain(o, *r, t); /* after that look: what came before a rename is not missed */
		if (replaced) {
			next->sift = (*r)->sift;
			ka_logread_free(r);
			*r = next;
			continue;
		}
		if (fflush(stdout) != 0)
			return;
		poll(NULL, 0, KA_CMD_LOG_FOLLOW_MS);
	}
}

/* keyaudit log NAME ...: each in cmd_log_NAME.c. A word that is none of these is an option of log itself, or wrong. */
static const struct sub {
	const char *name;
	int (*run)(int argc, char **argv);
} subs[] = {
	{ "export", ka_cmd_log_export },
	{ "rotate", ka_cmd_log_rotate },
	{ "seal", ka_cmd_log_seal },
	{ "show", ka_cmd_log_show },
	{ "stats", ka_cmd_log_stats },
	{ NULL, NULL },
};

static const struct sub *find_sub(const char *name)
{
	for (const struct sub *s = subs; s->name != NULL; s++) {
		if (strcmp(s->name, name) == 0)
			return s;
	}
	return NULL;
}

static int read_trail(const struct options *o, const char *path)
{
	KA_AUTOFREE struct ka_loghits *hits = calloc(1, sizeof(*hits));
	struct ka_logsift sift;
	struct ka_logtable t;
	pid_t pager = 0;
	struct job j = { .o = o, .t = &t, .hits = hits };
	enum ka_err err = hits != NULL ? ka_logread_new(path, &j.r) : KA_ERR_NOMEM;

	if (err != KA_ERR_OK)
		return ka_logtrail_complain("log", path);
	ka_logsift_init(&sift, &o->args.query);
	j.r->sift = &sift;
	ka_logtable_init(&t, stdout, o->args.colour, 0);
	t.local = o->local;
	if (!o->follow && !o->no_pager)
		pager = ka_logpager_begin(); /* behind the table's look at the terminal */
	if (show_all(&j) == 0 && !o->follow)
		fputs("keyaudit log: no event matches\n", stderr);
	if (o->follow)
		follow(o, path, &j.r, &t);
	ka_logread_free(&j.r);
	ka_logpager_end(pager);
	return KA_EXIT_FINE;
}

int ka_cmd_log(int argc, char **argv)
{
	struct options o;
	char configured[KA_TEXT_PATH_MAX];
	const char *path = configured;
	const struct sub *sub = argc > 1 ? find_sub(argv[1]) : NULL;
	int status;

	if (sub != NULL)
		return sub->run(argc - 1, argv + 1);
	status = read_options(&o, argc, argv);
	if (status >= 0)
		return status;
	if (o.args.trail != NULL)
		path = o.args.trail;
	else
		ka_logtrail_find("log", o.args.conf, configured, sizeof(configured));
	status = read_trail(&o, path);
	if (fflush(stdout) != 0 && errno != EPIPE) {
		fputs("keyaudit log: the output could not be written\n", stderr);
		return KA_EXIT_UNDECIDED;
	}
	return status;
}
