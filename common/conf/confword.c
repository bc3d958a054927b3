/* Fixed words, by the type of the row. What one may write is what is shown; the order is that of the enumerators. */
#include "conf/confword.h"

#include <string.h>

#include "base/near.h"

#include "base/poison.h"

static const struct {
	uint8_t type;
	char words[32];
} lists[] = {
	{ KA_CONFROW_KIND, "file\0" },
	{ KA_CONFROW_OWNER, "root\0user\0" },
	{ KA_CONFROW_STRICT, "auto\0upstream\0debian\0" },
};

static const char *words_of(const struct ka_confrow *row)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(lists); i++)
		if (lists[i].type == (uint8_t)row->type)
			return lists[i].words;
	return NULL;
}

bool ka_confword_is(const struct ka_confrow *row)
{
	return words_of(row) != NULL;
}

bool ka_confword_find(struct ka_span value, const char *words, unsigned *out)
{
	unsigned n = 0;

	for (const char *w = words; w[0] != '\0'; w += strlen(w) + 1, n++)
		if (ka_span_is(value, w)) {
			*out = n;
			return true;
		}
	return false;
}

const char *ka_confword_at(const char *words, unsigned i)
{
	while (i-- > 0 && words[0] != '\0')
		words += strlen(words) + 1;
	return words;
}

bool ka_confword_not_one_of(struct ka_conferr *e, struct ka_span value, const char *words)
{
	struct ka_near near;

	ka_near_init(&near, value);
	ka_conferr_quoted(e, value);
	ka_conferr_say(e, " is not one of ");
	for (const char *w = words; w[0] != '\0'; w += strlen(w) + 1) {
		ka_conferr_say(e, w != words ? ", " : "");
		ka_conferr_say(e, w);
		ka_near_try(&near, w);
	}
	ka_conferr_meant(e, near.best);
	return false;
}

bool ka_confword_set(void *field, const struct ka_confrow *row, struct ka_span value, struct ka_conferr *e)
{
	const char *words = words_of(row);
	unsigned i = 0;

	_Static_assert(sizeof(enum ka_conf_kind) == sizeof(i) && sizeof(enum ka_conf_owner) == sizeof(i) &&
			       sizeof(enum ka_conf_strict) == sizeof(i), "an enumeration is as large as its number");
	if (row->type == KA_CONFROW_KIND && (ka_span_is(value, "http") || ka_span_is(value, "command"))) {
		ka_conferr_quoted(e, value);
		ka_conferr_say(e, " is not supported by this release; file is");
		return false;
	}
	if (!ka_confword_find(value, words, &i))
		return ka_confword_not_one_of(e, value, words);
	memcpy(field, &i, sizeof(i));
	return true;
}

const char *ka_confword_show(const void *field, const struct ka_confrow *row)
{
	unsigned i;

	memcpy(&i, field, sizeof(i));
	return ka_confword_at(words_of(row), i);
}
