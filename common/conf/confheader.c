/* Header fields. A name is compared without case, as a server does. */
#include "conf/confheader.h"

#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "conf/confexpand.h"

#include "base/poison.h"

/* set by the client; a second one would be read by one server and not by the other */
static const char own[][20] = {
	"accept", "accept-encoding", "connection", "content-encoding", "content-length", "content-type", "expect", "host",
	"if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "keep-alive", "range", "te",
	"trailer", "transfer-encoding", "upgrade", "user-agent",
};

/* parts of names whose value is not for everybody's eyes */
static const char secret[][12] = { "token", "authoriz", "secret", "cookie", "api-key", "apikey", "passw", "x-auth" };

/* RFC 9110 5.6.2 */
static bool is_token(struct ka_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ka_text_is_alnum(s.p[i]) && (s.p[i] == '\0' || strchr("!#$%&'*+-.^_`|~", s.p[i]) == NULL))
			return false;
	return s.len > 0 && s.len < 64;
}

static bool is_own(struct ka_span name)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(own); i++)
		if (ka_text_equal_nocase(name, ka_span_of(own[i])))
			return true;
	return false;
}

static bool is_secret(struct ka_span name)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(secret); i++)
		for (size_t at = 0; at + strlen(secret[i]) <= name.len; at++)
			if (ka_text_equal_nocase(ka_span_sub(name, at, strlen(secret[i])), ka_span_of(secret[i])))
				return true;
	return false;
}

static const char *odd_field(struct ka_span field)
{
	size_t colon = ka_span_find(field, ':');
	struct ka_span name = ka_span_sub(field, 0, colon), value = ka_text_trim(ka_span_sub(field, colon + 1, field.len));

	if (colon == field.len || !is_token(name) || value.len == 0)
		return " is not of the form \"Name: value\", or several of them with | between";
	if (is_own(name))
		return " is a header that keyaudit sets itself";
	if (is_secret(name))
		return " would show a secret to everybody; put the value into token_file and the name into token_header";
	for (size_t i = 0; i < value.len; i++)
		if (value.p[i] < ' ' || value.p[i] >= 0x7f)
			return " holds something else than ASCII characters";
	return ka_confexpand_is_right(value, "unfk%") ? NULL : " has a % that is not %u, %n, %f, %k or %%";
}

const char *ka_confheader_odd_list(struct ka_span value, struct ka_span *culprit)
{
	struct ka_span rest = value, part;

	while (ka_text_split(&rest, '|', &part)) {
		const char *odd = odd_field(ka_text_trim(part));

		*culprit = ka_text_trim(part);
		if (odd != NULL)
			return odd;
	}
	return NULL;
}

const char *ka_confheader_odd_token(struct ka_span value)
{
	size_t colon = ka_span_find(value, ':');
	struct ka_span name = ka_span_sub(value, 0, colon), word = ka_text_trim(ka_span_sub(value, colon + 1, value.len));

	if (!is_token(name) || (colon < value.len && !is_token(word)))
		return " is neither NAME nor NAME: WORD";
	return is_own(name) ? " is a header that keyaudit sets itself" : NULL;
}
