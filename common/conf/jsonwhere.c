/* Conditions, one after the other. Nothing is evaluated here. */
#include "conf/jsonwhere.h"

#include "base/limits.h"
#include "base/text.h"
#include "conf/jsonpath.h"

#include "base/poison.h"

void ka_jsonwhere_init(struct ka_jsonwhere *w, struct ka_span text)
{
	*w = (struct ka_jsonwhere){ .rest = ka_text_trim(text), .is_first = true };
}

static bool refuse(struct ka_jsonwhere *w, const char *what)
{
	w->wrong = what;
	return false;
}

static void use(struct ka_jsonwhere *w, size_t n)
{
	w->rest = ka_text_trim(ka_span_sub(w->rest, n, w->rest.len));
}

/* where the operator begins: the first = or ! that is not inside quotes; the length when there is none */
static size_t find_operator(struct ka_span s)
{
	bool quoted = false;
	size_t i = 0;

	for (; i < s.len; i++) {
		if (s.p[i] == '"')
			quoted = !quoted;
		if (!quoted && (s.p[i] == '=' || s.p[i] == '!'))
			break;
	}
	return i;
}

static bool take_path(struct ka_jsonwhere *w, struct ka_jsonwhere_condition *out)
{
	size_t n = find_operator(w->rest);
	const char *wrong;

	out->path = ka_text_trim(ka_span_sub(w->rest, 0, n));
	wrong = ka_jsonpath_wrong(out->path);
	if (out->path.len == 0 && n < w->rest.len)
		wrong = " has a condition without a path";
	if (wrong != NULL)
		return refuse(w, wrong);
	w->rest = ka_span_sub(w->rest, n, w->rest.len);
	out->is_not = ka_span_starts(w->rest, "!=");
	if (!out->is_not && !ka_span_starts(w->rest, "=="))
		return refuse(w, " has a condition without == or !=");
	use(w, 2);
	return true;
}

static bool take_text(struct ka_jsonwhere *w, struct ka_jsonwhere_condition *out)
{
	size_t end = ka_span_find(ka_span_sub(w->rest, 1, w->rest.len), '"');

	if (end + 1 >= w->rest.len)
		return refuse(w, " has a quote that is not closed");
	out->kind = KA_JSONWHERE_TEXT;
	out->text = ka_span_sub(w->rest, 1, end);
	use(w, end + 2);
	return true;
}

static bool to_number(struct ka_span word, int64_t *out)
{
	bool is_negative = ka_span_starts(word, "-");
	uint64_t n = 0;

	if (!ka_text_to_u64(ka_span_sub(word, is_negative, word.len), INT64_MAX, &n))
		return false;
	*out = is_negative ? -(int64_t)n : (int64_t)n;
	return true;
}

static bool take_word(struct ka_jsonwhere *w, struct ka_jsonwhere_condition *out)
{
	struct ka_span word;
	size_t n = 0;

	while (n < w->rest.len && !ka_text_is_blank(w->rest.p[n]) && w->rest.p[n] != '&')
		n++;
	word = ka_span_sub(w->rest, 0, n);
	use(w, n);
	out->kind = ka_span_is(word, "true")  ? KA_JSONWHERE_TRUE :
		    ka_span_is(word, "false") ? KA_JSONWHERE_FALSE :
		    ka_span_is(word, "null")  ? KA_JSONWHERE_NULL :
						KA_JSONWHERE_NUMBER;
	if (out->kind == KA_JSONWHERE_NUMBER && !to_number(word, &out->number))
		return refuse(w, " compares with something that is no \"text\", number, true, false or null");
	return true;
}

bool ka_jsonwhere_next(struct ka_jsonwhere *w, struct ka_jsonwhere_condition *out)
{
	bool is_first = w->is_first;

	*out = (struct ka_jsonwhere_condition){ .kind = KA_JSONWHERE_NULL };
	w->is_first = false;
	if (w->wrong != NULL || w->rest.len == 0)
		return false;
	if (!is_first) {
		if (!ka_span_starts(w->rest, "&&"))
			return refuse(w, " has something behind a condition that is not &&");
		use(w, 2);
		if (w->rest.len == 0)
			return refuse(w, " ends in &&");
	}
	if (!take_path(w, out))
		return false;
	return ka_span_starts(w->rest, "\"") ? take_text(w, out) : take_word(w, out);
}

const char *ka_jsonwhere_wrong(struct ka_span text)
{
	struct ka_jsonwhere_condition condition;
	struct ka_jsonwhere w;
	unsigned n = 0;

	ka_jsonwhere_init(&w, text);
	while (ka_jsonwhere_next(&w, &condition))
		n++;
	if (w.wrong == NULL && n > KA_JSONWHERE_MAX)
		return " has more than 8 conditions";
	return w.wrong;
}
