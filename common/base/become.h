/* Taking a user's rights for good, in a child that is to do what the user could do and nothing more. */
#ifndef KA_BASE_BECOME_H
#define KA_BASE_BECOME_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * ka_become_user() - groups, gid and uid, real, effective and saved, each checked; then nothing to gain and no core
 * @groups: the user's, at most NGROUPS_MAX; the first @count are taken
 *
 * Who is not root keeps the rights it has. Answers: false when anything failed: the caller ends its process.
 * Source: setresuid(2), PR_SET_NO_NEW_PRIVS and PR_SET_DUMPABLE in prctl(2).
 */
bool ka_become_user(uid_t uid, gid_t gid, const gid_t *groups, size_t count);

/** ka_become_limit() - one of RLIMIT_*, soft and hard; false when it could not be set */
bool ka_become_limit(int what, unsigned long long value);

#endif
