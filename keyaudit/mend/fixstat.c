/* Looking at a descriptor. It must never open or change what it looks at. */
#include "keyaudit/mend/fixstat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "base/buf.h"
#include "base/limits.h"

#include "base/poison.h"

#ifndef STATX_MNT_ID
#define KA_NO_MNT_ID 1
#define STATX_MNT_ID 0U
#endif

#define ACL_VERSION 2
#define ACL_HEAD 4
#define ACL_ENTRY 8
enum acl_tag { ACL_USER = 0x02, ACL_GROUP = 0x08, ACL_MASK = 0x10 };

static unsigned le16(const uint8_t *p)
{
	return (unsigned)p[0] | (unsigned)p[1] << 8;
}

bool ka_fixstat_acl_writes(const uint8_t *xattr, size_t len)
{
	bool named = false, mask = true;

	if (len < ACL_HEAD || (len - ACL_HEAD) % ACL_ENTRY != 0 || le16(xattr) != ACL_VERSION)
		return true;
	for (size_t i = ACL_HEAD; i < len; i += ACL_ENTRY) {
		unsigned tag = le16(xattr + i);
		bool writes = (le16(xattr + i + 2) & 2) != 0;

		if (tag == ACL_USER || tag == ACL_GROUP)
			named = named || writes;
		else if (tag == ACL_MASK)
			mask = writes;
	}
	return named && mask;
}

static void take_acl(int fd, struct ka_fixstat *out)
{
	uint8_t value[KA_FIXSTAT_ACL_MAX];
	char path[32];
	struct ka_buf b;
	ssize_t n;

	ka_buf_init_array(&b, path);
	ka_buf_text(&b, "/proc/self/fd/");
	ka_buf_u64(&b, (uint64_t)fd);
	n = getxattr(path, "system.posix_acl_access", value, sizeof(value));
	if (n < 0 && errno != ERANGE)
		return;
	out->has_acl = 1;
	out->acl_writes = n < 0 || ka_fixstat_acl_writes(value, (size_t)n);
}

enum ka_err ka_fixstat_take(int fd, struct ka_fixstat *out)
{
	struct statx st;

	memset(out, 0, sizeof(*out));
	if (statx(fd, "", AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_MNT_ID, &st) != 0)
		return KA_ERR_SYS;
	out->dev = makedev(st.stx_dev_major, st.stx_dev_minor);
	out->ino = st.stx_ino;
#if defined(STATX_MNT_ID)
	out->mount = (st.stx_mask & STATX_MNT_ID) != 0 ? st.stx_mnt_id : 0;
#endif
	out->mode = st.stx_mode;
	out->uid = st.stx_uid;
	out->gid = st.stx_gid;
	out->links = st.stx_nlink;
	out->size = (int64_t)st.stx_size;
	out->mtime_ns = st.stx_mtime.tv_sec * 1000000000 + st.stx_mtime.tv_nsec;
	out->ctime_ns = st.stx_ctime.tv_sec * 1000000000 + st.stx_ctime.tv_nsec;
	if (S_ISREG(out->mode) || S_ISDIR(out->mode))
		take_acl(fd, out);
	return KA_ERR_OK;
}

bool ka_fixstat_is_same(const struct ka_fixstat *a, const struct ka_fixstat *b)
{
	return a->dev == b->dev && a->ino == b->ino;
}

bool ka_fixstat_is_unchanged(const struct ka_fixstat *a, const struct ka_fixstat *b)
{
	if (!ka_fixstat_is_same(a, b) || a->mode != b->mode || a->uid != b->uid || a->gid != b->gid || a->mount != b->mount)
		return false;
	return !S_ISREG(a->mode) ||
	       (a->links == b->links && a->size == b->size && a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns);
}

bool ka_fixstat_others(const struct ka_fixstat *st, uint32_t uid)
{
	return (st->mode & 022) != 0 || (st->uid != 0 && st->uid != uid) || st->acl_writes != 0;
}
