/*
 * A source that reads JSON, and a document for it, parted by a byte 1: refused, or lines of which at least one is a key, each of
 * them one line, and as many as a list may have. Where nothing is decoded, no key comes out that does not stand in the document.
 */
#include <string.h>

#include "authkeys-cmd/fetch/fetchjson.h"
#include "authkeys-cmd/fetch/fetchlines.h"
#include "base/limits.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

static struct ka_conf conf;
static char lines[KA_STORE_BODY_MAX + 1], again[KA_STORE_BODY_MAX + 1];

static const struct ka_conf_source *read_source(struct ka_span lines_of_it)
{
	struct ka_conf_errors errors = { .count = 0 };
	static char text[8192];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "[lookup]\nsources = corp\n[source corp]\ntype = http\nurl = https://keys.test/%u\nformat = json\n");
	ka_buf_span(&b, lines_of_it);
	ka_conf_default(&conf);
	ka_conf_read(&conf, "a", ka_buf_as_span(&b), &errors);
	ka_conf_finish(&conf, &errors);
	if (ka_buf_check(&b) != KA_ERR_OK || errors.count > 0 || conf.sources_count != 1)
		return NULL;
	return conf.sources[0].format == KA_CONF_FORMAT_JSON ? &conf.sources[0] : NULL;
}

static void check_lines(struct ka_span text)
{
	struct ka_cursor c;
	struct ka_span line;

	MUST(text.len > 0 && text.p[text.len - 1] == '\n');
	MUST(ka_span_find(text, '\0') == text.len && ka_span_find(text, '\r') == text.len);
	ka_cursor_init(&c, text.p, text.len);
	while (ka_cursor_line(&c, &line, NULL))
		MUST(line.len > 0 && line.len <= KA_LINE_MAX && line.p[0] != '#');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_span rest = { data, size }, head;
	const struct ka_conf_source *s;
	int64_t serial = 0, same = 0;
	enum ka_reason reason;
	struct ka_buf b, c;

	if (!ka_text_split(&rest, 1, &head))
		return 0;
	s = read_source(head);
	if (s == NULL)
		return 0;
	ka_buf_init_array(&b, lines);
	reason = ka_fetchjson_map(s, rest, 1790000000, &b, &serial);
	MUST(serial >= 0);
	ka_buf_init_array(&c, again);
	MUST(ka_fetchjson_map(s, rest, 1790000000, &c, &same) == reason && same == serial);
	if (reason != KA_REASON_NONE) {
		MUST(reason == KA_REASON_STORE_BAD_ANSWER || reason == KA_REASON_STORE_NO_KEYS || reason == KA_REASON_STORE_TOO_LARGE);
		return 0;
	}
	MUST(ka_buf_check(&b) == KA_ERR_OK && ka_span_equal(ka_buf_as_span(&b), ka_buf_as_span(&c)));
	check_lines(ka_buf_as_span(&b));
	(void)ka_fetchlines_judge(ka_buf_as_span(&b));
	return 0;
}
