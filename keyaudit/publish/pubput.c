/*
 * Documents into their places. MUST: put nothing there that was not verified from the very bytes that are moved; bring
 * everything to the disk before the first rename and before the last one, so that a power cut is like a kill.
 */
#include "keyaudit/publish/pubput.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "keyaudit/sign/numbered.h"
#include "keyaudit/sign/plainfile.h"

#include "base/poison.h"

static enum ka_err read_text(struct ka_publish *p, size_t number, struct ka_span *text)
{
	KA_AUTOFREE char *bytes = NULL;
	size_t len;

	if (ka_plainfile_read(p->work.dir, ka_numbered(number, "").text, false, KA_SIGNED_BULK_MAX, &bytes, &len, NULL) != KA_PLAINFILE_READ)
		return KA_ERR_SYS;
	ka_buf_init(&p->text, p->room, KA_PUBLISH_ROOM);
	ka_buf_put(&p->text, bytes, len);
	*text = ka_buf_as_span(&p->text);
	return ka_buf_check(&p->text);
}

enum ka_err ka_pubput_make(struct ka_publish *p, size_t number, enum ka_signeddoc_kind kind, uint8_t *sha256)
{
	struct ka_span text, all;
	enum ka_err err = read_text(p, number, &text);

	if (err == KA_ERR_OK)
		err = ka_signwork_blocks(&p->work, &p->how, number, text, &p->text);
	if (err != KA_ERR_OK)
		return err;
	all = ka_buf_as_span(&p->text);
	switch (ka_signeddoc_parse(all, kind, &p->old.doc)) {
	case KA_REASON_NONE:
		break;
	case KA_REASON_STORE_TOO_LARGE:
		return KA_ERR_LIMIT;
	default:
		return KA_ERR_CRYPTO;
	}
	if (!ka_signblock_is_signed(&p->old.doc, p->how.keys, p->how.keys_count, &p->work.room))
		return KA_ERR_CRYPTO;
	if (sha256 != NULL)
		crypto_hash_sha256(sha256, all.p, all.len);
	return ka_plainfile_write(p->work.dir, ka_numbered(number, ".doc").text, all, 0644, false);
}

static void look_at(struct ka_publish *p, const char *name)
{
	char path[KA_PATH_TRUSTED_MAX];
	struct stat st;
	struct ka_buf b;

	if (fstatat(p->to, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(st.st_mode))
		return;
	ka_buf_init_array(&b, path);
	ka_buf_text(&b, p->to_path);
	ka_buf_char(&b, '/');
	ka_buf_text(&b, name);
	ka_pubshow_problem(p, path, "is a folder, and a document is to be there: move it away, then publish again");
}

void ka_pubput_look(struct ka_publish *p)
{
	char name[KA_PUBLISH_NAME_MAX];

	if (p->to < 0)
		return; /* a dry run, and nothing is there */
	for (size_t i = 0; i < p->list.count; i++) {
		ka_pubold_name(p->list.users[i].name, name);
		if (p->list.users[i].number > 0)
			look_at(p, name);
	}
	if (p->revoked_number > 0)
		look_at(p, KA_PUBLISH_REVOKED);
	look_at(p, KA_PUBLISH_INDEX); /* a folder is no index, so one is to be made */
}

static enum ka_err put(const struct ka_publish *p, size_t number, const char *to)
{
	if (number == 0)
		return KA_ERR_OK;
	return renameat(p->work.dir, ka_numbered(number, ".doc").text, p->to, to) == 0 ? KA_ERR_OK : KA_ERR_SYS;
}

static enum ka_err put_users(struct ka_publish *p)
{
	char name[KA_PUBLISH_NAME_MAX];

	for (size_t i = 0; i < p->list.count; i++) {
		const struct ka_pubuser *u = &p->list.users[i];

		ka_pubold_name(u->name, name);
		if (put(p, u->number, name) != KA_ERR_OK)
			return KA_ERR_SYS;
		ka_pubshow_done(&p->show, i + 1);
	}
	return KA_ERR_OK;
}

/* what the new index does not list and nobody takes any more */
static enum ka_err drop(struct ka_publish *p)
{
	char name[KA_PUBLISH_NAME_MAX];

	for (size_t i = 0; i < p->list.count; i++) {
		ka_pubold_name(p->list.users[i].name, name);
		if (p->list.users[i].plan == KA_PUBPLAN_DROP && unlinkat(p->to, name, 0) != 0 && errno != ENOENT)
			return KA_ERR_SYS;
	}
	return KA_ERR_OK;
}

enum ka_err ka_pubput_move(struct ka_publish *p)
{
	enum ka_err err;

	if (syncfs(p->work.dir) != 0)
		return KA_ERR_SYS;
	err = put(p, p->revoked_number, KA_PUBLISH_REVOKED);
	if (err == KA_ERR_OK)
		err = put_users(p);
	if (err == KA_ERR_OK && fsync(p->to) != 0)
		err = KA_ERR_SYS;
	if (err == KA_ERR_OK)
		err = put(p, p->index_number, KA_PUBLISH_INDEX);
	if (err == KA_ERR_OK)
		err = drop(p);
	return err == KA_ERR_OK && fsync(p->to) != 0 ? KA_ERR_SYS : err;
}
