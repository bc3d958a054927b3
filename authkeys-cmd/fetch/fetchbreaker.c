/* The breaker's arithmetic. */
#include "authkeys-cmd/fetch/fetchbreaker.h"

#include "base/fields.h"
#include "base/limits.h"

#include "base/poison.h"

bool ka_fetchbreaker_may(struct ka_fetchbreaker *b, int64_t now)
{
	if (b->failures < KA_FETCH_BREAKER_FAILURES)
		return true;
	/* a clock that was set back must not keep it open for ever */
	if (now < b->until && b->until - now <= KA_FETCH_BREAKER_SEC)
		return false;
	b->until = now + KA_FETCH_BREAKER_SEC;
	return true;
}

bool ka_fetchbreaker_note(struct ka_fetchbreaker *b, bool success, int64_t now)
{
	struct ka_fetchbreaker before = *b;

	if (success) {
		*b = (struct ka_fetchbreaker){ 0, 0 };
	} else {
		b->failures += b->failures < KA_FETCH_BREAKER_FAILURES;
		b->until = b->failures == KA_FETCH_BREAKER_FAILURES ? now + KA_FETCH_BREAKER_SEC : 0;
	}
	return b->failures != before.failures || b->until != before.until;
}

void ka_fetchbreaker_parse(struct ka_span text, struct ka_fetchbreaker *b)
{
	const struct ka_span line = ka_span_sub(text, 0, text.len > 0 ? text.len - 1 : 0);
	struct ka_fields f;

	ka_fields_init(&f, line, "ka1 breaker");
	b->failures = (unsigned)ka_fields_i64(&f, "failures", KA_FETCH_BREAKER_FAILURES);
	b->until = ka_fields_i64(&f, "until", KA_ENTRY_TIME_MAX);
	if (!ka_fields_end(&f))
		*b = (struct ka_fetchbreaker){ 0, 0 };
}

void ka_fetchbreaker_write(const struct ka_fetchbreaker *b, struct ka_buf *out)
{
	ka_buf_text(out, "ka1 breaker");
	ka_fields_put_i64(out, "failures", b->failures);
	ka_fields_put_i64(out, "until", b->until);
	ka_buf_char(out, '\n');
}
