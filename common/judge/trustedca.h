/*
 * The authorities of [policy] trusted_ca: whose certificates let a user in who is named in them, whatever the sources say.
 *
 *   file = lines of keys, "type base64 [comment]", no options; blank lines and lines with # in front       (as TrustedUserCAKeys)
 *
 * MUST: trust nobody when one of the files cannot be read to its end; take no file that others may write.
 */
#ifndef KA_JUDGE_TRUSTEDCA_H
#define KA_JUDGE_TRUSTEDCA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "conf/conf.h"
#include "key/keyline.h"
#include "perm/permwalk.h"
#include "vet/vetnote.h"

/* about 30 KiB, most of it untouched; const once it is opened, and nothing to close */
struct ka_trustedca {
	enum ka_reason trouble; /* KA_REASON_NONE, or why nobody is trusted: conf.unsafe, conf.invalid, internal.error */
	const char *file;       /* of the trouble: the path, borrowed from the configuration's text; not NUL-terminated: file_len */
	size_t file_len;
	unsigned line;          /* 1-based; 0: the file as a whole */
	struct ka_permwalk_refusal why;
	size_t count;
	uint8_t hash[KA_TRUSTEDCA_MAX][32]; /* SHA-256 of each blob */
	struct ka_keyline parsed;           /* scratch */
	uint8_t blob[KA_BLOB_MAX];          /* scratch */
};

/**
 * ka_trustedca_open() - read the files of c->trusted_ca; none configured: trusts nobody, without trouble
 *
 * Each is opened as key files are (perm/permwalk.h, owner root).
 * Limits: KA_TRUSTEDCA_FILE_MAX bytes a file, KA_TRUSTEDCA_MAX keys in all (conf.invalid).
 */
void ka_trustedca_open(const struct ka_conf *c, struct ka_trustedca *t);

/** ka_trustedca_init() - trusts nobody, without trouble */
void ka_trustedca_init(struct ka_trustedca *t);

/**
 * ka_trustedca_add() - read one more file, for ka_trustedca_open() and for who looks at each of them
 * @path: borrowed by t->file
 *
 * Answers: t->trouble; then count may hold keys of this very file. t->line > 0: what that line holds is in t->parsed; it is one
 * too many when nothing is wrong with it. Else t->why: its errnum is EFBIG of a file that is too large.
 */
void ka_trustedca_add(struct ka_span path, struct ka_trustedca *t);

/**
 * ka_trustedca_parse() - add the keys of one file; pure
 *
 * Answers: 0, or the number of the first line that is no key alone (a certificate, options in front, another format), or of
 * one that is too many; then the file must not be used.
 */
unsigned ka_trustedca_parse(struct ka_span text, struct ka_trustedca *t);

/** ka_trustedca_has() - is this the blob of a trusted authority's key? */
bool ka_trustedca_has(const struct ka_trustedca *t, struct ka_span ca);

/** ka_trustedca_judge() - cert.ca-untrusted, or the trouble; nothing of a key that is no certificate */
void ka_trustedca_judge(const struct ka_trustedca *t, const struct ka_keyblob *key, struct ka_vetnote *note);

#endif
