/* Another user's rights for a while. It must never go on with anything in between. */
#include "base/rights.h"

#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"

#include "base/poison.h"

#define PASSWD_BUFFER (64 * 1024)

/* our own groups; false: no memory, or they cannot be told */
static bool remember(struct ka_rights *r)
{
	int n = getgroups(0, NULL);

	r->uid = geteuid();
	r->gid = getegid();
	r->groups = n >= 0 ? calloc((size_t)n + 1, sizeof(*r->groups)) : NULL;
	n = r->groups != NULL ? getgroups(n, r->groups) : -1;
	r->groups_count = n > 0 ? (size_t)n : 0;
	return n >= 0;
}

/* uid first: the rest needs root's rights */
static bool restore(const struct ka_rights *r)
{
	return seteuid(r->uid) == 0 && setegid(r->gid) == 0 && setgroups(r->groups_count, r->groups) == 0 &&
	       geteuid() == r->uid && getegid() == r->gid;
}

static enum ka_rights_answer change(const struct ka_rights *r, uid_t uid, gid_t gid, const gid_t *groups, size_t n)
{
	if (setgroups(n, groups) != 0)
		return KA_RIGHTS_REFUSED;
	if (setegid(gid) == 0 && seteuid(uid) == 0 && geteuid() == uid && getegid() == gid)
		return KA_RIGHTS_TAKEN;
	if (!restore(r))
		_exit(KA_RIGHTS_LOST);
	return KA_RIGHTS_REFUSED;
}

/* asked before anything changes: the name service may need root's rights, or be a daemon that looks who asks */
static bool look_up(const char *user, char buffer[static PASSWD_BUFFER], struct passwd *pw)
{
	struct passwd *found = NULL;

	return getpwnam_r(user, pw, buffer, PASSWD_BUFFER, &found) == 0 && found != NULL;
}

enum ka_err ka_rights_take_as(const char *user, const char *groups_of, struct ka_rights *r)
{
	KA_AUTOFREE char *buffer = malloc(PASSWD_BUFFER);
	KA_AUTOFREE gid_t *groups = calloc(KA_RIGHTS_GROUPS_MAX, sizeof(*groups));
	struct passwd pw;
	int n = KA_RIGHTS_GROUPS_MAX;
	uid_t uid = 0;
	bool is_known;

	memset(r, 0, sizeof(*r));
	if (geteuid() != 0)
		return KA_ERR_OK;
	if (buffer == NULL || groups == NULL || !remember(r)) {
		free(ka_steal_ptr(&r->groups));
		return KA_ERR_NOMEM;
	}
	is_known = look_up(user, buffer, &pw);
	if (is_known)
		uid = pw.pw_uid;
	if (!is_known || !look_up(groups_of, buffer, &pw))
		r->answer = KA_RIGHTS_NO_USER;
	else if (getgrouplist(groups_of, pw.pw_gid, groups, &n) < 0)
		r->answer = KA_RIGHTS_REFUSED; /* more groups than anybody has */
	else
		r->answer = change(r, uid, pw.pw_gid, groups, (size_t)n);
	if (r->answer != KA_RIGHTS_TAKEN)
		free(ka_steal_ptr(&r->groups));
	return KA_ERR_OK;
}

enum ka_err ka_rights_take(const char *user, struct ka_rights *r)
{
	return ka_rights_take_as(user, user, r);
}

void ka_rights_give_back(struct ka_rights *r)
{
	if (r->answer == KA_RIGHTS_TAKEN && !restore(r))
		_exit(KA_RIGHTS_LOST);
	free(ka_steal_ptr(&r->groups));
	r->answer = KA_RIGHTS_OWN;
}
