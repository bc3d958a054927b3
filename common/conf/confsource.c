/* Sources as a whole. A key that a source does not look at is an error: somebody believes that it does something. */
#include "conf/confsource.h"

#include <string.h>

#include "conf/conferr.h"
#include "conf/confrow.h"
#include "conf/confset.h"

#include "base/poison.h"

/* what one would write for a key that must be given */
static const struct {
	uint8_t key;
	char line[40];
} samples[] = {
	{ KA_CONF_KEY_SOURCE_PATH, "path = /etc/keyaudit/keys.d/%u" },
};

static unsigned who_is(const struct ka_conf_source *source)
{
	static const uint8_t kinds[] = { [KA_CONF_KIND_FILE] = KA_CONFROW_OF_FILE };

	return kinds[source->kind];
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

static void finish_key(struct ka_conf *c, struct ka_conf_source *source, enum ka_conf_key key, struct ka_conf_errors *errors)
{
	const struct ka_confrow *row = ka_confrow_at(key);
	bool has_type = source->key_at[0].line != 0, is_used = has_type && ka_confsource_uses(source, key);
	const char *unset = "";

	if (source->key_at[key - KA_CONF_KEY_SOURCE_TYPE].line != 0)
		return;
	if (ka_confrow_is_text(row))
		memcpy((char *)source + row->offset, &unset, sizeof(unset));
	if (is_used && ka_confrow_default(row) == NULL)
		missing(c, source, key, errors);
	else if (is_used)
		ka_confset_default(c, source, row);
}

void ka_confsource_finish(struct ka_conf *c, struct ka_conf_source *source, struct ka_conf_errors *errors)
{
	struct ka_conferr e;

	if (source->key_at[0].line == 0) {
		begin(c, source, source->at, &e);
		ka_conferr_say(&e, " has no type; add \"type = file\"");
		ka_conferr_end(&e, errors);
	}
	for (unsigned k = KA_CONF_KEY_SOURCE_TYPE + 1; k < KA_CONF_KEY_SOURCE_TYPE + KA_CONF_SOURCE_KEYS; k++)
		finish_key(c, source, (enum ka_conf_key)k, errors);
}
