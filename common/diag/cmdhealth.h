/*
 * AuthorizedKeysCommand as sshd will find it: is the program there for the user that it runs as, and what lies on its way. With that
 * user's rights, as sshd looks. Facts only; it never runs the program.
 *
 * Source: user_key_command_allowed2() of auth2-pubkey.c and subprocess() of misc.c.
 */
#ifndef KA_DIAG_CMDHEALTH_H
#define KA_DIAG_CMDHEALTH_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/limits.h"
#include "diag/sshdconf.h"
#include "perm/permcollect.h"

struct ka_cmdhealth {
	char path[KA_PATH_TRUSTED_MAX]; /* its first word; "" when there is no command, or the word is too long */
	bool is_user_missing;           /* there is no user of that name; a name with a token is not looked up */
	bool is_looked;                 /* with the user's rights: what follows is known */
	int errnum;                     /* of stat(path); 0 */
	char blocked[KA_PATH_TRUSTED_MAX]; /* EACCES: the directory that the user cannot search ... */
	mode_t blocked_mode;            /* ... and what it is; 0 when that cannot be seen */
	uid_t blocked_uid;
	gid_t blocked_gid;
	bool is_executable;
	bool has_way;                   /* @way is known */
	struct ka_permcollect way;
};

/**
 * ka_cmdhealth_look() - look at the command that @c names
 * @out: large (about 8 KiB)
 *
 * Without root's rights, or where the user's cannot be had, is_looked stays false. Errors: KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_cmdhealth_look(const struct ka_sshdconf *c, struct ka_cmdhealth *out);

#endif
