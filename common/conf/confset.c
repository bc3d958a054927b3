/* Lines become settings. A line with an error changes nothing and is named; the next line goes on. */
#include "conf/confset.h"

#include <string.h>

#include "base/near.h"
#include "base/sourcename.h"
#include "base/text.h"
#include "conf/conferr.h"
#include "conf/confrow.h"
#include "conf/confvalue.h"

#include "base/poison.h"

static void begin(const struct ka_confset *s, struct ka_conferr *e)
{
	ka_conferr_begin(e, s->file, s->at.line);
}

void ka_confset_bad(struct ka_confset *s, const struct ka_confini *ini)
{
	struct ka_conferr e;

	begin(s, &e);
	ka_conferr_say(&e, ini->wrong);
	if (ini->culprit.len > 0)
		ka_conferr_quoted(&e, ini->culprit);
	ka_conferr_end(&e, s->errors);
	if (ini->culprit.len > 0 && ini->culprit.p[0] == '[')
		s->is_skipping = true;
}

/* a text's default is already as the loader would write it, so it is pointed to */
void ka_confset_default(struct ka_conf *c, void *base, const struct ka_confrow *row)
{
	const char *value = ka_confrow_default(row);
	struct ka_conferr ignored;

	if (value == NULL)
		return;
	if (ka_confrow_is_text(row)) {
		memcpy((char *)base + row->offset, &value, sizeof(value));
		return;
	}
	ka_conferr_begin(&ignored, "", 0);
	(void)ka_confvalue_set(c, base, row, ka_span_of(value), &ignored);
}

void ka_confset_swap(struct ka_conf_source *a, struct ka_conf_source *b)
{
	struct ka_conf_source t = *a;

	*a = *b;
	*b = t;
}

const char *ka_confset_nearest_source(const struct ka_conf *c, struct ka_span name)
{
	struct ka_near near;

	ka_near_init(&near, name);
	for (size_t i = 0; i < c->sources_known; i++)
		ka_near_try(&near, c->sources[i].name);
	return near.best;
}

static struct ka_conf_source *find_source(struct ka_conf *c, struct ka_span name)
{
	for (size_t i = 0; i < c->sources_known; i++)
		if (ka_span_is(name, c->sources[i].name))
			return &c->sources[i];
	return NULL;
}

static void open_source(struct ka_confset *s, struct ka_span name, struct ka_conferr *e)
{
	struct ka_conf *c = s->c;
	struct ka_conf_source *source = find_source(c, name);

	if (name.len == 0) {
		ka_conferr_say(e, "[source] needs a name: [source NAME]");
	} else if (!ka_sourcename_is_valid(name)) {
		ka_conferr_quoted(e, name);
		ka_conferr_say(e, " is not a source name (letters, digits, _ - . and at most 31 of them)");
	} else if (source == NULL && c->sources_known == KA_SOURCES_MAX) {
		ka_conferr_say(e, "more than 16 sources");
	} else {
		if (source == NULL) {
			source = &c->sources[c->sources_known++];
			memset(source, 0, sizeof(*source)); /* its defaults are known when its type is */
			(void)ka_span_copy(name, source->name, sizeof(source->name));
			source->at = s->at;
		}
		s->source = source;
		return;
	}
	s->is_skipping = true;
	ka_conferr_end(e, s->errors);
}

static const char *nearest_section(struct ka_span word)
{
	struct ka_near near;

	ka_near_init(&near, word);
	for (unsigned i = 0; i < KA_CONF_SECTION_COUNT; i++)
		ka_near_try(&near, ka_confrow_section((enum ka_conf_section)i));
	return near.best;
}

void ka_confset_section(struct ka_confset *s, const struct ka_confini *ini)
{
	struct ka_conferr e;

	begin(s, &e);
	s->section = ka_confrow_section_find(ini->word);
	s->source = NULL;
	s->is_skipping = false;
	if (s->section == KA_CONF_SECTION_SOURCE) {
		open_source(s, ini->arg, &e);
		return;
	}
	if (s->section < KA_CONF_SECTION_COUNT && ini->arg.len == 0)
		return;
	s->is_skipping = true;
	if (s->section < KA_CONF_SECTION_COUNT) {
		ka_conferr_say(&e, "[");
		ka_conferr_say(&e, ka_confrow_section(s->section));
		ka_conferr_say(&e, "] takes no name: ");
		ka_conferr_quoted(&e, ini->arg);
	} else {
		ka_conferr_say(&e, "unknown section ");
		ka_conferr_quoted(&e, ini->word);
		ka_conferr_meant(&e, nearest_section(ini->word));
	}
	ka_conferr_end(&e, s->errors);
}

static void say_section(const struct ka_confset *s, struct ka_conferr *e)
{
	ka_conferr_say(e, " in [");
	ka_conferr_say(e, ka_confrow_section(s->section));
	if (s->source != NULL) {
		ka_conferr_say(e, " ");
		ka_conferr_say(e, s->source->name);
	}
	ka_conferr_say(e, "]");
}

/* in this section, else in another one */
static void say_nearest_key(enum ka_conf_section section, struct ka_span name, struct ka_conferr *e)
{
	const char *near = ka_confrow_nearest(section, name);

	ka_conferr_meant(e, near);
	for (unsigned i = 0; near == NULL && i < KA_CONF_SECTION_COUNT; i++) {
		near = ka_confrow_nearest((enum ka_conf_section)i, name);
		if (near == NULL)
			continue;
		ka_conferr_meant(e, near);
		ka_conferr_say(e, " (that is in [");
		ka_conferr_say(e, ka_confrow_section((enum ka_conf_section)i));
		ka_conferr_say(e, "])");
	}
}

static void unknown_key(const struct ka_confset *s, struct ka_span name)
{
	struct ka_conferr e;

	begin(s, &e);
	ka_conferr_say(&e, "unknown key ");
	ka_conferr_quoted(&e, name);
	say_section(s, &e);
	for (unsigned i = 0; i < KA_CONF_SECTION_COUNT; i++) {
		if (ka_confrow_find((enum ka_conf_section)i, name) == KA_CONF_KEY_COUNT)
			continue;
		ka_conferr_say(&e, "; it belongs into [");
		ka_conferr_say(&e, ka_confrow_section((enum ka_conf_section)i));
		ka_conferr_say(&e, "]");
		ka_conferr_end(&e, s->errors);
		return;
	}
	say_nearest_key(s->section, name, &e);
	ka_conferr_end(&e, s->errors);
}

/* "NAME" is already set in this very file */
static bool is_repeat(const struct ka_confset *s, struct ka_conf_at last, struct ka_span name)
{
	struct ka_conferr e;

	if (last.line == 0 || last.file != s->at.file)
		return false;
	begin(s, &e);
	ka_conferr_say(&e, "key ");
	ka_conferr_quoted(&e, name);
	say_section(s, &e);
	ka_conferr_say(&e, " stands in this file twice; first in line ");
	ka_conferr_number(&e, last.line);
	ka_conferr_end(&e, s->errors);
	return true;
}

/* false: it cannot be set by an admin, and @e says why */
static bool may_set_reason(const struct ka_confrow *row, enum ka_reason reason, struct ka_span id, struct ka_conferr *e)
{
	enum ka_reason near = reason != KA_REASON_NONE ? reason : ka_reason_nearest((const char *)id.p, id.len);
	enum ka_action action = ka_reason_action(reason);

	if (reason == KA_REASON_NONE) {
		ka_conferr_say(e, "unknown reason ");
		ka_conferr_quoted(e, id);
		ka_conferr_meant(e, near != KA_REASON_NONE ? ka_reason_id(near) : NULL);
		return false;
	}
	if (row->type == KA_CONFROW_SEVERITY && action == KA_ACTION_LOCKED) {
		ka_conferr_say(e, "is locked: such a key is always refused (");
		ka_conferr_say(e, ka_reason_meaning(reason));
		ka_conferr_say(e, ")");
		return false;
	}
	if (row->type == KA_CONFROW_SEVERITY && action == KA_ACTION_NONE) {
		ka_conferr_say(e, "is no vetting reason, so it has no severity");
		return false;
	}
	if (!ka_reason_is_live(reason)) {
		ka_conferr_say(e, "is not supported by this release");
		return false;
	}
	return true;
}

static struct ka_conf_by_reason *find_reason(struct ka_conf_by_reason *list, size_t count, enum ka_reason reason)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].reason == reason)
			return &list[i];
	return NULL;
}

/* severity.<id> and level.<id> */
static void set_reason(struct ka_confset *s, const struct ka_confrow *row, const struct ka_confini *ini)
{
	bool is_severity = row->type == KA_CONFROW_SEVERITY;
	struct ka_conf_by_reason *list = is_severity ? s->c->severities : s->c->levels, *entry;
	size_t *count = is_severity ? &s->c->severities_count : &s->c->levels_count;
	struct ka_span id = ka_span_sub(ini->word, strlen(ka_confrow_name(row)), ini->word.len);
	enum ka_reason reason = ka_reason_find((const char *)id.p, id.len);
	struct ka_conferr e;
	int value = 0;

	entry = find_reason(list, *count, reason);
	if (entry != NULL && is_repeat(s, entry->at, ini->word))
		return;
	begin(s, &e);
	ka_conferr_quoted(&e, ini->word);
	ka_conferr_say(&e, ": ");
	if (!may_set_reason(row, reason, id, &e) ||
	    !(is_severity ? ka_confvalue_action(ini->value, &value, &e) : ka_confvalue_level(ini->value, &value, &e))) {
		ka_conferr_end(&e, s->errors);
		return;
	}
	if (entry == NULL && *count == KA_CONF_SEVERITIES_MAX) {
		ka_conferr_say(&e, "more than 64 of them");
		ka_conferr_end(&e, s->errors);
		return;
	}
	if (entry == NULL)
		entry = &list[(*count)++];
	*entry = (struct ka_conf_by_reason){ .reason = reason, .value = value, .at = s->at };
}

void ka_confset_key(struct ka_confset *s, const struct ka_confini *ini)
{
	const struct ka_confrow *row;
	struct ka_conf_at *place;
	enum ka_conf_key key;
	struct ka_conferr e;

	if (s->is_skipping)
		return;
	begin(s, &e);
	if (s->section == KA_CONF_SECTION_COUNT) {
		ka_conferr_say(&e, "key ");
		ka_conferr_quoted(&e, ini->word);
		ka_conferr_say(&e, " stands before the first [section]");
		ka_conferr_end(&e, s->errors);
		return;
	}
	key = ka_confrow_find(s->section, ini->word);
	if (key == KA_CONF_KEY_COUNT) {
		unknown_key(s, ini->word);
		return;
	}
	row = ka_confrow_at(key);
	if (ka_confrow_is_prefix(row)) {
		set_reason(s, row, ini);
		return;
	}
	place = s->source != NULL ? &s->source->key_at[key - KA_CONF_KEY_SOURCE_TYPE] : &s->c->at[key];
	if (is_repeat(s, *place, ini->word))
		return;
	ka_conferr_say(&e, ka_confrow_name(row));
	ka_conferr_say(&e, ": ");
	if (ka_confvalue_set(s->c, s->source != NULL ? (void *)s->source : (void *)s->c, row, ini->value, &e))
		*place = s->at;
	else
		ka_conferr_end(&e, s->errors);
}
