/*
 * The judge on stat facts. Pure: sees facts, not files. Reproduces what sshd's
 * safe_path() decides under StrictModes, in both variants that are in use, and the
 * stricter rule of our own for files that we act on.
 */
#ifndef KA_PERM_PERMJUDGE_H
#define KA_PERM_PERMJUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/limits.h"
#include "reason/reason.h"

enum ka_perm_rule {
	KA_PERM_RULE_UPSTREAM, /* mode & 022 must be 0 */
	KA_PERM_RULE_DEBIAN,   /* group write is allowed when the group is the owner's private one (user-group-modes.patch) */
};

/* the group facts that Debian's rule needs, from one fresh enumeration of passwd and group */
struct ka_perm_group {
	bool exists;
	bool foreign_primary;    /* a passwd entry with this primary gid has another uid than the login user */
	bool has_primary;        /* at least one passwd entry has this primary gid */
	size_t members;          /* names in gr_mem */
	bool only_member_is_owner; /* members == 1 and it is the name that the file owner's uid has */
	bool owner_unknown;      /* the file owner's uid has no passwd entry: refused */
};

enum ka_perm_object { KA_PERM_FILE, KA_PERM_DIR, KA_PERM_HOME, KA_PERM_ABOVE_HOME };

/* one element of the way from the file upwards */
struct ka_perm_fact {
	enum ka_perm_object object;
	mode_t mode; /* with file type bits */
	uid_t uid;
	gid_t gid;
	bool is_group_writable_only_by_acl_mask; /* informational */
	struct ka_perm_group group; /* only looked at when mode & 020 */
};

/**
 * ka_permjudge_one() - may this object be on the way to a key file?
 * @user: uid that may own it besides root
 *
 * Answers: KA_REASON_NONE, perm.wrong-owner, perm.world-writable, perm.group-writable (in sshd's order:
 *          owner, then write bits); above the home the same as perm.above-home; a file that is
 *          no regular file: file.not-regular. Ownership and write bits only: whether the user may
 *          read the file is not seen here.
 * Source:  OpenSSH misc.c safe_path(); Debian user-group-modes.patch secure_permissions().
 */
enum ka_reason ka_permjudge_one(const struct ka_perm_fact *fact, uid_t user, enum ka_perm_rule rule);

/**
 * ka_permjudge_chain() - the whole way: the file first, then every directory upwards
 * @at: index of the element that decides, when the answer is not KA_REASON_NONE; may be NULL
 *
 * Answers: of the first element that is refused. No element at all: file.missing, never "fine".
 */
enum ka_reason ka_permjudge_chain(const struct ka_perm_fact *facts, size_t count, uid_t user, enum ka_perm_rule rule,
				  size_t *at);

/** ka_permjudge_trusted() - our own rule for files we act on: owner root or @owner, no write bit for group or others */
bool ka_permjudge_trusted(mode_t mode, uid_t uid, uid_t owner);

#endif
