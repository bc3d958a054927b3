/* Fixed words, by the type of the row. What one may write is what is shown; the order is that of the enumerators. */
#include "conf/confword.h"

#include <string.h>

#include "base/near.h"
#include "conf/confprofile.h"

#include "base/poison.h"

/* what the field is: a number that counts from 0 or 1 in the order of the words, yes for the second word, or the word itself */
enum { NUMBER, FROM_ONE, YES, TEXT };

static const struct list {
	uint8_t type, field;
	char words[38];
} lists[] = {
	{ KA_CONFROW_KIND, NUMBER, "file\0command\0http\0" },
	{ KA_CONFROW_OWNER, NUMBER, "root\0user\0" },
	{ KA_CONFROW_STRICT, NUMBER, "auto\0upstream\0debian\0" },
	{ KA_CONFROW_FORMAT, NUMBER, "signed\0lines\0json\0" },
	{ KA_CONFROW_FORM, NUMBER, "ecs\0ocsf\0cef\0kv\0" },
	{ KA_CONFROW_FETCH, NUMBER, "on-miss\0timer\0" },
	{ KA_CONFROW_TLS, NUMBER, "1.2\0" "1.3\0" },
	{ KA_CONFROW_ABSENT, NUMBER, "bad-answer\0no-keys\0" },
	{ KA_CONFROW_DECODE, NUMBER, "none\0base64\0" },
	{ KA_CONFROW_UNIT, NUMBER, "rfc3339\0date\0unix\0unix_us\0" },
	{ KA_CONFROW_BOOL, YES, "no\0yes\0" },
	{ KA_CONFROW_SPLIT, YES, "none\0lines\0" },
	{ KA_CONFROW_NEXT, YES, "none\0link\0" },
	{ KA_CONFROW_PROFILE, FROM_ONE, KA_CONFPROFILE_WORDS },
	{ KA_CONFROW_TIGHTEN, NUMBER, KA_CONFPROFILE_NONE KA_CONFPROFILE_WORDS },
	{ KA_CONFROW_SYNC, YES, "seal\0always\0" },
	{ KA_CONFROW_STALE, YES, "unavailable\0unavailable refused\0" },
	{ KA_CONFROW_METHOD, TEXT, "GET\0POST\0" },
	{ KA_CONFROW_MIRRORS, TEXT, "order\0random\0" },
};

static const struct list *list_of(const struct ka_confrow *row)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(lists); i++)
		if (lists[i].type == (uint8_t)row->type)
			return &lists[i];
	return NULL;
}

bool ka_confword_is(const struct ka_confrow *row)
{
	return list_of(row) != NULL;
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

static void store(void *field, const struct list *list, unsigned i)
{
	const char *word = ka_confword_at(list->words, i);
	bool yes = i == 1; /* before it is counted from one */

	_Static_assert(sizeof(enum ka_conf_kind) == sizeof(i) && sizeof(enum ka_conf_unit) == sizeof(i),
		       "an enumeration is as large as its number");
	if (list->field == FROM_ONE)
		i++;
	if (list->field == NUMBER || list->field == FROM_ONE)
		memcpy(field, &i, sizeof(i));
	else if (list->field == YES)
		memcpy(field, &yes, sizeof(yes));
	else
		memcpy(field, &word, sizeof(word));
}

bool ka_confword_set(void *field, const struct ka_confrow *row, struct ka_span value, struct ka_conferr *e)
{
	const struct list *list = list_of(row);
	unsigned i = 0;

	if (!ka_confword_find(value, list->words, &i))
		return ka_confword_not_one_of(e, value, list->words);
	store(field, list, i);
	return true;
}

const char *ka_confword_show(const void *field, const struct ka_confrow *row)
{
	const struct list *list = list_of(row);
	const char *word;
	unsigned i = 0;
	bool yes;

	switch (list->field) {
	case TEXT:
		memcpy(&word, field, sizeof(word));
		return word;
	case YES:
		memcpy(&yes, field, sizeof(yes));
		i = yes;
		break;
	default:
		memcpy(&i, field, sizeof(i));
		i -= list->field == FROM_ONE;
		break;
	}
	return ka_confword_at(list->words, i);
}
