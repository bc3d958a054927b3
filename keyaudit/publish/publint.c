/* Keys on their way into documents. MUST: hand on no line that the parser did not take for a whole key. */
#include "keyaudit/publish/publint.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "key/keyfpr.h"
#include "keyaudit/vet/toolwho.h"

#include "base/poison.h"

static bool is_revoked(struct ka_publint *l, const struct ka_keyline *k)
{
	char fp[KA_FPR_TEXT_MAX];
	struct ka_buf b;

	if (l->revoked->count == 0 || k->reason != KA_REASON_NONE)
		return false;
	ka_buf_init_array(&b, l->plain);
	ka_keyblob_plain(&k->key, &b);
	if (ka_buf_check(&b) != KA_ERR_OK)
		return false;
	ka_keyfpr_text(ka_buf_as_span(&b), fp);
	return ka_pubrevoked_has(l->revoked, fp);
}

/* the same as on a host: whatever the policy thinks, nobody logs in with it */
static void refuse_revoked(struct ka_publint *l)
{
	struct ka_vet *v = &l->vet;

	if (v->count == KA_VERDICT_REASONS_MAX)
		v->count--;
	memmove(&v->reasons[1], &v->reasons[0], v->count * sizeof(v->reasons[0]));
	memmove(&v->details[1], &v->details[0], v->count * sizeof(v->details[0]));
	v->reasons[0] = KA_REASON_REVOKED_STORE;
	v->details[0] = "it stands in the list of --revoked";
	v->count++;
	v->verdict = KA_VERDICT_REJECT;
}

static bool may_go(struct ka_publint *l, const struct ka_keyline *k)
{
	if (l->vet.verdict != KA_VERDICT_REJECT)
		return true;
	if (l->refused_is == KA_PUBLINT_PUBLISH && k->reason == KA_REASON_NONE)
		return true;
	l->left_out += l->refused_is != KA_PUBLINT_STOP;
	return false;
}

static enum ka_err take(void *ctx, uint64_t number, const struct ka_keyline *k, enum ka_reason seen)
{
	struct ka_publint *l = ctx;

	if (k->reason == KA_REASON_LINE_EMPTY && seen == KA_REASON_NONE)
		return KA_ERR_OK;
	/* a comment, however long it is */
	if (k->reason == KA_REASON_LINE_TOO_LONG && !ka_signeddoc_is_entry(k->line))
		return KA_ERR_OK;
	l->when.seen = seen;
	ka_judge_line(&l->policy->judge, k, &l->in_force, &l->when, &l->vet);
	if (seen == KA_REASON_LINE_COMMENTED_OUT)
		l->vet.verdict = l->vet.count > 0 ? KA_VERDICT_WARN : KA_VERDICT_ACCEPT;
	else if (is_revoked(l, k))
		refuse_revoked(l);
	l->warned += l->vet.verdict == KA_VERDICT_WARN;
	l->refused += l->vet.verdict == KA_VERDICT_REJECT;
	if (seen != KA_REASON_LINE_COMMENTED_OUT && may_go(l, k)) {
		ka_buf_span(l->body, ka_text_trim(k->line));
		ka_buf_char(l->body, '\n');
		l->keys++;
	}
	return l->vet.count > 0 ? ka_vetshow_line(&l->show, number, k, &l->vet) : KA_ERR_OK;
}

enum ka_plainfile_answer ka_publint_file(struct ka_publint *l, int dir, const char *file, const char *label, struct ka_buf *body)
{
	KA_AUTOFREE char *bytes = NULL;
	struct ka_cursor c;
	struct ka_span line;
	uint64_t number = 0;
	size_t len;
	enum ka_plainfile_answer got = ka_plainfile_read(dir, file, false, KA_SOURCE_FILE_MAX, &bytes, &len, NULL);

	l->keys = 0;
	l->in_force = l->policy->policy;
	ka_toolwho_tighten(&l->in_force, l->policy, l->user, KA_CONF_PROFILE_NONE);
	l->err = KA_ERR_OK;
	if (got != KA_PLAINFILE_READ)
		return got;
	l->body = body;
	l->show.file = label;
	memset(&l->scan, 0, sizeof(l->scan));
	l->scan.take = take;
	l->scan.ctx = l;
	ka_cursor_init(&c, bytes, len);
	while (l->err == KA_ERR_OK && ka_cursor_line(&c, &line, NULL))
		l->err = ka_vetscan_line(&l->scan, ++number, line);
	if (l->err == KA_ERR_OK)
		l->err = ka_vetscan_end(&l->scan);
	return got;
}
