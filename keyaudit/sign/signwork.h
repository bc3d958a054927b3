/*
 * A private directory in which texts are signed: the files 1, 2, ... are texts, N.K is the signature of text N by key K.
 * Nothing in it is secret, and whatever lies there is thrown away by the next who uses it.
 */
#ifndef KA_SIGNWORK_H
#define KA_SIGNWORK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "keyaudit/sign/signblock.h"
#include "keyaudit/sign/signerkey.h"

struct ka_signwork {
	int dir;          /* -1: none */
	char path[KA_SIGNWORK_PATH_MAX]; /* "" when the directory is to stay */
	size_t count;     /* texts */
	size_t signed_;   /* so many of them are signed */
	uint8_t (*hashes)[32]; /* SHA-256 of each text as it was added */
	size_t room_for;
	struct ka_signblock room;
};

/* who signs, and how */
struct ka_signwork_how {
	const struct ka_signerkey *keys;
	size_t keys_count;
	const char *agent; /* NULL: SSH_AUTH_SOCK as it is */
	unsigned jobs;
	void (*progress)(void *ctx, size_t done); /* of the whole; may be NULL */
	void *ctx;
};

/** ka_signwork_open() - a new directory below /tmp. Errors: KA_ERR_SYS */
KA_MUST_CHECK enum ka_err ka_signwork_open(struct ka_signwork *w);

/**
 * ka_signwork_open_in() - the directory @name in @dir, made when it is missing, for one user of it at a time
 *
 * What a killed one has left there goes. Errors: KA_ERR_TIMEOUT - another is at work; KA_ERR_SYS.
 */
KA_MUST_CHECK enum ka_err ka_signwork_open_in(int dir, const char *name, struct ka_signwork *w);

/** ka_signwork_close() - with everything in it; also of one that could not be opened */
void ka_signwork_close(struct ka_signwork *w);

/** ka_signwork_add() - the next text; its number is w->count then */
KA_MUST_CHECK enum ka_err ka_signwork_add(struct ka_signwork *w, struct ka_span text);

/** ka_signwork_sign() - every key signs every text that was added since the last time. Errors: as ka_keygensign_run() */
KA_MUST_CHECK enum ka_err ka_signwork_sign(struct ka_signwork *w, const struct ka_signwork_how *how);

/**
 * ka_signwork_blocks() - append the blocks of text @number, each looked at again: by that key, of that text
 *
 * @text: as it was added, wherever it comes from now: ssh-keygen is not to change what it signs
 *
 * Errors: KA_ERR_CRYPTO - one does not hold, or the text is another; KA_ERR_SYS, KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_signwork_blocks(struct ka_signwork *w, const struct ka_signwork_how *how, size_t number,
					     struct ka_span text, struct ka_buf *out);

#endif
