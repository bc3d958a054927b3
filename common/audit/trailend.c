/* The last bytes of the trail. It must never leave the trail's folder, whatever a first line says. */
#include "audit/trailend.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/trailorigin.h"
#include "base/buf.h"
#include "base/cleanup.h"

#include "base/poison.h"

/* Append the last bytes of @fd, @room at most. */
static enum ka_err take_end(int fd, size_t room, char *out, size_t *len)
{
	struct stat st;
	off_t at;

	if (fstat(fd, &st) < 0)
		return KA_ERR_SYS;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return KA_ERR_SYS;
	}
	at = st.st_size > (off_t)room ? st.st_size - (off_t)room : 0;
	for (*len = 0; *len < room;) {
		ssize_t got = pread(fd, out + *len, room - *len, at + (off_t)*len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return KA_ERR_SYS;
		if (got == 0)
			break;
		*len += (size_t)got;
	}
	return KA_ERR_OK;
}

/* the file before the one at @path, which @fd is; -1 when there is none to be read */
static int open_before(const char *path, int fd)
{
	const char *slash = strrchr(path, '/');
	struct ka_trailorigin o;
	char before[KA_TEXT_PATH_MAX + KA_TRAIL_NAME_MAX];
	struct ka_buf b;

	if (!ka_trailorigin_read(fd, &o) || o.file[0] == '\0')
		return -1;
	ka_buf_init_array(&b, before);
	if (slash != NULL)
		ka_buf_put(&b, path, (size_t)(slash - path) + 1);
	ka_buf_text(&b, o.file);
	return b.overflow ? -1 : open(before, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

enum ka_err ka_trailend_read(const char *path, size_t max, char **out, size_t *len)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	KA_AUTOCLOSE int before = -1;
	KA_AUTOFREE char *text = NULL;
	size_t have = 0, older = 0;
	enum ka_err err;

	*out = NULL;
	*len = 0;
	text = malloc(max + 1);
	if (text == NULL)
		return KA_ERR_NOMEM;
	if (fd < 0 && errno != ENOENT)
		return KA_ERR_SYS;
	err = fd >= 0 ? take_end(fd, max, text, &have) : KA_ERR_OK;
	if (err != KA_ERR_OK)
		return err;
	before = fd >= 0 && have < max ? open_before(path, fd) : -1;
	if (before >= 0) {
		memmove(text + max - have, text, have); /* to the end; the older bytes come to the beginning */
		if (take_end(before, max - have, text, &older) != KA_ERR_OK)
			older = 0;
		memmove(text + older, text + max - have, have);
	}
	text[older + have] = '\0';
	*len = older + have;
	*out = ka_steal_ptr(&text);
	return KA_ERR_OK;
}
