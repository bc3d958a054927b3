/* A chained trail with seals and anchors as files of the working directory (verbplace.h). */
#ifndef KA_TEST_SEALPLACE_H
#define KA_TEST_SEALPLACE_H

#include <stdlib.h>
#include <string.h>

#include "chainsample.h"
#include "verbplace.h"

static struct ka_chainsample sealplace;

static inline void sealplace_put(const char *name, struct ka_span s)
{
	char *text = calloc(1, s.len + 1);

	if (text != NULL && s.len > 0)
		memcpy(text, s.p, s.len);
	verbplace_put(name, text != NULL ? text : "");
	free(text);
}

/** sealplace_write() - "audit.jsonl" of ten records with two seals, one of them at its end; "seals.jsonl", "anchors" and "k0" */
static inline void sealplace_write(void)
{
	char k0[KA_SEALKEY_TEXT_MAX];
	struct ka_buf b;

	ka_chainsample_begin(&sealplace);
	ka_chainsample_genesis(&sealplace, "first");
	ka_chainsample_records(&sealplace, 4);
	ka_chainsample_seal(&sealplace);
	ka_chainsample_records(&sealplace, 5);
	ka_chainsample_seal(&sealplace);
	ka_buf_init_array(&b, k0);
	ka_sealkey_show(&sealplace.k0, &b);
	sealplace_put("audit.jsonl", ka_buf_as_span(&sealplace.b));
	sealplace_put("seals.jsonl", ka_buf_as_span(&sealplace.s));
	sealplace_put("anchors", ka_buf_as_span(&sealplace.s));
	verbplace_put("k0", k0);
}

#endif
