/*
 * A POSIX access list, as the kernel hands it out in system.posix_acl_access: who besides the owner may write. Pure.
 * Little-endian: u32 version 2, then entries of u16 tag, u16 permissions, u32 id (linux/posix_acl_xattr.h, acl(5)).
 */
#ifndef KA_PERM_PERMACL_H
#define KA_PERM_PERMACL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/limits.h"

struct ka_permacl_entry {
	bool is_group;
	uint32_t id;
};

struct ka_permacl {
	bool is_list;                          /* there is more than the three entries that the mode shows */
	bool is_only_mask;                     /* the group bit for writing is the mask; the owning group may not write */
	size_t count;                          /* named users and groups that may write, the mask applied */
	bool is_cut;                           /* there were more of them */
	struct ka_permacl_entry writers[KA_PERMACL_WRITERS_MAX];
};

/**
 * ka_permacl_parse() - read the value of the attribute
 * @user: of the account: that he and root may write is no news, so they are no writers
 *
 * Answers: false, and @out empty, when it is no access list of version 2. Any bytes.
 */
bool ka_permacl_parse(const uint8_t *bytes, size_t len, uid_t user, struct ka_permacl *out);

#endif
