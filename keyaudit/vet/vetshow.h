/* One judged line for people, or as one JSON object (docs/json.md, schema keyaudit.vet/1). */
#ifndef KA_VETSHOW_H
#define KA_VETSHOW_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/limits.h"
#include "key/keyline.h"
#include "keyaudit/screen/out_text.h"
#include "vet/vet.h"

#define KA_VETSHOW_SCHEMA "keyaudit.vet/1"

struct ka_vetshow {
	struct ka_out out; /* where to */
	const char *file; /* as the user named it, borrowed; escaped when shown */
	bool json;
	bool with_account; /* say whose the key is */
	struct ka_span account; /* borrowed */
	const char *other; /* the place of the key with which policy.key-reused and key.rsa-shared-prime find fault, escaped; or NULL */
	const char *ca;    /* what trusted_ca says of a certificate's authority (vetca.h), or NULL */
	char scratch[KA_BLOB_MAX + 1]; /* too large for a stack frame */
};

/* what is shown of a key */
struct ka_vetshow_key {
	const char *type; /* or NULL */
	unsigned bits;    /* or 0 */
	char fp[KA_FPR_TEXT_MAX]; /* or "" */
};

/**
 * ka_vetshow_line() - write one line about one key
 *
 * Text: FILE:LINE: verdict type bits fingerprint reasons, "-" for what is not known; then account=ACCOUNT, as=PLACE and
 * ca=WORD where s->with_account, s->other and s->ca say so.
 * Every byte that comes from the file or the command line is escaped. Nothing of a private key is shown.
 *
 * Errors: KA_ERR_NOMEM; KA_ERR_SYS when it could not be written.
 */
KA_MUST_CHECK enum ka_err ka_vetshow_line(struct ka_vetshow *s, uint64_t number, const struct ka_keyline *k,
					  const struct ka_vet *v);

/** ka_vetshow_key() - the same about a key whose line is not at hand any more */
KA_MUST_CHECK enum ka_err ka_vetshow_key(struct ka_vetshow *s, uint64_t number, const struct ka_vetshow_key *key, const struct ka_vet *v);

#endif
