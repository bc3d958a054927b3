/*
 * Signatures by stock ssh-keygen(1), -Y sign: agents, security keys and passphrases are its business, and the terminal is
 * handed on to it. Many files in one call, since starting it costs more than signing.
 */
#ifndef KA_KEYGENSIGN_H
#define KA_KEYGENSIGN_H

#include <stddef.h>

#include "base/err.h"
#include "keyaudit/sign/signerkey.h"

struct ka_keygensign {
	const struct ka_signerkey *key;
	const char *agent; /* socket of an agent; NULL: SSH_AUTH_SOCK as it is */
	int dir;           /* a directory of ours; the signature of its file N becomes N.sig */
	size_t first, count; /* the files @first, @first + 1 ... */
	unsigned jobs;     /* calls at once, 1 at least */
	void (*progress)(void *ctx, size_t done); /* now and then; may be NULL */
	void *ctx;
};

/**
 * ka_keygensign_run() - sign them all
 *
 * What ssh-keygen has to say goes to standard error. One call signs at most KA_KEYGEN_FILES_MAX files; a key with a
 * passphrase has one call at a time.
 *
 * Errors: KA_ERR_SYS - it cannot be started, errno says why; KA_ERR_CRYPTO - it did not sign everything (it has said why);
 *         KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_keygensign_run(const struct ka_keygensign *job);

#endif
