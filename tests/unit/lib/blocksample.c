#include "tests/unit/lib/blocksample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/cleanup.h"
#include "tests/unit/lib/tmptree.h"

#include "base/poison.h"

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, KA_BLOCKFILE_RECORD);
}

uint8_t *blocksample_fill(size_t count)
{
	uint8_t *records = calloc(count, KA_BLOCKFILE_RECORD), hash[crypto_hash_sha256_BYTES];

	assert_non_null(records);
	for (size_t i = 0; i < count; i++) {
		crypto_hash_sha256(hash, (const uint8_t *)&i, sizeof(i));
		memcpy(records + i * KA_BLOCKFILE_RECORD, hash, KA_BKHASH_LEN);
		records[i * KA_BLOCKFILE_RECORD + KA_BKHASH_LEN] = (uint8_t)(1 + i % 3);
	}
	qsort(records, count, KA_BLOCKFILE_RECORD, by_bytes);
	return records;
}

const char *blocksample_write(const char *name, const void *bytes, size_t len)
{
	static char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", tmptree, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0644), 0);
	return path;
}

const char *blocksample_listing(const char *name, const struct ka_keyblob *key, uint8_t id)
{
	enum { OTHERS = 1000 };
	KA_AUTOFREE uint8_t *records = blocksample_fill(OTHERS);
	uint8_t all[(OTHERS + 1) * KA_BLOCKFILE_RECORD];

	memcpy(all, records, OTHERS * KA_BLOCKFILE_RECORD);
	assert_true(ka_bkhash(key, all + OTHERS * KA_BLOCKFILE_RECORD));
	all[sizeof(all) - 1] = id;
	qsort(all, OTHERS + 1, KA_BLOCKFILE_RECORD, by_bytes);
	return blocksample_write(name, all, sizeof(all));
}
