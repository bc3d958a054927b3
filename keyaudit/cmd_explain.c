/* keyaudit explain: what a reason id means, from the one table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/jsonout.h"
#include "base/cleanup.h"
#include "keyaudit/cmd.h"
#include "keyaudit/screen/out_text.h"
#include "keyaudit/screen/out_wrap.h"
#include "keyaudit/screen/usage.h"
#include "keyaudit/vet/toolpolicy.h"
#include "reason/reason.h"

#include "base/poison.h"

static const char usage[] =
	"usage: keyaudit explain [--json] REASON...\n       keyaudit explain --list\n\n"
	"Says what a reason id means, how to mend it, and where sshd or a standard says\n"
	"so.\n"
	"  --list   every id with its meaning\n  --json   one JSON object per id (schema keyaudit.explain/1)\n\n"
	"examples:\n  keyaudit explain perm.group-writable\n  keyaudit explain --list | grep ^key\n";

/* what the policy in force here demands, for the reasons that are a number of it */
struct bound {
	const char *setting; /* NULL: no number */
	unsigned value;
};

static struct bound bound_of(enum ka_reason r)
{
	struct bound none = { NULL, 0 };
	KA_AUTOFREE struct ka_toolpolicy *t = NULL;

	if (r != KA_REASON_KEY_RSA_TOO_SHORT && r != KA_REASON_KEY_RSA_TOO_LONG)
		return none;
	t = calloc(1, sizeof(*t));
	if (t == NULL || ka_toolpolicy_load(NULL, t) != KA_ERR_OK)
		return none; /* which policy that is cannot be told: the meaning stands without it */
	return r == KA_REASON_KEY_RSA_TOO_SHORT ? (struct bound){ "rsa_min_bits", t->policy.rsa_min_bits } :
						  (struct bound){ "rsa_max_bits", t->policy.rsa_max_bits };
}

#define TEXT_AT 10 /* columns of "  means   " */
#define LIST_AT 33 /* columns of an id in --list */

static void show_line(const struct ka_out *o, const char *label, const char *text)
{
	struct ka_wrap w;

	fprintf(o->to, "  %-8s", label);
	ka_wrap_begin(&w, o, TEXT_AT, TEXT_AT);
	if (text[0] >= 'a' && text[0] <= 'z' && strcmp(label, "mend") == 0) /* a command */
		ka_wrap_solid(&w, KA_OUT_PLAIN, text);
	else
		ka_wrap_text(&w, KA_OUT_PLAIN, text);
	ka_wrap_end(&w);
}

static void show_text(const struct ka_out *o, enum ka_reason r)
{
	struct bound bound = bound_of(r);
	char text[160];
	struct ka_buf b;

	ka_out_text(o, KA_OUT_STRONG, ka_reason_id(r));
	fputc('\n', o->to);
	show_line(o, "means", ka_reason_meaning(r));
	show_line(o, "mend", ka_reason_fix(r));
	show_line(o, "source", ka_reason_source(r));
	ka_buf_init_array(&b, text);
	ka_buf_text(&b, ka_reason_level_name(ka_reason_level(r)));
	if (ka_reason_action(r) != KA_ACTION_NONE) {
		ka_buf_text(&b, ", vetting: ");
		ka_buf_text(&b, ka_reason_action_name(ka_reason_action(r)));
	}
	ka_buf_text(&b, ", decided at: ");
	ka_buf_text(&b, ka_reason_step_name(ka_reason_step(r)));
	show_line(o, "level", text);
	if (bound.setting != NULL)
		fprintf(o->to, "  policy  %s = %u\n", bound.setting, bound.value);
	if (!ka_reason_is_live(r))
		show_line(o, "note", "this release does not produce it yet");
}

static void list_one(const struct ka_out *o, enum ka_reason r)
{
	struct ka_wrap w;

	fprintf(o->to, "%-32s ", ka_reason_id(r));
	ka_wrap_begin(&w, o, LIST_AT, LIST_AT);
	ka_wrap_text(&w, KA_OUT_PLAIN, ka_reason_meaning(r));
	ka_wrap_text(&w, KA_OUT_PLAIN, ka_reason_is_live(r) ? "" : " (later)");
	ka_wrap_end(&w);
}

static void show_json(enum ka_reason r)
{
	struct bound bound = bound_of(r);
	char text[3072];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_jsonout_object(&b, NULL);
	ka_jsonout_plain(&b, "schema", "keyaudit.explain/1");
	ka_jsonout_plain(&b, "reason", ka_reason_id(r));
	ka_jsonout_plain(&b, "meaning", ka_reason_meaning(r));
	ka_jsonout_plain(&b, "fix", ka_reason_fix(r));
	ka_jsonout_plain(&b, "source", ka_reason_source(r));
	ka_jsonout_plain(&b, "level", ka_reason_level_name(ka_reason_level(r)));
	ka_jsonout_plain(&b, "action", ka_reason_action_name(ka_reason_action(r)));
	ka_jsonout_plain(&b, "step", ka_reason_step_name(ka_reason_step(r)));
	ka_jsonout_bool(&b, "live", ka_reason_is_live(r));
	if (bound.setting != NULL) {
		ka_jsonout_plain(&b, "setting", bound.setting);
		ka_jsonout_u64(&b, "value", bound.value);
	}
	ka_jsonout_object_end(&b);
	puts(text);
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
		if (a[0] == '-')
			return ka_usage_stray("explain", a);
		r = ka_reason_find(a, strlen(a));
		if (r == KA_REASON_NONE)
			status = unknown(a);
		else if (json)
			show_json(r);
		else
			show_text(&o, r);
		any = true;
	}
	if (!any)
		return ka_usage_error("explain", "which reason? (keyaudit explain --list shows them all)", NULL);
	return status;
}
