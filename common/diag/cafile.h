/*
 * A file of keys alone, one on each line and no options, as sshd reads TrustedUserCAKeys
 * and a RevokedKeys that is no KRL: which line holds an offered key or its authority.
 * sshd gives the file up at the first line that it cannot read, and so does this.
 */
#ifndef KA_DIAG_CAFILE_H
#define KA_DIAG_CAFILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cursor.h"
#include "base/err.h"
#include "base/limits.h"
#include "diag/keyscan.h"

struct ka_cafile {
	char path[KA_TEXT_PATH_MAX];        /* "": none is configured, and the rest is zero */
	int errnum;                         /* why it could not be opened or read; 0 */
	bool is_closed;                     /* not for us, who are not root as sshd is: nothing is known */
	bool is_read;
	bool is_krl;                        /* a binary revocation list: nothing below is known */
	mode_t mode;
	uid_t uid;
	gid_t gid;
	unsigned keys;                      /* lines with a key, down to bad_line */
	unsigned bad_line;                  /* the line that sshd cannot read, and where it stops; 0 */
	unsigned key_line[KA_DIAG_OFFERS_MAX]; /* where the offered key, or the plain key of a certificate, stands; 0: nowhere */
	unsigned ca_line[KA_DIAG_OFFERS_MAX];  /* the same for the authority of an offered certificate */
	char first[KA_FPR_TEXT_MAX];        /* fingerprint of the first key */
};

/**
 * ka_cafile_scan() - the lines of such a file
 * @out: is_krl, and what stands below it, is set
 *
 * Errors: KA_ERR_NOMEM. Safe: any bytes. Source: authfile.c sshkey_in_file().
 */
KA_MUST_CHECK enum ka_err ka_cafile_scan(struct ka_span bytes, const struct ka_keyscan_offer *offers, size_t count,
					 struct ka_cafile *out);

/**
 * ka_cafile_look() - open, judge the descriptor, read at most KA_DIAG_FILE_MAX, scan
 * @path: absolute; anything else ("none", "") is no file
 *
 * With the rights of the caller, as sshd does (root). What is no regular file is told as EINVAL. Errors: KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_cafile_look(struct ka_span path, const struct ka_keyscan_offer *offers, size_t count,
					 struct ka_cafile *out);

#endif
