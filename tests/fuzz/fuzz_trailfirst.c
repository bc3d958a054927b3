/* The first line of a file beside the trail, whoever wrote it: it is a genesis with a chain and a number, or nothing. */
#include "keyaudit/trail/trailfirst.h"

#include <string.h>

#include "base/limits.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_trailfile f = { .begun_us = INT64_MIN }, again = f;
	struct ka_span line = { data, size };

	ka_trailfirst_take(line, &f);
	ka_trailfirst_take(line, &again);
	MUST(f.seq == again.seq && f.begun_us == again.begun_us && strcmp(f.chain, again.chain) == 0);
	if (f.seq == 0) {
		MUST(f.chain[0] == '\0' && f.begun_us == INT64_MIN);
		return 0;
	}
	MUST(strlen(f.chain) == sizeof(f.chain) - 1 && size < KA_EVENT_LINE_MAX);
	MUST(memmem(data, size, "genesis", 7) != NULL || memchr(data, '\\', size) != NULL);
	return 0;
}
