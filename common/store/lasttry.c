/* Failures written down. Pure. */
#include "store/lasttry.h"

#include "base/fields.h"
#include "base/err.h"
#include "base/limits.h"

#include "base/poison.h"

/* what a fetch may come to: the store's answers, and what this host's own configuration or memory did */
static bool is_of_a_fetch(struct ka_span id)
{
	return ka_span_starts(id, "store.") || ka_span_starts(id, "conf.") || ka_span_starts(id, "internal.");
}

bool ka_lasttry_parse(struct ka_span bytes, struct ka_lasttry *t)
{
	const struct ka_span line = ka_span_sub(bytes, 0, bytes.len > 0 ? bytes.len - 1 : 0);
	struct ka_span id;
	struct ka_fields f;

	if (bytes.len == 0 || bytes.p[bytes.len - 1] != '\n' || !ka_fields_init(&f, line, "ka1 fail"))
		return false;
	t->at = ka_fields_i64(&f, "at", KA_ENTRY_TIME_MAX);
	id = ka_fields_raw(&f, "reason");
	t->status = (unsigned)ka_fields_i64(&f, "status", 999);
	t->mirror = (unsigned)ka_fields_i64(&f, "mirror", KA_MIRRORS_MAX);
	t->until = ka_fields_i64(&f, "until", KA_ENTRY_TIME_MAX);
	t->reason = is_of_a_fetch(id) ? ka_reason_find((const char *)id.p, id.len) : KA_REASON_NONE;
	return ka_fields_end(&f) && t->reason != KA_REASON_NONE;
}

void ka_lasttry_write(const struct ka_lasttry *t, struct ka_buf *out)
{
	ka_buf_text(out, "ka1 fail");
	ka_fields_put_i64(out, "at", t->at);
	ka_fields_put_text(out, "reason", ka_reason_id(t->reason));
	ka_fields_put_i64(out, "status", t->status);
	ka_fields_put_i64(out, "mirror", t->mirror);
	ka_fields_put_i64(out, "until", t->until);
	ka_buf_char(out, '\n');
}

bool ka_lasttry_is_off(const struct ka_lasttry *t, int64_t now)
{
	return now < t->until && t->until - now <= KA_FETCH_OFF_MAX_SEC;
}

bool ka_lasttry_is_unavailable(const struct ka_lasttry *t)
{
	static const enum ka_reason unavailable[] = {
		KA_REASON_STORE_UNREACHABLE, KA_REASON_STORE_TIMEOUT, KA_REASON_STORE_TLS,
		KA_REASON_STORE_RATE_LIMITED, KA_REASON_STORE_BREAKER_OPEN,
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(unavailable); i++)
		if (t->reason == unavailable[i])
			return true;
	return t->reason == KA_REASON_STORE_HTTP_STATUS && (t->status >= 500 || t->status == 408);
}
