/*
 * Lookups in the vocabulary. All text lies in one constant object and the rows
 * hold offsets into it instead of pointers: nothing has to be relocated when a
 * program starts, which counts in authkeys-cmd, and only the pages that are
 * looked at are ever read. Knows nothing about single reasons.
 */
#include "reason/reason.h"

#include <stdint.h>
#include <string.h>

#include "base/near.h"

#include "base/poison.h"

/* The ids stand together, because a search reads them and nothing else. */
struct text {
	char no_id[2];
#define R(sym, id, ...) char id_##sym[sizeof(id)];
#include "reason/reason.def"
#undef R
	char empty[1];
#define R(sym, id, action, level, step, class, status, meaning, fix, source) \
	char meaning_##sym[sizeof(meaning)]; \
	char fix_##sym[sizeof(fix)]; \
	char source_##sym[sizeof(source)];
#include "reason/reason.def"
#undef R
};

static const struct text text = {
	.no_id = "-",
#define R(sym, id, ...) .id_##sym = id,
#include "reason/reason.def"
#undef R
	.empty = "",
#define R(sym, id, action, level, step, class, status, meaning, fix, source) \
	.meaning_##sym = meaning, \
	.fix_##sym = fix, \
	.source_##sym = source,
#include "reason/reason.def"
#undef R
};

_Static_assert(sizeof(struct text) <= UINT16_MAX, "offsets into the text are 16 bits wide");
#define R(sym, id, ...) _Static_assert(sizeof(id) <= KA_REASON_ID_MAX, "id too long: " id);
#include "reason/reason.def"
#undef R

enum { STATUS_LATER, STATUS_LIVE };

struct row {
	uint16_t id, meaning, fix, source; /* offsets into text */
	uint8_t id_len, action, level, step, class, live;
};

static const struct row rows[KA_REASON_COUNT] = {
	[KA_REASON_NONE] = {
		.id = offsetof(struct text, no_id),
		.meaning = offsetof(struct text, empty),
		.fix = offsetof(struct text, empty),
		.source = offsetof(struct text, empty),
		.step = KA_STEP_NOWHERE,
		.class = KA_CLASS_SECONDARY,
	},
#define R(sym, text_id, text_action, text_level, text_step, text_class, status, ...) \
	[KA_REASON_##sym] = { \
		.id = offsetof(struct text, id_##sym), \
		.meaning = offsetof(struct text, meaning_##sym), \
		.fix = offsetof(struct text, fix_##sym), \
		.source = offsetof(struct text, source_##sym), \
		.id_len = sizeof(text_id) - 1, \
		.action = KA_ACTION_##text_action, \
		.level = KA_LEVEL_##text_level, \
		.step = KA_STEP_##text_step, \
		.class = KA_CLASS_##text_class, \
		.live = STATUS_##status, \
	},
#include "reason/reason.def"
#undef R
};

/* whatever number comes in, there is a row for it */
static const struct row *row_of(enum ka_reason reason)
{
	size_t i = (size_t)reason;

	return &rows[i < KA_REASON_COUNT ? i : KA_REASON_NONE];
}

static const char *text_at(uint16_t offset)
{
	return (const char *)&text + offset;
}

const char *ka_reason_id(enum ka_reason reason)
{
	return text_at(row_of(reason)->id);
}

const char *ka_reason_meaning(enum ka_reason reason)
{
	return text_at(row_of(reason)->meaning);
}

const char *ka_reason_fix(enum ka_reason reason)
{
	return text_at(row_of(reason)->fix);
}

const char *ka_reason_source(enum ka_reason reason)
{
	return text_at(row_of(reason)->source);
}

enum ka_action ka_reason_action(enum ka_reason reason)
{
	return (enum ka_action)row_of(reason)->action;
}

enum ka_level ka_reason_level(enum ka_reason reason)
{
	return (enum ka_level)row_of(reason)->level;
}

enum ka_step ka_reason_step(enum ka_reason reason)
{
	return (enum ka_step)row_of(reason)->step;
}

enum ka_class ka_reason_class(enum ka_reason reason)
{
	return (enum ka_class)row_of(reason)->class;
}

bool ka_reason_is_live(enum ka_reason reason)
{
	return row_of(reason)->live == STATUS_LIVE;
}

bool ka_reason_is_of_key(enum ka_reason reason)
{
	static const char *const families[] = { "key", "revoked" };
	size_t n = ka_reason_family(reason);

	for (size_t i = 0; ka_reason_action(reason) != KA_ACTION_NONE && i < sizeof(families) / sizeof(families[0]); i++)
		if (n == strlen(families[i]) && memcmp(ka_reason_id(reason), families[i], n) == 0)
			return true;
	return reason == KA_REASON_SSHD_KEY_REVOKED;
}

size_t ka_reason_family(enum ka_reason reason)
{
	const struct row *row = row_of(reason);
	const char *dot = memchr(text_at(row->id), '.', row->id_len);

	return dot ? (size_t)(dot - text_at(row->id)) : 0;
}

enum ka_reason ka_reason_find(const char *id, size_t len)
{
	for (size_t i = 1; i < KA_REASON_COUNT; i++) {
		if (rows[i].id_len == len && memcmp(text_at(rows[i].id), id, len) == 0)
			return (enum ka_reason)i;
	}
	return KA_REASON_NONE;
}

const char *ka_reason_action_name(enum ka_action action)
{
	static const char names[][8] = { "none", "off", "warn", "reject", "locked" };
	size_t i = (size_t)action;

	return i < sizeof(names) / sizeof(names[0]) ? names[i] : "-";
}

const char *ka_reason_level_name(enum ka_level level)
{
	static const char names[][8] = { "info", "notice", "warning", "alert" };
	size_t i = (size_t)level;

	return i < sizeof(names) / sizeof(names[0]) ? names[i] : "-";
}

const char *ka_reason_step_name(enum ka_step step)
{
	static const char names[][12] = {
		"listener", "user", "method", "revoked", "files", "ca", "command",
		"signature", "login", "session", "limit", "client", "nowhere",
	};
	size_t i = (size_t)step;

	return i < sizeof(names) / sizeof(names[0]) ? names[i] : "-";
}

enum ka_reason ka_reason_nearest(const char *word, size_t len)
{
	struct ka_near near;

	ka_near_init(&near, (struct ka_span){ (const uint8_t *)word, len });
	for (size_t i = 1; i < KA_REASON_COUNT; i++)
		ka_near_try(&near, text_at(rows[i].id));
	return near.best != NULL ? ka_reason_find(near.best, strlen(near.best)) : KA_REASON_NONE;
}
