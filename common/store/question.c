/* The settings that shape an answer. */
#include "store/question.h"

#include "base/err.h"
#include "conf/confexpand.h"

#include "base/poison.h"

void ka_question_hash(const struct ka_conf_source *s, const char *urls, char out[static KA_ENTRY_HEX])
{
	static const char *const formats[] = {
		[KA_CONF_FORMAT_SIGNED] = "signed", [KA_CONF_FORMAT_LINES] = "lines", [KA_CONF_FORMAT_JSON] = "json",
	};
	/* small settings, one letter each */
	const char small[] = {
		(char)('a' + s->decode), (char)('a' + s->expires_unit), (char)('a' + s->items_absent),
		s->split_lines ? 'y' : 'n', s->next_link ? 'y' : 'n', '\0',
	};
	const char *const parts[] = {
		urls, formats[s->format], s->method, s->host_id, s->body, s->headers, s->line_prefix, small,
		s->items, s->key, s->key_options, s->expires, s->where, s->label, s->serial,
	};

	ka_entry_hash(parts, KA_ARRAY_LEN(parts), out);
}

static bool holds(const struct ka_conf_source *s, uint8_t token)
{
	return ka_confexpand_has(ka_span_of(s->url), token) || ka_confexpand_has(ka_span_of(s->headers), token) ||
	       ka_confexpand_has(ka_span_of(s->body), token);
}

bool ka_question_has_fp(const struct ka_conf_source *s)
{
	return holds(s, 'f') || holds(s, 'k');
}

bool ka_question_has_key(const struct ka_conf_source *s)
{
	return holds(s, 'k');
}
