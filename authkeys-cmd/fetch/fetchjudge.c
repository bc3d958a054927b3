/* The table of outcomes. What is not in it is refused. */
#include "authkeys-cmd/fetch/fetchjudge.h"

#include "authkeys-cmd/fetch/fetchjson.h"
#include "authkeys-cmd/fetch/fetchlines.h"
#include "authkeys-cmd/fetch/fetchpace.h"
#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

static bool is_not_found(const struct ka_conf_source *s, unsigned status)
{
	struct ka_span rest = ka_span_of(s->not_found), word;
	uint64_t n;

	while (ka_text_word(&rest, &word))
		if (ka_text_to_u64(word, 999, &n) && n == status)
			return true;
	return false;
}

/* by status alone */
static enum ka_reason of_status(const struct ka_fetchjudge_ask *ask, const struct ka_fetchhttp_answer *a)
{
	const unsigned n = a->status;

	if (n == 200 || (n == 304 && ask->was_conditional))
		return KA_REASON_NONE;
	/* a list that is not there is not an empty list */
	if (ask->what == KA_FETCH_KEYS && is_not_found(ask->source, n))
		return KA_REASON_STORE_NO_KEYS;
	if (n == 429 || (n == 403 && (a->head.retry_after >= 0 || a->head.is_exhausted)))
		return KA_REASON_STORE_RATE_LIMITED;
	if (n == 401 || n == 403)
		return KA_REASON_STORE_DENIED;
	if (n == 304)
		return KA_REASON_STORE_BAD_ANSWER;
	if (n >= 300 && n < 400)
		return KA_REASON_STORE_REDIRECT;
	return KA_REASON_STORE_HTTP_STATUS;
}

static enum ka_reason of_body(const struct ka_fetchjudge_ask *ask, struct ka_span bytes, struct ka_buf *body, int64_t *serial)
{
	enum ka_reason reason;

	if (ask->what != KA_FETCH_KEYS || ask->source->format == KA_CONF_FORMAT_SIGNED) {
		ka_buf_span(body, bytes);
		return ka_buf_check(body) == KA_ERR_OK ? KA_REASON_NONE : KA_REASON_STORE_TOO_LARGE;
	}
	if (ask->source->format == KA_CONF_FORMAT_LINES)
		return ka_fetchlines_take(bytes, ask->line_prefix, body);
	reason = ka_fetchjson_map(ask->source, bytes, ask->now, body, serial);
	/* what was in the right place may be anything */
	return reason == KA_REASON_NONE ? ka_fetchlines_judge(ka_buf_as_span(body)) : reason;
}

void ka_fetchjudge(const struct ka_fetchjudge_ask *ask, const struct ka_fetchhttp_answer *a, struct ka_buf *body, struct ka_fetchjudge *out)
{
	*out = (struct ka_fetchjudge){ .reason = a->reason };
	if (out->reason == KA_REASON_NONE)
		out->reason = of_status(ask, a);
	if (out->reason != KA_REASON_NONE)
		return;
	out->is_same = a->status == 304;
	if (out->is_same)
		return;
	if (a->head.is_encoded)
		out->reason = KA_REASON_STORE_BAD_ANSWER;
	else
		out->reason = of_body(ask, (struct ka_span){ (const uint8_t *)a->body, a->len }, body, &out->serial);
}

int64_t ka_fetchjudge_until(enum ka_reason reason, const struct ka_fetchhead *h, int64_t now, uint64_t random)
{
	if (reason == KA_REASON_STORE_DENIED) /* an answer about this request; the next one may be allowed */
		return now;
	return now + (ka_fetchpace_off_ms(1, h->retry_after >= 0 ? h->retry_after : KA_FETCHPACE_NOT_ASKED, random) + 999) / 1000;
}
