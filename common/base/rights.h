/*
 * Looking at files with another user's rights for a while: what sshd's command could
 * read, asked by root's tools. Effective uid, gid and the list of groups change; real
 * and saved ones stay root's, so that they can be taken back.
 *
 * MUST: check every call; end the process (status KA_RIGHTS_LOST) when root's rights
 * cannot be taken back or a half-made change cannot be undone; nothing is written to
 * files in between, and a program is run only by a child that keeps nothing but the
 * effective ids (ka_spawn_keep_ids()).
 */
#ifndef KA_BASE_RIGHTS_H
#define KA_BASE_RIGHTS_H

#include <sys/types.h>

#include "base/err.h"

#define KA_RIGHTS_LOST 3 /* the tools' "could not decide" */

enum ka_rights_answer {
	KA_RIGHTS_OWN,     /* we are not root: nothing was changed */
	KA_RIGHTS_TAKEN,   /* until ka_rights_give_back() */
	KA_RIGHTS_NO_USER, /* there is no such user: nothing was changed */
	KA_RIGHTS_REFUSED, /* the kernel does not let us (capabilities, a user namespace): nothing was changed */
};

struct ka_rights {
	enum ka_rights_answer answer;
	uid_t uid;     /* ours, for KA_RIGHTS_TAKEN */
	gid_t gid;
	gid_t *groups; /* owned until given back */
	size_t groups_count;
};

/**
 * ka_rights_take() - act with the rights of @user from now on
 * @r: to be given back by the same function, whatever the answer; not to be nested
 *
 * Errors: KA_ERR_NOMEM, nothing was changed and there is nothing to give back.
 */
KA_MUST_CHECK enum ka_err ka_rights_take(const char *user, struct ka_rights *r);

/**
 * ka_rights_take_as() - the same with the groups of another user: a set-user-ID program has them of who started it
 *
 * Answers: KA_RIGHTS_NO_USER when either of them is missing.
 */
KA_MUST_CHECK enum ka_err ka_rights_take_as(const char *user, const char *groups_of, struct ka_rights *r);

/** ka_rights_give_back() - as before ka_rights_take(); does not return when that cannot be had */
void ka_rights_give_back(struct ka_rights *r);

#endif
