/*
 * Walks a key file's real path upwards as sshd's safe_path() does. It judges nothing,
 * and must look at exactly what sshd looks at: the opened file, and stat(2) of each name.
 */
#include "perm/permcollect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/cursor.h"
#include "perm/permgroup.h"

#include "base/poison.h"

/* acl(5) as the kernel hands it out: a version, then entries of tag, permissions and id, all little-endian */
enum { ACL_HEADER = 4, ACL_ENTRY = 8, ACL_BYTES_MAX = 2048, ACL_GROUP_OBJ = 4, ACL_MASK = 0x10, ACL_WRITE = 2 };

/* whether the write bit of the group is the mask of an ACL and the owning group itself may not write */
static bool is_only_mask(const char *path)
{
	uint8_t acl[ACL_BYTES_MAX];
	ssize_t n = getxattr(path, "system.posix_acl_access", acl, sizeof(acl));
	bool group_writes = true, has_mask = false;

	for (ssize_t i = ACL_HEADER; i + ACL_ENTRY <= n; i += ACL_ENTRY) {
		if (acl[i] == ACL_MASK)
			has_mask = true;
		if (acl[i] == ACL_GROUP_OBJ)
			group_writes = (acl[i + 2] & ACL_WRITE) != 0;
	}
	return has_mask && !group_writes;
}

static enum ka_err add(struct ka_permcollect *out, enum ka_perm_object object, const struct stat *st, size_t path_len)
{
	if (out->count == KA_PERMCOLLECT_FACTS_MAX)
		return KA_ERR_LIMIT;
	out->path_len[out->count] = path_len;
	out->facts[out->count++] = (struct ka_perm_fact){
		.object = object, .mode = st->st_mode, .uid = st->st_uid, .gid = st->st_gid,
	};
	return KA_ERR_OK;
}

/* realpath(3) into @out; KA_ERR_SYS when it has none */
static enum ka_err resolve(const char *path, char out[static KA_PATH_TRUSTED_MAX])
{
	KA_AUTOFREE char *real = realpath(path, NULL);

	out[0] = '\0';
	if (real == NULL)
		return errno == ENOMEM ? KA_ERR_NOMEM : KA_ERR_SYS;
	return ka_span_copy(ka_span_of(real), out, KA_PATH_TRUSTED_MAX) ? KA_ERR_OK : KA_ERR_LIMIT;
}

/* the file as sshd opens it: links followed, never waiting for a fifo */
static enum ka_err collect_file(const char *file, struct ka_permcollect *out)
{
	KA_AUTOCLOSE int fd = open(file, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	enum ka_err err;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return KA_ERR_SYS;
	err = resolve(file, out->real);
	return err == KA_ERR_OK ? add(out, KA_PERM_FILE, &st, strlen(out->real)) : err;
}

/* every directory above the file, the home or / last */
static enum ka_err collect_dirs(struct ka_permcollect *out)
{
	char dir[KA_PATH_TRUSTED_MAX];
	size_t len = strlen(out->real);
	bool is_home = false, is_root = false;
	enum ka_err err = KA_ERR_OK;
	struct stat st;

	while (err == KA_ERR_OK && !is_home && !is_root) {
		while (len > 0 && out->real[len - 1] != '/')
			len--;
		len = len > 1 ? len - 1 : 1;
		ka_span_copy((struct ka_span){ (const uint8_t *)out->real, len }, dir, sizeof(dir));
		if (stat(dir, &st) < 0)
			return KA_ERR_SYS; /* sshd says "bad ownership or modes" then */
		is_home = strcmp(dir, out->home) == 0;
		is_root = len == 1;
		err = add(out, is_home ? KA_PERM_HOME : KA_PERM_DIR, &st, len);
	}
	for (size_t i = 1; i < out->count && !is_home; i++)
		out->facts[i].object = KA_PERM_ABOVE_HOME;
	return err;
}

static void mark_masks(struct ka_permcollect *out)
{
	char path[KA_PATH_TRUSTED_MAX];

	for (size_t i = 0; i < out->count; i++) {
		if ((out->facts[i].mode & S_IWGRP) == 0)
			continue;
		ka_permcollect_path(out, i, path, sizeof(path));
		out->facts[i].is_group_writable_only_by_acl_mask = is_only_mask(path);
	}
}

enum ka_err ka_permcollect(const char *file, const char *home, uid_t user, struct ka_permcollect *out)
{
	enum ka_err err;

	memset(out, 0, sizeof(*out));
	if (file[0] != '/') {
		errno = EINVAL;
		return KA_ERR_SYS;
	}
	err = collect_file(file, out);
	if (err != KA_ERR_OK)
		return err;
	if (S_ISREG(out->facts[0].mode)) {
		err = resolve(home, out->home);
		if (err == KA_ERR_OK || err == KA_ERR_SYS)
			err = collect_dirs(out);
	}
	if (err != KA_ERR_OK)
		return err;
	mark_masks(out);
	ka_permgroup_fill(out->facts, out->count, user);
	return KA_ERR_OK;
}

void ka_permcollect_path(const struct ka_permcollect *c, size_t i, char *out, size_t size)
{
	struct ka_span path = { (const uint8_t *)c->real, i < c->count ? c->path_len[i] : 0 };

	ka_span_copy(path, out, size);
}
