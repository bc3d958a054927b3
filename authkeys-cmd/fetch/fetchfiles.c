/* Files of a source. Every directory on the way is root's, so a name that was judged stays what it was. */
#include "authkeys-cmd/fetch/fetchfiles.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "perm/permwalk.h"

#include "base/poison.h"

static int open_trusted(const char *path, mode_t closed)
{
	struct ka_permwalk_trust trust = { .owner = geteuid() };
	struct ka_permwalk_refusal why;
	KA_AUTOCLOSE int fd = -1;
	struct stat st;

	if (ka_permwalk_open(path, &trust, &fd, &why) != KA_ERR_OK || fd < 0)
		return -1;
	return fstat(fd, &st) == 0 && (st.st_mode & closed) == 0 ? ka_steal_fd(&fd) : -1;
}

/* the group that may start us has no business with what we know: the command's uid could read it like we do */
static bool is_open_to_callers(int fd)
{
	struct stat st, program;

	return fstat(fd, &st) == 0 && (st.st_mode & S_IRGRP) != 0 && stat(KA_PATH_FETCH, &program) == 0 && st.st_gid == program.st_gid;
}

int ka_fetchfiles_secret(const char *path)
{
	/* ours, 0400, is the usual way: started by the command we have its group and not our own */
	KA_AUTOCLOSE int fd = open_trusted(path, 0007);

	return fd >= 0 && !is_open_to_callers(fd) ? ka_steal_fd(&fd) : -1;
}

static bool is_good(const char *path, bool is_secret)
{
	KA_AUTOCLOSE int fd = path[0] == '\0' ? -1 : is_secret ? ka_fetchfiles_secret(path) : open_trusted(path, 0);

	return path[0] == '\0' || fd >= 0;
}

const char *ka_fetchfiles_wrong(const struct ka_conf_source *s)
{
	if (!is_good(s->ca_file, false))
		return "ca_file cannot be read or is not root's alone";
	if (!is_good(s->client_cert, s->client_key[0] == '\0'))
		return "client_cert cannot be read or is not root's alone";
	if (!is_good(s->client_key, true))
		return "client_key cannot be read or is open to others";
	return NULL;
}
