/*
 * What the judge of changes (fixplan.h) must know about this machine and this user:
 * whose home it is, from which uid on people begin, which directories belong to the system.
 */
#ifndef KA_MEND_FIXWORLD_H
#define KA_MEND_FIXWORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "keyaudit/mend/fixstat.h"

struct ka_fixworld {
	char user[KA_USER_NAME_MAX];
	uid_t uid;
	gid_t gid;
	uid_t uid_min;                    /* /etc/login.defs UID_MIN, 1000 where it says nothing */
	char home[KA_TEXT_PATH_MAX];      /* pw_dir; "": it does not fit */
	bool has_home;                    /* it could be walked to, and is a directory */
	struct ka_fixstat home_st;
	bool is_system;                   /* the home is one of the system's directories, or holds them */
	char other[KA_USER_NAME_MAX];     /* another account with this home, or with one inside of it; "" none */
	size_t systems_count;
	struct ka_fixstat systems[KA_FIXWORLD_SYSTEMS_MAX];
};

/**
 * ka_fixworld_take() - look @user up and at the machine
 *
 * Answers: false when there is no such user.
 */
bool ka_fixworld_take(const char *user, struct ka_fixworld *out);

/** ka_fixworld_is_system() - is this one of the system's directories, by device and inode? */
bool ka_fixworld_is_system(const struct ka_fixworld *w, const struct ka_fixstat *st);

/** ka_fixworld_uid_min() - UID_MIN of a login.defs; 1000 when it does not say one. Pure. Source: login.defs(5) */
uid_t ka_fixworld_uid_min(struct ka_span text);

/** ka_fixworld_holds() - is @inner the path @outer, or below it? Slashes too many do not matter. Pure */
bool ka_fixworld_holds(const char *outer, const char *inner);

#endif
