/* Names of file systems and labels. Pure. */
#include "diag/filesys.h"

#include <linux/magic.h>
#include <stddef.h>

#include "base/cursor.h"
#include "base/err.h"
#include "base/text.h"

#include "base/poison.h"

static const struct { uint32_t type; const char *name; bool is_network; } types[] = {
	{ NFS_SUPER_MAGIC, "nfs", true },     { SMB_SUPER_MAGIC, "smb", true },  { CIFS_SUPER_MAGIC, "cifs", true },
	{ SMB2_SUPER_MAGIC, "cifs", true },   { AFS_SUPER_MAGIC, "afs", true },  { AFS_FS_MAGIC, "afs", true },
	{ CEPH_SUPER_MAGIC, "ceph", true },   { V9FS_MAGIC, "9p", true },        { AUTOFS_SUPER_MAGIC, "autofs", false },
	{ ECRYPTFS_SUPER_MAGIC, "ecryptfs", false },
};

const char *ka_filesys_name(uint32_t type)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(types); i++)
		if (types[i].type == type)
			return types[i].name;
	return NULL;
}

bool ka_filesys_is_network(uint32_t type)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(types); i++)
		if (types[i].type == type)
			return types[i].is_network;
	return false;
}

bool ka_filesys_is_encrypted(uint32_t type)
{
	return type == ECRYPTFS_SUPER_MAGIC;
}

bool ka_filesys_label_is_closed(const char *label)
{
	static const char *const closed[] = { "default_t", "unlabeled_t", "file_t", "tmp_t", "user_tmp_t", "var_t", "mnt_t", "root_t",
					      "home_root_t" };
	struct ka_span rest = ka_span_of(label), type = { NULL, 0 };

	for (unsigned i = 0; i < 3; i++) /* user:role:type:level */
		if (!ka_text_split(&rest, ':', &type))
			return false;
	for (size_t i = 0; i < KA_ARRAY_LEN(closed); i++)
		if (ka_span_is(type, closed[i]))
			return true;
	return false;
}
