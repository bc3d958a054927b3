/* Opening data files as the command does. It must never call a file fine that the command would not take. */
#include "keyaudit/config/datacheck.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "base/rights.h"
#include "base/text.h"
#include "blocklist/blocklist.h"
#include "revoke/revocation.h"
#include "vet/vetconf.h"

#include "base/poison.h"

#define REFUSED "every key is refused: "

/* behind the file's own "PATH: "; of a folder above it another one follows */
static size_t cause_of(const struct ka_datacheck *c)
{
	char path[4 * KA_CONFWHY_PATH_SHOWN_MAX + 8];
	size_t begin = c->reason != KA_REASON_NONE ? strlen(REFUSED) : 0;
	struct ka_buf b;

	ka_buf_init_array(&b, path);
	ka_text_escape(&b, c->path, 0, KA_CONFWHY_PATH_SHOWN_MAX);
	ka_buf_text(&b, ": ");
	return begin + (ka_span_starts(ka_span_of(c->text + begin), path) ? b.len : 0);
}

static void describe_revoked(const struct ka_revocation_file *f, struct ka_datacheck *c)
{
	struct ka_buf b;

	c->path = f->path;
	c->reason = f->reason;
	ka_buf_init_array(&b, c->text);
	if (f->reason != KA_REASON_NONE) {
		ka_buf_text(&b, REFUSED);
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

static void describe_list(struct ka_blocklist_file *f, bool is_required, const struct ka_vetpolicy *p, struct ka_datacheck *c)
{
	struct ka_buf b;

	if (f->data.state == KA_BLOCKFILE_OPEN && !ka_blockfile_is_in_order(&f->data))
		f->trouble = KA_REASON_DATA_INVALID;
	c->path = ka_span_of(f->path);
	if (is_required && p->action[f->trouble] == KA_ACTION_REJECT)
		c->reason = f->trouble;
	c->is_warning = f->trouble != c->reason;
	ka_buf_init_array(&b, c->text);
	if (f->trouble != KA_REASON_NONE) {
		ka_buf_text(&b, c->reason != KA_REASON_NONE ? REFUSED : "");
		ka_blocklist_why(f, &b);
		return;
	}
	ka_text_escape(&b, c->path, 0, KA_CONFWHY_PATH_SHOWN_MAX);
	ka_buf_text(&b, ": ");
	ka_buf_u64(&b, f->data.count);
	ka_buf_text(&b, f->data.count == 1 ? " compromised key" : " compromised keys");
}

/* what was opened, with the rights of the command */
struct opened {
	struct ka_revocation revoked;
	struct ka_blocklist list;
	struct ka_vetpolicy policy;
};

static enum ka_err open_all(const struct ka_conf *conf, struct opened *o)
{
	struct ka_conf_errors errors = { .count = 0 };
	struct ka_rights rights;
	enum ka_err err = ka_rights_take(KA_COMMAND_USER, &rights);

	if (err != KA_ERR_OK)
		return err;
	err = ka_revocation_open(conf->revoked, NULL, &o->revoked);
	ka_blocklist_open(&(struct ka_blocklist_policy){ .paths = conf->blocklist, .is_required = conf->blocklist_required,
							 .max_age_sec = conf->blocklist_max_age_sec },
			  ka_clock_wall_us() / 1000000, &o->list);
	ka_rights_give_back(&rights);
	ka_vetconf_make(conf, &o->policy, &errors);
	return err;
}

enum ka_err ka_datacheck_each(const struct ka_conf *conf, void (*take)(void *ctx, const struct ka_datacheck *c), void *ctx)
{
	KA_AUTOFREE struct opened *o = calloc(1, sizeof(*o));
	enum ka_err err = o != NULL ? open_all(conf, o) : KA_ERR_NOMEM;

	if (o == NULL)
		return err;
	for (size_t i = 0; o->revoked.files != NULL && i < o->revoked.count; i++) {
		struct ka_datacheck c = { .key = "revoked" };

		describe_revoked(&o->revoked.files[i], &c);
		c.cause = cause_of(&c);
		take(ctx, &c);
	}
	for (size_t i = 0; i < o->list.count; i++) {
		struct ka_datacheck c = { .key = "blocklist" };

		describe_list(&o->list.files[i], o->list.is_required, &o->policy, &c);
		c.cause = cause_of(&c);
		take(ctx, &c);
	}
	ka_revocation_close(&o->revoked);
	ka_blocklist_close(&o->list);
	return err;
}
