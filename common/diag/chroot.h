/*
 * ChrootDirectory of one user as sshd will look at it: expanded, and every directory on its way until one is wrong. The
 * directories are the administrator's, so root looks at them itself. Facts only; it never judges more than where to stop.
 *
 * Source: safely_chroot() of session.c; sshd_config(5) ChrootDirectory and TOKENS.
 */
#ifndef KA_DIAG_CHROOT_H
#define KA_DIAG_CHROOT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/limits.h"
#include "diag/sshdconf.h"

struct ka_chroot {
	bool is_set;                 /* sshd changes the root, and the path could be expanded */
	char path[KA_TEXT_PATH_MAX]; /* expanded; raw bytes */
	char wrong[KA_TEXT_PATH_MAX]; /* the first component that sshd stops at, "" = none */
	int errnum;                  /* why it could not be seen; 0 */
	mode_t mode;                 /* of that component; no directory, another owner than root, or writable by group or others */
	uid_t uid;
	gid_t gid;
};

/** ka_chroot_look() - follow the path; @home and @user as passwd has them. Links are followed as sshd does, by stat(2) */
void ka_chroot_look(const struct ka_sshdconf *c, const char *user, uid_t uid, const char *home, struct ka_chroot *out);

#endif
