/* Opening files of authorities as the command does. It must never call a file fine that the command would not take. */
#include "keyaudit/config/trustedcheck.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/paths.h"
#include "base/rights.h"
#include "base/text.h"
#include "judge/trustedca.h"
#include "source/confwhy.h"

#include "base/poison.h"

#define REFUSED "no certificate is let in by trusted_ca: "

static void put_path(struct ka_span path, struct ka_buf *b)
{
	ka_text_escape(b, path, 0, KA_CONFWHY_PATH_SHOWN_MAX);
	ka_buf_text(b, ": ");
}

/* the first line that is no authority's key */
static void put_line(const struct ka_trustedca *t, struct ka_buf *b)
{
	const struct ka_keyline *k = &t->parsed;

	put_path((struct ka_span){ (const uint8_t *)t->file, t->file_len }, b);
	ka_buf_text(b, "line ");
	ka_buf_u64(b, t->line);
	ka_buf_text(b, ": ");
	if (k->reason != KA_REASON_NONE) {
		ka_buf_text(b, ka_reason_id(k->reason));
		ka_buf_text(b, ": ");
		ka_buf_text(b, ka_reason_meaning(k->reason));
	} else if (k->key.is_cert) {
		ka_buf_text(b, "a certificate");
	} else if (k->options_text.len > 0) {
		ka_buf_text(b, "options stand in front of the key");
	} else {
		ka_buf_text(b, "one key too many: all files of trusted_ca may hold ");
		ka_buf_u64(b, KA_TRUSTEDCA_MAX);
	}
	ka_buf_text(b, "; mend: write one public key of an authority on a line, as in TrustedUserCAKeys");
}

static void put_trouble(const struct ka_trustedca *t, struct ka_buf *b)
{
	const struct ka_permwalk_refusal *why = &t->why;

	ka_buf_text(b, REFUSED);
	if (t->line > 0) {
		put_line(t, b);
	} else if (why->path[0] != '\0') {
		ka_confwhy_write(why, false, b);
		ka_buf_text(b, why->errnum == ENOENT ? "; mend: put it back, or take it out of trusted_ca" : "");
	} else {
		put_path((struct ka_span){ (const uint8_t *)t->file, t->file_len }, b);
		ka_buf_text(b, why->errnum == EFBIG ? "it is larger than a file of authorities may be" :
			       why->errnum == 0 ? "has too long a name, or lies too deep" : "it cannot be read");
	}
}

static enum ka_err look_at(struct ka_span path, struct ka_trustedca *t, struct ka_datacheck *c)
{
	size_t before = t->count;
	struct ka_rights rights;
	struct ka_buf b;
	enum ka_err err = ka_rights_take(KA_COMMAND_USER, &rights);

	if (err != KA_ERR_OK)
		return err;
	t->line = 0;
	ka_trustedca_add(path, t);
	ka_rights_give_back(&rights);
	c->reason = t->trouble;
	ka_buf_init_array(&b, c->text);
	if (t->trouble != KA_REASON_NONE) {
		put_trouble(t, &b);
		t->count = before; /* the files behind it are looked at all the same */
		return KA_ERR_OK;
	}
	put_path(path, &b);
	ka_buf_u64(&b, t->count - before);
	ka_buf_text(&b, before > 0 ? " more" : "");
	ka_buf_text(&b, t->count - before == 1 ? " authority" : " authorities");
	return KA_ERR_OK;
}

static void pass_over(struct ka_span path, struct ka_datacheck *c)
{
	struct ka_buf b;

	c->is_warning = true;
	ka_buf_init_array(&b, c->text);
	put_path(path, &b);
	ka_buf_text(&b, "not read while certificates = no");
}

enum ka_err ka_trustedcheck_each(const struct ka_conf *conf, void (*take)(void *ctx, const struct ka_datacheck *c), void *ctx)
{
	KA_AUTOFREE struct ka_trustedca *t = malloc(sizeof(*t));
	struct ka_span rest = ka_span_of(conf->trusted_ca), path;

	if (t == NULL)
		return KA_ERR_NOMEM;
	ka_trustedca_init(t);
	while (ka_text_word(&rest, &path)) {
		struct ka_datacheck c = { .key = "trusted_ca", .path = path };
		enum ka_err err = KA_ERR_OK;

		if (conf->certificates)
			err = look_at(path, t, &c);
		else
			pass_over(path, &c);
		if (err != KA_ERR_OK)
			return err;
		take(ctx, &c);
	}
	return KA_ERR_OK;
}
