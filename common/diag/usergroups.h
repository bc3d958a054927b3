/*
 * The groups of a user as sshd has them: the login group and all that name the user, by their names. Asked when a list of
 * sshd's needs them, since a name service may be slow.
 */
#ifndef KA_DIAG_USERGROUPS_H
#define KA_DIAG_USERGROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/cursor.h"
#include "base/err.h"
#include "base/limits.h"

struct ka_usergroups {
	bool is_known;      /* false: not asked, or the name service did not answer */
	bool is_cut;        /* there are more, or one whose name is too long */
	size_t count;       /* groups without a name are left out, as sshd does */
	char name[KA_USERGROUPS_MAX][KA_USERGROUPS_NAME_MAX]; /* raw bytes */
	bool wanted_exists; /* the group that was asked about besides is there */
};

/**
 * ka_usergroups_look() - ask the name service
 * @user:   login name
 * @gid:    login group of its passwd entry
 * @wanted: the name of a group of which only is asked whether it exists; empty: none
 *
 * Errors: KA_ERR_NOMEM. Source: getgrouplist(3), as groupaccess.c of OpenSSH calls it.
 */
KA_MUST_CHECK enum ka_err ka_usergroups_look(const char *user, gid_t gid, struct ka_span wanted, struct ka_usergroups *out);

#endif
