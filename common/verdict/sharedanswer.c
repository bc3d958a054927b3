/* The lines of authkeys-vet --shared. */
#include "verdict/sharedanswer.h"

#include "base/err.h"
#include "base/text.h"

#include "base/poison.h"

/* each word, and how many numbers stand behind it */
static const struct { const char *word; unsigned numbers; } forms[] = {
	[KA_SHAREDANSWER_UNJUDGED] = { "unjudged", 0 },
	[KA_SHAREDANSWER_ALONE] = { "alone", 0 },
	[KA_SHAREDANSWER_SHARED] = { "shared", 1 },
	[KA_SHAREDANSWER_STEP] = { "step", 2 },
};

void ka_sharedanswer_write(const struct ka_sharedanswer *s, struct ka_buf *out)
{
	const uint32_t numbers[] = { s->a, s->b };

	ka_buf_text(out, forms[s->word].word);
	for (size_t i = 0; i < forms[s->word].numbers; i++) {
		ka_buf_char(out, ' ');
		if (s->word == KA_SHAREDANSWER_SHARED && s->a == 0)
			ka_buf_char(out, '-');
		else
			ka_buf_u64(out, numbers[i]);
	}
	ka_buf_char(out, '\n');
}

static bool take_number(struct ka_span *rest, bool may_be_unknown, uint32_t *out)
{
	struct ka_span part;
	uint64_t v = 0;

	if (!ka_text_split(rest, ' ', &part) || (part.len > 1 && part.p[0] == '0'))
		return false;
	if (!(may_be_unknown && ka_span_is(part, "-")) && (!ka_text_to_u64(part, UINT32_MAX, &v) || (may_be_unknown && v == 0)))
		return false;
	*out = (uint32_t)v;
	return true;
}

bool ka_sharedanswer_parse(struct ka_span line, struct ka_sharedanswer *out)
{
	struct ka_sharedanswer s = { .word = KA_SHAREDANSWER_UNJUDGED };
	size_t n = ka_span_find(line, ' ');
	struct ka_span word = ka_span_sub(line, 0, n), rest = ka_span_sub(line, n < line.len ? n + 1 : n, line.len);
	unsigned spaces = 0;

	*out = s;
	for (size_t i = 0; i < line.len; i++)
		spaces += line.p[i] == ' ';
	for (size_t i = 0; i < KA_ARRAY_LEN(forms); i++) {
		if (!ka_span_is(word, forms[i].word) || spaces != forms[i].numbers)
			continue;
		s.word = (enum ka_sharedanswer_word)i;
		if (forms[i].numbers > 0 && !take_number(&rest, i == KA_SHAREDANSWER_SHARED, &s.a))
			return false;
		if (forms[i].numbers > 1 && !take_number(&rest, false, &s.b))
			return false;
		*out = s;
		return true;
	}
	return false;
}
