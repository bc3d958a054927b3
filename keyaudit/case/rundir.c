/* Opening /run/keyaudit. Never creates the spool: its owner and mode are the installation's word. */
#include "keyaudit/case/rundir.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/paths.h"

#include "base/poison.h"

static enum ka_err complain(char *why, size_t size, const char *path, const char *name, const char *what)
{
	struct ka_buf b;

	ka_buf_init(&b, why, size);
	ka_buf_text(&b, path);
	if (name[0] != '\0')
		ka_buf_char(&b, '/');
	ka_buf_text(&b, name);
	ka_buf_text(&b, " ");
	ka_buf_text(&b, what);
	ka_buf_text(&b, KA_RUNDIR_MEND "systemd-tmpfiles --create keyaudit.conf");
	return KA_ERR_SYNTAX;
}

/* what the folder must be; NULL when it is that */
static const char *wrong_with(const struct stat *st, mode_t mode, gid_t gid)
{
	bool good = st->st_uid == geteuid() && (st->st_mode & 07777) == mode;

	if ((mode & 0070) == 0)
		return good ? NULL : "must be root's with mode 0700";
	if (good && st->st_gid == gid)
		return NULL;
	return mode == 0730 ? "must be root:_keyaudit with mode 0730" : "must be root:_keyaudit with mode 0710";
}

static enum ka_err open_run(struct ka_rundir *r, const char *path, char *why, size_t size)
{
	struct stat st;

	r->run = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (r->run < 0 || fstat(r->run, &st) < 0) {
		complain(why, size, path, "", errno == ENOENT ? "is missing" : "cannot be opened as a directory (are you root?)");
		return KA_ERR_SYS;
	}
	if (st.st_uid != geteuid() || (st.st_mode & 0022) != 0)
		return complain(why, size, path, "", "must be root's and closed to other writers (mode 0755)");
	return KA_ERR_OK;
}

enum ka_err ka_rundir_open_at(struct ka_rundir *r, const char *path, uid_t uid, gid_t gid, char *why, size_t size)
{
	const struct { const char *name; mode_t mode; int *fd; } dirs[] = {
		{ "spool", 0730, &r->spool }, { "phase", 0700, &r->phase }, { "said", 0700, &r->said },
		{ "claimed", 0700, &r->claimed }, { "done", 0700, &r->done }, { "seen", 0700, &r->seen },
		{ "rejected", 0700, &r->rejected }, { "eye", 0710, &r->eye },
	};
	enum ka_err err;

	memset(r, 0xff, sizeof(*r));
	r->command_uid = uid;
	err = open_run(r, path, why, size);
	for (size_t i = 0; err == KA_ERR_OK && i < KA_ARRAY_LEN(dirs); i++) {
		int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, *fd = dirs[i].fd;
		const char *wrong;
		struct stat st;

		*fd = openat(r->run, dirs[i].name, flags);
		if (*fd < 0 && errno == ENOENT && dirs[i].mode == 0700 && mkdirat(r->run, dirs[i].name, 0700) == 0)
			*fd = openat(r->run, dirs[i].name, flags);
		if (*fd < 0 || fstat(*fd, &st) < 0) {
			complain(why, size, path, dirs[i].name, errno == ENOENT ? "is missing" : "cannot be opened as a directory");
			return KA_ERR_SYS;
		}
		wrong = wrong_with(&st, dirs[i].mode, gid);
		if (wrong != NULL)
			err = complain(why, size, path, dirs[i].name, wrong);
	}
	return err;
}

enum ka_err ka_rundir_open(struct ka_rundir *r, char *why, size_t size)
{
	const struct passwd *pw = getpwnam(KA_COMMAND_USER);

	if (pw == NULL) {
		memset(r, 0xff, sizeof(*r));
		ka_span_copy(ka_span_of("user " KA_COMMAND_USER " does not exist" KA_RUNDIR_MEND
					"systemd-sysusers keyaudit.conf && systemd-tmpfiles --create keyaudit.conf"), why, size);
		return KA_ERR_SYS;
	}
	return ka_rundir_open_at(r, KA_PATH_RUN, pw->pw_uid, pw->pw_gid, why, size);
}

void ka_rundir_close(struct ka_rundir *r)
{
	int *const fds[] = { &r->run, &r->spool, &r->phase, &r->said, &r->claimed, &r->done, &r->seen, &r->rejected, &r->eye };

	for (size_t i = 0; i < KA_ARRAY_LEN(fds); i++)
		if (*fds[i] >= 0)
			close(ka_steal_fd(fds[i]));
}

int ka_rundir_lock(const struct ka_rundir *r)
{
	KA_AUTOCLOSE int fd = openat(r->run, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	return fd >= 0 && ka_fd_lock(fd, KA_TRAIL_LOCK_MS) == KA_ERR_OK ? ka_steal_fd(&fd) : -1;
}
