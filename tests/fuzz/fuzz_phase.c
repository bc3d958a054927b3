/* A phase record: what is accepted is written so that it reads back as the same record, in one line. */
#include "spool/phase.h"

#include <string.h>

#include "base/err.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

static char line[KA_PHASE_RECORD_MAX + 1], room[2][KA_PHASE_RECORD_MAX + 8];

static int same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_phase_record one, two;
	struct ka_buf b;

	if (size > KA_PHASE_RECORD_MAX || !ka_phase_parse((struct ka_span){ data, size }, room[0], size + 8, &one))
		return 0;
	MUST(one.pid >= 0 && one.at_us >= 0 && one.up_ms >= 0 && strlen(one.info) <= KA_PHASE_INFO_MAX);
	ka_buf_init_array(&b, line);
	ka_phase_write(&one, &b);
	MUST(ka_buf_check(&b) == KA_ERR_OK && b.len > 0 && memchr(line, '\n', b.len) == line + b.len - 1);
	MUST(ka_phase_parse((struct ka_span){ (const uint8_t *)line, b.len - 1 }, room[1], b.len + 8, &two));
	MUST(two.phase == one.phase && two.pid == one.pid && two.at_us == one.at_us && two.up_ms == one.up_ms);
	MUST(two.info_too_long == one.info_too_long && same(two.info, one.info));
	/* the writer bounds what it is given; within the bound nothing changes */
	MUST(strlen(one.user) > KA_PHASE_TEXT_MAX || same(two.user, one.user));
	MUST(strlen(one.service) > KA_PHASE_TEXT_MAX || same(two.service, one.service));
	MUST(strlen(one.rhost) > KA_PHASE_TEXT_MAX || same(two.rhost, one.rhost));
	MUST(strlen(one.conn) > KA_PHASE_TEXT_MAX || same(two.conn, one.conn));
	return 0;
}
