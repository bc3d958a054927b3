/* Steps of a path, one after the other. What is not exactly a step is an error; nothing is guessed. */
#include "conf/jsonpath.h"

#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

static bool is_name_byte(uint8_t c)
{
	return ka_text_is_alnum(c) || c == '_' || c == '-';
}

/* @n bytes of the rest are used up */
static void use(struct ka_jsonpath *p, size_t n)
{
	p->rest = ka_span_sub(p->rest, n, p->rest.len);
}

void ka_jsonpath_init(struct ka_jsonpath *p, struct ka_span text)
{
	*p = (struct ka_jsonpath){ .rest = text, .is_first = true };
	p->from_root = ka_span_starts(text, "$");
	if (!p->from_root)
		return;
	use(p, 1);
	p->is_first = false; /* "$name" would be neither */
}

static bool refuse(struct ka_jsonpath *p, const char *what)
{
	p->wrong = what;
	return false;
}

static bool take_quoted(struct ka_jsonpath *p, struct ka_jsonpath_step *out)
{
	size_t end = ka_span_find(ka_span_sub(p->rest, 1, p->rest.len), '"');

	if (end + 1 >= p->rest.len)
		return refuse(p, " has a quote that is not closed");
	out->name = ka_span_sub(p->rest, 1, end);
	use(p, end + 2);
	return true;
}

static bool take_name(struct ka_jsonpath *p, struct ka_jsonpath_step *out)
{
	size_t n = 0;

	out->kind = KA_JSONPATH_NAME;
	if (ka_span_starts(p->rest, "*")) {
		out->kind = KA_JSONPATH_VALUES;
		use(p, 1);
		return true;
	}
	if (ka_span_starts(p->rest, "\""))
		return take_quoted(p, out);
	while (n < p->rest.len && is_name_byte(p->rest.p[n]))
		n++;
	if (n == 0)
		return refuse(p, " has no name behind a dot");
	out->name = ka_span_sub(p->rest, 0, n);
	use(p, n);
	return true;
}

/* behind a '[' */
static bool take_index(struct ka_jsonpath *p, struct ka_jsonpath_step *out)
{
	size_t end = ka_span_find(p->rest, ']');
	struct ka_span inside = ka_span_sub(p->rest, 0, end);
	uint64_t n = 0;

	if (end == p->rest.len)
		return refuse(p, " has a [ that is not closed");
	out->kind = KA_JSONPATH_ITEMS;
	if (!ka_span_is(inside, "*")) {
		if (!ka_text_to_u64(inside, UINT32_MAX, &n))
			return refuse(p, " has something else than a number or * between [ and ]");
		out->kind = KA_JSONPATH_INDEX;
		out->index = (uint32_t)n;
	}
	use(p, end + 1);
	return true;
}

bool ka_jsonpath_next(struct ka_jsonpath *p, struct ka_jsonpath_step *out)
{
	bool is_first = p->is_first;

	*out = (struct ka_jsonpath_step){ .kind = KA_JSONPATH_NAME };
	p->is_first = false;
	if (p->wrong != NULL || p->rest.len == 0)
		return false;
	if (p->rest.p[0] == '.' || p->rest.p[0] == '[') {
		bool is_name = p->rest.p[0] == '.';

		use(p, 1);
		return is_name ? take_name(p, out) : take_index(p, out);
	}
	if (is_first && is_name_byte(p->rest.p[0]))
		return take_name(p, out);
	return refuse(p, " is no path; one looks like .data.keys[*] or $.meta.version");
}

const char *ka_jsonpath_wrong(struct ka_span text)
{
	struct ka_jsonpath_step step;
	struct ka_jsonpath p;
	unsigned n = 0;

	ka_jsonpath_init(&p, text);
	while (ka_jsonpath_next(&p, &step))
		n++;
	if (p.wrong == NULL && n > KA_JSONPATH_STEPS_MAX)
		return " has more than 16 steps";
	return p.wrong;
}
