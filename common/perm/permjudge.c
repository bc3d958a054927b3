/*
 * The judge on stat facts. Pure. It must never be milder than the sshd it stands in
 * for, and ours (trusted) never milder than sshd's rule for its own command.
 */
#include "perm/permjudge.h"

#include <sys/stat.h>

#include "base/poison.h"

/* Debian's exception: the group may write when nobody but the owner can be in it */
static bool is_private_group(const struct ka_perm_group *g)
{
	if (!g->exists || g->foreign_primary || g->owner_unknown)
		return false;
	if (g->members > 0)
		return g->members == 1 && g->only_member_is_owner;
	return g->has_primary; /* a group without any member is somebody's setgid program */
}

static enum ka_reason judge_bits(const struct ka_perm_fact *fact, uid_t user, enum ka_perm_rule rule)
{
	if (fact->uid != 0 && fact->uid != user)
		return KA_REASON_PERM_WRONG_OWNER;
	if ((fact->mode & S_IWOTH) != 0)
		return KA_REASON_PERM_WORLD_WRITABLE;
	if ((fact->mode & S_IWGRP) == 0)
		return KA_REASON_NONE;
	if (rule == KA_PERM_RULE_DEBIAN && is_private_group(&fact->group))
		return KA_REASON_NONE;
	return KA_REASON_PERM_GROUP_WRITABLE;
}

enum ka_reason ka_permjudge_one(const struct ka_perm_fact *fact, uid_t user, enum ka_perm_rule rule)
{
	enum ka_reason reason;

	if (fact->object == KA_PERM_FILE && !S_ISREG(fact->mode))
		return KA_REASON_FILE_NOT_REGULAR;
	reason = judge_bits(fact, user, rule);
	if (reason != KA_REASON_NONE && fact->object == KA_PERM_ABOVE_HOME)
		return KA_REASON_PERM_ABOVE_HOME;
	return reason;
}

enum ka_reason ka_permjudge_chain(const struct ka_perm_fact *facts, size_t count, uid_t user, enum ka_perm_rule rule,
				  size_t *at)
{
	enum ka_reason reason = KA_REASON_FILE_MISSING;
	size_t i;

	for (i = 0; i < count; i++) {
		reason = ka_permjudge_one(&facts[i], user, rule);
		if (reason != KA_REASON_NONE)
			break;
	}
	if (at != NULL)
		*at = i;
	return reason;
}

bool ka_permjudge_trusted(mode_t mode, uid_t uid, uid_t owner)
{
	return (uid == 0 || uid == owner) && (mode & (S_IWGRP | S_IWOTH)) == 0;
}
