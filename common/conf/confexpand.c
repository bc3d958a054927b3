/* A % and the letter behind it. What is not listed is an error, so that a later release can give it a meaning. */
#include "conf/confexpand.h"

#include <string.h>

#include "base/poison.h"

/* the byte behind the first %, and the rest behind that; false when there is no % any more */
static bool next(struct ka_span *rest, uint8_t *token)
{
	size_t at = ka_span_find(*rest, '%');

	if (at == rest->len)
		return false;
	*token = at + 1 < rest->len ? rest->p[at + 1] : 0;
	*rest = ka_span_sub(*rest, at + 2, rest->len);
	return true;
}

static bool is_listed(const char *tokens, uint8_t token)
{
	return token != 0 && strchr(tokens, token) != NULL;
}

/* (TEXT) of %b, taken off the front */
static bool take_base64(struct ka_span *rest, const char *tokens)
{
	size_t end = ka_span_find(*rest, ')');
	struct ka_span inside = ka_span_sub(*rest, 1, end - 1);
	uint8_t token = 0;

	if (!ka_span_starts(*rest, "(") || end == rest->len)
		return false;
	while (next(&inside, &token))
		if (token == 'b' || !is_listed(tokens, token))
			return false;
	*rest = ka_span_sub(*rest, end + 1, rest->len);
	return true;
}

bool ka_confexpand_is_right(struct ka_span text, const char *tokens)
{
	uint8_t token = 0;

	while (next(&text, &token))
		if (!is_listed(tokens, token) || (token == 'b' && !take_base64(&text, tokens)))
			return false;
	return true;
}

bool ka_confexpand_has(struct ka_span text, uint8_t token)
{
	uint8_t t = 0;

	while (next(&text, &t))
		if (t == token)
			return true;
	return false;
}
