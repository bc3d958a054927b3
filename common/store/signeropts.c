/* Options of signers. It must refuse what it does not know: a later option may take rights away. */
#include "store/signeropts.h"

#include "base/text.h"
#include "key/keytime.h"
#include "store/sshsig.h"

#include "base/poison.h"

struct parse {
	struct ka_signeropts *out;
	struct ka_span rest;
	bool has_after, has_before;
};

static bool wrong(struct ka_signeropts *out, const char *why)
{
	out->wrong = why;
	return false;
}

bool ka_signeropts_looks_so(struct ka_span word)
{
	return ka_span_find(word, '"') < word.len || ka_span_find(word, '=') < word.len ||
	       ka_span_find(word, ',') < word.len || ka_text_equal_nocase(word, ka_span_of("cert-authority"));
}

struct ka_span ka_signeropts_word(struct ka_span text)
{
	bool is_open = false;
	size_t n = 0;

	for (; n < text.len && (is_open || !ka_text_is_blank(text.p[n])); n++)
		is_open ^= text.p[n] == '"';
	return ka_span_sub(text, 0, n);
}

/* OpenSSH's match_pattern_list(): a "!" that matches goes before everything */
static bool admits(struct ka_span patterns, const char *namespace)
{
	struct ka_span rest = patterns, one;
	bool any = false;

	while (ka_text_split(&rest, ',', &one)) {
		bool is_negated = one.len > 0 && one.p[0] == '!';

		if (!ka_text_glob(ka_span_sub(one, is_negated, one.len), ka_span_of(namespace)))
			continue;
		if (is_negated)
			return false;
		any = true;
	}
	return any;
}

static bool take_namespaces(struct parse *p, struct ka_span value)
{
	if (p->out->has_namespaces)
		return wrong(p->out, "namespaces= stands there twice");
	p->out->has_namespaces = true;
	p->out->is_for_us = admits(value, KA_SSHSIG_NAMESPACE);
	return true;
}

static bool take_time(struct parse *p, struct ka_span value, bool *has, int64_t *out)
{
	if (*has)
		return wrong(p->out, "valid-after= or valid-before= stands there twice");
	*has = true;
	if (value.len == 0 || value.p[value.len - 1] != 'Z')
		return wrong(p->out, "a time without Z at its end, which would be local time");
	return ka_keytime_parse(value, 0, out) || wrong(p->out, "a time that is not YYYYMMDD[hhmm[ss]]Z");
}

/* the value of an option, behind its name; off the front of the rest */
static bool take_value(struct parse *p, struct ka_span *value)
{
	size_t end;

	if (p->rest.len < 2 || p->rest.p[0] != '=' || p->rest.p[1] != '"')
		return wrong(p->out, "an option without a value in quotes");
	p->rest = ka_span_sub(p->rest, 2, p->rest.len);
	end = ka_span_find(p->rest, '"');
	if (end == p->rest.len)
		return wrong(p->out, "a quote that is never closed");
	*value = ka_span_sub(p->rest, 0, end);
	p->rest = ka_span_sub(p->rest, end + 1, p->rest.len);
	return ka_span_find(*value, '\\') == value->len || wrong(p->out, "a backslash in a value, which is not supported");
}

static bool take_option(struct parse *p)
{
	struct ka_span name, value;
	size_t n = 0;

	while (n < p->rest.len && (ka_text_is_alnum(p->rest.p[n]) || p->rest.p[n] == '-'))
		n++;
	name = ka_span_sub(p->rest, 0, n);
	p->rest = ka_span_sub(p->rest, n, p->rest.len);
	if (ka_text_equal_nocase(name, ka_span_of("cert-authority"))) {
		p->out->is_ca = true;
		return true;
	}
	if (ka_text_equal_nocase(name, ka_span_of("namespaces")))
		return take_value(p, &value) && take_namespaces(p, value);
	if (ka_text_equal_nocase(name, ka_span_of("valid-after")))
		return take_value(p, &value) && take_time(p, value, &p->has_after, &p->out->valid_after);
	if (ka_text_equal_nocase(name, ka_span_of("valid-before")))
		return take_value(p, &value) && take_time(p, value, &p->has_before, &p->out->valid_before);
	return wrong(p->out, "an unknown option");
}

bool ka_signeropts_parse(struct ka_span list, struct ka_signeropts *out)
{
	struct parse p = { .out = out, .rest = list };

	*out = (struct ka_signeropts){ .is_for_us = true, .valid_after = INT64_MIN, .valid_before = INT64_MAX };
	if (list.len == 0)
		return true;
	while (take_option(&p)) {
		if (p.rest.len == 0)
			return out->valid_after < out->valid_before || wrong(out, "valid-before is not after valid-after");
		if (p.rest.p[0] != ',')
			return wrong(out, "something other than a comma behind an option");
		p.rest = ka_span_sub(p.rest, 1, p.rest.len);
	}
	return false;
}
