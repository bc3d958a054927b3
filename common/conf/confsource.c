/* Sources as a whole. A key that a source does not look at is an error: somebody believes that it does something. */
#include "conf/confsource.h"

#include <string.h>

#include "conf/conferr.h"
#include "conf/confhttp.h"
#include "conf/confrow.h"
#include "conf/confset.h"

#include "base/poison.h"

/* what one would write for a key that must be given */
static const struct {
	uint8_t key;
	char line[56];
} samples[] = {
	{ KA_CONF_KEY_SOURCE_PATH, "path = /etc/keyaudit/keys.d/%u" },
	{ KA_CONF_KEY_SOURCE_COMMAND, "command = /usr/bin/sss_ssh_authorizedkeys %u" },
	{ KA_CONF_KEY_URL, "url = https://keys.example.com/%u.keys" },
	{ KA_CONF_KEY_FORMAT, "format = signed" },
	{ KA_CONF_KEY_SIGNERS, "signers = /etc/keyaudit/signers" },
};

/* where a key of another type has its counterpart: who writes the first in a source of that type means the second */
static const struct {
	uint8_t wrong, kind, right;
} counterparts[] = {
	{ KA_CONF_KEY_SOURCE_PATH, KA_CONF_KIND_HTTP, KA_CONF_KEY_URL },
	{ KA_CONF_KEY_URL, KA_CONF_KIND_FILE, KA_CONF_KEY_SOURCE_PATH },
	{ KA_CONF_KEY_SOURCE_PATH, KA_CONF_KIND_COMMAND, KA_CONF_KEY_SOURCE_COMMAND },
	{ KA_CONF_KEY_SOURCE_COMMAND, KA_CONF_KIND_FILE, KA_CONF_KEY_SOURCE_PATH },
	{ KA_CONF_KEY_SOURCE_DEADLINE, KA_CONF_KIND_HTTP, KA_CONF_KEY_TIMEOUT },
	{ KA_CONF_KEY_TIMEOUT, KA_CONF_KIND_COMMAND, KA_CONF_KEY_SOURCE_DEADLINE },
};

/* what a source does not say is what [policy] says, to the place where it is said */
static const struct {
	uint8_t key, of_policy;
} inherited[] = {
	{ KA_CONF_KEY_SOURCE_OPTIONS, KA_CONF_KEY_OPTIONS },
	{ KA_CONF_KEY_SOURCE_FORCE_OPTIONS, KA_CONF_KEY_FORCE_OPTIONS },
	{ KA_CONF_KEY_SOURCE_REQUIRE_OPTIONS, KA_CONF_KEY_REQUIRE_OPTIONS },
};

static bool is_set(const struct ka_conf_source *source, enum ka_conf_key key)
{
	return source->key_at[key - KA_CONF_KEY_SOURCE_TYPE].line != 0;
}

/* the columns of the table that it belongs to: of an http source without a format all of that kind */
static unsigned who_is(const struct ka_conf_source *source)
{
	static const uint8_t formats[] = { [KA_CONF_FORMAT_SIGNED] = KA_CONFROW_OF_SIGNED, [KA_CONF_FORMAT_LINES] = KA_CONFROW_OF_LINES,
					   [KA_CONF_FORMAT_JSON] = KA_CONFROW_OF_JSON };

	if (source->kind == KA_CONF_KIND_FILE)
		return KA_CONFROW_OF_FILE;
	if (source->kind == KA_CONF_KIND_COMMAND)
		return KA_CONFROW_OF_COMMAND;
	return is_set(source, KA_CONF_KEY_FORMAT) ? formats[source->format] : KA_CONFROW_OF_HTTP;
}

bool ka_confsource_uses(const struct ka_conf_source *source, enum ka_conf_key key)
{
	return (ka_confrow_at(key)->who & who_is(source)) != 0;
}

static void begin(const struct ka_conf *c, const struct ka_conf_source *source, struct ka_conf_at at, struct ka_conferr *e)
{
	ka_conferr_at(e, c, at);
	ka_conferr_say(e, "[source ");
	ka_conferr_say(e, source->name);
	ka_conferr_say(e, "]");
}

static void missing(const struct ka_conf *c, const struct ka_conf_source *source, enum ka_conf_key key, struct ka_conf_errors *errors)
{
	struct ka_conferr e;

	begin(c, source, source->at, &e);
	ka_conferr_say(&e, " has no ");
	ka_conferr_say(&e, ka_confrow_name(ka_confrow_at(key)));
	for (size_t i = 0; i < KA_ARRAY_LEN(samples); i++)
		if (samples[i].key == (uint8_t)key) {
			ka_conferr_say(&e, "; add \"");
			ka_conferr_say(&e, samples[i].line);
			ka_conferr_say(&e, "\"");
		}
	ka_conferr_end(&e, errors);
}

/* "type = file", "format = json": whose keys these are */
static const char *owner_of(unsigned who)
{
	switch (who) {
	case KA_CONFROW_OF_FILE:
		return "type = file";
	case KA_CONFROW_OF_COMMAND:
		return "type = command";
	case KA_CONFROW_OF_SIGNED:
		return "format = signed";
	case KA_CONFROW_OF_LINES:
		return "format = lines";
	case KA_CONFROW_OF_JSON:
		return "format = json";
	default:
		return "type = http";
	}
}

static void out_of_place(const struct ka_conf *c, const struct ka_conf_source *source, enum ka_conf_key key, struct ka_conf_errors *errors)
{
	unsigned whose = ka_confrow_at(key)->who, mine = who_is(source);
	struct ka_conferr e;

	ka_conferr_at(&e, c, source->key_at[key - KA_CONF_KEY_SOURCE_TYPE]);
	ka_conferr_say(&e, "key \"");
	ka_conferr_say(&e, ka_confrow_name(ka_confrow_at(key)));
	ka_conferr_say(&e, "\" is one of ");
	ka_conferr_say(&e, owner_of(whose));
	ka_conferr_say(&e, ", and [source ");
	ka_conferr_say(&e, source->name);
	ka_conferr_say(&e, "] has ");
	/* of another format, when both are of one type */
	ka_conferr_say(&e, owner_of((mine & KA_CONFROW_OF_HTTP) != 0 && (whose & KA_CONFROW_OF_HTTP) == 0 ? KA_CONFROW_OF_HTTP : mine));
	for (size_t i = 0; i < KA_ARRAY_LEN(counterparts); i++)
		if (counterparts[i].wrong == (uint8_t)key && counterparts[i].kind == (uint8_t)source->kind)
			ka_conferr_meant(&e, ka_confrow_name(ka_confrow_at((enum ka_conf_key)counterparts[i].right)));
	ka_conferr_end(&e, errors);
}

/* @mine: who_is() it, 0 without a type */
static void finish_key(struct ka_conf *c, struct ka_conf_source *source, enum ka_conf_key key, unsigned mine, struct ka_conf_errors *errors)
{
	const struct ka_confrow *row = ka_confrow_at(key);
	bool is_used = (row->who & mine) != 0;
	const char *unset = "";

	if (is_set(source, key)) {
		if (mine != 0 && !is_used)
			out_of_place(c, source, key, errors);
		return;
	}
	if (ka_confrow_is_text(row))
		memcpy((char *)source + row->offset, &unset, sizeof(unset));
	if (!is_used)
		return;
	if (ka_confrow_default(row) != NULL)
		ka_confset_default(c, source, row);
	else if ((mine & ~(unsigned)row->who) == 0)
		missing(c, source, key, errors);
}

/* what it should have been: the first key that is of one type only says it */
static void no_type(const struct ka_conf *c, const struct ka_conf_source *source, struct ka_conf_errors *errors)
{
	unsigned whose = KA_CONFROW_OF_FILE;
	struct ka_conferr e;

	for (unsigned k = KA_CONF_KEY_SOURCE_TYPE + KA_CONF_SOURCE_KEYS - 1; k > KA_CONF_KEY_SOURCE_TYPE; k--)
		if (is_set(source, (enum ka_conf_key)k) && ka_confrow_at((enum ka_conf_key)k)->who != KA_CONFROW_OF_ALL)
			whose = ka_confrow_at((enum ka_conf_key)k)->who;
	begin(c, source, source->at, &e);
	ka_conferr_say(&e, " has no type; add \"");
	ka_conferr_say(&e, owner_of((whose & KA_CONFROW_OF_HTTP) != 0 ? KA_CONFROW_OF_HTTP : whose));
	ka_conferr_say(&e, "\"");
	ka_conferr_end(&e, errors);
}

static void inherit(const struct ka_conf *c, struct ka_conf_source *source)
{
	const char *text;

	for (size_t i = 0; i < KA_ARRAY_LEN(inherited); i++) {
		enum ka_conf_key key = (enum ka_conf_key)inherited[i].key, from = (enum ka_conf_key)inherited[i].of_policy;

		if (is_set(source, key))
			continue;
		memcpy(&text, (const char *)c + ka_confrow_at(from)->offset, sizeof(text));
		memcpy((char *)source + ka_confrow_at(key)->offset, &text, sizeof(text));
		source->key_at[key - KA_CONF_KEY_SOURCE_TYPE] = c->at[from];
	}
}

void ka_confsource_finish(struct ka_conf *c, struct ka_conf_source *source, struct ka_conf_errors *errors)
{
	bool has_type = is_set(source, KA_CONF_KEY_SOURCE_TYPE);
	unsigned mine = has_type ? who_is(source) : 0;

	if (!has_type)
		no_type(c, source, errors);
	for (unsigned k = KA_CONF_KEY_SOURCE_TYPE + 1; k < KA_CONF_KEY_SOURCE_TYPE + KA_CONF_SOURCE_KEYS; k++)
		finish_key(c, source, (enum ka_conf_key)k, mine, errors);
	inherit(c, source);
	if (has_type && source->kind == KA_CONF_KIND_HTTP && is_set(source, KA_CONF_KEY_FORMAT))
		ka_confhttp_finish(c, source, errors);
}
