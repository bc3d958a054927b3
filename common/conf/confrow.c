/* conf.def made into one constant table, and its texts into one constant object. Decides nothing. */
#include "conf/confrow.h"

#include <string.h>

#include "base/err.h"
#include "base/near.h"
#include "base/paths.h"

#include "base/poison.h"

#define IN_LOOKUP struct ka_conf
#define IN_SOURCE struct ka_conf_source
#define IN_FILE struct ka_conf_source
#define IN_COMMAND struct ka_conf_source
#define IN_HTTP struct ka_conf_source
#define IN_SIGNED struct ka_conf_source
#define IN_LINES struct ka_conf_source
#define IN_JSON struct ka_conf_source
#define IN_POLICY struct ka_conf
#define IN_AUDIT struct ka_conf
#define IN_SSHD struct ka_conf

/* the column SECTION: where a key stands, and whose it is there */
#define SECTION_LOOKUP KA_CONF_SECTION_LOOKUP
#define SECTION_SOURCE KA_CONF_SECTION_SOURCE
#define SECTION_FILE KA_CONF_SECTION_SOURCE
#define SECTION_COMMAND KA_CONF_SECTION_SOURCE
#define SECTION_HTTP KA_CONF_SECTION_SOURCE
#define SECTION_SIGNED KA_CONF_SECTION_SOURCE
#define SECTION_LINES KA_CONF_SECTION_SOURCE
#define SECTION_JSON KA_CONF_SECTION_SOURCE
#define SECTION_POLICY KA_CONF_SECTION_POLICY
#define SECTION_AUDIT KA_CONF_SECTION_AUDIT
#define SECTION_SSHD KA_CONF_SECTION_SSHD
#define WHO_LOOKUP 0
#define WHO_SOURCE KA_CONFROW_OF_ALL
#define WHO_FILE KA_CONFROW_OF_FILE
#define WHO_COMMAND KA_CONFROW_OF_COMMAND
#define WHO_HTTP KA_CONFROW_OF_HTTP
#define WHO_SIGNED KA_CONFROW_OF_SIGNED
#define WHO_LINES KA_CONFROW_OF_LINES
#define WHO_JSON KA_CONFROW_OF_JSON
#define WHO_POLICY 0
#define WHO_AUDIT 0
#define WHO_SSHD 0

#define MUST "!"

/* names stand together, because a search reads them and nothing else */
struct text {
#define K(sym, sect, nam, ...) char name_##sym[sizeof(nam)];
#include "conf/conf.def"
#undef K
#define K(sym, sect, nam, typ, field, lo, hi, dflt, txt) char default_##sym[sizeof(dflt)];
#include "conf/conf.def"
#undef K
};

static const struct text text = {
#define K(sym, sect, nam, typ, field, lo, hi, dflt, txt) .name_##sym = nam, .default_##sym = dflt,
#include "conf/conf.def"
#undef K
};

_Static_assert(sizeof(struct text) <= UINT16_MAX, "offsets into the text are 16 bits wide");

static const struct ka_confrow rows[KA_CONF_KEY_COUNT] = {
#define K(sym, sect, nam, typ, field, lo, hi, dflt, txt) \
	[KA_CONF_KEY_##sym] = { .name_at = (uint16_t)offsetof(struct text, name_##sym), \
				.name_len = (uint8_t)(sizeof(nam) - 1), \
				.default_at = (uint16_t)offsetof(struct text, default_##sym), \
				.section = SECTION_##sect, \
				.who = WHO_##sect, \
				.type = KA_CONFROW_##typ, \
				.offset = (uint32_t)offsetof(IN_##sect, field), \
				.min = lo, \
				.max = hi },
#include "conf/conf.def"
#undef K
};

static const char sections[KA_CONF_SECTION_COUNT][8] = {
	[KA_CONF_SECTION_LOOKUP] = "lookup", [KA_CONF_SECTION_SOURCE] = "source", [KA_CONF_SECTION_POLICY] = "policy",
	[KA_CONF_SECTION_AUDIT] = "audit",   [KA_CONF_SECTION_SSHD] = "sshd",
};

static const char *text_at(uint16_t offset)
{
	return (const char *)&text + offset;
}

const char *ka_confrow_name(const struct ka_confrow *row)
{
	return text_at(row->name_at);
}

const char *ka_confrow_default(const struct ka_confrow *row)
{
	const char *value = text_at(row->default_at);

	return strcmp(value, MUST) != 0 ? value : NULL;
}

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

enum { TEXT = 1, LIST = 2, FREE = 4 };

static const uint8_t traits[] = {
	[KA_CONFROW_NAMES] = TEXT | LIST,    [KA_CONFROW_PATHS] = TEXT | LIST,    [KA_CONFROW_WORDS] = TEXT | LIST,
	[KA_CONFROW_FILES] = TEXT | LIST,
	[KA_CONFROW_USERS] = TEXT | LIST,    [KA_CONFROW_ARGV] = TEXT | LIST,     [KA_CONFROW_URLS] = TEXT | LIST,
	[KA_CONFROW_LISTURLS] = TEXT | LIST, [KA_CONFROW_STATUSES] = TEXT | LIST, [KA_CONFROW_PINS] = TEXT | LIST,
	[KA_CONFROW_ANCHOR] = TEXT,          [KA_CONFROW_USERPROFILES] = TEXT | LIST,
	[KA_CONFROW_PATH] = TEXT,            [KA_CONFROW_METHOD] = TEXT,          [KA_CONFROW_MIRRORS] = TEXT,
	[KA_CONFROW_TOKEN] = TEXT,           [KA_CONFROW_FIELD] = TEXT,           [KA_CONFROW_HOSTID] = TEXT,
	[KA_CONFROW_PROXY] = TEXT,           [KA_CONFROW_USERLIST] = TEXT,        [KA_CONFROW_JPATH] = TEXT,
	[KA_CONFROW_RAW] = TEXT | FREE,      [KA_CONFROW_HEADERS] = TEXT | FREE,  [KA_CONFROW_BODY] = TEXT | FREE,
	[KA_CONFROW_PREFIX] = TEXT | FREE,   [KA_CONFROW_WHERE] = TEXT | FREE,
};

static bool has_trait(const struct ka_confrow *row, unsigned trait)
{
	return (size_t)row->type < KA_ARRAY_LEN(traits) && (traits[row->type] & trait) != 0;
}

bool ka_confrow_is_text(const struct ka_confrow *row)
{
	return has_trait(row, TEXT);
}

bool ka_confrow_is_list(const struct ka_confrow *row)
{
	return has_trait(row, LIST);
}

bool ka_confrow_is_free(const struct ka_confrow *row)
{
	return has_trait(row, FREE);
}

enum ka_conf_key ka_confrow_find(enum ka_conf_section section, struct ka_span name)
{
	for (unsigned i = 0; i < KA_CONF_KEY_COUNT; i++) {
		const struct ka_confrow *row = &rows[i];

		if (row->section != section || name.len < row->name_len || (name.len > row->name_len && !ka_confrow_is_prefix(row)))
			continue;
		if (memcmp(name.p, ka_confrow_name(row), row->name_len) == 0)
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
			ka_near_try(&near, ka_confrow_name(&rows[i]));
	return near.best;
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
