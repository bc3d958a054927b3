/* A line of anybody's trail in every form: one line, no byte that moves a cursor; JSON stays JSON, and a datagram holds fields. */
#include "keyaudit/form/form.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "keyaudit/sink/sinkaudit.h"
#include "keyaudit/sink/sinkjournal.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

static char out[KA_FORM_LINE_MAX];

static void look_at_fields(const json_t *event)
{
	struct ka_span rest, line;
	struct ka_buf b;

	ka_buf_init(&b, out, KA_SINK_JOURNAL_MAX);
	ka_sinkjournal_write(event, &b);
	MUST(!b.overflow && b.p[b.len - 1] == '\n');
	rest = (struct ka_span){ (const uint8_t *)b.p, b.len - 1 };
	while (ka_text_split(&rest, '\n', &line)) {
		MUST(ka_text_is_plain(line) && line.len > 2 && ka_text_is_upper(line.p[0]));
		MUST(ka_span_find(line, '=') < line.len);
	}
	ka_buf_init(&b, out, KA_SINK_AUDIT_TEXT_MAX);
	if (ka_sinkaudit_write(event, &b))
		MUST(!b.overflow && ka_text_is_plain(ka_buf_as_span(&b)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_span raw = { data, size };
	json_t *event, *again;

	if (size == 0 || size >= KA_EVENT_LINE_MAX || !ka_text_is_plain(raw))
		return 0;
	event = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(event)) {
		json_decref(event);
		return 0;
	}
	for (unsigned i = 0; i < KA_FORM_COUNT; i++) {
		struct ka_buf b;
		enum ka_err err;

		ka_buf_init_array(&b, out);
		err = ka_form_write((enum ka_form)i, raw, event, &b);
		MUST(err == KA_ERR_OK || (err == KA_ERR_SYNTAX && b.len == 0));
		if (err != KA_ERR_OK)
			continue;
		MUST(b.p[b.len - 1] == '\n' && ka_text_is_plain((struct ka_span){ (const uint8_t *)b.p, b.len - 1 }));
		if (i > KA_FORM_OCSF)
			continue;
		again = json_loadb(b.p, b.len, JSON_REJECT_DUPLICATES, NULL);
		MUST(json_is_object(again));
		json_decref(again);
	}
	look_at_fields(event);
	json_decref(event);
	return 0;
}
