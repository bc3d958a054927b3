/* Substitutions. What a value may contain is decided here and not by the place it comes from. */
#include "authkeys-cmd/fetch/fetchurl.h"

#include "base/err.h"
#include "base/limits.h"
#include "base/text.h"
#include "key/keyb64.h"

#include "base/poison.h"

typedef void put_fn(struct ka_buf *out, const char *value);

static void put_encoded(struct ka_buf *out, const char *value)
{
	static const char digits[] = "0123456789ABCDEF";

	for (const uint8_t *p = (const uint8_t *)value; *p != '\0'; p++) {
		if (ka_text_is_alnum(*p) || *p == '-' || *p == '.' || *p == '_' || *p == '~') {
			ka_buf_char(out, (char)*p);
			continue;
		}
		ka_buf_char(out, '%');
		ka_buf_char(out, digits[*p >> 4]);
		ka_buf_char(out, digits[*p & 15]);
	}
}

/* a user's name and a fingerprint need none of this; a configured host_id could */
static void put_json(struct ka_buf *out, const char *value)
{
	for (; *value != '\0'; value++) {
		if (*value == '"' || *value == '\\')
			ka_buf_char(out, '\\');
		ka_buf_char(out, *value);
	}
}

static void put_plain(struct ka_buf *out, const char *value)
{
	ka_buf_text(out, value);
}

static const char *value_of(char letter, const struct ka_fetchurl_who *who)
{
	switch (letter) {
	case 'u':
		return who->user;
	case 'n':
		return who->host;
	case 'f':
		return who->fp[0] != '\0' ? who->fp : NULL;
	case 'k':
		return who->key[0] != '\0' ? who->key : NULL;
	case '%':
		return "%";
	default:
		return NULL;
	}
}

/* %b(TEXT): @rest begins behind the 'b'; it is moved behind the ')' */
static bool put_base64(struct ka_span *rest, const struct ka_fetchurl_who *who, struct ka_buf *out);

static bool expand(struct ka_span text, const struct ka_fetchurl_who *who, put_fn *put, bool is_body, struct ka_buf *out)
{
	while (text.len > 0) {
		size_t n = ka_span_find(text, '%');
		const char *value;

		ka_buf_span(out, ka_span_sub(text, 0, n));
		if (n == text.len)
			break;
		if (n + 1 == text.len)
			return false;
		value = value_of((char)text.p[n + 1], who);
		if (is_body && text.p[n + 1] == 'b') {
			text = ka_span_sub(text, n + 2, text.len);
			if (!put_base64(&text, who, out))
				return false;
			continue;
		}
		if (value == NULL)
			return false;
		if (text.p[n + 1] == '%')
			ka_buf_char(out, '%');
		else
			put(out, value);
		text = ka_span_sub(text, n + 2, text.len);
	}
	return ka_buf_check(out) == KA_ERR_OK;
}

static bool put_base64(struct ka_span *rest, const struct ka_fetchurl_who *who, struct ka_buf *out)
{
	char plain[KA_CONF_TEXT_MAX];
	size_t n = ka_span_find(*rest, ')');
	struct ka_buf b;

	ka_buf_init_array(&b, plain);
	if (rest->len == 0 || rest->p[0] != '(' || n == rest->len ||
	    !expand(ka_span_sub(*rest, 1, n - 1), who, put_plain, false, &b))
		return false;
	*rest = ka_span_sub(*rest, n + 1, rest->len);
	ka_keyb64_encode(out, ka_buf_as_span(&b));
	return true;
}

bool ka_fetchurl_expand(struct ka_span text, const struct ka_fetchurl_who *who, struct ka_buf *out)
{
	return expand(text, who, put_encoded, false, out);
}

bool ka_fetchurl_body(struct ka_span text, const struct ka_fetchurl_who *who, struct ka_buf *out)
{
	return expand(text, who, put_json, true, out);
}

/* "scheme://host:port"; empty when there is none, or somebody's name before the host */
static struct ka_span origin_of(struct ka_span url)
{
	size_t n = ka_span_find(url, ':');

	if (!ka_span_starts(ka_span_sub(url, n, url.len), "://"))
		return ka_span_sub(url, 0, 0);
	for (n += 3; n < url.len && url.p[n] != '/' && url.p[n] != '?' && url.p[n] != '#'; n++)
		if (url.p[n] == '@')
			return ka_span_sub(url, 0, 0);
	return ka_span_sub(url, 0, n);
}

bool ka_fetchurl_same_origin(struct ka_span a, struct ka_span b)
{
	struct ka_span x = origin_of(a), y = origin_of(b);

	return x.len > 0 && ka_span_equal(x, y);
}

bool ka_fetchurl_find_origin(struct ka_span url, struct ka_span urls, unsigned *which)
{
	struct ka_span word;

	for (*which = 0; ka_text_word(&urls, &word); (*which)++)
		if (ka_fetchurl_same_origin(url, word))
			return true;
	return false;
}

bool ka_fetchurl_next(struct ka_span from, struct ka_span link, struct ka_buf *out)
{
	bool is_path = ka_span_starts(link, "/") && !ka_span_starts(link, "//");

	for (size_t i = 0; i < link.len; i++)
		if (link.p[i] <= ' ' || link.p[i] >= 0x7f || link.p[i] == '\\')
			return false;
	if (is_path)
		ka_buf_span(out, origin_of(from));
	else if (!ka_fetchurl_same_origin(from, link))
		return false;
	ka_buf_span(out, link);
	return ka_buf_check(out) == KA_ERR_OK;
}
