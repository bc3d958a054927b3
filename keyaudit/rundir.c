/* Opening /run/keyaudit. Never creates the spool: its owner and mode are the installation's word. */
#include "keyaudit/rundir.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/paths.h"

#include "base/poison.h"

static enum ka_err complain(char *why, size_t size, const char *path, const char *what)
{
	struct ka_buf b;

	ka_buf_init(&b, why, size);
	ka_buf_text(&b, path);
	ka_buf_text(&b, " ");
	ka_buf_text(&b, what);
	ka_buf_text(&b, "; mend: systemd-tmpfiles --create keyaudit.conf");
	return KA_ERR_SYNTAX;
}

static enum ka_err open_one(const char *path, mode_t mode, gid_t gid, int *fd, char *why, size_t size)
{
	struct stat st;

	*fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*fd < 0 && errno == ENOENT && mode == 0700 && mkdir(path, 0700) == 0)
		*fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*fd < 0 || fstat(*fd, &st) < 0) {
		complain(why, size, path, errno == ENOENT ? "is missing" : "cannot be opened as a directory (are you root?)");
		return KA_ERR_SYS;
	}
	if (st.st_uid != 0 || (st.st_mode & 07777) != mode || (mode == 0730 && st.st_gid != gid))
		return complain(why, size, path, mode == 0730 ? "must be root:_keyaudit with mode 0730" : "must be root's with mode 0700");
	return KA_ERR_OK;
}

enum ka_err ka_rundir_open(struct ka_rundir *r, char *why, size_t size)
{
	const struct { const char *path; mode_t mode; int *fd; } dirs[] = {
		{ KA_PATH_SPOOL, 0730, &r->spool }, { KA_PATH_PHASE, 0700, &r->phase }, { KA_PATH_CLAIMED, 0700, &r->claimed },
		{ KA_PATH_DONE, 0700, &r->done }, { KA_PATH_SEEN, 0700, &r->seen }, { KA_PATH_REJECTED, 0700, &r->rejected },
	};
	const struct passwd *pw = getpwnam(KA_COMMAND_USER);

	memset(r, 0xff, sizeof(*r));
	if (pw == NULL) {
		complain(why, size, "user " KA_COMMAND_USER, "does not exist (systemd-sysusers)");
		return KA_ERR_SYS;
	}
	r->command_uid = pw->pw_uid;
	for (size_t i = 0; i < KA_ARRAY_LEN(dirs); i++) {
		enum ka_err err = open_one(dirs[i].path, dirs[i].mode, pw->pw_gid, dirs[i].fd, why, size);

		if (err != KA_ERR_OK)
			return err;
	}
	return KA_ERR_OK;
}

int ka_rundir_lock(void)
{
	KA_AUTOCLOSE int fd = open(KA_PATH_LOCK, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	int64_t until = ka_clock_boot_ms() + KA_TRAIL_LOCK_MS;

	while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if ((errno != EWOULDBLOCK && errno != EINTR) || ka_clock_boot_ms() > until)
			return -1;
		poll(NULL, 0, 2);
	}
	return ka_steal_fd(&fd);
}
