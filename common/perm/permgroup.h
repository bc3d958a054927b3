/*
 * Who is in the groups that may write: what Debian's rule asks passwd and group.
 * Asks NSS, so it must stay out of authkeys-cmd and of the module.
 */
#ifndef KA_PERM_PERMGROUP_H
#define KA_PERM_PERMGROUP_H

#include <stddef.h>
#include <sys/types.h>

#include "perm/permjudge.h"

/**
 * ka_permgroup_fill() - fill the group facts of those @facts whose group may write
 * @user: the login user, beside whom nobody may have the group as primary one
 *
 * Group and owner are looked up (getgrgid, getpwuid), primary members are found by one enumeration of passwd
 * from its beginning, which is what the patched sshd does at its first check. No enumeration when no group may
 * write: with large directories it is slow.
 *
 * Safe:   what NSS cannot answer counts as "does not exist", which refuses. Not for threads.
 * Source: Debian user-group-modes.patch, secure_permissions().
 */
void ka_permgroup_fill(struct ka_perm_fact *facts, size_t count, uid_t user);

#endif
