/*
 * keyaudit log: the trail as a table or, verbatim, as JSON Lines. It reads once, from the newest file back until it has
 * enough, remembers a bounded number of places, and looks there again to measure and to print, so that a trail of any size
 * needs no memory. stdout is data, stderr is talk.
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
#include "keyaudit/log/logtable.h"
#include "keyaudit/log/trailread.h"
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
	"  --trail FILE this file and no other, which may be compressed; else the trail of the configuration,\n"
	"               with what was rotated away\n"
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

/* what is asked for of one file */
struct part {
	struct ka_loghits_file hits;
	uint64_t skip; /* the first so many are not shown */
	int64_t end;   /* what is appended while we read is left to the one that follows */
};

/* what a reading works on */
struct job {
	const struct options *o;
	struct ka_trailread *t;
	struct ka_logtable *table;
	struct ka_loghits *hits;
	struct part *parts; /* of each file */
	uint64_t total;     /* events that are asked for, in the files that were read */
};

static void do_one(const struct job *j, enum task task, struct ka_span raw, const json_t *event)
{
	if (task == TASK_MEASURE)
		ka_logtable_measure(j->table, event);
	if (task == TASK_PRINT)
		show(j->o, j->table, raw, event);
}

static void count_one(struct job *j, size_t i, uint64_t wanted)
{
	struct part *p = &j->parts[i];
	struct ka_logread *r = j->t->r;
	struct ka_span raw;
	json_t *event;

	ka_loghits_begin(j->hits, &p->hits, wanted);
	while (ka_logread_next(r, INT64_MAX, &raw, &event)) {
		if (ka_logquery_matches(&j->o->args.query, event))
			ka_loghits_add(j->hits, &p->hits, r->given);
		json_decref(event);
	}
	ka_loghits_end(j->hits, &p->hits);
	p->end = ka_logread_offset(r);
	p->skip = p->hits.count > wanted ? p->hits.count - wanted : 0;
	ka_trailread_leave(j->t, i);
}

/* From the newest file back. What one of them was passed over for its time stays all 0. */
static void count(struct job *j)
{
	size_t files = j->t->files.count;

	for (size_t i = files; i-- > 0;) {
		uint64_t left = !j->o->has_last ? UINT64_MAX : j->o->last > j->total ? j->o->last - j->total : 0;

		if (left == 0 && i + 1 < files)
			return;
		if (!ka_trailread_turn(j->t, i))
			continue;
		count_one(j, i, left);
		j->total += j->parts[i].hits.count;
	}
}

/* One reading of a file from its first line to its end: what is asked for, without what is skipped. */
static void walk(const struct job *j, enum task task, const struct part *p)
{
	struct ka_span raw;
	uint64_t matches = 0;
	json_t *event;

	ka_logread_rewind(j->t->r);
	while (ferror(stdout) == 0 && ka_logread_next(j->t->r, p->end, &raw, &event)) {
		if (ka_logquery_matches(&j->o->args.query, event) && ++matches > p->skip)
			do_one(j, task, raw, event);
		json_decref(event);
	}
}

/* The same by the places that counting has remembered, or, when they are more than that, by reading all of it again. */
static void visit_one(const struct job *j, enum task task, const struct part *p)
{
	int64_t at;

	if (p->skip < p->hits.count && !ka_loghits_get(j->hits, &p->hits, p->skip, &at)) {
		walk(j, task, p);
		return;
	}
	for (uint64_t i = p->skip; ferror(stdout) == 0 && ka_loghits_get(j->hits, &p->hits, i, &at); i++) {
		struct ka_span raw;
		json_t *event;

		ka_logread_seek(j->t->r, at);
		if (ka_logread_next(j->t->r, p->end, &raw, &event))
			do_one(j, task, raw, event);
		json_decref(event);
	}
}

/* all files, the oldest first */
static void visit(const struct job *j, enum task task)
{
	for (size_t i = 0; i < j->t->files.count; i++) {
		if (j->parts[i].hits.count <= j->parts[i].skip)
			continue;
		ka_logread_turn(j->t->r, &j->t->files.file[i].bytes);
		visit_one(j, task, &j->parts[i]);
	}
}

/* What lies there now. Answers: the exit status */
static int show_all(struct job *j)
{
	const struct options *o = j->o;
	int status;

	count(j);
	status = ka_trailread_end(j->t, o->has_last && j->total >= o->last);
	if (!o->json) {
		visit(j, TASK_MEASURE);
		ka_logtable_fit(j->table);
		if ((j->total > 0 && (!o->has_last || o->last > 0)) || o->follow)
			ka_logtable_head(j->table);
	}
	visit(j, TASK_PRINT);
	return status;
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

/* The file that goes on where the one with number @i ended: the next of the chain, or what is now in its place. */
static bool go_on(const struct options *o, struct ka_trailread *t, size_t *i)
{
	struct ka_trailfiles now = { .count = 0 };
	uint64_t seq = t->files.file[*i].seq;
	size_t next = 0;

	if ((o->args.trail != NULL ? ka_trailfiles_take(t->path, &now) : ka_trailfiles_find(t->path, KA_TRAILFILES_ALL, &now)) != KA_ERR_OK) {
		ka_trailfiles_free(&now);
		return false; /* not yet */
	}
	while (next + 1 < now.count && now.file[next].seq <= seq)
		next++;
	ka_logread_turn(t->r, &now.file[next].bytes);
	ka_trailfiles_free(&t->files);
	t->files = now;
	*i = next;
	return true;
}

/* Shows what is appended, also by successors under the same name; ends when nobody reads any more. */
static void follow(const struct options *o, struct ka_trailread *t, int64_t end, struct ka_logtable *table)
{
	size_t i = t->files.count - 1;

	ka_logread_turn(t->r, &t->files.file[i].bytes);
	ka_logread_seek(t->r, end);
	while (ferror(stdout) == 0) {
		bool replaced = i + 1 < t->files.count || ka_logread_is_replaced(t->r, t->path);

		drain(o, t->r, table); /* after that look: what came before a rename is not missed */
		if (replaced && go_on(o, t, &i))
			continue;
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

static int read_trail(const struct options *o, struct ka_trailread *t)
{
	KA_AUTOFREE struct ka_loghits *hits = calloc(1, sizeof(*hits));
	KA_AUTOFREE struct part *parts = calloc(t->files.count, sizeof(*parts));
	struct ka_logtable table;
	pid_t pager = 0;
	struct job j = { .o = o, .t = t, .table = &table, .hits = hits, .parts = parts };
	int status;

	if (hits == NULL || parts == NULL)
		return KA_EXIT_UNDECIDED;
	ka_logtable_init(&table, stdout, o->args.colour, 0);
	table.local = o->local;
	if (!o->follow && !o->no_pager)
		pager = ka_logpager_begin(); /* behind the table's look at the terminal */
	status = show_all(&j);
	if (j.total == 0 && !o->follow)
		fputs("keyaudit log: no event matches\n", stderr);
	if (o->follow)
		follow(o, t, parts[t->files.count - 1].end, &table);
	ka_logpager_end(pager);
	return status;
}

int ka_cmd_log(int argc, char **argv)
{
	struct options o;
	struct ka_trailread *t;
	const struct sub *sub = argc > 1 ? find_sub(argv[1]) : NULL;
	int status;

	if (sub != NULL)
		return sub->run(argc - 1, argv + 1);
	status = read_options(&o, argc, argv);
	if (status >= 0)
		return status;
	status = ka_trailread_begin("log", o.args.trail, o.args.conf, &o.args.query, &t);
	if (status != KA_EXIT_FINE)
		return status;
	status = read_trail(&o, t);
	ka_trailread_free(&t);
	if (fflush(stdout) != 0 && errno != EPIPE) {
		fputs("keyaudit log: the output could not be written\n", stderr);
		return KA_EXIT_UNDECIDED;
	}
	return status;
}
