/*
 * keyaudit log: the trail as a table or, verbatim, as JSON Lines. A table is measured before it is printed; what comes needs
 * no memory, however long the trail is. stdout is data, stderr is talk.
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
#include "keyaudit/log/logpager.h"
#include "keyaudit/log/logpick.h"
#include "keyaudit/log/logtable.h"
#include "keyaudit/log/trailread.h"
#include "keyaudit/screen/usage.h"
#include "keyaudit/screen/words.h"
#include "reason/reason.h"
#include "source/confload.h"

#include "base/poison.h"


static const char usage[] =
	"usage: keyaudit log [--json] [-n N] [--user USER] [--from ADDRESS|NETWORK]\n"
	"                    [--key FINGERPRINT] [--source NAME] [--reason ID]\n"
	"                    [--outcome WORD] [--since WHEN] [--until WHEN] [-f]\n"
	"                    [--local|--utc] [--no-pager] [--color=auto|always|never]\n"
	"                    [--trail FILE | -c FILE]\n"
	"       keyaudit log export [--format=ecs|ocsf|cef|kv] [the filters above]\n"
	"       keyaudit log rotate [--if-older AGE] [--if-larger SIZE]\n"
	"       keyaudit log show EVENT [--json]\n"
	"       keyaudit log stats [--top N] [--json] [the filters above]\n"
	"       keyaudit log seal [--init]\n\n"
	"Shows the audit trail: who tried to log in, from where, with which key, and what\n"
	"came of it.\n"
	"  --json       the lines of the trail as they are, one JSON object each\n"
	"  -n N         only the last N of them\n"
	"  --user USER  only this user, named as the table shows it\n"
	"  --from ADDRESS  only from this address or network (203.0.113.0/24)\n"
	"  --key FINGERPRINT  only where this key was offered; eight characters of it do\n"
	"  --source NAME  only where this source was asked about the key\n"
	"  --reason ID  only this reason (perm.group-writable) or family (perm)\n"
	"  --since WHEN since 15m, 2h, 7d ago, or since a UTC time: 2026-08-23T10:15:00\n"
	"  --until WHEN before that\n"
	"  --outcome WORD  only success, failure or unknown\n"
	"  -f, --follow stay and show what comes\n"
	"  --local      times of this host's zone in the table; --utc, the default, is\n"
	"               what --since takes\n"
	"  --no-pager   a terminal gets the output without $PAGER, or less\n"
	"  --trail FILE this file and no other, which may be compressed; else the trail\n"
	"               of the configuration, with what was rotated away\n"
	"  -c FILE      another configuration file\n\n"
	"examples:\n"
	"  sudo keyaudit log --user alice --since 1h\n"
	"  sudo keyaudit log --json --from 203.0.113.0/24 | jq .keyaudit.fix\n";

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

/* what an event is shown with */
struct screen {
	const struct options *o;
	struct ka_logtable table;
	uint64_t shown;
};

static void measure(void *ctx, struct ka_span raw, const json_t *event)
{
	struct screen *s = ctx;

	(void)raw;
	ka_logtable_measure(&s->table, event);
}

static void show(void *ctx, struct ka_span raw, const json_t *event)
{
	struct screen *s = ctx;

	s->shown++;
	if (!s->o->json) {
		ka_logtable_row(&s->table, event);
		return;
	}
	fwrite(raw.p, 1, raw.len, stdout);
	fputc('\n', stdout);
}

/* Lines as they are, all of them: nothing has to be known before. */
static void stream(struct ka_trailread *t, struct screen *s)
{
	struct ka_span raw;
	json_t *event;

	while (ferror(stdout) == 0 && ka_trailread_next(t, &raw, &event)) {
		show(s, raw, event);
		json_decref(event);
	}
}

/* All of it as it is read. Where the last file ended goes to @end. Answers: the exit status */
static int show_stream(struct ka_trailread *t, struct screen *s, int64_t *end)
{
	stream(t, s);
	*end = t->r->bytes == &t->files.file[t->files.count - 1].bytes ? ka_logread_offset(t->r) : 0;
	return ka_trailread_end(t, false);
}

/* A table whose columns were measured by some of it. */
static int show_rest(struct ka_trailread *t, struct screen *s, int64_t *end)
{
	ka_logtable_fit(&s->table);
	ka_logtable_head(&s->table);
	ka_trailread_rewind(t);
	return show_stream(t, s, end);
}

/* The table, or the last events. As show_stream() */
static int show_picked(struct ka_trailread *t, struct screen *s, int64_t *end)
{
	const struct options *o = s->o;
	uint64_t wanted = o->has_last ? o->last : UINT64_MAX;
	struct ka_logpick p;
	uint64_t enough = o->json || o->has_last || s->table.columns == 0 ? UINT64_MAX : KA_LOGTABLE_SAMPLE;
	enum ka_err err = ka_logpick_find(&p, t, wanted, enough, o->json ? NULL : measure, s);
	int status = KA_EXIT_UNDECIDED;

	if (err == KA_ERR_OK && p.is_cut) {
		status = show_rest(t, s, end);
	} else if (err == KA_ERR_OK) {
		status = ka_trailread_end(t, p.found >= wanted);
		if (!o->json && o->has_last)
			ka_logpick_visit(&p, measure, s);
		if (!o->json)
			ka_logtable_fit(&s->table);
		if (!o->json && ((p.found > 0 && wanted > 0) || o->follow))
			ka_logtable_head(&s->table);
		ka_logpick_visit(&p, show, s);
		*end = ka_logpick_end(&p);
	}
	ka_logpick_free(&p);
	return status;
}

/* What lies there now. */
static int show_all(struct ka_trailread *t, struct screen *s, int64_t *end)
{
	return !s->o->json || s->o->has_last ? show_picked(t, s, end) : show_stream(t, s, end);
}

static void drain(struct ka_trailread *t, struct screen *s)
{
	struct ka_span raw;
	json_t *event;

	while (ferror(stdout) == 0 && ka_logread_next(t->r, INT64_MAX, &raw, &event)) {
		if (ka_logquery_matches(t->query, event)) {
			ka_logtable_measure(&s->table, event);
			ka_logtable_fit(&s->table);
			show(s, raw, event);
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
static void follow(struct ka_trailread *t, struct screen *s, int64_t end)
{
	size_t i = t->files.count - 1;

	ka_logread_turn(t->r, &t->files.file[i].bytes);
	ka_logread_seek(t->r, end);
	while (ferror(stdout) == 0) {
		bool replaced = i + 1 < t->files.count || ka_logread_is_replaced(t->r, t->path);

		drain(t, s); /* after that look: what came before a rename is not missed */
		if (replaced && go_on(s->o, t, &i))
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
	struct screen s = { .o = o };
	pid_t pager = 0;
	int64_t end = 0;
	int status;

	ka_logtable_init(&s.table, stdout, o->args.colour, 0);
	s.table.local = o->local;
	if (!o->follow && !o->no_pager)
		pager = ka_logpager_begin(); /* behind the table's look at the terminal */
	status = show_all(t, &s, &end);
	if (s.shown == 0 && !o->follow && !(o->has_last && o->last == 0))
		fputs("keyaudit log: no event matches\n", stderr);
	if (o->follow)
		follow(t, &s, end);
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
