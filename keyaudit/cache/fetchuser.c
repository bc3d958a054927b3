/* Dropping rights. MUST: leave no way back; go on with nothing half-done. */
#include "keyaudit/cache/fetchuser.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "base/paths.h"
#include "keyaudit/screen/exit.h"

#include "base/poison.h"

static bool drop(const struct passwd *to, bool with_command_group)
{
	const uid_t uid = to->pw_uid;
	const gid_t gid = to->pw_gid;
	const struct group *command = with_command_group ? getgrnam(KA_COMMAND_USER) : NULL;
	const gid_t groups[] = { gid, command != NULL ? command->gr_gid : gid };
	uid_t r, e, s;

	if (setgroups(command != NULL ? 2 : 1, groups) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0)
		return false;
	return getresuid(&r, &e, &s) == 0 && r == uid && e == uid && s == uid && setuid(0) != 0;
}

enum ka_fetchuser_answer ka_fetchuser_become(bool with_command_group)
{
	const struct passwd *pw = getpwnam(KA_FETCH_USER);

	if (pw == NULL)
		return KA_FETCHUSER_NONE;
	/* a cache of root's would be nobody's */
	if (pw->pw_uid == 0)
		return KA_FETCHUSER_FAILED;
	if (geteuid() == pw->pw_uid && getuid() == pw->pw_uid)
		return KA_FETCHUSER_IS;
	if (geteuid() != 0)
		return KA_FETCHUSER_MAY_NOT;
	return drop(pw, with_command_group) ? KA_FETCHUSER_IS : KA_FETCHUSER_FAILED;
}

int ka_fetchuser_say(const char *verb, enum ka_fetchuser_answer a)
{
	switch (a) {
	case KA_FETCHUSER_MAY_NOT:
		fprintf(stderr, "keyaudit %s: root may do that, and " KA_FETCH_USER "\n", verb);
		return KA_EXIT_NOPERM;
	case KA_FETCHUSER_NONE:
		fprintf(stderr, "keyaudit %s: there is no user " KA_FETCH_USER "; mend: systemd-sysusers keyaudit.conf\n", verb);
		return KA_EXIT_UNDECIDED;
	case KA_FETCHUSER_FAILED:
		fprintf(stderr, "keyaudit %s: the system does not let us become " KA_FETCH_USER "\n", verb);
		return KA_EXIT_UNDECIDED;
	case KA_FETCHUSER_IS:
	default:
		return KA_EXIT_FINE;
	}
}
