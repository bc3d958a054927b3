/* What a run came to: keys by type and by verdict, and its summary for people and as JSON. */
#ifndef KA_VETTALLY_H
#define KA_VETTALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "key/keyline.h"
#include "keyaudit/screen/out_text.h"
#include "vet/vet.h"

#define KA_VETTALLY_SCHEMA "keyaudit.vet-summary/1"

/* zeroed it is ready */
struct ka_vettally {
	uint64_t files;
	uint64_t keys;                     /* lines that are meant to be keys, and keys in comments */
	uint64_t by_type[KA_KEYTYPE_COUNT]; /* of them those whose type is known; index: ka_keytype_at() */
	uint64_t by_verdict[KA_VERDICT_REJECT + 1];
	uint64_t reused, shared;           /* keys of several accounts; keys that share a prime */
	uint64_t unread;                   /* files and lines of dumps that could not be read */
	uint64_t uncompared;               /* keys that could not be compared with all others */
};

/** ka_vettally_take() - one verdict */
void ka_vettally_take(struct ka_vettally *t, const struct ka_keyblob *key, enum ka_verdict verdict);

/** ka_vettally_worse() - a key that was counted turned out worse */
void ka_vettally_worse(struct ka_vettally *t, enum ka_verdict was, enum ka_verdict is);

/** ka_vettally_show() - two or three lines, or one JSON object. Errors: KA_ERR_NOMEM, KA_ERR_SYS */
KA_MUST_CHECK enum ka_err ka_vettally_show(const struct ka_vettally *t, const struct ka_out *out, bool json);

#endif
