/* The judge over rows. It must never call a key refused that it could not judge. */
#include "diag/rowjudge.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "base/rights.h"
#include "judge/judge.h"
#include "key/keyblob.h"
#include "vet/vetconf.h"

#include "base/poison.h"

struct work {
	struct ka_conf_errors errors;
	struct ka_vetpolicy base, room;
	const struct ka_vetpolicy *policy;
	struct ka_vet_when when;
	struct ka_judge judge;
	struct ka_vet vet;
};

static void set(struct ka_keyrow *row, enum ka_reason reason, bool is_rejected)
{
	row->vet = (uint32_t)reason;
	row->is_rejected = is_rejected;
}

static void judge(struct work *w, struct ka_span blob, struct ka_keyrow *row)
{
	const struct ka_span any = { NULL, 0 };
	struct ka_keyblob key;
	enum ka_reason form = ka_keyblob_parse(blob, any, &key);

	if (form != KA_REASON_NONE) {
		set(row, form, true);
		return;
	}
	ka_judge_key(&w->judge, &key, w->policy, &w->when, &w->vet);
	if (w->vet.count > 0)
		set(row, w->vet.reasons[0], w->vet.verdict == KA_VERDICT_REJECT && w->vet.reasons[0] != KA_REASON_KEY_NOT_JUDGED);
}

/* a file of the policy that we may not read and the command may */
static bool is_closed(const struct work *w, enum ka_rights_answer rights)
{
	char text[KA_CONF_ERROR_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	return rights == KA_RIGHTS_OWN && ka_judge_obstacle(&w->judge, w->policy, &b) != KA_REASON_NONE;
}

static void judge_all(struct work *w, bool is_closed, int64_t until, struct ka_userfiles *files)
{
	for (size_t i = 0; i < files->rows_count; i++) {
		struct ka_keyrow *row = &files->rows[i];

		if (row->is_key == 0)
			continue;
		if (row->key_len == 0 || is_closed || ka_clock_boot_ms() >= until)
			set(row, KA_REASON_KEY_NOT_JUDGED, false);
		else
			judge(w, (struct ka_span){ files->keys + row->key_at, row->key_len }, row);
	}
}

enum ka_err ka_rowjudge_run(const struct ka_rowjudge_query *q, struct ka_userfiles *files)
{
	KA_AUTOFREE struct work *w = calloc(1, sizeof(*w));
	int64_t until = ka_clock_boot_ms() + q->ms;
	struct ka_rights rights;
	enum ka_err err;

	if (w == NULL)
		return KA_ERR_NOMEM;
	ka_vetconf_make(q->conf, &w->base, &w->errors);
	if (w->errors.count > 0)
		return KA_ERR_OK;
	w->policy = ka_vetconf_policy(q->conf, &(const struct ka_vetconf_who){ .user = q->user, .profile = q->profile }, &w->base, &w->room);
	w->when = (struct ka_vet_when){ .now_sec = q->now_sec, .key_only = true };
	err = ka_rights_take(KA_COMMAND_USER, &rights);
	if (err != KA_ERR_OK)
		return err;
	ka_judge_open(q->conf, &w->judge);
	judge_all(w, is_closed(w, rights.answer), until, files);
	ka_judge_close(&w->judge);
	ka_rights_give_back(&rights);
	return KA_ERR_OK;
}
