/*
 * The files with which a site revokes keys, [policy] revoked: each a KRL (krl.h) or a text of keys (revokedkeys.h).
 *
 * MUST: fail closed, as sshd does with its RevokedKeys: while one of the files is missing, empty, damaged, or not root's
 * alone to write, every key is refused, whatever the policy makes of that reason, and the file is named; judge the opened
 * descriptor, never a name; be asked on every look-up, and never be taken from an old verdict.
 */
#ifndef KA_REVOKE_REVOCATION_H
#define KA_REVOKE_REVOCATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/limits.h"
#include "key/keyblob.h"
#include "perm/permwalk.h"
#include "revoke/krl.h"
#include "revoke/revokedkeys.h"
#include "vet/vetnote.h"

struct ka_revocation_file {
	struct ka_span path;    /* borrowed */
	enum ka_reason reason;  /* KA_REASON_NONE; data.missing, data.invalid: no key passes */
	char text[KA_REVOCATION_TEXT_MAX]; /* then what is wrong, "PATH: ...", escaped */
	bool is_krl;
	struct ka_krl krl;           /* of one that is */
	struct ka_revokedkeys list;  /* of one that is not */
	char *bytes;                 /* owned */
};

/*
 * What only authkeys-vet can compute (SHA-1 is not in libsodium), and that only for lists that need it. Whoever does not know
 * says so, and the key is not judged.
 */
struct ka_revocation_help {
	bool (*sha1)(void *ctx, struct ka_span blob, uint8_t out[static KA_KRL_SHA1_LEN]); /* false: not known */
	enum ka_revocation_point { KA_REVOCATION_POINT_UNKNOWN, KA_REVOCATION_POINT_GOOD, KA_REVOCATION_POINT_BAD } (*point)(void *ctx,
															     struct ka_span blob);
	void *ctx;
};

struct ka_revocation {
	size_t count;
	struct ka_revocation_file *files; /* owned; NULL when none is configured */
	struct ka_revocation_work *work;  /* owned scratch */
	const struct ka_revocation_help *help; /* set by whoever opened it; NULL: nobody knows */
};

/**
 * ka_revocation_open() - open and look through every file
 * @paths: blank-separated absolute paths; borrowed, must outlive @out. "" names none
 * @known: a directory that an earlier walk went through, or NULL
 * @out:   to be closed whatever the answer
 *
 * What is wrong with a file is an answer beside it. A file that changes while it is read is read again.
 *
 * Errors: KA_ERR_NOMEM; KA_ERR_LIMIT: more than KA_REVOCATION_FILES_MAX. Then every key is refused as well (internal.error).
 * Limits: KA_REVOCATION_FILE_MAX bytes each.
 */
KA_MUST_CHECK enum ka_err ka_revocation_open(const char *paths, const struct ka_permwalk_known *known, struct ka_revocation *out);
void ka_revocation_close(struct ka_revocation *r);

/** ka_revocation_wrong() - the first file for which every key is refused, or NULL */
const struct ka_revocation_file *ka_revocation_wrong(const struct ka_revocation *r);

/**
 * ka_revocation_judge() - revoked.krl, revoked.list; data.missing, data.invalid; key.not-judged when a hash cannot be had
 *
 * Of a certificate its plain key is asked about, its serial and id, and its authority. Cheap: the files are in memory.
 */
void ka_revocation_judge(const struct ka_revocation *r, const struct ka_keyblob *key, struct ka_vetnote *note);

#endif
