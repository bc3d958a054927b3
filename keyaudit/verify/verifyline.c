/* Reading one line of a trail for the judge. What is rare is read as JSON, everything else by its end alone. */
#include "keyaudit/verify/verifyline.h"

#include <string.h>

#include <jansson.h>

#include "base/text.h"

#include "base/poison.h"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

static void copy_hex(const char *text, char *out, size_t size)
{
	for (const char *p = text; *p != '\0'; p++)
		if (!ka_text_is_digit((uint8_t)*p) && !(*p >= 'a' && *p <= 'f'))
			return;
	if (strlen(text) == size - 1)
		memcpy(out, text, size);
}

static void read_fragment(const json_t *trail, struct ka_verifyline *out)
{
	const json_t *fragment = json_object_get(trail, "fragment");
	json_int_t len = json_integer_value(json_object_get(fragment, "bytes"));

	out->torn_len = len > 0 ? (uint64_t)len : 0;
	copy_hex(text_of(fragment, "hash"), out->torn_hash, sizeof(out->torn_hash));
}

static void read_genesis(const json_t *trail, struct ka_verifyline *out)
{
	const char *begin = text_of(trail, "begin");

	out->is_renamed = strcmp(begin, "renamed") == 0;
	out->goes_on = out->is_renamed || strcmp(begin, "rotated") == 0;
	read_fragment(trail, out);
}

/* what the trail says about itself, docs/json.md */
static const struct special {
	const char *action;
	enum ka_verifyline_kind kind;
	void (*read)(const json_t *trail, struct ka_verifyline *out); /* NULL: nothing but the chain */
} specials[] = {
	{ "trail-genesis", KA_VERIFYLINE_GENESIS, read_genesis },
	{ "trail-rotate", KA_VERIFYLINE_ROTATE, NULL },
	{ "trail-recovery", KA_VERIFYLINE_RECOVERY, read_fragment },
};

static void read_special(struct ka_span line, struct ka_verifyline *out)
{
	json_t *event = json_loadb((const char *)line.p, line.len, JSON_REJECT_DUPLICATES, NULL);
	const char *action = text_of(json_object_get(event, "event"), "action");

	for (size_t i = 0; i < KA_ARRAY_LEN(specials); i++) {
		const json_t *trail = json_object_get(json_object_get(event, "keyaudit"), "trail");

		if (strcmp(action, specials[i].action) != 0)
			continue;
		out->kind = specials[i].kind;
		copy_hex(text_of(trail, "chain"), out->chain, sizeof(out->chain));
		if (specials[i].read != NULL)
			specials[i].read(trail, out);
	}
	json_decref(event);
}

bool ka_verifyline_read(struct ka_span line, struct ka_verifyline *out)
{
	static const char mark[] = "\"action\":\"trail-"; /* a stranger's quotes have a backslash before them */

	if (line.len >= KA_EVENT_LINE_MAX || !ka_chain_parse(line, &out->link))
		return false;
	out->kind = KA_VERIFYLINE_RECORD;
	out->chain[0] = out->torn_hash[0] = '\0';
	out->torn_len = 0;
	out->goes_on = out->is_renamed = false;
	if (memmem(line.p, line.len, mark, sizeof(mark) - 1) != NULL)
		read_special(line, out);
	return true;
}

void ka_verifyline_time(struct ka_span line, char out[static KA_CLOCK_TEXT_MAX])
{
	static const char begin[] = "{\"@timestamp\":\"";
	size_t n = 0;

	out[0] = '\0';
	if (!ka_span_starts(line, begin))
		return;
	line = ka_span_sub(line, sizeof(begin) - 1, KA_CLOCK_TEXT_MAX);
	while (n < line.len && n < KA_CLOCK_TEXT_MAX - 1 && (ka_text_is_alnum(line.p[n]) || memchr(":-.", line.p[n], 3) != NULL))
		n++;
	if (n < line.len && line.p[n] == '"')
		(void)ka_span_copy(ka_span_sub(line, 0, n), out, KA_CLOCK_TEXT_MAX);
}

void ka_verifytorn_begin(struct ka_verifytorn *t)
{
	t->len = t->pieces = 0;
	t->is_ended = false;
}

bool ka_verifytorn_add(struct ka_verifytorn *t, struct ka_span line, bool ended)
{
	if (line.len + 1 > sizeof(t->bytes) - t->len)
		return false;
	if (t->pieces++ > 0 && t->is_ended)
		t->bytes[t->len++] = '\n';
	if (line.len > 0)
		memcpy(t->bytes + t->len, line.p, line.len);
	t->len += line.len;
	t->is_ended = ended;
	return true;
}

bool ka_verifytorn_is_named(const struct ka_verifytorn *t, const struct ka_verifyline *line)
{
	struct ka_span bytes = { (const uint8_t *)t->bytes, t->len };
	char hash[KA_CHAIN_HEX];

	if (t->len != line->torn_len || !ka_chain_is_fragment(bytes))
		return false;
	ka_chain_fragment_hash(bytes, hash);
	return strcmp(hash, line->torn_hash) == 0;
}
