/*
 * keyaudit log: the trail as a table or, verbatim, as JSON Lines. It reads three times, to count, to
 * measure and to print, so that a trail of any size needs no memory. stdout is data, stderr is talk.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/paths.h"
#include "base/text.h"
#include "keyaudit/cmd.h"
#include "keyaudit/log/logquery.h"
#include "keyaudit/log/logread.h"
#include "keyaudit/log/logtable.h"
#include "keyaudit/log/logtrail.h"
#include "keyaudit/screen/usage.h"
#include "reason/reason.h"
#include "source/confload.h"

#include "base/poison.h"


static const char usage[] =
	"usage: keyaudit log [--json] [-n N] [--user USER] [--source NAME] [--reason ID]\n"
	"                    [--since WHEN] [-f] [--color=auto|always|never] [--trail FILE | -c FILE]\n"
	"       keyaudit log export [--format=ecs|ocsf|cef|kv] [the filters above]\n"
	"       keyaudit log rotate [--if-older AGE] [--if-larger SIZE]\n"
	"       keyaudit log seal [--init]\n\n"
	"Shows the audit trail: who tried to log in, from where, with which key, and what came of it.\n"
	"  --json       the lines of the trail as they are, one JSON object each\n"
	"  -n N         only the last N of them\n"
	"  --user USER  only this user, named as the table shows it\n"
	"  --source NAME  only where this source was asked about the key\n"
	"  --reason ID  only this reason (perm.group-writable) or family of reasons (perm)\n"
	"  --since WHEN since 15m, 2h, 7d ago, or since a UTC time: 2026-08-23T10:15:00\n"
	"  -f, --follow stay and show what comes\n"
	"  --trail FILE another trail than the one of the configuration\n"
	"  -c FILE      another configuration file\n\n"
	"examples:\n  sudo keyaudit log --user alice --since 1h\n  sudo keyaudit log --json --reason perm | jq .keyaudit.fix\n";

struct options {
	struct ka_logquery query;
	bool json, follow, has_last;
	uint64_t last;
	enum ka_out_when colour;
	const char *trail, *conf;
};

static int usage_error(const char *what, const char *arg)
{
	return ka_usage_error("log", what, arg);
}

static int unknown_reason(const char *word)
{
	enum ka_reason near = ka_reason_nearest(word, strlen(word));

	(void)usage_error("no reason or family of reasons", word);
	if (near != KA_REASON_NONE)
		fprintf(stderr, "keyaudit log: did you mean \"%s\"?\n", ka_reason_id(near));
	return KA_EXIT_UNKNOWN;
}

/* One option that has a value. */
static int take_value(struct options *o, const char *name, const char *value)
{
	if (strcmp(name, "-n") == 0) {
		o->has_last = true;
		if (!ka_text_to_u64(ka_span_of(value), UINT32_MAX, &o->last))
			return usage_error("not a number of events:", value);
	} else if (strcmp(name, "--user") == 0) {
		o->query.user = value;
	} else if (strcmp(name, "--reason") == 0) {
		o->query.reason = value;
		if (!ka_logquery_is_reason(value))
			return unknown_reason(value);
	} else if (strcmp(name, "--source") == 0) {
		o->query.source = value;
	} else if (strcmp(name, "--since") == 0) {
		if (!ka_logquery_since(value, ka_clock_wall_us(), o->query.since))
			return usage_error("not a time (2h, 7d, 2026-08-23T10:15:00):", value);
	} else if (strcmp(name, "--color") == 0) {
		if (!ka_out_when_parse(value, &o->colour))
			return usage_error("colour is auto, always or never, not", value);
	} else if (strcmp(name, "--trail") == 0) {
		o->trail = value;
	} else {
		o->conf = value;
	}
	return KA_EXIT_FINE;
}

/* Takes the value from "--name=value" or from the next argument. */
static int take_option(struct options *o, int argc, char **argv, int *i)
{
	static const char *const names[] = { "-n", "--user", "--source", "--reason", "--since", "--color", "--trail", "-c" };
	struct ka_span arg = ka_span_of(argv[*i]);
	size_t n = ka_span_starts(arg, "--") ? ka_span_find(arg, '=') : arg.len;

	for (size_t k = 0; k < KA_ARRAY_LEN(names); k++) {
		if (!ka_span_is(ka_span_sub(arg, 0, n), names[k]))
			continue;
		if (n < arg.len)
			return take_value(o, names[k], argv[*i] + n + 1);
		if (*i + 1 >= argc)
			return usage_error("a value is missing behind", argv[*i]);
		return take_value(o, names[k], argv[++*i]);
	}
	return ka_usage_stray("log", argv[*i]);
}

/* -1: go on; else the exit status */
static int read_options(struct options *o, int argc, char **argv)
{
	*o = (struct options){ .colour = KA_OUT_AUTO, .conf = KA_PATH_CONF };
	for (int i = 1; i < argc; i++) {
		int status = KA_EXIT_FINE;

		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			fputs(usage, stdout);
			return KA_EXIT_FINE;
		}
		if (strcmp(argv[i], "--json") == 0)
			o->json = true;
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

/* One reading from the first line to @end: what is asked for, without the first @skip of it. The answer counts all of it. */
static uint64_t walk(const struct options *o, struct ka_logread *r, struct ka_logtable *t, enum task task, uint64_t skip,
		     int64_t end)
{
	struct ka_span raw;
	uint64_t matches = 0;
	json_t *event;

	ka_logread_rewind(r);
	while (ferror(stdout) == 0 && ka_logread_next(r, end, &raw, &event)) {
		if (ka_logquery_matches(&o->query, event) && ++matches > skip) {
			if (task == TASK_MEASURE)
				ka_logtable_measure(t, event);
			if (task == TASK_PRINT)
				show(o, t, raw, event);
		}
		json_decref(event);
	}
	return matches;
}

/* What lies there now; where it ends, the reader stands then. The answer is how much was asked for. */
static uint64_t show_all(const struct options *o, struct ka_logread *r, struct ka_logtable *t)
{
	uint64_t matches = walk(o, r, t, TASK_COUNT, 0, INT64_MAX);
	uint64_t skip = o->has_last && matches > o->last ? matches - o->last : 0;
	int64_t end = ka_logread_offset(r);

	say_broken(r);
	if (!o->json) {
		(void)walk(o, r, t, TASK_MEASURE, skip, end);
		ka_logtable_fit(t);
		if (matches > skip || o->follow)
			ka_logtable_head(t);
	}
	(void)walk(o, r, t, TASK_PRINT, skip, end);
	return matches;
}

static void drain(const struct options *o, struct ka_logread *r, struct ka_logtable *t)
{
	struct ka_span raw;
	json_t *event;

	while (ferror(stdout) == 0 && ka_logread_next(r, INT64_MAX, &raw, &event)) {
		if (ka_logquery_matches(&o->query, event)) {
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

int ka_cmd_log(int argc, char **argv)
{
	struct options o;
	struct ka_logtable t;
	struct ka_logread *r = NULL;
	char configured[KA_TEXT_PATH_MAX];
	const char *path = configured;
	const struct sub *sub = argc > 1 ? find_sub(argv[1]) : NULL;
	int status;

	if (sub != NULL)
		return sub->run(argc - 1, argv + 1);
	status = read_options(&o, argc, argv);
	if (status >= 0)
		return status;
	if (o.trail != NULL)
		path = o.trail;
	else
		ka_logtrail_find("log", o.conf, configured, sizeof(configured));
	if (ka_logread_new(path, &r) != KA_ERR_OK)
		return ka_logtrail_complain("log", path);
	ka_logtable_init(&t, stdout, o.colour, 0);
	if (show_all(&o, r, &t) == 0 && !o.follow)
		fputs("keyaudit log: no event matches\n", stderr);
	if (o.follow)
		follow(&o, path, &r, &t);
	ka_logread_free(&r);
	if (fflush(stdout) != 0 && errno != EPIPE) {
		fputs("keyaudit log: the output could not be written\n", stderr);
		return KA_EXIT_UNDECIDED;
	}
	return KA_EXIT_FINE;
}
