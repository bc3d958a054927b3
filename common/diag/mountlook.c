/* Asking the kernel about mounts and labels. It must never wait for what is not mounted: stat(2) of the home came before. */
#include "diag/mountlook.h"

#include <fcntl.h>
#include <linux/fscrypt.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "diag/filesys.h"

#include "base/poison.h"

#define ENFORCE "/sys/fs/selinux/enforce"

/* of the path, or of the nearest directory above it that there is; 0: not to be told */
static uint32_t type_of(const char *path)
{
	char part[KA_TEXT_PATH_MAX];
	struct statfs st;

	if (!ka_span_copy(ka_span_of(path), part, sizeof(part)))
		return 0;
	while (statfs(part, &st) != 0) {
		char *slash = strrchr(part, '/');

		if (slash == NULL || slash == part)
			return 0;
		*slash = '\0';
	}
	return (uint32_t)st.f_type;
}

/*
 * fscrypt: without the key the names in it are not to be found, so a key file looks as if it were missing. Only where the file
 * system has the key (version 2 of the policy): one of version 1 may lie in a keyring that we do not see.
 */
static bool is_key_absent(const char *home)
{
	KA_AUTOCLOSE int fd = open(home, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
	struct fscrypt_get_policy_ex_arg policy = { .policy_size = sizeof(policy.policy) };
	struct fscrypt_get_key_status_arg key = { .key_spec.type = FSCRYPT_KEY_SPEC_TYPE_IDENTIFIER };

	if (fd < 0 || ioctl(fd, FS_IOC_GET_ENCRYPTION_POLICY_EX, &policy) != 0 || policy.policy.version != FSCRYPT_POLICY_V2)
		return false;
	memcpy(key.key_spec.u.identifier, policy.policy.v2.master_key_identifier, sizeof(key.key_spec.u.identifier));
	return ioctl(fd, FS_IOC_GET_ENCRYPTION_KEY_STATUS, &key) == 0 && key.status == FSCRYPT_KEY_STATUS_ABSENT;
}

/* ecryptfs keeps the bytes in .ecryptfs/USER beside the home; nothing is in the home until it is open */
static bool is_locked(const struct ka_userfiles_query *q, const struct ka_userfiles_home *home)
{
	char lower[KA_TEXT_PATH_MAX], ssh[KA_TEXT_PATH_MAX];
	const char *slash = strrchr(q->home, '/');
	struct ka_buf b;

	if (home->errnum != 0 || slash == NULL || ka_filesys_is_encrypted(home->fs_type))
		return false;
	ka_buf_init_array(&b, lower);
	ka_buf_span(&b, (struct ka_span){ (const uint8_t *)q->home, (size_t)(slash - q->home) });
	ka_buf_text(&b, "/.ecryptfs/");
	ka_buf_text(&b, q->user);
	if (b.overflow)
		return false;
	ka_buf_init_array(&b, ssh);
	ka_buf_text(&b, q->home);
	ka_buf_text(&b, "/.ssh");
	return !b.overflow && access(lower, F_OK) == 0 && access(ssh, F_OK) != 0;
}

void ka_mountlook_home(const struct ka_userfiles_query *q, struct ka_userfiles_home *home)
{
	home->fs_type = type_of(q->home);
	home->is_locked = is_locked(q, home) ? KA_HOME_LOCKED_ECRYPTFS : KA_HOME_OPEN;
	if (home->is_locked == KA_HOME_OPEN && home->errnum == 0 && is_key_absent(q->home))
		home->is_locked = KA_HOME_LOCKED_FSCRYPT;
}

static bool is_enforcing(void)
{
	KA_AUTOCLOSE int fd = open(ENFORCE, O_RDONLY | O_CLOEXEC);
	char c = '0';

	return fd >= 0 && read(fd, &c, 1) == 1 && c == '1';
}

static void take_label(const char *path, char out[static KA_MOUNTLOOK_LABEL_MAX])
{
	ssize_t n = getxattr(path, "security.selinux", out, KA_MOUNTLOOK_LABEL_MAX - 1);

	out[n > 0 ? n : 0] = '\0';
}

void ka_mountlook_file(struct ka_userfile *f)
{
	char dir[KA_TEXT_PATH_MAX];
	char *slash;

	f->fs_type = type_of(f->path);
	if (!is_enforcing())
		return;
	take_label(f->path, f->label);
	memcpy(dir, f->path, sizeof(dir));
	slash = strrchr(dir, '/');
	if (slash == NULL || slash == dir)
		return;
	*slash = '\0';
	take_label(dir, f->dir_label);
}
