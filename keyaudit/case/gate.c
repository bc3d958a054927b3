/* The gate of `enforce`. MUST fail closed: every path that does not end in a verdict ends in a refusal. */
#include "keyaudit/case/gate.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "judge/judge.h"
#include "key/keyb64.h"
#include "key/keyblob.h"
#include "vet/vetconf.h"

#include "base/poison.h"

static bool is_exempt(const char *list, const char *user)
{
	struct ka_span rest = ka_span_of(list), word;

	while (ka_text_word(&rest, &word))
		if (ka_span_is(word, user))
			return true;
	return false;
}

struct scratch {
	struct ka_vetpolicy policy, of_user;
	struct ka_conf_errors errors;
	struct ka_keyblob key;
	struct ka_vet vet;
	struct ka_judge judge;
	uint8_t blob[KA_BLOB_MAX];
};

static enum ka_reason judge_one(struct scratch *s, struct ka_span type, struct ka_span base64)
{
	struct ka_vet_when when = { .now_sec = ka_clock_wall_us() / 1000000, .key_only = true };
	enum ka_reason form;
	size_t len;

	if (!ka_keyb64_decode(base64, s->blob, sizeof(s->blob), &len))
		return KA_REASON_LINE_BAD_BASE64;
	form = ka_keyblob_parse((struct ka_span){ s->blob, len }, type, &s->key);
	if (form != KA_REASON_NONE)
		return form;
	ka_judge_key(&s->judge, &s->key, &s->of_user, &when, &s->vet);
	if (s->vet.verdict != KA_VERDICT_REJECT)
		return KA_REASON_NONE;
	return s->vet.count > 0 ? s->vet.reasons[0] : KA_REASON_INTERNAL_ERROR;
}

/* sshd names every method that succeeded; where it names none nothing is known */
static bool has_method(const char *info)
{
	struct ka_span line, word;
	struct ka_cursor c;

	ka_cursor_init(&c, info, strlen(info));
	while (ka_cursor_line(&c, &line, NULL))
		if (ka_text_word(&line, &word))
			return true;
	return false;
}

void ka_gate_judge(const struct ka_writer *w, const struct ka_case *c, struct ka_gate *out)
{
	KA_AUTOFREE struct scratch *s = calloc(1, sizeof(*s));
	struct ka_span type, base64;
	struct ka_cursor info;

	*out = (struct ka_gate){ .denied_by = KA_REASON_INTERNAL_ERROR, .is_fault = true };
	if (s == NULL || !c->session || c->session_info_missing || c->info == NULL || !has_method(c->info))
		return;
	if (w->conf_reason == KA_REASON_CONF_INVALID || w->conf_reason == KA_REASON_CONF_UNSAFE) {
		out->denied_by = w->conf_reason;
		return;
	}
	ka_vetconf_make(&w->conf, &s->policy, &s->errors);
	if (s->errors.count > 0) {
		out->denied_by = KA_REASON_CONF_INVALID;
		return;
	}
	*out = (struct ka_gate){ .denied_by = KA_REASON_NONE };
	/* PAM's word: the name in an attempt record is whatever the command's uid wrote */
	if (is_exempt(w->conf.enforce_exempt, c->pam_user))
		return;
	ka_vetconf_effective(&w->conf, &(const struct ka_vetconf_who){ .user = c->pam_user }, &s->policy, &s->of_user);
	ka_judge_open(&w->conf, &s->judge);
	ka_cursor_init(&info, c->info, strlen(c->info));
	while (out->denied_by == KA_REASON_NONE && ka_case_next_key(&info, &type, &base64))
		out->denied_by = judge_one(s, type, base64);
	ka_judge_close(&s->judge);
}
