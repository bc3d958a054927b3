/* What keyaudit metrics keeps on disk: a state that is accepted is written so that it reads back the same; another one leaves nothing. */
#include "keyaudit/metrics/metricsstate.h"

#include <string.h>

#include "base/err.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

static struct ka_metricscount count, empty;
static char text[2][1 << 20];

static size_t write_to(char *room)
{
	struct ka_buf b;

	ka_buf_init(&b, room, sizeof(text[0]));
	ka_metricsstate_write(&count, &b);
	MUST(ka_buf_check(&b) == KA_ERR_OK);
	return b.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len;

	if (!ka_metricsstate_parse((struct ka_span){ data, size }, &count)) {
		MUST(memcmp(&count, &empty, sizeof(count)) == 0);
		return 0;
	}
	len = write_to(text[0]);
	MUST(ka_metricsstate_parse((struct ka_span){ (const uint8_t *)text[0], len }, &count));
	MUST(write_to(text[1]) == len && memcmp(text[0], text[1], len) == 0);
	return 0;
}
