/* The form kv. What is between quotes is the only text of strangers that may hold a blank. */
#include "keyaudit/form/formkv.h"

#include <string.h>

#include "audit/event.h"
#include "audit/eventsay.h"
#include "base/text.h"
#include "keyaudit/form/formtext.h"
#include "keyaudit/form/formview.h"

#include "base/poison.h"

enum kind { WORD, QUOTED, ADDRESS, PORT, OCTAL, COUNT, SOURCE };

/* in the order of the line */
static const struct row {
	const char *name, *path;
	enum kind kind;
	size_t max;
} rows[] = {
	{ ": reason=", "event.code", WORD, 0 },
	{ " user=", "user.name", QUOTED, KA_TEXT_USER_MAX },
	{ " rhost=", "source.ip", ADDRESS, 0 },
	{ " port=", "source.port", PORT, 65535 },
	{ " fp=", "keyaudit.key.fingerprint", WORD, 0 },
	{ " path=", "file.path", QUOTED, 0 },
	{ " mode=", "file.mode", OCTAL, 0 },
	{ " event=", "event.id", WORD, 0 },
	{ " ref=", "keyaudit.ref", WORD, 0 },
	{ " count=", "keyaudit.count", COUNT, INT64_MAX },
	{ " source=", "keyaudit.sources", SOURCE, 0 },
};

/* a word of ours is no longer than that; strangers' ones do not make the line endless */
static void put_word(struct ka_buf *b, const char *text)
{
	ka_text_percent(b, ka_span_sub(ka_span_of(text), 0, KA_FPR_TEXT_MAX));
}

void ka_formkv_title(const json_t *event, struct ka_buf *out)
{
	const char *action = ka_formview_text(event, "event.action");

	for (unsigned i = 0; i < KA_EVENT_COUNT; i++)
		if (strcmp(action, ka_event_action_text((enum ka_action_event)i)) == 0) {
			ka_buf_text(out, ka_eventsay_title((enum ka_action_event)i));
			return;
		}
	put_word(out, action);
}

static void put_octal(struct ka_buf *b, const char *text)
{
	size_t n = strlen(text);

	ka_buf_text(b, n > 0 && n <= 5 && strspn(text, "01234567") == n ? text : "-");
}

static void put_number(const json_t *event, const struct row *r, struct ka_buf *b)
{
	uint64_t n;

	if (ka_formview_number(event, r->path, r->max, &n) && n > 0)
		ka_buf_u64(b, n);
	else
		ka_buf_char(b, '-');
}

/* the name before the first blank; of housekeeping alone, since a login may have asked many */
static struct ka_span source_of(const json_t *event)
{
	const char *text = json_string_value(json_array_get(ka_formview_at(event, "keyaudit.sources"), 0));
	struct ka_span all = ka_span_of(text != NULL && ka_formview_at(event, "keyaudit.count") != NULL ? text : "");

	return ka_span_sub(all, 0, ka_span_find(all, ' '));
}

/* what not every event has */
static bool is_absent(const json_t *event, const struct row *r)
{
	return (r->kind == COUNT && ka_formview_at(event, r->path) == NULL) || (r->kind == SOURCE && source_of(event).len == 0);
}

static void put_value(const json_t *event, const struct row *r, size_t room, struct ka_buf *b)
{
	const char *text = ka_formview_text(event, r->path);
	char ip[64];

	switch (r->kind) {
	case WORD:
		put_word(b, text);
		break;
	case QUOTED:
		ka_formtext_quoted(b, text, r->max > 0 ? r->max : room < KA_TEXT_PATH_MAX ? room : KA_TEXT_PATH_MAX);
		break;
	case ADDRESS:
		ka_buf_text(b, ka_formview_ip(event, r->path, ip) ? ip : "-");
		break;
	case PORT:
	case COUNT:
		put_number(event, r, b);
		break;
	case SOURCE:
		ka_text_percent(b, ka_span_sub(source_of(event), 0, KA_SOURCE_NAME_MAX));
		break;
	case OCTAL:
	default:
		put_octal(b, text);
		break;
	}
}

static void put_rows(const json_t *event, size_t from, size_t to, size_t room, struct ka_buf *b)
{
	for (size_t i = from; i < to; i++) {
		if (is_absent(event, &rows[i]))
			continue;
		ka_buf_text(b, rows[i].name);
		put_value(event, &rows[i], room, b);
	}
}

/* where the path stands: it gets what the others leave of a line that an old relay passes on */
static size_t path_row(void)
{
	size_t i = 0;

	while (rows[i].kind != QUOTED || rows[i].max > 0)
		i++;
	return i;
}

void ka_formkv_write(const json_t *event, struct ka_buf *out)
{
	const size_t whole = KA_SYSLOG_LINE_MAX - KA_SYSLOG_HEADER_MAX - 1;
	size_t path = path_row(), begin = out->len, used;
	char back[KA_SYSLOG_LINE_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, back);
	ka_formkv_title(event, out);
	put_rows(event, 0, path, 0, out);
	put_rows(event, path + 1, KA_ARRAY_LEN(rows), 0, &b);
	used = out->len - begin + b.len + strlen(rows[path].name) + 2; /* 2: its quotes */
	put_rows(event, path, path + 1, used + KA_KV_PATH_MIN < whole ? whole - used : KA_KV_PATH_MIN, out);
	ka_buf_span(out, ka_buf_as_span(&b));
}
