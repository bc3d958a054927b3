/* Files of a source. Every directory on the way is root's, so a name that was judged stays what it was. */
#include "authkeys-cmd/fetch/fetchfiles.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
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

int ka_fetchfiles_secret(const char *path)
{
	/* ours, 0400, is the usual way: started by the command we have its group and not our own */
	return open_trusted(path, 0007);
}

static bool is_good(const char *path, bool is_secret)
{
	KA_AUTOCLOSE int fd = path[0] != '\0' ? open_trusted(path, is_secret ? 0007 : 0) : -1;

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
