/* A reason for people and for programs, from the one table. */
#include "keyaudit/explain/explainreason.h"

#include <stdlib.h>
#include <string.h>

#include "audit/jsonout.h"
#include "base/cleanup.h"
#include "keyaudit/screen/out_wrap.h"
#include "keyaudit/vet/toolpolicy.h"

#include "base/poison.h"

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
	ka_judge_close(&t->judge);
	return r == KA_REASON_KEY_RSA_TOO_SHORT ? (struct bound){ "rsa_min_bits", t->policy.rsa_min_bits } :
						  (struct bound){ "rsa_max_bits", t->policy.rsa_max_bits };
}

#define TEXT_AT 10 /* columns of "  means   " */

void ka_explainreason_row(const struct ka_out *o, const char *label, const char *text)
{
	struct ka_wrap w;

	fprintf(o->to, "  %-8s", label);
	ka_wrap_begin(&w, o, TEXT_AT, TEXT_AT);
	if (text[0] >= 'a' && text[0] <= 'z' && (strcmp(label, "mend") == 0 || strcmp(label, "fix") == 0)) /* a command */
		ka_wrap_solid(&w, KA_OUT_PLAIN, text);
	else
		ka_wrap_text(&w, KA_OUT_PLAIN, text);
	ka_wrap_end(&w);
}

void ka_explainreason_text(const struct ka_out *o, enum ka_reason r)
{
	struct bound bound = bound_of(r);
	char text[160];
	struct ka_buf b;

	ka_explainreason_row(o, "means", ka_reason_meaning(r));
	ka_explainreason_row(o, "mend", ka_reason_fix(r));
	ka_explainreason_row(o, "source", ka_reason_source(r));
	ka_buf_init_array(&b, text);
	ka_buf_text(&b, ka_reason_level_name(ka_reason_level(r)));
	if (ka_reason_action(r) != KA_ACTION_NONE) {
		ka_buf_text(&b, ", vetting: ");
		ka_buf_text(&b, ka_reason_action_name(ka_reason_action(r)));
	}
	ka_buf_text(&b, ", decided at: ");
	ka_buf_text(&b, ka_reason_step_name(ka_reason_step(r)));
	ka_explainreason_row(o, "level", text);
	if (bound.setting != NULL)
		fprintf(o->to, "  policy  %s = %u\n", bound.setting, bound.value);
	if (!ka_reason_is_live(r))
		ka_explainreason_row(o, "note", "this release does not produce it yet");
}

void ka_explainreason_json(enum ka_reason r)
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
