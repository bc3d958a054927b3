/* The keys of tests/data/keys (made by ssh-keygen), for the tests of key and of what stands on it. */
#ifndef KA_TESTS_KEYSAMPLE_H
#define KA_TESTS_KEYSAMPLE_H

#include <stdint.h>

#include "base/cursor.h"
#include "key/keyblob.h"

struct ka_keysample {
	const char *name;        /* of the file, without .pub */
	const char *type;        /* its type word */
	const char *fingerprint; /* as ssh-keygen -l says */
	unsigned bits;
	char line[4096];         /* without its newline */
	struct ka_span text;     /* line */
	struct ka_span base64;   /* inside line */
	uint8_t bytes[3072];
	struct ka_span blob;
};

#define KA_KEYSAMPLE_COUNT 17

/** ka_keysample_load() - read sample @i below KA_KEYSAMPLE_COUNT; the test fails when that is not possible */
void ka_keysample_load(size_t i, struct ka_keysample *out);

/** ka_keysample_find() - the one called @name */
void ka_keysample_find(const char *name, struct ka_keysample *out);

#endif
