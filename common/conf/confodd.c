/* Words and values, one by one. Nothing is looked up here: whether a path exists or a word is a key type is others' business. */
#include "conf/confodd.h"

#include <string.h>

#include "base/sourcename.h"
#include "base/text.h"
#include "base/username.h"
#include "conf/confexpand.h"
#include "conf/confheader.h"
#include "conf/confprofile.h"
#include "conf/confurl.h"
#include "conf/jsonpath.h"
#include "conf/jsonwhere.h"

#include "base/poison.h"

/* "." and ".." would let two names mean one file, and "//" hides an empty expansion */
static const char *odd_component(struct ka_span path)
{
	struct ka_span part;
	bool first = true;

	while (ka_text_split(&path, '/', &part)) {
		if (ka_span_is(part, "..") || ka_span_is(part, "."))
			return " has a \".\" or \"..\" in it";
		if (part.len == 0 && !first && path.p != NULL)
			return " has \"//\" in it";
		first = false;
	}
	return NULL;
}

const char *ka_confodd_path(struct ka_span s)
{
	const char *odd = odd_component(s);

	if (s.len == 0 || s.p[0] != '/')
		return " is not an absolute path";
	if (odd != NULL)
		return odd;
	if (s.p[s.len - 1] == '/' || ka_span_find(s, ' ') < s.len || ka_span_find(s, '\t') < s.len)
		return " is not the path of one file";
	return ka_span_find(s, '%') < s.len ? " has a % in it; nothing is expanded here" : NULL;
}

/* an entry of a source's path */
static const char *odd_entry(struct ka_span s)
{
	if (s.p[0] == '~')
		return " begins with ~; write %h for the user's home";
	if (s.p[0] != '/' && !ka_span_starts(s, "%h/"))
		return " is not an absolute path";
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] != '%')
			continue;
		if (i + 1 == s.len || s.p[i + 1] == '\0' || strchr("uUh", s.p[i + 1]) == NULL)
			return " has a % that is not %u, %U or %h";
		if (s.p[i + 1] == 'h' && i > 0)
			return " has %h behind its beginning; a home is an absolute path";
	}
	return odd_component(s);
}

/* people expect a shell here */
static const char *odd_argument(struct ka_span s, size_t i)
{
	if (i == 0)
		return ka_confodd_path(s);
	for (size_t k = 0; k < s.len; k++)
		if (s.p[k] == '"' || s.p[k] == '\'')
			return " has a quote in it; there is no shell, words are divided by blanks and nothing else";
	if (!ka_confexpand_is_right(s, "uUhtkf%"))
		return " has a % that is not %u, %U, %h, %t, %k, %f or %%";
	return NULL;
}

static const char *odd_url(struct ka_span s, bool is_list)
{
	struct ka_confurl url;

	if (!ka_confurl_parse(s, &url))
		return url.wrong;
	if (is_list)
		return ka_confexpand_is_right(s, "n%") ? NULL : " has a % that is not %n or %%; it is one for all users (%2F is written %%2F)";
	return ka_confexpand_is_right(s, "unfk%") ? NULL : " has a % that is not %u, %n, %f, %k or %% (%2F is written %%2F)";
}

/* what a store may mean by "no such user"; the others have a meaning of their own */
static const char *odd_status(struct ka_span s)
{
	static const uint16_t never[] = { 401, 407, 408, 429 };
	uint64_t n = 0;

	if (s.len != 3 || !ka_text_to_u64(s, 499, &n) || n < 400)
		return " is not a status from 400 to 499";
	for (size_t i = 0; i < KA_ARRAY_LEN(never); i++)
		if (n == never[i])
			return " never means that there is no such user";
	return NULL;
}

static const char *odd_pin(struct ka_span s)
{
	static const char head[] = "sha256//";
	struct ka_span hash = ka_span_sub(s, sizeof(head) - 1, s.len);

	for (size_t i = 0; i + 1 < hash.len; i++)
		if (!ka_text_is_alnum(hash.p[i]) && hash.p[i] != '+' && hash.p[i] != '/')
			return " is not sha256// and 44 characters of base64";
	if (!ka_span_starts(s, head) || hash.len != 44 || hash.p[43] != '=')
		return " is not sha256// and 44 characters of base64";
	return NULL;
}

const char *ka_confodd_word(const struct ka_confrow *row, struct ka_span word, size_t i)
{
	switch ((unsigned)row->type) {
	case KA_CONFROW_PATHS:
		return odd_entry(word);
	case KA_CONFROW_FILES:
		return ka_confodd_path(word);
	case KA_CONFROW_NAMES:
		return ka_sourcename_is_valid(word) ? NULL : " is not a source name (letters, digits, _ - . and at most 31 of them)";
	case KA_CONFROW_USERS:
		return ka_username_is_valid(word) ? NULL : " is not a user name";
	case KA_CONFROW_USERPROFILES:
		return ka_confprofile_odd(word);
	case KA_CONFROW_ARGV:
		return odd_argument(word, i);
	case KA_CONFROW_URLS:
	case KA_CONFROW_LISTURLS:
		return odd_url(word, row->type == KA_CONFROW_LISTURLS);
	case KA_CONFROW_STATUSES:
		return odd_status(word);
	case KA_CONFROW_PINS:
		return odd_pin(word);
	default:
		return NULL;
	}
}

static const char *odd_host_id(struct ka_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ka_text_is_alnum(s.p[i]) && s.p[i] != '.' && s.p[i] != '-' && s.p[i] != '_')
			return " is not the name of one host (letters, digits, . _ -)";
	return s.len > 253 ? " is longer than a host name may be" : NULL;
}

static const char *odd_proxy(struct ka_span s)
{
	static const char *const schemes[] = { "http://", "https://", "socks5h://" };
	struct ka_confurl url;

	for (size_t i = 0; i < KA_ARRAY_LEN(schemes); i++)
		if (ka_span_starts(s, schemes[i]))
			return ka_confurl_authority(ka_span_sub(s, strlen(schemes[i]), s.len), &url) ? NULL : url.wrong;
	return " is not http://HOST:PORT, https://HOST:PORT or socks5h://HOST:PORT";
}

static const char *odd_user_list(struct ka_span s)
{
	if (ka_span_is(s, "passwd") || ka_span_is(s, "index"))
		return NULL;
	return s.p[0] == '/' ? ka_confodd_path(s) : " is neither passwd nor index nor an absolute path";
}

/* "file PATH", "journal", "exec PROGRAM ARGUMENT..." */
static const char *odd_anchor(struct ka_span s)
{
	struct ka_span word, where, rest = s;
	bool has_where;

	(void)ka_text_word(&rest, &word);
	has_where = ka_text_word(&rest, &where);
	if (ka_span_is(word, "journal"))
		return has_where ? " has something behind \"journal\"" : NULL;
	if (!ka_span_is(word, "file") && !ka_span_is(word, "exec"))
		return " is not \"file PATH\", \"journal\" or \"exec PROGRAM\"";
	if (!has_where || ka_confodd_path(where) != NULL)
		return " needs an absolute path behind its first word";
	return ka_span_is(word, "file") && ka_text_trim(rest).len > 0 ? " has something behind its path" : NULL;
}

static const char *odd_text(struct ka_span s, const char *tokens, const char *odd)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < ' ' || s.p[i] >= 0x7f)
			return " holds something else than ASCII characters";
	return ka_confexpand_is_right(s, tokens) ? NULL : odd;
}

const char *ka_confodd_value(const struct ka_confrow *row, struct ka_span value, struct ka_span *culprit)
{
	*culprit = value;
	if (value.len == 0)
		return NULL;
	switch ((unsigned)row->type) {
	case KA_CONFROW_PATH:
		return ka_confodd_path(value);
	case KA_CONFROW_HEADERS:
		return ka_confheader_odd_list(value, culprit);
	case KA_CONFROW_TOKEN:
		return ka_confheader_odd_token(value);
	case KA_CONFROW_BODY:
		return odd_text(value, "unfkb%", " has a % that is not %u, %n, %f, %k, %b(TEXT) or %%");
	case KA_CONFROW_PREFIX:
		return odd_text(value, "u%", " has a % that is not %u or %%");
	case KA_CONFROW_FIELD:
		return odd_text(value, "", " has a % in it; nothing is expanded here");
	case KA_CONFROW_HOSTID:
		return odd_host_id(value);
	case KA_CONFROW_PROXY:
		return odd_proxy(value);
	case KA_CONFROW_USERLIST:
		return odd_user_list(value);
	case KA_CONFROW_ANCHOR:
		return odd_anchor(value);
	case KA_CONFROW_JPATH:
		return ka_jsonpath_wrong(value);
	case KA_CONFROW_WHERE:
		return ka_jsonwhere_wrong(value);
	default:
		return NULL;
	}
}
