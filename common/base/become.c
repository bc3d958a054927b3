/* For good: what is given away here must not be had back. */
#include "base/become.h"

#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/poison.h"

static bool is_user(uid_t uid, gid_t gid)
{
	uid_t r, e, s;
	gid_t rg, eg, sg;

	return getresuid(&r, &e, &s) == 0 && r == uid && e == uid && s == uid && getresgid(&rg, &eg, &sg) == 0 && rg == gid && eg == gid &&
	       sg == gid;
}

bool ka_become_limit(int what, unsigned long long value)
{
	struct rlimit r = { value, value };

	return setrlimit((__rlimit_resource_t)what, &r) == 0;
}

bool ka_become_user(uid_t uid, gid_t gid, const gid_t *groups, size_t count)
{
	if (geteuid() == 0 &&
	    (setgroups(count, groups) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0 || !is_user(uid, gid)))
		return false;
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ka_become_limit(RLIMIT_CORE, 0);
}
