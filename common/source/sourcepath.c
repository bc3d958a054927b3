/* Expansion of path entries. No value may leave its place in the path: no slash in %u and %U, no ".." in %h. */
#include "source/sourcepath.h"

#include "base/buf.h"
#include "base/text.h"
#include "base/username.h"

#include "base/poison.h"

static bool is_good_home(struct ka_span home)
{
	struct ka_span part;

	if (home.len == 0 || home.p[0] != '/')
		return false;
	while (ka_text_split(&home, '/', &part))
		if (ka_span_is(part, ".."))
			return false;
	return true;
}

bool ka_sourcepath_value(uint8_t token, const struct ka_source_query *query, struct ka_span *out)
{
	const char *text = token == 'u' ? query->user : token == 'U' ? query->uid : token == 'h' ? query->home : NULL;
	struct ka_span value;
	uint64_t number;

	if (text == NULL)
		return false;
	value = ka_span_of(text);
	if (token == 'u' && !ka_username_is_valid(value))
		return false;
	if (token == 'U' && !ka_text_to_u64(value, UINT32_MAX, &number))
		return false;
	if (token == 'h' && !is_good_home(value))
		return false;
	*out = value;
	return true;
}

bool ka_sourcepath_expand(struct ka_span entry, const struct ka_source_query *query, char out[static KA_PATH_TRUSTED_MAX])
{
	struct ka_span value;
	struct ka_buf b;

	ka_buf_init(&b, out, KA_PATH_TRUSTED_MAX);
	for (size_t i = 0; i < entry.len; i++) {
		if (entry.p[i] == '\0')
			return false;
		if (entry.p[i] != '%') {
			ka_buf_char(&b, (char)entry.p[i]);
			continue;
		}
		if (++i == entry.len || !ka_sourcepath_value(entry.p[i], query, &value))
			return false;
		ka_buf_span(&b, value);
	}
	return ka_buf_check(&b) == KA_ERR_OK && out[0] == '/';
}
