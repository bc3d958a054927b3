/* Opening data files as the command does. It must never call a file fine that the command would not take. */
#include "keyaudit/config/datacheck.h"

#include "base/buf.h"
#include "base/paths.h"
#include "base/rights.h"
#include "base/text.h"
#include "revoke/revocation.h"

#include "base/poison.h"

static void describe(const struct ka_revocation_file *f, struct ka_datacheck *c)
{
	struct ka_buf b;

	c->reason = f->reason;
	ka_buf_init_array(&b, c->text);
	if (f->reason != KA_REASON_NONE) {
		ka_buf_text(&b, "every key is refused: ");
		ka_buf_text(&b, f->text);
		return;
	}
	ka_text_escape(&b, f->path, 0, KA_CONFWHY_PATH_SHOWN_MAX);
	if (f->is_krl) {
		ka_buf_text(&b, ": a KRL");
		return;
	}
	ka_buf_text(&b, ": ");
	ka_buf_u64(&b, f->list.entries);
	ka_buf_text(&b, f->list.entries == 1 ? " key or fingerprint" : " keys and fingerprints");
}

enum ka_err ka_datacheck_each(const struct ka_conf *conf, void (*take)(void *ctx, const struct ka_datacheck *c), void *ctx)
{
	struct ka_revocation r;
	struct ka_rights rights;
	enum ka_err err = ka_rights_take(KA_COMMAND_USER, &rights);

	if (err != KA_ERR_OK)
		return err;
	err = ka_revocation_open(conf->revoked, NULL, &r);
	ka_rights_give_back(&rights);
	for (size_t i = 0; r.files != NULL && i < r.count; i++) {
		struct ka_datacheck c = { .key = "revoked" };

		describe(&r.files[i], &c);
		take(ctx, &c);
	}
	ka_revocation_close(&r);
	return err;
}
