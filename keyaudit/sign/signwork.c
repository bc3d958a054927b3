/* Where texts are signed. MUST: believe no signature that was not verified after ssh-keygen had ended. */
#include "keyaudit/sign/signwork.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "keyaudit/sign/keygensign.h"
#include "keyaudit/sign/numbered.h"
#include "keyaudit/sign/plainfile.h"

#include "base/poison.h"

/* "N.K" */
static struct ka_numbered signature_of(size_t number, size_t key)
{
	char suffix[KA_TEXT_U64_MAX + 1] = ".";

	ka_text_u64(key, suffix + 1);
	return ka_numbered(number, suffix);
}

static enum ka_err clean(int dir)
{
	KA_AUTOCLOSE int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	KA_AUTOCLOSEDIR DIR *all = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *e;

	if (all == NULL)
		return KA_ERR_SYS;
	ka_steal_fd(&fd);
	while ((e = readdir(all)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && unlinkat(dir, e->d_name, 0) != 0)
			return KA_ERR_SYS;
	return KA_ERR_OK;
}

enum ka_err ka_signwork_open(struct ka_signwork *w)
{
	static const char template[] = "/tmp/keyaudit-sign-XXXXXX";

	w->dir = -1;
	w->count = w->signed_ = w->room_for = 0;
	w->hashes = NULL;
	memcpy(w->path, template, sizeof(template));
	if (mkdtemp(w->path) == NULL) {
		w->path[0] = '\0';
		return KA_ERR_SYS;
	}
	w->dir = open(w->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return w->dir >= 0 ? KA_ERR_OK : KA_ERR_SYS;
}

enum ka_err ka_signwork_open_in(int dir, const char *name, struct ka_signwork *w)
{
	KA_AUTOCLOSE int fd = -1;
	struct stat st;

	w->dir = -1;
	w->count = w->signed_ = w->room_for = 0;
	w->hashes = NULL;
	w->path[0] = '\0';
	if (mkdirat(dir, name, 0700) != 0 && errno != EEXIST)
		return KA_ERR_SYS;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		return KA_ERR_SYS;
	if (st.st_uid != geteuid() || (st.st_mode & 0022) != 0) {
		errno = EPERM;
		return KA_ERR_SYS;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		return errno == EWOULDBLOCK ? KA_ERR_TIMEOUT : KA_ERR_SYS;
	if (clean(fd) != KA_ERR_OK)
		return KA_ERR_SYS;
	w->dir = ka_steal_fd(&fd);
	return KA_ERR_OK;
}

void ka_signwork_close(struct ka_signwork *w)
{
	if (w->dir >= 0) {
		(void)!(clean(w->dir) == KA_ERR_OK); /* what stays goes with the next one */
		close(ka_steal_fd(&w->dir));
	}
	if (w->path[0] != '\0')
		rmdir(w->path);
	w->path[0] = '\0';
	free(w->hashes);
	w->hashes = NULL;
	w->room_for = 0;
}

enum ka_err ka_signwork_add(struct ka_signwork *w, struct ka_span text)
{
	enum ka_err err;

	if (w->count == w->room_for) {
		size_t room = w->room_for == 0 ? 64 : 2 * w->room_for;
		void *more = reallocarray(w->hashes, room, sizeof(*w->hashes));

		if (more == NULL)
			return KA_ERR_NOMEM;
		w->hashes = more;
		w->room_for = room;
	}
	err = ka_plainfile_write(w->dir, ka_numbered(w->count + 1, "").text, text, 0600, false);
	if (err == KA_ERR_OK)
		crypto_hash_sha256(w->hashes[w->count++], text.p, text.len);
	return err;
}

/* ssh-keygen asks before it overwrites a .sig: the next key must find none */
static enum ka_err put_aside(const struct ka_signwork *w, size_t key)
{
	for (size_t i = w->signed_ + 1; i <= w->count; i++)
		if (renameat(w->dir, ka_numbered(i, ".sig").text, w->dir, signature_of(i, key).text) != 0)
			return errno == ENOENT ? KA_ERR_CRYPTO : KA_ERR_SYS;
	return KA_ERR_OK;
}

struct part {
	const struct ka_signwork_how *how;
	size_t before;
};

static void report(void *ctx, size_t done)
{
	const struct part *p = ctx;

	p->how->progress(p->how->ctx, p->before + done);
}

enum ka_err ka_signwork_sign(struct ka_signwork *w, const struct ka_signwork_how *how)
{
	enum ka_err err = KA_ERR_OK;

	for (size_t k = 0; k < how->keys_count && err == KA_ERR_OK; k++) {
		struct part part = { .how = how, .before = k * (w->count - w->signed_) };
		struct ka_keygensign job = {
			.key = &how->keys[k], .agent = how->agent, .dir = w->dir, .first = w->signed_ + 1,
			.count = w->count - w->signed_, .jobs = how->jobs,
			.progress = how->progress != NULL ? report : NULL, .ctx = &part,
		};

		err = ka_keygensign_run(&job);
		if (err == KA_ERR_OK)
			err = put_aside(w, k);
	}
	if (err == KA_ERR_OK)
		w->signed_ = w->count;
	return err;
}

enum ka_err ka_signwork_blocks(struct ka_signwork *w, const struct ka_signwork_how *how, size_t number, struct ka_span text,
			       struct ka_buf *out)
{
	uint8_t sha256[crypto_hash_sha256_BYTES];
	struct ka_sshsig_text hashed;

	crypto_hash_sha256(sha256, text.p, text.len);
	if (number == 0 || number > w->count || memcmp(sha256, w->hashes[number - 1], sizeof(sha256)) != 0)
		return KA_ERR_CRYPTO;
	ka_sshsig_text(text, &hashed);
	for (size_t k = 0; k < how->keys_count; k++) {
		KA_AUTOFREE char *bytes = NULL;
		struct ka_span block;
		size_t len;

		if (ka_plainfile_read(w->dir, signature_of(number, k).text, false, KA_KEYGEN_SIG_MAX, &bytes, &len, NULL) !=
		    KA_PLAINFILE_READ)
			return KA_ERR_SYS;
		if (!ka_signblock_take((struct ka_span){ (const uint8_t *)bytes, len }, &block) ||
		    !ka_signblock_is_by(block, &how->keys[k], &hashed, &w->room))
			return KA_ERR_CRYPTO;
		ka_signblock_put(block, out);
	}
	return ka_buf_check(out);
}
