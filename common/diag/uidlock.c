/* One lock file per uid, root's. The lock lives as long as the last process that inherited it: flock(2) is meant so. */
#include "diag/uidlock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/text.h"

#include "base/poison.h"

bool ka_uidlock_take(const char *dir, uid_t uid, int ms, int *fd)
{
	KA_AUTOCLOSE int dirfd = -1;
	KA_AUTOCLOSE int lock = -1;
	enum ka_err err;
	char name[KA_TEXT_U64_MAX];

	*fd = -1;
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return true;
	dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	ka_text_u64(uid, name);
	lock = dirfd >= 0 ? openat(dirfd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600) : -1;
	if (lock < 0)
		return true;
	err = ka_fd_lock(lock, ms);
	if (err == KA_ERR_OK)
		*fd = ka_steal_fd(&lock);
	return err != KA_ERR_TIMEOUT;
}
