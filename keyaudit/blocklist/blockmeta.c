/* JSON, bounded and strict about what is acted upon. */
#include "keyaudit/blocklist/blockmeta.h"

#include <string.h>

#include <jansson.h>

#include "base/text.h"
#include "blocklist/blocknames.h"
#include "conf/confurl.h"

#include "base/poison.h"

#define FORMAT 0 /* the only one there is */

static struct ka_span text_of(const json_t *root, const char *name)
{
	return ka_span_of(json_is_string(json_object_get(root, name)) ? json_string_value(json_object_get(root, name)) : "");
}

/* false: it is there and no SHA-256 */
static bool take_sha256(struct ka_span s, char out[static 65])
{
	for (size_t i = 0; i < s.len; i++)
		if (!ka_text_is_digit(s.p[i]) && (ka_text_lower(s.p[i]) < 'a' || ka_text_lower(s.p[i]) > 'f'))
			return false;
	if (s.len != 0 && s.len != 64)
		return false;
	for (size_t i = 0; i < s.len; i++)
		out[i] = (char)ka_text_lower(s.p[i]);
	out[s.len] = '\0';
	return true;
}

/* shown to people and written into a file of ours */
static void take_date(struct ka_span s, char out[static KA_BLOCKMETA_DATE_MAX])
{
	out[0] = '\0';
	for (size_t i = 0; i < s.len; i++)
		if (!ka_text_is_alnum(s.p[i]) && (s.p[i] == '\0' || strchr("-:.+ ", s.p[i]) == NULL))
			return;
	(void)ka_span_copy(s, out, KA_BLOCKMETA_DATE_MAX);
}

static void take_name(const json_t *entry, struct ka_blockmeta *out)
{
	const json_t *id = json_object_get(entry, "id");
	struct ka_span name = text_of(entry, "name");

	if (out->count == KA_BLOCKMETA_NAMES_MAX || !json_is_integer(id) || json_integer_value(id) < 0 ||
	    json_integer_value(id) > UINT8_MAX || !ka_blocknames_is_name(name))
		return;
	out->names[out->count].id = (uint8_t)json_integer_value(id);
	(void)ka_span_copy(name, out->names[out->count].name, sizeof(out->names[0].name));
	out->count++;
}

static const char *take(const json_t *root, struct ka_blockmeta *out)
{
	const json_t *format = json_object_get(root, "bkformat"), *entry;
	struct ka_confurl url;
	size_t i;

	if (!json_is_object(root))
		return "it is no JSON object";
	if (!json_is_integer(format) || json_integer_value(format) != FORMAT)
		return "its bkformat is not 0, the one that is known here";
	if (!take_sha256(text_of(root, "blocklist_sha256"), out->sha256))
		return "its blocklist_sha256 is no SHA-256";
	if (!ka_span_copy(text_of(root, "blocklist_url"), out->url, sizeof(out->url)))
		return "its blocklist_url is too long";
	if (out->url[0] != '\0' && !ka_confurl_parse(ka_span_of(out->url), &url))
		return "its blocklist_url is no address that is taken here";
	take_date(text_of(root, "date"), out->date);
	out->is_deprecated = json_object_get(root, "deprecated") != NULL && !json_is_false(json_object_get(root, "deprecated"));
	json_array_foreach(json_object_get(root, "blocklists"), i, entry)
		take_name(entry, out);
	return NULL;
}

const char *ka_blockmeta_read(struct ka_span text, struct ka_blockmeta *out)
{
	json_t *root = text.len <= KA_BLOCKMETA_MAX ? json_loadb((const char *)text.p, text.len, JSON_REJECT_DUPLICATES, NULL) : NULL;
	const char *wrong = "it is no JSON";

	memset(out, 0, sizeof(*out));
	if (root != NULL)
		wrong = take(root, out);
	json_decref(root);
	return wrong;
}

void ka_blockmeta_names(const struct ka_blockmeta *m, struct ka_buf *out)
{
	ka_buf_text(out, "# the lists of the file beside this one, from badkeysdata.json");
	if (m->date[0] != '\0') {
		ka_buf_text(out, " of ");
		ka_buf_text(out, m->date);
	}
	ka_buf_char(out, '\n');
	for (size_t i = 0; i < m->count; i++) {
		ka_buf_u64(out, m->names[i].id);
		ka_buf_char(out, ' ');
		ka_buf_text(out, m->names[i].name);
		ka_buf_char(out, '\n');
	}
}
