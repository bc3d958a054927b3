/*
 * A trail of three files in the working directory (verbplace.h): audit.jsonl-1.gz of the 21st of
 * August, audit.jsonl-2 of the 22nd and audit.jsonl of the 23rd, each with a genesis and as many events as asked for, whose
 * references are refaaaaa, refaaaab ... from the oldest on.
 */
#ifndef KA_TEST_ROTATEDPLACE_H
#define KA_TEST_ROTATEDPLACE_H

#include <stdio.h>

#include "sealplace.h"

/** rotatedplace_write() - the files; @each: events in each, not more than 8 */
static inline void rotatedplace_write(unsigned each)
{
	static const char *const names[] = { "audit.jsonl-1", "audit.jsonl-2", "audit.jsonl" };
	size_t from = 0;
	char n = 'a';

	verbplace_clear();
	ka_chainsample_begin(&sealplace);
	for (size_t i = 0; i < 3; i++) {
		char own[160];

		ka_chainsample_genesis(&sealplace, i == 0 ? "first" : "rotated");
		for (unsigned k = 0; k < each; k++, n++) {
			snprintf(own, sizeof(own), "\"ref\":\"refaaaa%c\"},\"user\":{\"name\":\"user%c\"},\"x\":{\"y\":1", n, n);
			ka_chainsample_put(&sealplace, "ssh-key-refused", own);
		}
		if (i < 2)
			ka_chainsample_put(&sealplace, "trail-rotate", "\"trail\":{\"chain\":\"" KA_CHAINSAMPLE_ID "\"}");
		sealplace_put(names[i], ka_span_sub(ka_buf_as_span(&sealplace.b), from, sealplace.b.len - from));
		from = sealplace.b.len;
	}
	/* the chain is no longer intact then, which no reader but verify asks for */
	verbplace_shell("sed -i s/2026-08-23T/2026-08-21T/ audit.jsonl-1; sed -i s/2026-08-23T/2026-08-22T/ audit.jsonl-2; gzip audit.jsonl-1");
}

#endif
