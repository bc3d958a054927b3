/* What is published now. MUST: let no serial count that anybody could have written. */
#include "keyaudit/publish/pubold.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "keyaudit/publish/pubplan.h"
#include "keyaudit/sign/plainfile.h"

#include "base/poison.h"

void ka_pubold_name(const char *user, char out[static KA_PUBLISH_NAME_MAX])
{
	struct ka_buf b;

	ka_buf_init(&b, out, KA_PUBLISH_NAME_MAX);
	ka_buf_text(&b, user);
	ka_buf_text(&b, KA_PUBLIST_SUFFIX);
	if (ka_buf_check(&b) != KA_ERR_OK)
		out[0] = '\0';
}

/* KA_ERR_OK with *bytes NULL: what is there is no regular file of a size that a document may have */
static enum ka_err read_there(const struct ka_pubold_work *w, const char *name, size_t max, char **bytes, size_t *len, bool *is_there)
{
	enum ka_plainfile_answer got = ka_plainfile_read(w->dir, name, false, max, bytes, len, NULL);

	*is_there = got != KA_PLAINFILE_ABSENT;
	return got == KA_PLAINFILE_CLOSED || got == KA_PLAINFILE_FAILED ? KA_ERR_SYS : KA_ERR_OK;
}

static bool is_ours(struct ka_pubold_work *w)
{
	return ka_signblock_is_signed(&w->doc, w->keys, w->keys_count, &w->room);
}

static void count_serial(struct ka_pubold_work *w, bool ours)
{
	uint64_t *highest = ours ? &w->highest : &w->highest_foreign;

	if (w->doc.head.serial > *highest)
		*highest = w->doc.head.serial;
}

enum ka_err ka_pubold_user(struct ka_pubold_work *w, struct ka_pubuser *u)
{
	KA_AUTOFREE char *bytes = NULL;
	char name[KA_PUBLISH_NAME_MAX];
	struct ka_span all;
	enum ka_err err;
	size_t len;

	ka_pubold_name(u->name, name);
	err = read_there(w, name, KA_SIGNED_DOC_MAX, &bytes, &len, &u->old.is_there);
	if (err != KA_ERR_OK || bytes == NULL)
		return err;
	all = (struct ka_span){ (const uint8_t *)bytes, len };
	if (ka_signeddoc_parse(all, KA_SIGNEDDOC_KEYS, &w->doc) != KA_REASON_NONE || !ka_span_is(w->doc.head.user, u->name))
		return KA_ERR_OK;
	u->old.is_document = true;
	u->old.is_ours = is_ours(w);
	u->old.has_keys = w->doc.lines > 0;
	u->old.serial = w->doc.head.serial;
	u->old.issued = w->doc.head.issued;
	u->old.expires = w->doc.head.expires;
	ka_pubplan_content(w->doc.head.hosts, w->doc.body, u->old.content);
	crypto_hash_sha256(u->old.sha256, all.p, all.len);
	count_serial(w, u->old.is_ours);
	return KA_ERR_OK;
}

enum ka_err ka_pubold_list(struct ka_pubold_work *w, const char *name, enum ka_signeddoc_kind kind, struct ka_pubold_list *out)
{
	size_t len;
	enum ka_err err;

	*out = (struct ka_pubold_list){ .bytes = NULL };
	err = read_there(w, name, KA_SIGNED_BULK_MAX, &out->bytes, &len, &out->is_there);
	if (err != KA_ERR_OK || out->bytes == NULL)
		return err;
	if (ka_signeddoc_parse((struct ka_span){ (const uint8_t *)out->bytes, len }, kind, &w->doc) != KA_REASON_NONE)
		return KA_ERR_OK;
	out->is_ours = is_ours(w);
	out->expires = w->doc.head.expires;
	out->lines = w->doc.lines;
	out->body = w->doc.body;
	ka_pubplan_content(w->doc.head.hosts, w->doc.body, out->content);
	count_serial(w, out->is_ours);
	return KA_ERR_OK;
}
