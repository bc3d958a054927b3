/*
 * A file of compromised keys, with a hash that is looked for: the first 15 bytes; what follows is the file. In a file that is
 * in order the search says what looking at every record says; in another one it says anything but "yes" for what is not there.
 * The same bytes as a file of names: a name is a few harmless letters.
 */
#include "blocklist/blockfile.h"
#include "blocklist/blocknames.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

static bool is_in_order(const uint8_t *records, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (memcmp(records + (i - 1) * KA_BLOCKFILE_RECORD, records + i * KA_BLOCKFILE_RECORD, KA_BLOCKFILE_RECORD) >= 0)
			return false;
	return true;
}

/* the number of the list beside it, or -1 */
static int look_at_all(const uint8_t *records, size_t count, const uint8_t *hash)
{
	for (size_t i = 0; i < count; i++)
		if (memcmp(records + i * KA_BLOCKFILE_RECORD, hash, KA_BKHASH_LEN) == 0)
			return records[i * KA_BLOCKFILE_RECORD + KA_BKHASH_LEN];
	return -1;
}

static void check_search(const uint8_t *records, size_t count, const uint8_t *hash)
{
	const struct ka_blockfile f = { .state = KA_BLOCKFILE_OPEN, .records = records, .count = count };
	int list = look_at_all(records, count, hash);
	uint8_t found = 0;

	switch (ka_blockfile_find(&f, hash, &found)) {
	case KA_BLOCKFILE_YES:
		MUST(list >= 0);
		MUST(!is_in_order(records, count) || list == found);
		break;
	case KA_BLOCKFILE_NO:
		MUST(list < 0 || !is_in_order(records, count));
		break;
	case KA_BLOCKFILE_DAMAGED:
		MUST(!is_in_order(records, count));
		break;
	}
}

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, KA_BLOCKFILE_RECORD);
}

static void check_name(struct ka_span text, uint8_t id)
{
	char name[KA_BLOCKNAMES_NAME_MAX];

	ka_blocknames_in(text, id, name);
	MUST(ka_blocknames_is_name(ka_span_of(name)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t count;
	uint8_t *records;

	if (size < KA_BLOCKFILE_RECORD + KA_BKHASH_LEN)
		return 0;
	count = (size - KA_BKHASH_LEN) / KA_BLOCKFILE_RECORD;
	records = malloc(count * KA_BLOCKFILE_RECORD); /* to the byte, so that a look beyond the end is seen */
	MUST(records != NULL);
	memcpy(records, data + KA_BKHASH_LEN, count * KA_BLOCKFILE_RECORD);
	check_search(records, count, data);
	qsort(records, count, KA_BLOCKFILE_RECORD, by_bytes);
	check_search(records, count, data);
	free(records);
	check_name((struct ka_span){ data + 1, size - 1 }, data[0]);
	return 0;
}
