/* Reading what a person is to vouch for. */
#include "keyaudit/mend/fixlook.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "keyaudit/mend/fixhand.h"

#include "base/poison.h"

/* the object itself through its descriptor, whatever its name leads to by now */
static int open_again(int fd)
{
	char path[32];
	struct ka_buf b;

	ka_buf_init_array(&b, path);
	ka_buf_text(&b, "/proc/self/fd/");
	ka_buf_u64(&b, (uint64_t)fd);
	return open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* in the child: read, list, send */
static void look(const void *job)
{
	bool is_open = *(const bool *)job;
	KA_AUTOFREE struct ka_fixlook *out = calloc(1, sizeof(*out));
	KA_AUTOFREE struct ka_fixkeys_work *work = calloc(1, sizeof(*work));
	KA_AUTOFREE uint8_t *bytes = malloc(KA_FIX_FILE_MAX);
	KA_AUTOCLOSE int fd = is_open ? dup(KA_FIXHAND_FD) : open_again(KA_FIXHAND_FD);
	enum ka_err err = KA_ERR_OK;
	size_t len = 0;

	if (out == NULL || work == NULL || bytes == NULL)
		return;
	if (fd < 0)
		out->errnum = (uint32_t)errno;
	else
		err = ka_fd_read_all(fd, bytes, KA_FIX_FILE_MAX, &len);
	if (err != KA_ERR_OK)
		out->errnum = err == KA_ERR_LIMIT ? EFBIG : (uint32_t)errno;
	if (out->errnum == 0) {
		out->len = (uint32_t)len;
		crypto_hash_sha256(out->sha256, bytes, len);
		ka_fixkeys_read((struct ka_span){ bytes, len }, work, &out->keys);
	}
	if (ka_fd_write_all(KA_FIXHAND_TALK, out, sizeof(*out)) == KA_ERR_OK && out->len > 0)
		(void)!ka_fd_write_all(KA_FIXHAND_TALK, bytes, out->len);
}

/* what came over the socket; the bytes must be those that were hashed */
static bool receive(const struct ka_fixhand *hand, struct ka_fixlook *out, char **bytes)
{
	KA_AUTOFREE char *text = NULL;
	uint8_t sum[32];

	if (!ka_fixhand_receive(hand, out, sizeof(*out)) || out->len > KA_FIX_FILE_MAX || out->errnum > 4095 || !ka_fixkeys_check(&out->keys))
		return false;
	text = malloc((size_t)out->len + 1);
	if (text == NULL || !ka_fixhand_receive(hand, text, out->len))
		return false;
	crypto_hash_sha256(sum, (const uint8_t *)text, out->len);
	if (out->errnum == 0 && memcmp(sum, out->sha256, sizeof(sum)) != 0)
		return false;
	if (bytes != NULL && out->errnum == 0)
		*bytes = ka_steal_ptr(&text);
	return true;
}

enum ka_err ka_fixlook_read(const struct ka_fixworld *world, const struct ka_fixwalk *walk, struct ka_fixlook *out, char **bytes)
{
	const struct ka_fixhand_who who = { .user = world->user, .uid = world->uid, .gid = world->gid };
	bool is_open = walk->it.uid != world->uid && geteuid() == 0;
	KA_AUTOCLOSE int opened = -1;
	struct ka_fixhand hand;
	enum ka_err err;
	bool good;

	if (bytes != NULL)
		*bytes = NULL;
	memset(out, 0, sizeof(*out));
	if (!S_ISREG(walk->it.mode)) {
		out->errnum = EINVAL;
		return KA_ERR_OK;
	}
	if (is_open)
		opened = open_again(walk->fd);
	if (is_open && opened < 0) {
		out->errnum = (uint32_t)errno;
		return KA_ERR_OK;
	}
	err = ka_fixhand_start(&who, look, &is_open, is_open ? &opened : &walk->fd, 1, &hand);
	good = err == KA_ERR_OK && receive(&hand, out, bytes);
	ka_fixhand_end(&hand);
	return err != KA_ERR_OK ? err : good ? KA_ERR_OK : KA_ERR_TIMEOUT;
}

bool ka_fixlook_has_writer(const struct ka_fixwalk *walk)
{
	KA_AUTOCLOSE int fd = S_ISREG(walk->it.mode) ? open_again(walk->fd) : -1;

	if (fd < 0)
		return false;
	if (fcntl(fd, F_SETLEASE, F_RDLCK) != 0)
		return errno == EAGAIN;
	fcntl(fd, F_SETLEASE, F_UNLCK);
	return false;
}
