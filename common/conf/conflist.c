/* Lists and paths. Nothing is looked up here: whether a path exists or a word is a key type is others' business. */
#include "conf/conflist.h"

#include <string.h>

#include "base/near.h"
#include "base/text.h"
#include "base/username.h"
#include "conf/conftext.h"

#include "base/poison.h"

struct words {
	struct ka_span at[KA_CONF_LIST_MAX];
	size_t count;
};

static bool wrong(struct ka_conferr *e, struct ka_span word, const char *what)
{
	ka_conferr_quoted(e, word);
	ka_conferr_say(e, what);
	return false;
}

static bool has_before(const struct words *w, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (ka_span_equal(w->at[i], w->at[j]))
			return true;
	return false;
}

static bool split(struct ka_span value, size_t max, struct words *w, struct ka_conferr *e)
{
	struct ka_span word;

	w->count = 0;
	while (ka_text_word(&value, &word)) {
		if (w->count == max) {
			ka_conferr_say(e, "more than ");
			ka_conferr_number(e, max);
			ka_conferr_say(e, max == 1 ? " word" : " words");
			return false;
		}
		w->at[w->count] = word;
		if (has_before(w, w->count))
			return wrong(e, word, " stands there twice");
		w->count++;
	}
	return true;
}

bool ka_conflist_is_name(struct ka_span s)
{
	if (s.len == 0 || s.len >= KA_SOURCE_NAME_MAX || !ka_text_is_alnum(s.p[0]))
		return false;
	for (size_t i = 1; i < s.len; i++)
		if (!ka_text_is_alnum(s.p[i]) && s.p[i] != '_' && s.p[i] != '-' && s.p[i] != '.')
			return false;
	return true;
}

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
		if (i + 1 == s.len || strchr("uUh", s.p[i + 1]) == NULL)
			return " has a % that is not %u, %U or %h";
		if (s.p[i + 1] == 'h' && i > 0)
			return " has %h behind its beginning; a home is an absolute path";
	}
	return odd_component(s);
}

static const char *odd_word(const struct ka_confrow *row, struct ka_span s)
{
	if (row->type == KA_CONFROW_PATHS)
		return odd_entry(s);
	if (row->type == KA_CONFROW_NAMES && !ka_conflist_is_name(s))
		return " is not a source name (letters, digits, _ - . and at most 31 of them)";
	if (row->type == KA_CONFROW_USERS && !ka_username_is_valid(s))
		return " is not a user name";
	return NULL;
}

bool ka_conflist_set(struct ka_conf *c, const char **field, const struct ka_confrow *row, struct ka_span value, struct ka_conferr *e)
{
	struct words w;
	struct ka_buf b;
	size_t sum = 1;
	char *text;

	if (!split(value, row->max, &w, e))
		return false;
	for (size_t i = 0; i < w.count; i++) {
		const char *odd = odd_word(row, w.at[i]);

		if (odd != NULL)
			return wrong(e, w.at[i], odd);
		sum += w.at[i].len + (i > 0);
	}
	if (sum > KA_CONF_TEXT_MAX)
		return ka_conftext_too_long(e, KA_CONF_TEXT_MAX - 1);
	text = ka_conftext_take(c, sum, e);
	if (text == NULL)
		return false;
	ka_buf_init(&b, text, sum);
	for (size_t i = 0; i < w.count; i++) {
		ka_buf_text(&b, i > 0 ? " " : "");
		ka_buf_span(&b, w.at[i]);
	}
	*field = text;
	return true;
}

bool ka_conflist_set_path(struct ka_conf *c, const char **field, struct ka_span value, struct ka_conferr *e)
{
	const char *odd = odd_component(value), *text;

	if (value.len == 0 || value.p[0] != '/')
		return wrong(e, value, " is not an absolute path");
	if (odd == NULL && (value.p[value.len - 1] == '/' || ka_span_find(value, ' ') < value.len ||
			    ka_span_find(value, '\t') < value.len))
		odd = " is not the path of one file";
	if (odd == NULL && ka_span_find(value, '%') < value.len)
		odd = " has a % in it; nothing is expanded here";
	if (odd != NULL)
		return wrong(e, value, odd);
	text = ka_conftext_keep(c, value, e);
	if (text != NULL)
		*field = text;
	return text != NULL;
}

bool ka_conflist_set_sinks(struct ka_conf *c, struct ka_span value, struct ka_conferr *e)
{
	bool trail = false, syslog = false;
	struct ka_near near;
	struct words w;

	if (!split(value, 2, &w, e))
		return false;
	for (size_t i = 0; i < w.count; i++) {
		struct ka_span s = w.at[i];

		trail = trail || ka_span_is(s, "trail");
		syslog = syslog || ka_span_is(s, "syslog");
		if (ka_span_is(s, "journal") || ka_span_is(s, "audit") || ka_span_is(s, "exec"))
			return wrong(e, s, " is not supported by this release; trail and syslog are");
		if (ka_span_is(s, "trail") || ka_span_is(s, "syslog"))
			continue;
		ka_near_init(&near, s);
		ka_near_try(&near, "trail");
		ka_near_try(&near, "syslog");
		wrong(e, s, " is not one of trail, syslog");
		ka_conferr_meant(e, near.best);
		return false;
	}
	c->sink_trail = trail;
	c->sink_syslog = syslog;
	return true;
}
