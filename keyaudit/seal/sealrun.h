/*
 * Ending an epoch: one seal of what the trail holds now, and the next key.
 *
 * MUST: the records are on the disk before the seal, the seal before the next key. Whoever finds a seal of the key's own epoch
 * comes after a crash between these two: that epoch has its seal, and the key goes on without another one.
 */
#ifndef KA_SEALRUN_H
#define KA_SEALRUN_H

#include "base/buf.h"
#include "base/err.h"
#include "keyaudit/seal/sealkey.h"

struct ka_sealjob {
	const char *trail; /* all borrowed */
	const char *lock;  /* the trail's lock file */
	const char *key;   /* KA_SEALPLACE_KEY */
	const char *why;   /* a word of KA_SEAL_WHY_MAX: "timer", "rotate" */
};

enum ka_sealrun_answer {
	KA_SEALRUN_SEALED,
	KA_SEALRUN_NO_KEY,   /* sealing was never begun (log seal --init) */
	KA_SEALRUN_NO_CHAIN, /* there is nothing to seal yet */
};

/**
 * ka_sealrun() - seal; the trail's lock is held meanwhile
 * @line: what was written, with its newline, to be left elsewhere (sealanchor.h)
 *
 * Errors: KA_ERR_TIMEOUT (the lock); KA_ERR_SYS; KA_ERR_SYNTAX (the key file holds none); KA_ERR_LIMIT (the seals are further than
 *         KA_SEAL_CATCH_UP_MAX epochs ahead of the key). After any of them try again.
 */
KA_MUST_CHECK enum ka_err ka_sealrun(const struct ka_sealjob *job, enum ka_sealrun_answer *answer, struct ka_buf *line);

/** ka_sealrun_locked() - the same for who holds the trail's lock: a rotation, behind its last record. @job->lock is not looked at */
KA_MUST_CHECK enum ka_err ka_sealrun_locked(const struct ka_sealjob *job, enum ka_sealrun_answer *answer, struct ka_buf *line);

/**
 * ka_sealrun_begin() - make K0 and save the first key
 * @k0: the caller's to show, and to wipe
 *
 * Errors: KA_ERR_SYS with errno EEXIST when a key or seals are there already.
 */
KA_MUST_CHECK enum ka_err ka_sealrun_begin(const struct ka_sealjob *job, struct ka_sealkey *k0);

#endif
