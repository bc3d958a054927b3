/*
 * May this signed document be believed here and now? The one order in which it is asked, for the program that fetches and,
 * again, for the one that serves. Pure: the caller knows the time and what the serial memory says.
 *
 *   1  form                                                    store/signeddoc.h, before this
 *   2  blocks, signers, threshold         store.signature-bad, store.signer-unknown, store.threshold
 *   3  user, hosts                        store.wrong-user, store.wrong-host
 *   4  issued, expires                    store.not-yet-valid, store.expired
 *   5  serial against the memory          store.serial-lower, store.serial-reused
 *   6  only now the caller remembers the serial (store/serial.h), and then uses the document
 *
 * Signers count by name and by key: two blocks of one key count once, two keys under one name count once. A block by
 * somebody who is not listed, or by a type of key that is not verified, is ignored, so that signers can be replaced. A
 * block that is none, or that a listed signer did not make, refuses the document.
 *
 * MUST: remember nothing and serve nothing of a document that one of these refused.
 */
#ifndef KA_STORE_SIGNEDCHECK_H
#define KA_STORE_SIGNEDCHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "reason/reason.h"
#include "store/signeddoc.h"
#include "store/signers.h"
#include "vet/veted25519.h"

/* what was accepted last of the same source and user, list or index */
struct ka_serial_memory {
	bool known;
	uint64_t serial;
	uint8_t sha512[64]; /* of the signed text */
};

/* everything borrowed */
struct ka_signedcheck_in {
	const struct ka_signers *signers;
	unsigned threshold;      /* 0 counts as 1 */
	bool sk_verify_required; /* security keys must have verified their owner (PIN, biometry) */
	const char *user;        /* as sshd names the account; NULL for list and index */
	const char *host_id;
	int64_t now;             /* UTC seconds */
	const struct ka_serial_memory *memory; /* NULL: nobody to ask */
	enum ka_vet_ed25519 ed25519;           /* what is known about this libsodium */
	uint8_t *storage;        /* to decode blocks into; KA_SSHSIG_MAX is enough for every block */
	size_t storage_size;
};

/* one who signed */
struct ka_signedcheck_by {
	const struct ka_signer *signer;
	bool is_sk;
	uint8_t flags;    /* sk: KA_SSHSIG_TOUCHED, KA_SSHSIG_VERIFIED */
	uint32_t counter; /* sk: for the log; not judged */
};

struct ka_signedcheck_out {
	enum ka_reason reason; /* KA_REASON_NONE: believe it */
	size_t verified;       /* different signers whose block verified: by[0] and so on, in the document's order */
	size_t ignored;        /* blocks by others */
	uint8_t sha512[64];    /* of the signed text, for the serial memory; set unless the reason is conf.invalid or internal.* */
	struct ka_signedcheck_by by[KA_SIGNED_BLOCKS_MAX];
};

/**
 * ka_signedcheck() - judge a document that has the right form
 *
 * Answers: out->reason: KA_REASON_NONE or one of those above; conf.invalid - the signer file names fewer signers than the
 *          threshold asks for, or a point outside the prime-order group; internal.crypto-selftest - this libsodium is
 *          broken, or refused a signer's point without knowing a good one.
 * Costs:   one SHA-512 of the text (a SHA-256 as well when a block names it) and one verification for each block of a
 *          listed signer. The arithmetic on the signers' points is left out for a text that the memory already knows.
 */
void ka_signedcheck(const struct ka_signeddoc *doc, const struct ka_signedcheck_in *in, struct ka_signedcheck_out *out);

/**
 * ka_signedcheck_serial() - a serial and its text against what was remembered
 *
 * Answers: KA_REASON_NONE (higher, or equal and the same text), store.serial-lower, store.serial-reused.
 */
enum ka_reason ka_signedcheck_serial(const struct ka_serial_memory *memory, uint64_t serial, const uint8_t sha512[static 64]);

#endif
