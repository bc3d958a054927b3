/* New names and new content. It must never leave a half-written key file where sshd reads one. */
#include "keyaudit/mend/fixput.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/text.h"
#include "keyaudit/mend/fixedit.h"
#include "keyaudit/mend/fixhand.h"

#include "base/poison.h"

_Static_assert((int)KA_FIXPUT_OBJECT == (int)KA_FIXHAND_FD, "the first descriptor of the child");

static void fail(struct ka_fixdo_result *out, uint32_t answer)
{
	out->errnum = answer == KA_FIXDO_FAILED ? (uint32_t)errno : 0;
	out->answer = answer;
}

/* does the name in the directory still lead to the judged object, unchanged? */
static bool leads_there(const struct ka_fixdo *what)
{
	KA_AUTOCLOSE int fd = openat(KA_FIXPUT_DIR, what->walk->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct ka_fixstat now;

	return fd >= 0 && ka_fixstat_take(fd, &now) == KA_ERR_OK && ka_fixstat_is_unchanged(&now, &what->walk->it);
}

void ka_fixput_rename(const struct ka_fixdo *what, struct ka_fixdo_result *out)
{
	if (!leads_there(what))
		fail(out, KA_FIXDO_CHANGED);
	else if (renameat2(KA_FIXPUT_DIR, what->walk->name, KA_FIXPUT_TO, what->to_name, RENAME_NOREPLACE) != 0)
		fail(out, errno == EEXIST ? KA_FIXDO_TAKEN : KA_FIXDO_FAILED);
	else if (ka_fixstat_take(KA_FIXPUT_OBJECT, &out->after) != KA_ERR_OK)
		fail(out, KA_FIXDO_FAILED);
}

/* the judged object's bytes; KA_FIXDO_DONE or why not */
static uint32_t read_object(const struct ka_fixdo *what, uint8_t *bytes, size_t *len)
{
	KA_AUTOCLOSE int fd = open("/proc/self/fd/4", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	uint8_t sum[32];

	if (fd < 0 || ka_fd_read_all(fd, bytes, KA_FIX_FILE_MAX, len) != KA_ERR_OK)
		return KA_FIXDO_FAILED;
	crypto_hash_sha256(sum, bytes, *len);
	return memcmp(sum, what->sha256, sizeof(sum)) == 0 ? KA_FIXDO_DONE : KA_FIXDO_CHANGED;
}

static uint32_t make_content(const struct ka_fixdo *what, uint8_t *old, struct ka_buf *new)
{
	size_t len = 0;
	uint32_t answer = read_object(what, old, &len);

	if (answer != KA_FIXDO_DONE)
		return answer;
	if (what->is_given)
		ka_buf_span(new, what->content);
	else if (!ka_fixedit_apply(what->op, (struct ka_span){ old, len }, new))
		return KA_FIXDO_MISSING;
	return new->overflow ? KA_FIXDO_MISSING : KA_FIXDO_DONE;
}

static void make_name(char out[static 32])
{
	uint8_t random[5] = { 0 };
	char text[16];
	struct ka_buf b;

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		random[0] = (uint8_t)getpid(); /* O_EXCL decides */
	ka_text_base32(random, sizeof(random), text, sizeof(text));
	ka_buf_init(&b, out, 32);
	ka_buf_text(&b, ".keyaudit-");
	ka_buf_text(&b, text);
}

/* the new file, complete on the disk; -1 */
static int write_beside(const struct ka_fixdo *what, const char *name, struct ka_span content)
{
	const struct ka_fixstat *old = &what->walk->it;
	KA_AUTOCLOSE int fd = openat(KA_FIXPUT_DIR, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) != 0 || (st.st_gid != old->gid && fchown(fd, (uid_t)-1, old->gid) != 0) || fchmod(fd, old->mode & 0777) != 0 ||
	    ka_fd_write_all(fd, content.p, content.len) != KA_ERR_OK || fsync(fd) != 0) {
		int saved = errno;

		unlinkat(KA_FIXPUT_DIR, name, 0);
		errno = saved;
		return -1;
	}
	return ka_steal_fd(&fd);
}

/* is it to be done? */
static bool is_wanted(const struct ka_fixdo_result *ready)
{
	char go = 0;

	return ka_fd_write_all(KA_FIXHAND_TALK, ready, sizeof(*ready)) == KA_ERR_OK && read(KA_FIXHAND_TALK, &go, 1) == 1 && go == 'y';
}

static void put(const struct ka_fixdo *what, struct ka_span content, struct ka_fixdo_result *out)
{
	char name[32];
	KA_AUTOCLOSE int fd = -1;

	make_name(name);
	fd = write_beside(what, name, content);
	if (fd < 0 || ka_fixstat_take(fd, &out->after) != KA_ERR_OK) {
		fail(out, KA_FIXDO_FAILED);
		return;
	}
	crypto_hash_sha256(out->sha256, content.p, content.len);
	if (!is_wanted(out))
		fail(out, KA_FIXDO_NO_NOTE);
	else if (!leads_there(what))
		fail(out, KA_FIXDO_CHANGED);
	else if (renameat(KA_FIXPUT_DIR, name, KA_FIXPUT_DIR, what->walk->name) != 0)
		fail(out, KA_FIXDO_FAILED);
	if (out->answer != KA_FIXDO_DONE)
		unlinkat(KA_FIXPUT_DIR, name, 0);
}

void ka_fixput_content(const struct ka_fixdo *what, struct ka_fixdo_result *out)
{
	size_t room = 2 * KA_FIX_FILE_MAX + KA_FIXOP_WORD_MAX;
	KA_AUTOFREE uint8_t *old = malloc(KA_FIX_FILE_MAX), *new = malloc(room);
	struct ka_buf b;
	uint32_t answer;

	if (old == NULL || new == NULL) {
		errno = ENOMEM;
		fail(out, KA_FIXDO_FAILED);
		return;
	}
	ka_buf_init(&b, new, room);
	answer = make_content(what, old, &b);
	if (answer == KA_FIXDO_DONE)
		put(what, ka_buf_as_span(&b), out);
	else
		fail(out, answer);
}
