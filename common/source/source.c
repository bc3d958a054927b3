/* Names of the five answers; they stand in records, so they never change. */
#include "source/source.h"

#include "base/poison.h"

const char *ka_source_answer_text(enum ka_source_answer a)
{
	switch (a) {
	case KA_SOURCE_FOUND:
		return "found";
	case KA_SOURCE_NO_KEYS:
		return "no-keys";
	case KA_SOURCE_REFUSED:
		return "refused";
	case KA_SOURCE_UNAVAILABLE:
		return "unavailable";
	case KA_SOURCE_STALE:
		return "stale";
	}
	return "unavailable";
}
