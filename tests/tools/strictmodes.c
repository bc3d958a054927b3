/*
 * Our verdict on one key file, for the comparison with sshd (tests/strictmodes).
 * usage: strictmodes USER FILE HOME [upstream]
 * Takes on the user's rights first. Prints "yes", or "no REASON PATH MODE UID GID".
 */
#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "perm/permcollect.h"

#include "base/poison.h"

static struct ka_permcollect collected;

int main(int argc, char **argv)
{
	enum ka_perm_rule rule = argc > 4 && strcmp(argv[4], "upstream") == 0 ? KA_PERM_RULE_UPSTREAM : KA_PERM_RULE_DEBIAN;
	const struct passwd *pw = argc >= 4 ? getpwnam(argv[1]) : NULL;
	char path[KA_PATH_TRUSTED_MAX];
	enum ka_reason reason;
	enum ka_err err;
	uid_t user;
	size_t at;

	if (pw == NULL || initgroups(pw->pw_name, pw->pw_gid) < 0 || setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) < 0 ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) < 0) {
		fprintf(stderr, "usage: strictmodes USER FILE HOME [upstream], as root\n");
		return 2;
	}
	user = pw->pw_uid;
	err = ka_permcollect(argv[2], argv[3], user, &collected);
	if (err == KA_ERR_SYS) {
		printf("no %s %s\n", errno == ENOENT ? "file.missing" : "file.unreadable", argv[2]);
		return 0;
	}
	if (err != KA_ERR_OK)
		return 3;
	reason = ka_permjudge_chain(collected.facts, collected.count, user, rule, &at);
	if (reason == KA_REASON_NONE) {
		puts("yes");
		return 0;
	}
	ka_permcollect_path(&collected, at, path, sizeof(path));
	printf("no %s %s %04o %" PRIuMAX " %" PRIuMAX "\n", ka_reason_id(reason), path, collected.facts[at].mode & 07777,
	       (uintmax_t)collected.facts[at].uid, (uintmax_t)collected.facts[at].gid);
	return 0;
}
