/* The form CEF. No value may hold an = or a | of its own that is not marked, and none a newline. */
#include "keyaudit/form/formcef.h"

#include <string.h>

#include "base/limits.h"
#include "keyaudit/form/formkv.h"
#include "keyaudit/form/formtext.h"
#include "keyaudit/form/formview.h"

#include "base/poison.h"

enum kind { TEXT, NUMBER, ADDRESS4, ADDRESS6, TIME };

/* the extension: a key that has no value is left out; @label is what a custom key means */
static const struct row {
	const char *key, *path, *label;
	enum kind kind;
	uint64_t max; /* of a text its bytes, as the format bounds them */
} rows[] = {
	{ "rt", "@timestamp", NULL, TIME, 0 },
	{ "duser", "user.name", NULL, TEXT, 1023 },
	{ "duid", "user.id", NULL, TEXT, 1023 },
	{ "src", "source.ip", NULL, ADDRESS4, 0 },
	{ "c6a2", "source.ip", "Source IPv6 Address", ADDRESS6, 0 },
	{ "spt", "source.port", NULL, NUMBER, 65535 },
	{ "dst", "destination.ip", NULL, ADDRESS4, 0 },
	{ "c6a3", "destination.ip", "Destination IPv6 Address", ADDRESS6, 0 },
	{ "dpt", "destination.port", NULL, NUMBER, 65535 },
	{ "dhost", "host.name", NULL, TEXT, 1023 },
	{ "app", "network.protocol", NULL, TEXT, 31 },
	{ "dproc", "process.name", NULL, TEXT, 1023 },
	{ "dpid", "process.pid", NULL, NUMBER, INT32_MAX },
	{ "act", "event.action", NULL, TEXT, 63 },
	{ "outcome", "event.outcome", NULL, TEXT, 63 },
	{ "reason", "event.reason", NULL, TEXT, 1023 },
	{ "filePath", "file.path", NULL, TEXT, 1023 },
	{ "filePermission", "file.mode", NULL, TEXT, 1023 },
	{ "cs1", "keyaudit.key.fingerprint", "keyFingerprint", TEXT, 4000 },
	{ "cs2", "keyaudit.key.type", "keyType", TEXT, 4000 },
	{ "cs3", "keyaudit.ref", "reference", TEXT, 4000 },
	{ "cs4", "keyaudit.trust", "trust", TEXT, 4000 },
	{ "cs5", "keyaudit.fix", "fix", TEXT, 4000 },
	{ "cs6", "keyaudit.key.label", "keyLabel", TEXT, 4000 },
	{ "cn1", "keyaudit.seq", "sequence", NUMBER, INT64_MAX },
	{ "cnt", "keyaudit.count", NULL, NUMBER, INT32_MAX },
	{ "externalId", "event.id", NULL, TEXT, 40 },
	{ "msg", "message", NULL, TEXT, 1023 },
};

static void begin(struct ka_buf *b, const struct row *r, bool *first)
{
	if (!*first)
		ka_buf_char(b, ' ');
	*first = false;
	if (r->label != NULL) {
		ka_buf_text(b, r->key);
		ka_buf_text(b, "Label=");
		ka_buf_text(b, r->label);
		ka_buf_char(b, ' ');
	}
	ka_buf_text(b, r->key);
	ka_buf_char(b, '=');
}

static void put_number(const json_t *event, const struct row *r, bool *first, struct ka_buf *b)
{
	uint64_t n;

	if (!ka_formview_number(event, r->path, r->max, &n))
		return;
	begin(b, r, first);
	ka_buf_u64(b, n);
}

static void put_address(const json_t *event, const struct row *r, bool *first, struct ka_buf *b)
{
	char ip[64];

	if (!ka_formview_ip(event, r->path, ip) || (strchr(ip, ':') != NULL) != (r->kind == ADDRESS6))
		return;
	begin(b, r, first);
	ka_buf_text(b, ip);
}

static void put_row(const json_t *event, const struct row *r, bool *first, struct ka_buf *b)
{
	const char *text = ka_formview_text(event, r->path);
	int64_t ms;

	if (r->kind == NUMBER) {
		put_number(event, r, first, b);
	} else if (r->kind == ADDRESS4 || r->kind == ADDRESS6) {
		put_address(event, r, first, b);
	} else if (r->kind == TIME && ka_formview_ms(event, &ms)) {
		begin(b, r, first);
		ka_buf_i64(b, ms);
	} else if (r->kind == TEXT && text[0] != '\0') {
		begin(b, r, first);
		ka_formtext_equals(b, text, r->max);
	}
}

void ka_formcef_write(const json_t *event, struct ka_buf *out)
{
	const char *code = ka_formview_text(event, "event.code");
	char title[256];
	struct ka_buf t;
	uint64_t severity;
	bool first = true;

	ka_buf_init_array(&t, title);
	ka_formkv_title(event, &t);
	ka_buf_text(out, "CEF:0|keyaudit|keyaudit|" KA_VERSION "|");
	ka_formtext_pipe(out, code[0] != '\0' ? code : ka_formview_text(event, "event.action"), 1023);
	ka_buf_char(out, '|');
	ka_formtext_pipe(out, title, 512);
	ka_buf_char(out, '|');
	(void)ka_formview_number(event, "event.severity", 10, &severity);
	ka_buf_u64(out, severity);
	ka_buf_char(out, '|');
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		put_row(event, &rows[i], &first, out);
}
