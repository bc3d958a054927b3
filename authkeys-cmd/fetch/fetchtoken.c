/* Reading a token. MUST: never write it anywhere but into the one request header. */
#include "authkeys-cmd/fetch/fetchtoken.h"

#include <sodium.h>

#include "authkeys-cmd/fetch/fetchfiles.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"

#include "base/poison.h"

static bool is_token(struct ka_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
			return false;
	return s.len > 0;
}

/* "NAME" or "NAME: WORD" */
static bool put_header(struct ka_span named, struct ka_span token, struct ka_buf *out)
{
	ka_buf_span(out, named);
	if (ka_span_find(named, ':') == named.len)
		ka_buf_char(out, ':');
	ka_buf_char(out, ' ');
	ka_buf_span(out, token);
	return ka_buf_check(out) == KA_ERR_OK;
}

bool ka_fetchtoken_header(const struct ka_conf_source *s, struct ka_buf *out)
{
	const struct ka_span named = ka_span_of(s->token_header[0] != '\0' ? s->token_header : "Authorization: Bearer");
	KA_AUTOFREE char *text = NULL;
	KA_AUTOCLOSE int fd = -1;
	struct ka_span token;
	size_t len;
	bool good;

	if (s->token_file[0] == '\0')
		return true;
	fd = ka_fetchfiles_secret(s->token_file);
	if (fd < 0 || ka_fd_slurp(fd, KA_FETCH_TOKEN_MAX, &text, &len) != KA_ERR_OK)
		return false;
	token = (struct ka_span){ (const uint8_t *)text, len };
	while (token.len > 0 && (token.p[token.len - 1] == '\n' || token.p[token.len - 1] == '\r'))
		token.len--;
	good = is_token(token) && put_header(named, token, out);
	sodium_memzero(text, len);
	return good;
}
