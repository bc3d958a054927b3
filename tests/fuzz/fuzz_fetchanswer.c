/*
 * What comes over the network beside JSON: header lines, and behind a byte 1 a text of keys, read without and with a prefix.
 * What goes back into a request or into an entry is one clean line; lines that are taken have no CR before their end.
 */
#include <string.h>

#include "authkeys-cmd/fetch/fetchbreaker.h"
#include "authkeys-cmd/fetch/fetchhead.h"
#include "authkeys-cmd/fetch/fetchlines.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

#define NOW 1790000000

static char kept[KA_STORE_BODY_MAX + 1];

static void check_head(struct ka_span text)
{
	struct ka_fetchhead h;
	struct ka_cursor c;
	struct ka_span line;

	ka_fetchhead_init(&h);
	ka_cursor_init(&c, text.p, text.len);
	while (ka_cursor_line(&c, &line, NULL)) {
		ka_fetchhead_line(&h, line, NOW);
		MUST(h.max_age >= -1 && h.swr >= -1 && h.sie >= -1 && h.retry_after >= -1 && h.age >= 0);
		MUST(ka_text_is_plain(ka_span_of(h.etag)) && ka_text_is_plain(ka_span_of(h.modified)));
		MUST(strlen(h.next) < sizeof(h.next) && ka_fetchhead_date(line) >= -1);
	}
}

static void check_take(struct ka_span text, const char *prefix)
{
	enum ka_reason reason;
	struct ka_cursor c;
	struct ka_span line;
	struct ka_buf b;

	ka_buf_init_array(&b, kept);
	reason = ka_fetchlines_take(text, prefix, &b);
	MUST(reason == KA_REASON_NONE || reason == KA_REASON_STORE_NO_KEYS || reason == KA_REASON_STORE_BAD_ANSWER ||
	     reason == KA_REASON_STORE_TOO_LARGE);
	if (reason != KA_REASON_NONE)
		return;
	MUST(ka_buf_check(&b) == KA_ERR_OK && b.len > 0 && kept[b.len - 1] == '\n');
	MUST(ka_fetchlines_judge(ka_buf_as_span(&b)) == KA_REASON_NONE);
	ka_cursor_init(&c, (const uint8_t *)kept, b.len);
	while (ka_cursor_line(&c, &line, NULL))
		MUST(line.len <= KA_LINE_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_span rest = { data, size }, head;
	struct ka_fetchbreaker breaker;

	if (size == 0 || !ka_text_split(&rest, 1, &head))
		return 0;
	check_head(head);
	check_take(rest, "");
	check_take(rest, "alice:");
	ka_fetchbreaker_parse(head, &breaker);
	MUST(breaker.failures <= KA_FETCH_BREAKER_FAILURES && breaker.until >= 0);
	return 0;
}
