/* keyaudit log stats: how many events, for which reasons, users and clients, and at which hours. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/text.h"
#include "keyaudit/cmd.h"
#include "keyaudit/log/logargs.h"
#include "keyaudit/log/logstats.h"
#include "keyaudit/log/trailread.h"
#include "keyaudit/screen/usage.h"
#include "keyaudit/screen/words.h"

#include "base/poison.h"

#define VERB "log stats"
#define TOP 10

static const char usage[] =
	"usage: keyaudit log stats [--top N] [--json] [--user USER]\n"
	"                          [--from ADDRESS|NETWORK] [--key FINGERPRINT]\n"
	"                          [--source NAME] [--reason ID] [--outcome WORD]\n"
	"                          [--since WHEN] [--until WHEN]\n"
	"                          [--color=auto|always|never] [--trail FILE | -c FILE]\n\n"
	"Counts the events of the audit trail by reason, user, client and hour of the day\n"
	"(UTC).\n"
	"  --top N      so many of each (10)\n"
	"  --json       one object, keyaudit.stats/1\n"
	"The others choose events as with keyaudit log.\n\n"
	"examples:\n"
	"  sudo keyaudit log stats --since 7d\n"
	"  sudo keyaudit log stats --reason perm --json | jq .users\n";

struct options {
	struct ka_logargs args;
	uint64_t top;
	bool json;
};

static const struct { const char *name, *head; } kinds[KA_LOGSTATS_KINDS] = {
	[KA_LOGSTATS_REASON] = { "reasons", "REASON" }, [KA_LOGSTATS_USER] = { "users", "USER" },
	[KA_LOGSTATS_FROM] = { "clients", "FROM" }, [KA_LOGSTATS_HOUR] = { "hours", "HOUR (UTC)" },
};

static int take_option(struct options *o, int argc, char **argv, int *i)
{
	bool missing;
	const char *value = ka_words_value(argc, argv, i, "--top", &missing);
	int status;

	if (missing)
		return ka_usage_error(VERB, "a value is missing behind", argv[*i]);
	if (value != NULL)
		return ka_text_to_u64(ka_span_of(value), KA_LOGSTATS_ROWS_MAX, &o->top) ?
			       KA_EXIT_FINE : ka_usage_error(VERB, "not a number of rows:", value);
	status = ka_logargs_take(&o->args, VERB, argc, argv, i);
	return status == KA_LOGARGS_OTHER ? ka_usage_stray(VERB, argv[*i]) : status;
}

/* -1: go on; else the exit status */
static int read_options(struct options *o, int argc, char **argv)
{
	*o = (struct options){ .top = TOP };
	ka_logargs_init(&o->args);
	for (int i = 1; i < argc; i++) {
		int status = KA_EXIT_FINE;

		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			fputs(usage, stdout);
			return KA_EXIT_FINE;
		}
		if (strcmp(argv[i], "--json") == 0)
			o->json = true;
		else
			status = take_option(o, argc, argv, &i);
		if (status != KA_EXIT_FINE)
			return status;
	}
	return -1;
}

static int print_json(const struct options *o, struct ka_logstats *s)
{
	json_t *root = json_pack("{s:s,s:I,s:I,s:I,s:I}", "schema", "keyaudit.stats/1", "events", (json_int_t)s->events, "success",
				 (json_int_t)s->success, "failure", (json_int_t)s->failure, "unknown", (json_int_t)s->unknown);
	int status = 0;

	for (unsigned k = 0; k < KA_LOGSTATS_KINDS; k++) {
		size_t n = ka_logstats_sort(s, (enum ka_logstats_kind)k);
		json_t *rows = json_array();

		for (size_t i = 0; i < n && i < o->top; i++)
			status |= json_array_append_new(rows, json_pack("{s:s,s:I}", "name", s->table[k].row[i].text, "count",
									(json_int_t)s->table[k].row[i].count));
		status |= json_object_set_new(root, kinds[k].name, rows);
	}
	status |= json_dumpf(root, stdout, JSON_COMPACT);
	json_decref(root);
	fputc('\n', stdout);
	return status;
}

static void print_text(const struct options *o, struct ka_logstats *s)
{
	struct ka_out out;

	ka_out_init(&out, stdout, o->args.colour);
	printf("%llu events: %llu with success, %llu failures, %llu of unknown outcome\n", (unsigned long long)s->events,
	       (unsigned long long)s->success, (unsigned long long)s->failure, (unsigned long long)s->unknown);
	for (unsigned k = 0; k < KA_LOGSTATS_KINDS; k++) {
		size_t n = ka_logstats_sort(s, (enum ka_logstats_kind)k);

		fputs("\n     COUNT  ", stdout);
		ka_out_text(&out, KA_OUT_DIM, kinds[k].head);
		for (size_t i = 0; i < n && i < o->top; i++) {
			printf("\n%10llu  ", (unsigned long long)s->table[k].row[i].count);
			ka_out_text(&out, KA_OUT_PLAIN, s->table[k].row[i].text);
		}
		fputc('\n', stdout);
		if (n > o->top)
			printf("            and %zu other%s\n", n - (size_t)o->top, n - (size_t)o->top == 1 ? "" : "s");
		if (s->table[k].others > 0)
			printf("            and %llu events that were too various to be told apart\n", (unsigned long long)s->table[k].others);
	}
}

static void count_all(struct ka_trailread *t, struct ka_logstats *s)
{
	struct ka_span raw;
	json_t *event;

	while (ka_trailread_next(t, &raw, &event)) {
		ka_logstats_add(s, event);
		json_decref(event);
	}
}

int ka_cmd_log_stats(int argc, char **argv)
{
	KA_AUTOFREE struct ka_logstats *stats = calloc(1, sizeof(*stats));
	struct options o;
	struct ka_trailread *t;
	int status = read_options(&o, argc, argv), bad = 0;

	if (status >= 0)
		return status;
	if (stats == NULL)
		return KA_EXIT_UNDECIDED;
	status = ka_trailread_begin(VERB, o.args.trail, o.args.conf, &o.args.query, &t);
	if (status != KA_EXIT_FINE)
		return status;
	count_all(t, stats);
	status = ka_trailread_end(t, false);
	ka_trailread_free(&t);
	if (o.json)
		bad = print_json(&o, stats);
	else
		print_text(&o, stats);
	if ((fflush(stdout) != 0 && errno != EPIPE) || bad != 0) {
		fputs("keyaudit " VERB ": the output could not be written\n", stderr);
		return KA_EXIT_UNDECIDED;
	}
	return status;
}
