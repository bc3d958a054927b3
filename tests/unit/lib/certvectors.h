/* The certificates of tests/vectors/certs.txt (made by certs.py). */
#ifndef KA_TESTS_CERTVECTORS_H
#define KA_TESTS_CERTVECTORS_H

#include <stdint.h>

#include "base/cursor.h"
#include "reason/reason.h"
#include "vet/vet.h"

#define CERTVECTORS_MAX 80
#define CERTVECTORS_NOW 1790000000

struct certvector {
	enum ka_reason reason; /* KA_REASON_NONE: nothing is wrong with it */
	struct ka_span blob;
	char *what;
};

extern struct certvector certvectors[CERTVECTORS_MAX];
extern size_t certvectors_count;

/** certvectors_setup(), _teardown() - for a group of tests */
int certvectors_setup(void **state);
int certvectors_teardown(void **state);

/** certvectors_find() - the one of that description */
struct ka_span certvectors_find(const char *what);

/** certvectors_vet() - judge a blob by the default policy with certificates = yes, as ka_vet_line() does */
void certvectors_vet(struct ka_span blob, bool whole, struct ka_vet *out);

#endif
