/*
 * The option list: sshd's grammar, read into items. An option that is not
 * understood completely must never be written out again as if it were.
 */
#include "key/keyopts.h"

#include "base/text.h"
#include "key/keyfrom.h"
#include "key/keyoptval.h"
#include "key/keytime.h"

#include "base/poison.h"

static const struct row {
	const char *name, *no_name;
	bool has_value, has_no;
} rows[KA_KEYOPT_COUNT] = {
#define X(sym, text, value, no) { text, "no-" text, value, no },
	KA_KEYOPTS(X)
#undef X
};

const char *ka_keyopts_name(enum ka_keyopt opt, bool is_no)
{
	size_t i = (size_t)opt;

	if (i >= KA_KEYOPT_COUNT)
		return "-";
	return is_no ? rows[i].no_name : rows[i].name;
}

bool ka_keyopts_has_no(enum ka_keyopt opt)
{
	size_t i = (size_t)opt;

	return i < KA_KEYOPT_COUNT && rows[i].has_no;
}

bool ka_keyopts_lookup(struct ka_span name, enum ka_keyopt *opt, bool *is_no)
{
	for (size_t i = 0; i < KA_KEYOPT_COUNT; i++) {
		bool no = rows[i].has_no && ka_text_equal_nocase(name, ka_span_of(rows[i].no_name));

		if (!no && !ka_text_equal_nocase(name, ka_span_of(rows[i].name)))
			continue;
		*opt = (enum ka_keyopt)i;
		*is_no = no;
		return true;
	}
	return false;
}

/* one letter lost, added or changed, or two neighbours swapped; case ignored */
static bool is_one_slip(struct ka_span a, struct ka_span b)
{
	size_t at = 0, skip_a, skip_b;

	while (at < a.len && at < b.len && ka_text_lower(a.p[at]) == ka_text_lower(b.p[at]))
		at++;
	if (a.len == b.len && at + 1 < a.len && ka_text_lower(a.p[at]) == ka_text_lower(b.p[at + 1]) &&
	    ka_text_lower(a.p[at + 1]) == ka_text_lower(b.p[at]) &&
	    ka_text_equal_nocase(ka_span_sub(a, at + 2, a.len), ka_span_sub(b, at + 2, b.len)))
		return true;
	skip_a = at + (a.len >= b.len);
	skip_b = at + (b.len >= a.len);
	return ka_text_equal_nocase(ka_span_sub(a, skip_a, a.len), ka_span_sub(b, skip_b, b.len));
}

const char *ka_keyopts_nearest(struct ka_span name)
{
	const char *found = NULL;

	for (size_t i = 0; i < 2 * (size_t)KA_KEYOPT_COUNT; i++) {
		const struct row *row = &rows[i / 2];
		const char *candidate = i % 2 == 0 ? row->name : row->no_name;

		if ((i % 2 == 1 && !row->has_no) || !is_one_slip(name, ka_span_of(candidate)))
			continue;
		if (found != NULL)
			return NULL; /* two are as near: no guess */
		found = candidate;
	}
	return found;
}

/* ---- reading ---- */

static const char no_option[] = "unknown key option"; /* sshd's words for most of what it does not like */

struct reader {
	struct ka_span text;
	struct ka_span name; /* of the option in hand */
	size_t at;
	size_t column; /* of text */
	size_t seen[KA_KEYOPT_COUNT];
	struct ka_keyopts *out;
};

static bool fail(struct reader *r, enum ka_reason reason, const char *detail, size_t from, size_t to)
{
	r->out->reason = reason;
	r->out->detail = detail;
	r->out->column = r->column + from;
	r->out->name = r->name;
	r->out->culprit = ka_span_sub(r->text, from, to - from);
	return false;
}

static bool is_at(const struct reader *r, uint8_t c)
{
	return r->at < r->text.len && r->text.p[r->at] == c;
}

static bool is_end(const struct reader *r)
{
	return r->at == r->text.len || r->text.p[r->at] == ',';
}

static size_t next_comma(const struct reader *r, size_t from)
{
	return from + ka_span_find(ka_span_sub(r->text, from, r->text.len), ',');
}

static struct ka_span read_name(struct reader *r)
{
	size_t from = r->at;

	while (!is_end(r) && !is_at(r, '=') && !is_at(r, '"') && !ka_text_is_blank(r->text.p[r->at]))
		r->at++;
	return ka_span_sub(r->text, from, r->at - from);
}

/* between quotes; the only escape is \" */
static bool read_quoted(struct reader *r, struct ka_span *value)
{
	size_t quote = r->at, from = ++r->at;

	while (r->at < r->text.len && !is_at(r, '"')) {
		if (is_at(r, '\\') && r->at + 1 < r->text.len && r->text.p[r->at + 1] == '"')
			r->at++;
		r->at++;
	}
	if (r->at >= r->text.len)
		return fail(r, KA_REASON_OPTION_BAD_QUOTING, "missing end quote", quote, r->text.len);
	*value = ka_span_sub(r->text, from, r->at - from);
	r->at++;
	if (!is_end(r))
		return fail(r, KA_REASON_OPTION_BAD_QUOTING, no_option, r->at, next_comma(r, r->at));
	return true;
}

static bool is_printable(struct ka_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((ka_text_is_control(s.p[i]) && s.p[i] != '\t') || s.p[i] >= 0x80)
			return false;
	return true;
}

/* sshd's own limits: this many entries and one more */
static const char *refuse_another(const struct reader *r, enum ka_keyopt opt, enum ka_reason *reason)
{
	size_t n = r->seen[opt];

	*reason = KA_REASON_OPTION_BAD_VALUE;
	if ((opt == KA_KEYOPT_PERMITOPEN || opt == KA_KEYOPT_PERMITLISTEN) && n > KA_OPT_PERMIT_MAX)
		return "too many permission directives";
	if (opt == KA_KEYOPT_ENVIRONMENT && n > KA_OPT_ENV_MAX)
		return "too many environment strings";
	*reason = KA_REASON_OPTION_REPEATED;
	if (opt == KA_KEYOPT_COMMAND && n > 0)
		return "multiple \"command\" clauses";
	if (opt == KA_KEYOPT_PRINCIPALS && n > 0)
		return "multiple \"principals\" clauses";
	if (opt == KA_KEYOPT_FROM && n > 0)
		return "multiple \"from\" clauses";
	return NULL;
}

static bool read_value(struct reader *r, enum ka_keyopt opt, size_t name_at, struct ka_span *value)
{
	enum ka_reason reason;
	const char *detail;
	size_t from;

	if (!is_at(r, '='))
		return fail(r, KA_REASON_OPTION_BAD_VALUE, no_option, name_at, r->at);
	detail = refuse_another(r, opt, &reason);
	if (detail != NULL)
		return fail(r, reason, detail, name_at, r->at);
	from = ++r->at;
	if (!is_at(r, '"'))
		return fail(r, KA_REASON_OPTION_BAD_VALUE, "missing start quote", from, next_comma(r, from));
	if (!read_quoted(r, value))
		return false;
	detail = NULL;
	if (!is_printable(*value) || !ka_keyoptval_is_valid(opt, *value, &detail))
		return fail(r, KA_REASON_OPTION_BAD_VALUE, detail, from + 1, from + 1 + value->len);
	return true;
}

static bool read_option(struct reader *r)
{
	struct ka_keyopts *out = r->out;
	struct ka_keyopt_item item = { .column = r->column + r->at };
	size_t name_at = r->at;

	r->name = read_name(r);
	if (is_at(r, '"') || (!is_end(r) && !is_at(r, '=')))
		return fail(r, KA_REASON_OPTION_BAD_QUOTING, no_option, r->at, next_comma(r, r->at));
	if (!ka_keyopts_lookup(r->name, &item.opt, &item.is_no))
		return fail(r, KA_REASON_OPTION_UNKNOWN, no_option, name_at, r->at);
	if (rows[item.opt].has_value) {
		if (!read_value(r, item.opt, name_at, &item.value))
			return false;
	} else if (is_at(r, '=')) {
		return fail(r, KA_REASON_OPTION_BAD_VALUE, no_option, r->at + 1, next_comma(r, r->at));
	}
	r->seen[item.opt]++;
	if (out->count < KA_OPTS_MAX)
		out->items[out->count++] = item;
	else
		out->truncated = true;
	return true;
}

void ka_keyopts_parse(struct ka_span text, size_t column, struct ka_keyopts *out)
{
	struct reader r = { .text = text, .column = column, .out = out };

	out->reason = KA_REASON_NONE;
	out->column = column;
	out->culprit = out->name = (struct ka_span){ NULL, 0 };
	out->detail = NULL;
	out->count = 0;
	out->truncated = false;
	while (r.at < text.len) {
		if (is_at(&r, ','))
			r.at++; /* sshd skips empty entries */
		else if (!read_option(&r))
			return;
	}
}

const struct ka_keyopt_item *ka_keyopts_find(const struct ka_keyopts *o, enum ka_keyopt opt)
{
	for (size_t i = 0; i < o->count; i++)
		if (o->items[i].opt == opt && !o->items[i].is_no)
			return &o->items[i];
	return NULL;
}

/* ---- writing ---- */

static void emit_quoted(struct ka_buf *out, struct ka_span raw)
{
	ka_buf_char(out, '"');
	for (size_t i = 0; i < raw.len; i++) {
		if (raw.p[i] == '\\' && i + 1 < raw.len && raw.p[i + 1] == '"')
			i++;
		if (raw.p[i] == '"')
			ka_buf_char(out, '\\');
		ka_buf_char(out, (char)raw.p[i]);
	}
	ka_buf_char(out, '"');
}

void ka_keyopts_names(const struct ka_keyopts *o, struct ka_buf *out)
{
	for (size_t i = 0; i < o->count && !out->overflow; i++) {
		size_t before = out->len;

		if (before > 0)
			ka_buf_char(out, ',');
		ka_buf_text(out, ka_keyopts_name(o->items[i].opt, o->items[i].is_no));
		if (out->overflow)
			ka_buf_cut(out, before);
	}
}

void ka_keyopts_emit(const struct ka_keyopts *o, struct ka_buf *out)
{
	for (size_t i = 0; i < o->count; i++) {
		if (i > 0)
			ka_buf_char(out, ',');
		ka_buf_text(out, ka_keyopts_name(o->items[i].opt, o->items[i].is_no));
		if (!rows[o->items[i].opt].has_value)
			continue;
		ka_buf_char(out, '=');
		emit_quoted(out, o->items[i].value);
	}
}

/* nobody knows its name: a stranger's bytes */
static void put_unknown(struct ka_span name, struct ka_buf *out)
{
	const char *near = ka_keyopts_nearest(name);

	ka_buf_char(out, '"');
	ka_text_escape(out, name, '"', KA_OPT_NAME_SHOWN_MAX);
	ka_buf_char(out, '"');
	if (near == NULL)
		return;
	ka_buf_text(out, "; did you mean \"");
	ka_buf_text(out, near);
	ka_buf_text(out, "\"?");
}

void ka_keyopts_what(const struct ka_keyopts *o, struct ka_buf *out)
{
	const char *words = o->detail;
	enum ka_keyopt opt = KA_KEYOPT_COUNT;
	bool is_no = false;

	if (o->reason == KA_REASON_NONE)
		return;
	if (o->name.len > 0 && !ka_keyopts_lookup(o->name, &opt, &is_no)) {
		put_unknown(o->name, out);
		return;
	}
	if (o->name.len > 0) {
		ka_buf_text(out, ka_keyopts_name(opt, is_no));
		if (o->reason == KA_REASON_OPTION_REPEATED)
			return; /* which is all there is to say */
		if (o->reason == KA_REASON_OPTION_BAD_VALUE && words == no_option)
			words = rows[opt].has_value ? "a value is missing" : "takes no value";
		ka_buf_text(out, words != NULL ? ": " : "");
	}
	ka_buf_text(out, words != NULL ? words : "");
}

bool ka_keyopts_expiry(struct ka_span value, int64_t local_offset_sec, int64_t *out)
{
	return ka_keytime_parse(value, local_offset_sec, out);
}

int ka_keyopts_from_matches(struct ka_span value, const char *host, const char *address)
{
	return ka_keyfrom_matches(value, host, address);
}
