/* A line: what is accepted comes back as the same key from what we write; what is refused writes nothing. */
#include "key/keyline.h"

#include <string.h>

#include "base/err.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

static char first[2 * KA_LINE_MAX], second[2 * KA_LINE_MAX];
static uint8_t storage[KA_BLOB_MAX], storage_again[KA_BLOB_MAX];
static struct ka_keyline k, again;

static bool is_inside(struct ka_span part, struct ka_span line)
{
	return part.len == 0 || (part.p >= line.p && part.p + part.len <= line.p + line.len);
}

static struct ka_span emit(const struct ka_keyline *from, const char *forced, char *text, size_t size)
{
	struct ka_buf b;

	ka_buf_init(&b, text, size);
	ka_keyline_emit(from, forced, &b);
	MUST(ka_buf_check(&b) == KA_ERR_OK);
	return ka_buf_as_span(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_span line = { data, size }, text;

	ka_keyline_parse(line, storage, &k);
	MUST(k.column >= 1 && (k.column <= size + 1 || size > KA_LINE_MAX));
	MUST(is_inside(k.options_text, line) && is_inside(k.type_word, line));
	MUST(is_inside(k.base64, line) && is_inside(k.comment, line));
	text = emit(&k, "", first, sizeof(first));
	if (k.reason != KA_REASON_NONE || k.options.truncated) {
		MUST(text.len == 0);
		return 0;
	}
	MUST(text.len > 0 && ka_span_find(text, '\n') == text.len - 1 && ka_span_find(text, 0) == text.len);
	text.len--;
	ka_keyline_parse(text, storage_again, &again);
	MUST(again.reason == KA_REASON_NONE && ka_span_equal(again.key.blob, k.key.blob));
	MUST(again.options.count == k.options.count && again.comment.len == 0);
	text = emit(&again, "", second, sizeof(second));
	MUST(strcmp(first, second) == 0);
	text = emit(&k, "restrict", first, sizeof(first));
	text.len--;
	ka_keyline_parse(text, storage_again, &again);
	MUST(again.reason == KA_REASON_NONE && again.options.count > 0);
	MUST(again.options.truncated || again.options.items[again.options.count - 1].opt == KA_KEYOPT_RESTRICT);
	return 0;
}
