/* What a file system or a security label means for who reads keys. Pure: numbers and names in, answers out. */
#ifndef KA_DIAG_FILESYS_H
#define KA_DIAG_FILESYS_H

#include <stdbool.h>
#include <stdint.h>

/** ka_filesys_name() - "nfs", "autofs", "ecryptfs" ... for f_type of statfs(2); NULL for what makes no difference here */
const char *ka_filesys_name(uint32_t type);

/** ka_filesys_is_network() - may a server deny what the mode allows, or not answer? */
bool ka_filesys_is_network(uint32_t type);

/** ka_filesys_is_encrypted() - ecryptfs, mounted over an encrypted home while it is open */
bool ka_filesys_is_encrypted(uint32_t type);

/**
 * ka_filesys_label_is_closed() - a label of a file that sshd's domain may not read in the targeted policy: a sign, where the
 * policy itself could not be asked (sepolicy.h)
 * @label: "unconfined_u:object_r:default_t:s0"; "" is no label
 *
 * Only types that a key file gets by being copied or restored from elsewhere; one that is not known is not called closed.
 */
bool ka_filesys_label_is_closed(const char *label);

#endif
