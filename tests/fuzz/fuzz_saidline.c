/* A said record: what is accepted is written so that it reads back as the same record, in one line of bounded length. */
#include "spool/saidline.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ka_saidline one, two;
	static char line[KA_SAID_RECORD_MAX];
	struct ka_buf b;

	if (!ka_saidline_parse((struct ka_span){ data, size }, &one))
		return 0;
	MUST(one.at_us >= 0 && one.by <= KA_SAIDLINE_FILE && strlen(one.message) <= KA_SAID_MESSAGE_MAX);
	ka_buf_init_array(&b, line);
	ka_saidline_write(&one, &b);
	MUST(ka_buf_check(&b) == KA_ERR_OK && b.len > 0 && memchr(line, '\n', b.len) == line + b.len - 1);
	MUST(ka_saidline_parse((struct ka_span){ (const uint8_t *)line, b.len - 1 }, &two));
	MUST(two.at_us == one.at_us && two.by == one.by && two.is_sure == one.is_sure && strcmp(two.message, one.message) == 0);
	return 0;
}
