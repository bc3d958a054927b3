/* The signed documents of tests/cases/signed (tests/tools/signedcases.sh says what is in them), read and judged. */
#ifndef KA_TESTS_SIGNEDSAMPLE_H
#define KA_TESTS_SIGNEDSAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/signedcheck.h"

struct signedsample {
	char name[64];
	char *document, *signers_text, *expected;
	size_t document_len, signers_len;
	enum ka_signeddoc_kind kind;
	char user[KA_USER_NAME_MAX], host[KA_SIGNED_GLOB_MAX + 1];
	int64_t now;
	unsigned threshold;
	bool verify;
	bool has_memory, memory_same; /* memory_same: of this very text */
	uint64_t memory_serial;
};

/** signedsample_load() - the case of that name; the test fails when it cannot be read. signedsample_free() afterwards */
void signedsample_load(const char *name, struct signedsample *out);
void signedsample_free(struct signedsample *s);

/** signedsample_each() - @take for every case; how many there were */
size_t signedsample_each(void (*take)(const struct signedsample *s));

/* the parts of the last judgement */
extern struct ka_signers signedsample_signers;
extern struct ka_signeddoc signedsample_doc;
extern struct ka_signedcheck_out signedsample_out;

/** signedsample_judge() - parse and check these bytes as the case asks; the reason, conf.invalid for a bad signer file */
enum ka_reason signedsample_judge(const struct signedsample *s, struct ka_span document);

/** signedsample_answer() - the same as text: the reason's id or "-" and, when accepted, who signed */
const char *signedsample_answer(const struct signedsample *s, struct ka_span document);

/** signedsample_span() - the case's own document */
struct ka_span signedsample_span(const struct signedsample *s);

#endif
