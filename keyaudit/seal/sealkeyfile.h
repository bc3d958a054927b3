/*
 * The file with the key of the running epoch: root's, 0600, one line. Replaced by a temporary that is on the disk before it
 * gets the name, and the name before anything else happens.
 */
#ifndef KA_SEALKEYFILE_H
#define KA_SEALKEYFILE_H

#include "base/err.h"
#include "keyaudit/seal/sealkey.h"

/**
 * ka_sealkeyfile_read() - the key in @path
 *
 * Errors: KA_ERR_SYS - errno ENOENT: sealing was never begun; EPERM: it is not ours, or others may read it. KA_ERR_SYNTAX - no key.
 */
KA_MUST_CHECK enum ka_err ka_sealkeyfile_read(const char *path, struct ka_sealkey *k);

/** ka_sealkeyfile_write() - @k in the place of what is there, if anything; folder and file are synced. Errors: KA_ERR_SYS, KA_ERR_LIMIT */
KA_MUST_CHECK enum ka_err ka_sealkeyfile_write(const char *path, const struct ka_sealkey *k);

#endif
