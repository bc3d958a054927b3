/* keyaudit explain: what a reason id means, from the one table, and what a line of sshd's log tells. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "keyaudit/cmd.h"
#include "keyaudit/explain/explainevent.h"
#include "keyaudit/explain/explainline.h"
#include "keyaudit/explain/explainreason.h"
#include "keyaudit/log/trailread.h"
#include "keyaudit/screen/out_text.h"
#include "keyaudit/screen/out_wrap.h"
#include "keyaudit/screen/usage.h"
#include "keyaudit/vet/linestream.h"
#include "reason/reason.h"

#include "base/poison.h"

static const char usage[] =
	"usage: keyaudit explain [--json] REASON...\n"
	"       keyaudit explain [--json] [--trail FILE | -c FILE] EVENT...\n"
	"       keyaudit explain [--json] - <LOG\n"
	"       keyaudit explain --list\n\n"
	"Says what a reason id means, how to mend it, and where sshd or a standard says\n"
	"so. An EVENT of the trail, named by its id or by the reference of its connection\n"
	"(ref=...), is told with all that was seen. With - it reads lines of sshd's log\n"
	"from standard input, and says the same of each that tells something about a\n"
	"login.\n"
	"  --list   every id with its meaning\n"
	"  --json   one JSON object per id or line (schemas keyaudit.explain/1,\n"
	"           keyaudit.log-line/1), and an event as it stands in the trail\n"
	"  --trail FILE  this file and no other, which may be compressed; else the trail\n"
	"           of the configuration, with what was rotated away\n"
	"  -c FILE  another configuration file\n\n"
	"examples:\n"
	"  keyaudit explain perm.group-writable\n"
	"  sudo keyaudit explain asm6lelb\n"
	"  keyaudit explain --list | grep ^key\n"
	"  journalctl -u ssh -n 20 | keyaudit explain -\n";

#define LIST_AT 33 /* columns of an id in --list */

static void list_one(const struct ka_out *o, enum ka_reason r)
{
	struct ka_wrap w;

	fprintf(o->to, "%-32s ", ka_reason_id(r));
	ka_wrap_begin(&w, o, LIST_AT, LIST_AT);
	ka_wrap_text(&w, KA_OUT_PLAIN, ka_reason_meaning(r));
	ka_wrap_text(&w, KA_OUT_PLAIN, ka_reason_is_live(r) ? "" : " (later)");
	ka_wrap_end(&w);
}

static void show_reason(const struct ka_out *o, enum ka_reason r)
{
	ka_out_text(o, KA_OUT_STRONG, ka_reason_id(r));
	fputc('\n', o->to);
	ka_explainreason_text(o, r);
}

/* the lines on standard input that tell something; status 4 when none does */
static int explain_lines(const struct ka_out *o, bool json)
{
	KA_AUTOFREE struct ka_linestream *in = malloc(sizeof(*in));
	int64_t now = ka_clock_wall_us() / 1000000;
	struct ka_sshdsay said;
	struct ka_span line;
	size_t known = 0;
	bool more = true;

	if (in == NULL)
		return KA_EXIT_TEMPORARY;
	ka_linestream_init(in, STDIN_FILENO);
	while (ka_linestream_next(in, &line, &more) == KA_ERR_OK && more) {
		if (!ka_explainline_read(line, now, &said))
			continue;
		if (known++ > 0 && !json)
			fputc('\n', o->to);
		if (!json)
			ka_explainline_text(o, &said);
		else if (!ka_explainline_json(&said))
			return KA_EXIT_TEMPORARY;
	}
	if (more) {
		fprintf(stderr, "keyaudit explain: standard input cannot be read: %s\n", strerrordesc_np(errno));
		return KA_EXIT_UNDECIDED;
	}
	if (known > 0)
		return KA_EXIT_FINE;
	fputs("keyaudit explain: no line of sshd about a login on standard input\n", stderr);
	return KA_EXIT_UNKNOWN;
}

static int unknown(const char *word)
{
	struct ka_out err;
	enum ka_reason near = ka_reason_nearest(word, strlen(word));

	ka_out_init(&err, stderr, KA_OUT_AUTO);
	fputs("keyaudit explain: no reason \"", stderr);
	ka_out_escaped(&err, KA_OUT_PLAIN, word, 100);
	fputs("\"", stderr);
	if (near != KA_REASON_NONE)
		fprintf(stderr, "; did you mean \"%s\"?", ka_reason_id(near));
	fputs(" (keyaudit explain --list shows them all)\n", stderr);
	return KA_EXIT_UNKNOWN;
}

struct options {
	bool json;
	const char *trail, *conf;
};

static int explain_event(const struct ka_out *o, const struct options *opt, const char *name)
{
	const struct ka_logquery query = { .event = name };
	struct ka_trailread *t;
	int status = ka_trailread_begin("explain", opt->trail, opt->conf, &query, &t);
	json_t *event;

	if (status != KA_EXIT_FINE)
		return status;
	event = ka_explainevent_find(t);
	status = ka_trailread_end(t, event != NULL);
	ka_trailread_free(&t);
	if (event == NULL) {
		fprintf(stderr, "keyaudit explain: no event \"%s\" in the trail (keyaudit log --json shows them all)\n", name);
		return status != KA_EXIT_FINE ? status : KA_EXIT_UNKNOWN;
	}
	if (opt->json) {
		json_dumpf(event, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
		putchar('\n');
	} else {
		ka_explainevent_text(o, event);
	}
	json_decref(event);
	return status;
}

static int explain_word(const struct ka_out *o, const struct options *opt, const char *word)
{
	enum ka_reason r = ka_reason_find(word, strlen(word));

	if (strcmp(word, "-") == 0)
		return explain_lines(o, opt->json);
	if (r == KA_REASON_NONE && ka_explainevent_is_name(word))
		return explain_event(o, opt, word);
	if (r == KA_REASON_NONE)
		return unknown(word);
	if (opt->json)
		ka_explainreason_json(r);
	else
		show_reason(o, r);
	return KA_EXIT_FINE;
}

/* options may stand anywhere, so they are taken before any word is explained; KA_EXIT_FINE: go on */
static int read_options(int argc, char **argv, struct options *opt, bool *any)
{
	for (int i = 1; i < argc; i++) {
		const char **value = strcmp(argv[i], "--trail") == 0 ? &opt->trail : strcmp(argv[i], "-c") == 0 ? &opt->conf : NULL;

		if (value != NULL && i + 1 == argc)
			return ka_usage_error("explain", "a value is missing behind", argv[i]);
		if (value != NULL)
			*value = argv[++i];
		else if (strcmp(argv[i], "--json") == 0)
			opt->json = true;
		else if (argv[i][0] == '-' && argv[i][1] != '\0')
			return ka_usage_stray("explain", argv[i]);
		else
			*any = true;
	}
	return *any ? KA_EXIT_FINE : ka_usage_error("explain", "which reason? (keyaudit explain --list shows them all)", NULL);
}

static bool is_word(char **argv, int i)
{
	if (argv[i][0] == '-' && argv[i][1] != '\0')
		return false;
	return i == 1 || (strcmp(argv[i - 1], "--trail") != 0 && strcmp(argv[i - 1], "-c") != 0);
}

int ka_cmd_explain(int argc, char **argv)
{
	struct options opt = { .conf = KA_PATH_CONF };
	int status, one;
	bool any = false;
	struct ka_out o;

	ka_out_init(&o, stdout, KA_OUT_AUTO);
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			fputs(usage, stdout);
			return KA_EXIT_FINE;
		}
		if (strcmp(argv[i], "--list") == 0) {
			for (int k = KA_REASON_NONE + 1; k < KA_REASON_COUNT; k++)
				list_one(&o, (enum ka_reason)k);
			return KA_EXIT_FINE;
		}
	}
	status = read_options(argc, argv, &opt, &any);
	for (int i = 1; i < argc && any && status != KA_EXIT_USAGE; i++) {
		if (!is_word(argv, i))
			continue;
		one = explain_word(&o, &opt, argv[i]);
		status = one != KA_EXIT_FINE ? one : status;
	}
	return status;
}
