/* Settings from the typed configuration, not from its text: what is shown is what the programs use. */
#include "keyaudit/config/confshow.h"

#include "base/buf.h"
#include "conf/confrow.h"
#include "conf/confsource.h"
#include "conf/confvalue.h"
#include "keyaudit/config/policyshow.h"

#include "base/poison.h"

struct walk {
	const struct ka_conf *c;
	void (*take)(void *ctx, const struct ka_confshow *s);
	void *ctx;
	struct ka_confshow s;
};

static void give(struct walk *w, const struct ka_confrow *row, const char *behind, struct ka_conf_at at)
{
	struct ka_buf b;

	w->s.section = ka_confrow_section(row->section);
	w->s.at = at;
	ka_buf_init_array(&b, w->s.key);
	ka_buf_text(&b, ka_confrow_name(row));
	ka_buf_text(&b, behind);
	ka_buf_init_array(&b, w->s.origin);
	ka_buf_text(&b, ka_conf_file(w->c, at));
	if (at.line != 0) {
		ka_buf_char(&b, ':');
		ka_buf_u64(&b, at.line);
	}
	w->take(w->ctx, &w->s);
}

static void give_value(struct walk *w, enum ka_conf_key key, const void *base, struct ka_conf_at at)
{
	struct ka_buf b;

	ka_buf_init_array(&b, w->s.value);
	ka_confvalue_show(base, ka_confrow_at(key), &b);
	give(w, ka_confrow_at(key), "", at);
}

static void give_levels(struct walk *w, const struct ka_confrow *row)
{
	const struct ka_conf_by_reason *list = w->c->levels;
	struct ka_buf b;

	for (size_t i = 0; i < w->c->levels_count; i++) {
		ka_buf_init_array(&b, w->s.value);
		ka_buf_text(&b, ka_reason_level_name((enum ka_level)list[i].value));
		give(w, row, ka_reason_id(list[i].reason), list[i].at);
	}
}

static void give_sources(struct walk *w)
{
	for (size_t i = 0; i < w->c->sources_known; i++) {
		const struct ka_conf_source *source = &w->c->sources[i];

		w->s.source = source->name;
		w->s.is_asked = i < w->c->sources_count;
		for (unsigned k = 0; k < KA_CONF_SOURCE_KEYS; k++)
			if (ka_confsource_uses(source, (enum ka_conf_key)(KA_CONF_KEY_SOURCE_TYPE + k)))
				give_value(w, (enum ka_conf_key)(KA_CONF_KEY_SOURCE_TYPE + k), source, source->key_at[k]);
	}
	w->s.source = NULL;
}

static void give_changes(const struct walk *w)
{
	for (size_t i = 0; i < w->c->sources_known; i++)
		ka_policyshow_source(w->c, &w->c->sources[i], w->take, w->ctx);
}

void ka_confshow_each(const struct ka_conf *c, void (*take)(void *ctx, const struct ka_confshow *s), void *ctx)
{
	struct walk w = { .c = c, .take = take, .ctx = ctx };

	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++) {
		const struct ka_confrow *row = ka_confrow_at((enum ka_conf_key)k);

		if (k == KA_CONF_KEY_SOURCE_TYPE)
			give_sources(&w);
		else if (k == KA_CONF_KEY_TYPES)
			ka_policyshow_each(c, &(const struct ka_vetconf_who){ .source = NULL }, false, take, ctx);
		else if (k == KA_CONF_KEY_SEVERITY)
			give_changes(&w); /* behind the last of [policy] */
		else if (row->type == KA_CONFROW_LEVEL)
			give_levels(&w, row);
		else if (ka_policyshow_is_one((enum ka_conf_key)k))
			continue;
		else if (row->section != KA_CONF_SECTION_SOURCE)
			give_value(&w, (enum ka_conf_key)k, c, c->at[k]);
	}
}
