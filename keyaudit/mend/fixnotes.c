/* Files of undo notes. */
#include "keyaudit/mend/fixnotes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/text.h"
#include "perm/permwalk.h"

#include "base/poison.h"

static int complain(char *why, size_t size, const char *state, const char *name, const char *what)
{
	struct ka_buf b;

	ka_buf_init(&b, why, size);
	ka_buf_text(&b, state);
	ka_buf_text(&b, name);
	ka_buf_char(&b, ' ');
	ka_buf_text(&b, what);
	ka_buf_text(&b, "; mend it with: systemd-tmpfiles --create keyaudit.conf");
	return -1;
}

/* one folder further: ours, 0700 */
static int enter(int dir, const char *name, bool make)
{
	KA_AUTOCLOSE int fd = -1;
	struct stat st;

	if (make && mkdirat(dir, name, 0700) != 0 && errno != EEXIST)
		return -1;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		return -1;
	if (st.st_uid != geteuid() || (st.st_mode & 077) != 0) {
		errno = EPERM;
		return -1;
	}
	return ka_steal_fd(&fd);
}

int ka_fixnotes_open(const char *state, bool make, char *why, size_t size)
{
	const struct ka_permwalk_trust trust = { .owner = geteuid(), .is_dir = true };
	KA_AUTOFREE struct ka_permwalk_refusal *refusal = calloc(1, sizeof(*refusal));
	KA_AUTOCLOSE int top = -1, private_ = -1;
	int undo;

	if (refusal == NULL || ka_permwalk_open(state, &trust, &top, refusal) != KA_ERR_OK || top < 0)
		return complain(why, size, state, "", "is missing, or somebody else may write there");
	private_ = enter(top, "private", make);
	if (private_ < 0)
		return complain(why, size, state, "/private", errno == ENOENT ? "is missing" : "must be root's with mode 0700");
	undo = enter(private_, "undo", make);
	if (undo < 0)
		return complain(why, size, state, "/private/undo", errno == ENOENT ? "is missing" : "must be root's with mode 0700");
	return undo;
}

enum ka_err ka_fixnotes_new_id(int dir, char out[static KA_FIXNOTE_ID_MAX])
{
	for (int tries = 0; tries < 16; tries++) {
		uint8_t random[5];

		if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
			return KA_ERR_SYS;
		ka_text_base32(random, sizeof(random), out, KA_FIXNOTE_ID_MAX);
		if (faccessat(dir, out, F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT)
			return KA_ERR_OK;
	}
	errno = EEXIST;
	return KA_ERR_SYS;
}

static enum ka_err write_file(int dir, const char *name, struct ka_span text)
{
	KA_AUTOCLOSE int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return KA_ERR_SYS;
	return ka_fd_write_all(fd, text.p, text.len) == KA_ERR_OK && fsync(fd) == 0 ? KA_ERR_OK : KA_ERR_SYS;
}

enum ka_err ka_fixnotes_save(int dir, const struct ka_fixnote *note)
{
	KA_AUTOFREE char *text = malloc(KA_FIXNOTE_MAX);
	char name[KA_FIXNOTE_ID_MAX + 4];
	struct ka_buf b;

	if (text == NULL)
		return KA_ERR_NOMEM;
	ka_buf_init(&b, text, KA_FIXNOTE_MAX);
	if (!ka_fixnote_write(note, &b))
		return KA_ERR_LIMIT;
	snprintf(name, sizeof(name), "%s.new", note->id);
	if (write_file(dir, name, ka_buf_as_span(&b)) != KA_ERR_OK || renameat(dir, name, dir, note->id) != 0 || fsync(dir) != 0) {
		int saved = errno;

		unlinkat(dir, name, 0);
		errno = saved;
		return KA_ERR_SYS;
	}
	return KA_ERR_OK;
}

enum ka_err ka_fixnotes_load(int dir, const char *id, struct ka_fixnote *out, char **text)
{
	KA_AUTOCLOSE int fd = -1;
	struct stat st;
	size_t len = 0;
	enum ka_err err;

	*text = NULL;
	errno = ENOENT;
	if (!ka_fixnote_is_id(id))
		return KA_ERR_SYS;
	fd = openat(dir, id, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		return KA_ERR_SYS;
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077) != 0 || st.st_nlink != 1) {
		errno = EPERM;
		return KA_ERR_SYS;
	}
	err = ka_fd_slurp(fd, KA_FIXNOTE_MAX, text, &len);
	if (err != KA_ERR_OK)
		return err;
	err = ka_fixnote_read((struct ka_span){ (const uint8_t *)*text, len }, out);
	return err == KA_ERR_OK && strcmp(out->id, id) != 0 ? KA_ERR_SYNTAX : err;
}

void ka_fixnotes_drop(int dir, const char *id)
{
	if (ka_fixnote_is_id(id))
		unlinkat(dir, id, 0);
}

static int by_name(const void *a, const void *b)
{
	return memcmp(a, b, KA_FIXNOTE_ID_MAX);
}

size_t ka_fixnotes_list(int dir, char (*ids)[KA_FIXNOTE_ID_MAX], size_t max)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	KA_AUTOCLOSEDIR DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *e;
	size_t n = 0;

	if (d == NULL && fd >= 0)
		close(fd);
	while (d != NULL && n < max && (e = readdir(d)) != NULL)
		if (ka_fixnote_is_id(e->d_name))
			ka_span_copy(ka_span_of(e->d_name), ids[n++], KA_FIXNOTE_ID_MAX);
	qsort(ids, n, sizeof(*ids), by_name);
	return n;
}
