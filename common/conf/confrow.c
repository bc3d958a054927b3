/* conf.def made into one constant table. Decides nothing. */
#include "conf/confrow.h"

#include <string.h>

#include "base/near.h"
#include "base/paths.h"

#include "base/poison.h"

#define IN_LOOKUP struct ka_conf
#define IN_SOURCE struct ka_conf_source
#define IN_POLICY struct ka_conf
#define IN_AUDIT struct ka_conf
#define IN_SSHD struct ka_conf

static const struct ka_confrow rows[KA_CONF_KEY_COUNT] = {
#define K(sym, sect, nam, typ, field, lo, hi, dflt, txt) \
	[KA_CONF_KEY_##sym] = { .name = nam, \
				.fallback = dflt, \
				.text = txt, \
				.section = KA_CONF_SECTION_##sect, \
				.type = KA_CONFROW_##typ, \
				.offset = (uint32_t)offsetof(IN_##sect, field), \
				.min = lo, \
				.max = hi },
#include "conf/conf.def"
#undef K
};

static const struct {
	enum ka_conf_section section;
	const char *name;
} planned[] = {
#define P(sect, nam) { KA_CONF_SECTION_##sect, nam },
#include "conf/conf.def"
#undef P
};

static const char *const sections[KA_CONF_SECTION_COUNT] = {
	[KA_CONF_SECTION_LOOKUP] = "lookup", [KA_CONF_SECTION_SOURCE] = "source", [KA_CONF_SECTION_POLICY] = "policy",
	[KA_CONF_SECTION_AUDIT] = "audit",   [KA_CONF_SECTION_SSHD] = "sshd",
};

const struct ka_confrow *ka_confrow_at(enum ka_conf_key key)
{
	return &rows[key];
}

enum ka_conf_key ka_confrow_key(const struct ka_confrow *row)
{
	return (enum ka_conf_key)(row - rows);
}

bool ka_confrow_is_prefix(const struct ka_confrow *row)
{
	return row->type == KA_CONFROW_SEVERITY || row->type == KA_CONFROW_LEVEL;
}

bool ka_confrow_is_text(const struct ka_confrow *row)
{
	return row->type == KA_CONFROW_WORDS || row->type == KA_CONFROW_USERS || row->type == KA_CONFROW_RAW ||
	       row->type == KA_CONFROW_PATH;
}

enum ka_conf_key ka_confrow_find(enum ka_conf_section section, struct ka_span name)
{
	for (unsigned i = 0; i < KA_CONF_KEY_COUNT; i++) {
		const struct ka_confrow *row = &rows[i];

		if (row->section != section)
			continue;
		if (ka_confrow_is_prefix(row) ? ka_span_starts(name, row->name) : ka_span_is(name, row->name))
			return (enum ka_conf_key)i;
	}
	return KA_CONF_KEY_COUNT;
}

const char *ka_confrow_nearest(enum ka_conf_section section, struct ka_span name)
{
	struct ka_near near;

	ka_near_init(&near, name);
	for (unsigned i = 0; i < KA_CONF_KEY_COUNT; i++)
		if (rows[i].section == section)
			ka_near_try(&near, rows[i].name);
	return near.best;
}

bool ka_confrow_is_planned(enum ka_conf_section section, struct ka_span name)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(planned); i++)
		if (planned[i].section == section && ka_span_is(name, planned[i].name))
			return true;
	return false;
}

const char *ka_confrow_section(enum ka_conf_section section)
{
	return sections[section];
}

enum ka_conf_section ka_confrow_section_find(struct ka_span name)
{
	for (unsigned i = 0; i < KA_CONF_SECTION_COUNT; i++)
		if (ka_span_is(name, sections[i]))
			return (enum ka_conf_section)i;
	return KA_CONF_SECTION_COUNT;
}
