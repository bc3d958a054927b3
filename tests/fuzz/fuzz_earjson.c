/* A line of journalctl -o json: what is given out is in range, and only root's own processes speak for sshd. */
#include "keyaudit/ear/earjson.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ka_earjson one, two;
	enum ka_earjson_answer answer = ka_earjson_read((struct ka_span){ data, size }, &one);

	if (answer == KA_EARJSON_BROKEN)
		return 0;
	MUST(ka_earjson_is_cursor(one.cursor) && memmem(data, size, "__CURSOR", 8) != NULL);
	MUST(one.at_us >= 0);
	if (answer == KA_EARJSON_OTHER) {
		MUST(!one.is_verified && one.pid == 0);
		return 0;
	}
	MUST(one.pid > 0 && one.len > 0 && one.len <= sizeof(one.message));
	MUST(memchr(one.message, '\n', one.len) == NULL);
	MUST(ka_earjson_read((struct ka_span){ data, size }, &two) == answer);
	MUST(two.pid == one.pid && two.at_us == one.at_us && two.is_verified == one.is_verified && two.len == one.len);
	MUST(memcmp(two.message, one.message, one.len) == 0 && strcmp(two.cursor, one.cursor) == 0);
	return 0;
}
