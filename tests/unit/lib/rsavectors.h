/* The moduli of tests/vectors/rsa.txt, whose verdicts other arithmetic than ours has confirmed. */
#ifndef KA_TESTS_RSAVECTORS_H
#define KA_TESTS_RSAVECTORS_H

#include <stddef.h>

#include <openssl/bn.h>

#include "reason/reason.h"

#define RSAVECTORS_MAX 128

struct rsavector {
	enum ka_reason reason; /* KA_REASON_NONE: "ok" */
	BIGNUM *n;
};

/** rsavectors_setup(), rsavectors_teardown() - of a group: rsavectors[] and rsavectors_count are there between */
int rsavectors_setup(void **state);
int rsavectors_teardown(void **state);

extern struct rsavector rsavectors[RSAVECTORS_MAX];
extern size_t rsavectors_count;
extern BN_CTX *rsavectors_ctx;

/** rsavectors_blob() - its ssh-rsa blob with e = 65537 in base64; valid until the next call */
const char *rsavectors_blob(const BIGNUM *n);

#endif
