/* An attempt record: what is accepted is written so that it reads back as the same record, in one line of bounded length. */
#include "spool/record.h"

#include <string.h>

#include "base/err.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

static int same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static void check_addresses(const struct ka_record *r)
{
	char client[64];
	unsigned port;

	if (ka_record_addresses(r->c, 22, client, &port))
		MUST(port <= 65535 && strlen(client) > 1 && strlen(client) < sizeof(client));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ka_record one, two;
	char line[2 * KA_RECORD_MAX];
	struct ka_buf b;

	if (!ka_record_parse((struct ka_span){ data, size }, &one))
		return 0;
	MUST(one.at_us >= 0 && one.up_ms >= 0 && one.pp >= 0 && one.pid >= 0);
	check_addresses(&one);
	ka_buf_init_array(&b, line);
	ka_record_write(&one, &b);
	MUST(ka_buf_check(&b) == KA_ERR_OK && b.len <= KA_RECORD_MAX && memchr(line, '\n', b.len) == line + b.len - 1);
	MUST(ka_record_parse((struct ka_span){ (const uint8_t *)line, b.len - 1 }, &two));
	MUST(two.is_overflow == one.is_overflow && two.at_us == one.at_us && two.up_ms == one.up_ms);
	MUST(two.pp == one.pp && two.pid == one.pid && two.has_uid == one.has_uid && two.uid == one.uid);
	MUST(two.verdict == one.verdict && same(two.user, one.user) && same(two.type, one.type) && same(two.fp, one.fp));
	MUST(same(two.c, one.c) && same(two.reasons, one.reasons));
	/* when it would be too long these go, whole, in this order */
	MUST(ka_span_equal(two.label, one.label) || two.label.len == 0);
	MUST(same(two.key, one.key) || (two.key[0] == '\0' && two.label.len == 0));
	MUST(same(two.src, one.src) || (two.src[0] == '\0' && two.key[0] == '\0'));
	MUST(same(two.opts, one.opts) || (two.opts[0] == '\0' && two.src[0] == '\0'));
	return 0;
}
