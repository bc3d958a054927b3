/* One question, three types of sources. */
#include "source/sourceask.h"

#include <string.h>

#include "base/text.h"
#include "source/sourcecommand.h"
#include "store/question.h"

#include "base/poison.h"

static int budget_ms(void *ctx)
{
	const struct ka_sourceask *a = ctx;

	return (int)a->conf->deadline_ms;
}

void ka_sourceask_open(const struct ka_conf *conf, struct ka_sourceask *a)
{
	a->conf = conf;
	a->env = (struct ka_sourcehttp_env){ .now = a->now_sec, .budget_ms = budget_ms, .ctx = a, .may_ask = a->may_ask };
	ka_sourcerevoked_open(conf, &a->env, &a->http, &a->revoked);
	a->is_open = true;
}

void ka_sourceask_close(struct ka_sourceask *a)
{
	if (a->is_open)
		ka_sourcerevoked_close(&a->revoked);
	a->is_open = false;
}

enum ka_reason ka_sourceask_revoked(const struct ka_sourceask *a, const char *fp)
{
	return a->revoked.count > 0 ? ka_sourcerevoked_judge(&a->revoked, fp) : KA_REASON_NONE;
}

static void take_store(void *ctx, struct ka_span bytes)
{
	struct ka_sourceask *a = ctx;

	a->out.files = 1;
	a->take(a->ctx, "", bytes);
}

/* nobody is asked, so nobody knows */
static bool leave_out(struct ka_sourceask *a, bool is_unasked)
{
	a->is_unasked = is_unasked;
	if (is_unasked) {
		a->out.answer = KA_SOURCE_UNAVAILABLE;
		a->out.reason = KA_REASON_STORE_UNREACHABLE;
	}
	return is_unasked;
}

static void ask_store(struct ka_sourceask *a, const struct ka_source_query *query)
{
	struct ka_sourcehttp *h = &a->http;

	a->out.answer = KA_SOURCE_REFUSED;
	a->out.reason = ka_sourcerevoked_may_serve(&a->revoked, a->source, a->now_sec);
	if (a->out.reason != KA_REASON_NONE)
		return;
	if (leave_out(a, (query->fp == NULL && ka_question_has_fp(a->source)) || (query->key == NULL && ka_question_has_key(a->source))))
		return;
	ka_sourcehttp_read(a->source, query, &a->env, take_store, a, h);
	a->out.answer = h->answer;
	a->out.reason = h->reason;
	a->evidence = h->evidence;
	a->is_unasked = h->answer == KA_SOURCE_UNAVAILABLE && !a->may_ask;
}

static enum ka_err ask_program(struct ka_sourceask *a, const struct ka_source_query *query)
{
	if (leave_out(a, !a->may_ask || (query->key == NULL && ka_sourcecommand_needs_key(a->source))))
		return KA_ERR_OK;
	return ka_sourcecommand_read(a->source, query, a->take, a->ctx, &a->out, &a->evidence);
}

enum ka_err ka_sourceask_read(struct ka_sourceask *a, const struct ka_conf_source *source, const struct ka_source_query *query,
			      ka_sourcefile_take *take, void *ctx)
{
	a->source = source;
	a->take = take;
	a->ctx = ctx;
	memset(&a->out, 0, sizeof(a->out));
	a->evidence = ka_source_evidence_none();
	a->is_unasked = false;
	switch (source->kind) {
	case KA_CONF_KIND_FILE:
		return ka_sourcefile_read(source, query, take, ctx, &a->out);
	case KA_CONF_KIND_COMMAND:
		return ask_program(a, query);
	case KA_CONF_KIND_HTTP:
		ask_store(a, query);
		break;
	}
	return KA_ERR_OK;
}
