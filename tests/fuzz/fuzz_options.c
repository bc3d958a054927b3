/* An option list: what is accepted is written so that it reads back as the same options, and nothing slips into a line. */
#include "key/keyopts.h"

#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

static char first[2 * KA_LINE_MAX], second[2 * KA_LINE_MAX];
static struct ka_keyopts o, again;

static struct ka_span emit(const struct ka_keyopts *from, char *text, size_t size)
{
	struct ka_buf b;

	ka_buf_init(&b, text, size);
	ka_keyopts_emit(from, &b);
	MUST(ka_buf_check(&b) == KA_ERR_OK);
	return ka_buf_as_span(&b);
}

static void judge_item(const struct ka_keyopt_item *item)
{
	int64_t at;

	if (item->opt == KA_KEYOPT_EXPIRY_TIME)
		MUST(ka_keyopts_expiry(item->value, 0, &at) && at > 0);
	if (item->opt == KA_KEYOPT_FROM)
		MUST(ka_keyopts_from_matches(item->value, "host.example.org", "192.0.2.1") >= 0);
}

/* people are told something of every list that is refused, and nothing else; no byte of it moves their terminal */
static void judge_words(const struct ka_keyopts *of)
{
	char text[KA_OPT_WHAT_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_keyopts_what(of, &b);
	MUST(ka_buf_check(&b) == KA_ERR_OK && (b.len > 0) == (of->reason != KA_REASON_NONE));
	MUST(ka_text_is_plain(ka_buf_as_span(&b)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_span text = { data, size };

	if (size > KA_LINE_MAX)
		return 0;
	(void)ka_keyopts_nearest(text);
	(void)ka_keyopts_from_matches(text, "host.example.org", "2001:db8::1");
	ka_keyopts_parse(text, 1, &o);
	MUST(o.column >= 1 && o.column <= size + 1 && o.count <= KA_OPTS_MAX);
	MUST(o.culprit.len == 0 || (o.culprit.p >= data && o.culprit.p + o.culprit.len <= data + size));
	MUST(o.name.len == 0 || (o.name.p >= data && o.name.p + o.name.len <= data + size));
	judge_words(&o);
	if (o.reason != KA_REASON_NONE || o.truncated)
		return 0;
	text = emit(&o, first, sizeof(first));
	MUST(ka_span_find(text, '\n') == text.len && ka_span_find(text, 0) == text.len);
	ka_keyopts_parse(text, 1, &again);
	MUST(again.reason == KA_REASON_NONE && again.count == o.count);
	for (size_t i = 0; i < o.count; i++) {
		MUST(again.items[i].opt == o.items[i].opt && again.items[i].is_no == o.items[i].is_no);
		MUST(ka_span_equal(again.items[i].value, o.items[i].value));
		judge_item(&o.items[i]);
	}
	emit(&again, second, sizeof(second));
	MUST(strcmp(first, second) == 0);
	return 0;
}
