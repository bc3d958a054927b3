/*
 * The facts of one key file, gathered the way sshd's safe_path() walks: the file as
 * opened, then every directory of its *real* path upwards, ending with the real home
 * when that is on the way, else with /. For permjudge.
 *
 * MUST: run with the login user's rights, as sshd does (root sees more, on NFS less);
 * stay out of authkeys-cmd: group facts need NSS.
 */
#ifndef KA_PERM_PERMCOLLECT_H
#define KA_PERM_PERMCOLLECT_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/limits.h"
#include "perm/permjudge.h"


/* about 6 KiB: not for a stack frame. Nothing to free */
struct ka_permcollect {
	char real[KA_PATH_TRUSTED_MAX]; /* real path of the file */
	char home[KA_PATH_TRUSTED_MAX]; /* real path of the home; "" when it has none: the way then goes to / */
	size_t count;
	struct ka_perm_fact facts[KA_PERMCOLLECT_FACTS_MAX]; /* [0] is the file; as ka_permjudge_chain() takes them */
	size_t path_len[KA_PERMCOLLECT_FACTS_MAX];           /* facts[i] is of the first path_len[i] bytes of real */
};

/**
 * ka_permcollect() - the facts of @file
 * @file: absolute, as sshd expanded it; links are followed
 * @home: pw_dir
 * @user: the login user; group facts are relative to this uid
 * @out:  set on KA_ERR_OK; a file that is not regular has its own fact only
 *
 * Group facts are filled where the group may write, from one fresh enumeration of passwd (sshd's own is
 * sometimes not fresh within one connection; that is not imitated).
 *
 * Errors: KA_ERR_SYS with errno - the file cannot be opened for reading (ENOENT, EACCES ...), which refuses
 *         it as well; KA_ERR_LIMIT - real path longer than KA_PATH_TRUSTED_MAX or deeper than KA_PATH_DEPTH_MAX.
 * Source: OpenSSH auth2-pubkeyfile.c auth_openfile(), misc.c safe_path().
 */
KA_MUST_CHECK enum ka_err ka_permcollect(const char *file, const char *home, uid_t user, struct ka_permcollect *out);

/** ka_permcollect_path() - the path that fact @i is of; "" when it does not fit or there is none */
void ka_permcollect_path(const struct ka_permcollect *c, size_t i, char *out, size_t size);

#endif
