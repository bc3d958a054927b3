/* keyaudit explain: what a reason id means, from the one table, and what a line of sshd's log tells. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "keyaudit/cmd.h"
#include "keyaudit/explain/explainline.h"
#include "keyaudit/explain/explainreason.h"
#include "keyaudit/screen/out_text.h"
#include "keyaudit/screen/out_wrap.h"
#include "keyaudit/screen/usage.h"
#include "keyaudit/vet/linestream.h"
#include "reason/reason.h"

#include "base/poison.h"

static const char usage[] =
	"usage: keyaudit explain [--json] REASON...\n       keyaudit explain [--json] - <LOG\n       keyaudit explain --list\n\n"
	"Says what a reason id means, how to mend it, and where sshd or a standard says\n"
	"so. With - it reads lines of sshd's log from standard input, and says the same\n"
	"of each that tells something about a login.\n"
	"  --list   every id with its meaning\n  --json   one JSON object per id or line (schemas keyaudit.explain/1,\n"
	"           keyaudit.log-line/1)\n\n"
	"examples:\n  keyaudit explain perm.group-writable\n  keyaudit explain --list | grep ^key\n"
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

int ka_cmd_explain(int argc, char **argv)
{
	bool json = false, any = false;
	int status = KA_EXIT_FINE;
	struct ka_out o;

	ka_out_init(&o, stdout, KA_OUT_AUTO);
	for (int i = 1; i < argc; i++) {
		const char *a = argv[i];
		enum ka_reason r;

		if (strcmp(a, "--help") == 0) {
			fputs(usage, stdout);
			return KA_EXIT_FINE;
		}
		if (strcmp(a, "--json") == 0) {
			json = true;
			continue;
		}
		if (strcmp(a, "--list") == 0) {
			for (int k = KA_REASON_NONE + 1; k < KA_REASON_COUNT; k++)
				list_one(&o, (enum ka_reason)k);
			return KA_EXIT_FINE;
		}
		if (strcmp(a, "-") == 0) {
			int of_lines = explain_lines(&o, json);

			status = of_lines != KA_EXIT_FINE ? of_lines : status;
			any = true;
			continue;
		}
		if (a[0] == '-')
			return ka_usage_stray("explain", a);
		r = ka_reason_find(a, strlen(a));
		if (r == KA_REASON_NONE)
			status = unknown(a);
		else if (json)
			ka_explainreason_json(r);
		else
			show_reason(&o, r);
		any = true;
	}
	if (!any)
		return ka_usage_error("explain", "which reason? (keyaudit explain --list shows them all)", NULL);
	return status;
}
