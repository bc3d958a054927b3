/* Two forms of one line. It must never give a key to another account than the line says. */
#include "keyaudit/vet/vetdump.h"

#include <string.h>

#include <jansson.h>

#include "base/text.h"

#include "base/poison.h"

/* a text of the object, copied; false when it is none, empty is fine */
static bool member(const json_t *o, const char *name, char *room, size_t size, struct ka_span *out)
{
	const json_t *v = json_object_get(o, name);
	size_t n = json_string_length(v);

	if (!json_is_string(v))
		return false;
	if (n > size)
		n = size;
	memcpy(room, json_string_value(v), n);
	*out = (struct ka_span){ (const uint8_t *)room, n };
	return true;
}

static enum ka_vetdump_what read_json(struct ka_span text, struct ka_vetdump *out)
{
	json_t *o = json_loadb((const char *)text.p, text.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	bool ok = json_string_length(json_object_get(o, "account")) <= sizeof(out->account_room) &&
		  member(o, "account", out->account_room, sizeof(out->account_room), &out->account) && out->account.len > 0 &&
		  member(o, "line", out->line_room, sizeof(out->line_room), &out->line);

	json_decref(o);
	return ok ? KA_VETDUMP_KEY : KA_VETDUMP_BROKEN;
}

enum ka_vetdump_what ka_vetdump_read(struct ka_span text, struct ka_vetdump *out)
{
	struct ka_span trimmed = ka_text_trim(text);
	size_t tab = ka_span_find(text, '\t');

	if (trimmed.len > 0 && trimmed.p[trimmed.len - 1] == '\r')
		trimmed = ka_text_trim(ka_span_sub(trimmed, 0, trimmed.len - 1));
	if (trimmed.len == 0 || trimmed.p[0] == '#')
		return KA_VETDUMP_NOTHING;
	if (trimmed.p[0] == '{')
		return read_json(trimmed, out);
	if (tab == 0 || tab == text.len || tab > KA_VET_ACCOUNT_MAX)
		return KA_VETDUMP_BROKEN;
	out->account = ka_span_sub(text, 0, tab);
	out->line = ka_span_sub(text, tab + 1, text.len);
	return KA_VETDUMP_KEY;
}
