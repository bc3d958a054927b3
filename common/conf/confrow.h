/* The table of keys: conf.def as data, and the words that may stand in the file. Pure, constant. */
#ifndef KA_CONF_CONFROW_H
#define KA_CONF_CONFROW_H

#include "conf/conf.h"

enum ka_confrow_type {
	KA_CONFROW_NAMES,
	KA_CONFROW_KIND,
	KA_CONFROW_PATHS,
	KA_CONFROW_PATH,
	KA_CONFROW_FILES,
	KA_CONFROW_WORDS,
	KA_CONFROW_USERS,
	KA_CONFROW_USERPROFILES,
	KA_CONFROW_RAW,
	KA_CONFROW_OWNER,
	KA_CONFROW_STRICT,
	KA_CONFROW_SINKS,
	KA_CONFROW_LOG,
	KA_CONFROW_NUMBER,
	KA_CONFROW_MIB,
	KA_CONFROW_MS,
	KA_CONFROW_SEC,
	KA_CONFROW_BOOL,
	KA_CONFROW_ARGV,
	KA_CONFROW_FORMAT,
	KA_CONFROW_FORM,
	KA_CONFROW_SYNC,
	KA_CONFROW_FETCH,
	KA_CONFROW_TLS,
	KA_CONFROW_STALE,
	KA_CONFROW_ABSENT,
	KA_CONFROW_DECODE,
	KA_CONFROW_UNIT,
	KA_CONFROW_SPLIT,
	KA_CONFROW_NEXT,
	KA_CONFROW_METHOD,
	KA_CONFROW_MIRRORS,
	KA_CONFROW_URLS,
	KA_CONFROW_LISTURLS,
	KA_CONFROW_STATUSES,
	KA_CONFROW_PINS,
	KA_CONFROW_HEADERS,
	KA_CONFROW_TOKEN,
	KA_CONFROW_BODY,
	KA_CONFROW_PREFIX,
	KA_CONFROW_FIELD,
	KA_CONFROW_HOSTID,
	KA_CONFROW_PROXY,
	KA_CONFROW_USERLIST,
	KA_CONFROW_ANCHOR,
	KA_CONFROW_PROFILE,
	KA_CONFROW_TIGHTEN,
	KA_CONFROW_JPATH,
	KA_CONFROW_WHERE,
	KA_CONFROW_SEVERITY, /* a prefix: a reason id follows in the file */
	KA_CONFROW_LEVEL,
};

/* whose key it is, in [source NAME] */
#define KA_CONFROW_OF_FILE 0x01u
#define KA_CONFROW_OF_COMMAND 0x02u
#define KA_CONFROW_OF_SIGNED 0x04u
#define KA_CONFROW_OF_LINES 0x08u
#define KA_CONFROW_OF_JSON 0x10u
#define KA_CONFROW_OF_HTTP (KA_CONFROW_OF_SIGNED | KA_CONFROW_OF_LINES | KA_CONFROW_OF_JSON)
#define KA_CONFROW_OF_ALL 0x1fu

/* no pointer in it: the table of a position-independent program then needs no relocation, and no page of its own */
struct ka_confrow {
	enum ka_conf_section section;
	enum ka_confrow_type type;
	uint32_t offset; /* of the field in struct ka_conf, of [source] in struct ka_conf_source */
	uint32_t min, max;
	uint16_t name_at, default_at;
	uint8_t name_len;
	uint8_t who; /* KA_CONFROW_OF_*; 0 outside of [source NAME] */
};

/** ka_confrow_name() - the key as one writes it */
const char *ka_confrow_name(const struct ka_confrow *row);

/** ka_confrow_default() - the default as one would write it; NULL when the key must be given */
const char *ka_confrow_default(const struct ka_confrow *row);

/** ka_confrow_at() - the row of a key below KA_CONF_KEY_COUNT */
const struct ka_confrow *ka_confrow_at(enum ka_conf_key key);

/** ka_confrow_key() - the key whose row it is */
enum ka_conf_key ka_confrow_key(const struct ka_confrow *row);

/** ka_confrow_is_prefix() - severity. and level. */
bool ka_confrow_is_prefix(const struct ka_confrow *row);

/** ka_confrow_is_text() - the field is a pointer to text */
bool ka_confrow_is_text(const struct ka_confrow *row);

/** ka_confrow_is_list() - words divided by blanks, MIN to MAX of them */
bool ka_confrow_is_list(const struct ka_confrow *row);

/** ka_confrow_is_free() - a value that may hold anything, also what looks like a comment behind it */
bool ka_confrow_is_free(const struct ka_confrow *row);

/** ka_confrow_find() - by section and name; for a prefix by what comes before the reason. KA_CONF_KEY_COUNT when unknown */
enum ka_conf_key ka_confrow_find(enum ka_conf_section section, struct ka_span name);

/** ka_confrow_nearest() - the name of this section that was probably meant, or NULL */
const char *ka_confrow_nearest(enum ka_conf_section section, struct ka_span name);

/** ka_confrow_section() - "lookup", "source" ... */
const char *ka_confrow_section(enum ka_conf_section section);

/** ka_confrow_section_find() - by name, case-sensitive; KA_CONF_SECTION_COUNT when unknown */
enum ka_conf_section ka_confrow_section_find(struct ka_span name);

#endif
