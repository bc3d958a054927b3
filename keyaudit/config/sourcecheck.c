/* Looking at what sources need. Changes nothing. */
#include "keyaudit/config/sourcecheck.h"

#include "base/buf.h"
#include "base/paths.h"
#include "base/rights.h"
#include "base/text.h"
#include "keyaudit/config/sourcecheckhttp.h"
#include "source/commandwhy.h"
#include "source/sourcecommand.h"

#include "base/poison.h"

static enum ka_err check_command(const struct ka_conf_source *source, struct ka_sourcecheck *c)
{
	struct ka_permwalk_refusal why;
	struct ka_span rest = ka_span_of(source->command), word;
	struct ka_rights rights;
	struct ka_buf b;
	enum ka_err err = ka_rights_take(KA_COMMAND_USER, &rights);
	bool ok;

	if (err != KA_ERR_OK)
		return err;
	ok = ka_sourcecommand_look(source, &why);
	ka_rights_give_back(&rights);
	ka_buf_init_array(&b, c->text);
	if (!ok) {
		c->reason = why.reason != KA_REASON_NONE ? why.reason : KA_REASON_STORE_UNREACHABLE;
		ka_commandwhy_look(&why, &b);
		return KA_ERR_OK;
	}
	if (ka_text_word(&rest, &word))
		ka_text_escape(&b, word, 0, KA_CONFWHY_PATH_SHOWN_MAX);
	ka_buf_text(&b, " can be run");
	return KA_ERR_OK;
}

enum ka_err ka_sourcecheck_each(const struct ka_conf *conf, void (*take)(void *ctx, const struct ka_sourcecheck *c), void *ctx)
{
	for (size_t i = 0; i < conf->sources_count; i++) {
		const struct ka_conf_source *source = &conf->sources[i];
		struct ka_sourcecheck c = { .source = source->name, .reason = KA_REASON_NONE };
		enum ka_err err;

		if (source->kind == KA_CONF_KIND_FILE)
			continue;
		err = source->kind == KA_CONF_KIND_COMMAND ? check_command(source, &c) : ka_sourcecheckhttp_look(source, &c);
		if (err != KA_ERR_OK)
			return err;
		take(ctx, &c);
	}
	return KA_ERR_OK;
}
