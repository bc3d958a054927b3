/* The signature blocks of a document that is being signed: which still hold, and whether ours does. */
#ifndef KA_SIGNBLOCK_H
#define KA_SIGNBLOCK_H

#include <stdbool.h>

#include "base/buf.h"
#include "keyaudit/sign/signerkey.h"
#include "store/signeddoc.h"
#include "store/sshsig.h"

/* room for one block; large enough for every one that may be */
struct ka_signblock {
	struct ka_sshsig sig;
	uint8_t storage[KA_SSHSIG_MAX];
};

enum ka_signblock_answer {
	KA_SIGNBLOCK_HOLDS,    /* the key in it has signed this text */
	KA_SIGNBLOCK_FOREIGN,  /* a type of key that is not verified: nobody can say */
	KA_SIGNBLOCK_BROKEN,   /* no signature for "keyaudit", or of another text */
};

/** ka_signblock_judge() - look at what stands between BEGIN and END; out->sig has the key */
enum ka_signblock_answer ka_signblock_judge(struct ka_span block, struct ka_sshsig_text *text, struct ka_signblock *out);

/** ka_signblock_is_by() - does this block hold and was it made with @key? */
bool ka_signblock_is_by(struct ka_span block, const struct ka_signerkey *key, struct ka_sshsig_text *text, struct ka_signblock *room);

/** ka_signblock_is_signed() - has each of the @count keys signed the document? */
bool ka_signblock_is_signed(const struct ka_signeddoc *doc, const struct ka_signerkey *keys, size_t count, struct ka_signblock *room);

/**
 * ka_signblock_take() - find the one block in what ssh-keygen wrote
 * @file: its .sig file
 * @block: set to what stands between BEGIN and END; false when it is something else
 */
bool ka_signblock_take(struct ka_span file, struct ka_span *block);

/** ka_signblock_put() - append a block with its BEGIN and END lines */
void ka_signblock_put(struct ka_span block, struct ka_buf *out);

#endif
