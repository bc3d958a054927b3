/* logrotate's configuration, whoever wrote it: the reader comes to an end, and what it says of a file has a line that is there. */
#include "keyaudit/doctor/logrotate.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

static void include(void *ctx, const char *path)
{
	*(size_t *)ctx += strlen(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_logrotate_file files[] = { { .path = "/var/log/keyaudit/audit.jsonl" }, { .path = "/var/log/keyaudit/seals.jsonl" } };
	size_t included = 0, lines = 1;
	struct ka_logrotate r = { .files = files, .count = 2, .hook = "keyaudit log rotate", .include = include, .ctx = &included };

	ka_logrotate_read(&r, (struct ka_span){ data, size });
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	MUST(included <= size);
	for (size_t i = 0; i < 2; i++) {
		MUST(files[i].is_named || files[i].does == KA_LOGROTATE_NOTHING);
		MUST(files[i].is_named == (files[i].line > 0) && files[i].line <= lines);
	}
	return 0;
}
