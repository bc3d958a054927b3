/* Names of the five answers. */
#include "reason/answer.h"

#include "base/err.h"

#include "base/poison.h"

static const char words[][12] = {
	[KA_SOURCE_FOUND] = "found",             [KA_SOURCE_NO_KEYS] = "no-keys", [KA_SOURCE_REFUSED] = "refused",
	[KA_SOURCE_UNAVAILABLE] = "unavailable", [KA_SOURCE_STALE] = "stale",
};

const char *ka_answer_text(enum ka_source_answer a)
{
	return words[(unsigned)a < KA_ARRAY_LEN(words) ? a : KA_SOURCE_UNAVAILABLE];
}

bool ka_answer_find(struct ka_span word, enum ka_source_answer *out)
{
	for (unsigned i = 0; i < KA_ARRAY_LEN(words); i++)
		if (ka_span_is(word, words[i])) {
			*out = (enum ka_source_answer)i;
			return true;
		}
	return false;
}
