/* One item. MUST: skip only what the configuration says; take a wrong type for a wrong answer. */
#include "authkeys-cmd/fetch/fetchjsonitem.h"

#include "authkeys-cmd/fetch/fetchjsontime.h"
#include "base/label.h"
#include "base/text.h"
#include "conf/jsonwhere.h"
#include "key/keyb64.h"

#include "base/poison.h"

static struct ka_span text_of(const json_t *value)
{
	return (struct ka_span){ (const uint8_t *)json_string_value(value), json_string_length(value) };
}

/* what @path leads to from @item; false when nobody can say */
static bool look_up(const struct ka_fetchjsonitem *all, const json_t *item, const char *path, const json_t **out)
{
	return ka_fetchjsonwalk_one(all->root, item, ka_span_of(path), out);
}

static bool equals(const json_t *value, const struct ka_jsonwhere_condition *c)
{
	int64_t n;

	switch (c->kind) {
	case KA_JSONWHERE_TEXT:
		return json_is_string(value) && ka_span_equal(text_of(value), c->text);
	case KA_JSONWHERE_NUMBER:
		if (json_is_integer(value))
			return json_integer_value(value) == c->number;
		return ka_fetchjsontime_number(value, &n) && n == c->number;
	case KA_JSONWHERE_TRUE:
		return json_is_true(value);
	case KA_JSONWHERE_FALSE:
		return json_is_false(value);
	case KA_JSONWHERE_NULL:
		return value == NULL;
	}
	return false;
}

/* a member that is absent equals null and nothing else. A path to several values would make any condition true */
static enum ka_reason judge_where(const struct ka_fetchjsonitem *all, const json_t *item, bool *is_wanted)
{
	struct ka_jsonwhere_condition c;
	struct ka_jsonwhere w;

	*is_wanted = true;
	ka_jsonwhere_init(&w, ka_span_of(all->source->where));
	while (ka_jsonwhere_next(&w, &c)) {
		const json_t *value;

		if (!ka_fetchjsonwalk_one(all->root, item, c.path, &value))
			return KA_REASON_STORE_BAD_ANSWER;
		if (equals(value, &c) == c.is_not)
			*is_wanted = false;
	}
	return w.wrong == NULL ? KA_REASON_NONE : KA_REASON_STORE_BAD_ANSWER;
}

/* absent, null and "" are never; what cannot be read is a wrong answer, because the key might have expired */
static enum ka_reason judge_expiry(const struct ka_fetchjsonitem *all, const json_t *item, bool *has_expired)
{
	const json_t *value;
	int64_t at;

	*has_expired = false;
	if (!look_up(all, item, all->source->expires, &value))
		return KA_REASON_STORE_BAD_ANSWER;
	if (value == NULL || (json_is_string(value) && json_string_length(value) == 0))
		return KA_REASON_NONE;
	if (!ka_fetchjsontime_of(all->source->expires_unit, value, &at))
		return KA_REASON_STORE_BAD_ANSWER;
	*has_expired = at <= all->now;
	return KA_REASON_NONE;
}

/* who names a path to a serial wants rollbacks to be seen: an item without one cannot be judged */
static bool take_serial(struct ka_fetchjsonitem *all, const json_t *item)
{
	const json_t *value;
	int64_t v;

	if (all->source->serial[0] == '\0')
		return true;
	if (!look_up(all, item, all->source->serial, &value) || value == NULL || !ka_fetchjsontime_number(value, &v))
		return false;
	all->serial = v > all->serial ? v : all->serial;
	return true;
}

/* what else stands on a key's line */
struct line {
	struct ka_span options, label;
	char number[KA_TEXT_U64_MAX + 1]; /* a label may be one */
	bool has_label; /* the configuration names one: then each line ends in it, since a key may bring a comment of its own */
};

/* empty when it is absent or null */
static bool take_text(const struct ka_fetchjsonitem *all, const json_t *item, const char *path, struct ka_span *out)
{
	const json_t *value;

	*out = (struct ka_span){ NULL, 0 };
	if (!look_up(all, item, path, &value) || (value != NULL && !json_is_string(value)))
		return false;
	if (value != NULL)
		*out = ka_text_trim(text_of(value));
	return true;
}

/* ids are numbers as often as texts */
static bool take_label(const struct ka_fetchjsonitem *all, const json_t *item, struct line *l)
{
	const json_t *value;
	struct ka_buf b;

	l->has_label = all->source->label[0] != '\0';
	if (!l->has_label || !look_up(all, item, all->source->label, &value) || !json_is_integer(value))
		return take_text(all, item, all->source->label, &l->label);
	ka_buf_init_array(&b, l->number);
	ka_buf_i64(&b, json_integer_value(value));
	l->label = ka_buf_as_span(&b);
	return true;
}

static bool is_one_line(struct ka_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '\n' || s.p[i] == '\r' || s.p[i] == '\0')
			return false;
	return true;
}

static enum ka_reason put_line(struct ka_span key, const struct line *l, struct ka_buf *out)
{
	while (key.len > 0 && (key.p[key.len - 1] == '\n' || key.p[key.len - 1] == '\r'))
		key.len--;
	key = ka_text_trim(key);
	if (!is_one_line(key) || !is_one_line(l->options))
		return KA_REASON_STORE_BAD_ANSWER;
	if (key.len == 0 || key.p[0] == '#')
		return KA_REASON_NONE;
	if (key.len + l->options.len + KA_LABEL_WORD_MAX + 2 > KA_LINE_MAX)
		return KA_REASON_STORE_TOO_LARGE;
	if (l->options.len > 0) {
		ka_buf_span(out, l->options);
		ka_buf_char(out, ' ');
	}
	ka_buf_span(out, key);
	if (l->has_label) {
		ka_buf_char(out, ' ');
		ka_label_write(l->label, out);
	}
	ka_buf_char(out, '\n');
	return ka_buf_check(out) == KA_ERR_OK ? KA_REASON_NONE : KA_REASON_STORE_TOO_LARGE;
}

static enum ka_reason put_lines(const struct ka_fetchjsonitem *all, struct ka_span text, const struct line *l)
{
	struct ka_cursor c;
	struct ka_span one;

	if (!all->source->split_lines)
		return put_line(text, l, all->out);
	ka_cursor_init(&c, text.p, text.len);
	while (ka_cursor_line(&c, &one, NULL)) {
		enum ka_reason reason = put_line(one, l, all->out);

		if (reason != KA_REASON_NONE)
			return reason;
	}
	return KA_REASON_NONE;
}

static enum ka_reason put_key(struct ka_fetchjsonitem *all, const json_t *value, const struct line *l)
{
	size_t len;

	if (json_is_null(value))
		return KA_REASON_NONE;
	if (!json_is_string(value))
		return KA_REASON_STORE_BAD_ANSWER;
	if (all->source->decode == KA_CONF_DECODE_NONE)
		return put_lines(all, text_of(value), l);
	if (json_string_length(value) == 0)
		return KA_REASON_NONE;
	if (json_string_length(value) / 4 * 3 > sizeof(all->decoded))
		return KA_REASON_STORE_TOO_LARGE;
	if (!ka_keyb64_decode(text_of(value), all->decoded, sizeof(all->decoded), &len))
		return KA_REASON_STORE_BAD_ANSWER;
	return put_lines(all, (struct ka_span){ all->decoded, len }, l);
}

static enum ka_reason put_keys(struct ka_fetchjsonitem *all, const json_t *item)
{
	struct ka_fetchjsonwalk_list keys = { .list = all->keys, .room = KA_ARRAY_LEN(all->keys) };
	enum ka_reason reason = KA_REASON_NONE;
	struct line line;

	if (!take_text(all, item, all->source->key_options, &line.options) || !take_label(all, item, &line))
		return KA_REASON_STORE_BAD_ANSWER;
	switch (ka_fetchjsonwalk(all->root, item, ka_span_of(all->source->key), &keys)) {
	case KA_FETCHJSONWALK_OK:
		break;
	case KA_FETCHJSONWALK_NULL: /* "keys": null, an empty list in some languages */
		return KA_REASON_NONE;
	case KA_FETCHJSONWALK_ABSENT:
	case KA_FETCHJSONWALK_BAD:
		return KA_REASON_STORE_BAD_ANSWER;
	case KA_FETCHJSONWALK_TOO_MANY:
		return KA_REASON_STORE_TOO_LARGE;
	}
	for (size_t i = 0; reason == KA_REASON_NONE && i < keys.count; i++)
		reason = put_key(all, keys.list[i], &line);
	return reason;
}

enum ka_reason ka_fetchjsonitem(struct ka_fetchjsonitem *all, const json_t *item)
{
	bool is_wanted, has_expired;
	enum ka_reason reason;

	if (json_is_null(item))
		return KA_REASON_NONE;
	if (!take_serial(all, item))
		return KA_REASON_STORE_BAD_ANSWER;
	reason = judge_where(all, item, &is_wanted);
	if (reason != KA_REASON_NONE || !is_wanted)
		return reason;
	reason = judge_expiry(all, item, &has_expired);
	if (reason != KA_REASON_NONE || has_expired)
		return reason;
	return put_keys(all, item);
}
