/* Values by type. Lists are in conflist.c; here are numbers, words from a fixed set, and the dispatch. */
#include "conf/confvalue.h"

#include <string.h>

#include "base/near.h"
#include "base/text.h"
#include "conf/conflist.h"

#include "base/poison.h"

static const char *const owners[] = { "root", "user", NULL };
static const char *const stricts[] = { "auto", "upstream", "debian", NULL };
static const char *const logs[] = { "journal", "none", NULL };

static bool wrong(struct ka_conferr *e, struct ka_span value, const char *what)
{
	ka_conferr_quoted(e, value);
	ka_conferr_say(e, what);
	return false;
}

static bool not_one_of(struct ka_conferr *e, struct ka_span value, const char *const *words)
{
	struct ka_near near;

	ka_near_init(&near, value);
	wrong(e, value, " is not one of ");
	for (size_t i = 0; words[i] != NULL; i++) {
		ka_conferr_say(e, i > 0 ? ", " : "");
		ka_conferr_say(e, words[i]);
		ka_near_try(&near, words[i]);
	}
	ka_conferr_meant(e, near.best);
	return false;
}

static bool find_word(struct ka_span value, const char *const *words, int *out)
{
	for (int i = 0; words[i] != NULL; i++)
		if (ka_span_is(value, words[i])) {
			*out = i;
			return true;
		}
	return false;
}

/* enumerators of these types count from 0 in the order of their words */
static bool set_word(void *field, struct ka_span value, const char *const *words, struct ka_conferr *e)
{
	int i = 0;

	_Static_assert(sizeof(enum ka_conf_owner) == sizeof(int) && sizeof(enum ka_conf_strict) == sizeof(int), "");
	if (!find_word(value, words, &i))
		return not_one_of(e, value, words);
	memcpy(field, &i, sizeof(i));
	return true;
}

static bool set_number(void *field, const struct ka_confrow *row, struct ka_span value, struct ka_conferr *e)
{
	uint64_t n = 0;
	unsigned u;

	if (!ka_text_to_u64(value, row->max, &n) || n < row->min) {
		wrong(e, value, " is not a number from ");
		ka_conferr_number(e, row->min);
		ka_conferr_say(e, " to ");
		ka_conferr_number(e, row->max);
		return false;
	}
	u = (unsigned)n;
	memcpy(field, &u, sizeof(u));
	return true;
}

/* "64MiB", "1GiB", or 0 alone */
static bool set_mib(void *field, const struct ka_confrow *row, struct ka_span value, struct ka_conferr *e)
{
	struct ka_span digits = { value.p, 0 }, unit;
	uint64_t n = 0, scale = 1;
	unsigned u;

	while (digits.len < value.len && ka_text_is_digit(value.p[digits.len]))
		digits.len++;
	unit = ka_span_sub(value, digits.len, value.len);
	if (ka_span_is(unit, "GiB"))
		scale = 1024;
	else if (!ka_span_is(unit, "MiB") && !ka_span_is(value, "0"))
		return wrong(e, value, " is not a size such as 64MiB or 1GiB");
	if (!ka_text_to_u64(digits, row->max / scale, &n) || n * scale < row->min) {
		wrong(e, value, " is not a size from ");
		ka_conferr_number(e, row->min);
		ka_conferr_say(e, "MiB to ");
		ka_conferr_number(e, row->max);
		ka_conferr_say(e, "MiB");
		return false;
	}
	u = (unsigned)(n * scale);
	memcpy(field, &u, sizeof(u));
	return true;
}

static bool set_kind(void *field, struct ka_span value, struct ka_conferr *e)
{
	static const char *const kinds[] = { "file", NULL };
	bool yes = true;

	if (ka_span_is(value, "http") || ka_span_is(value, "command"))
		return wrong(e, value, " is not supported by this release; file is");
	if (!ka_span_is(value, kinds[0]))
		return not_one_of(e, value, kinds);
	memcpy(field, &yes, sizeof(yes));
	return true;
}

static bool set_log(struct ka_conf *c, struct ka_span value, struct ka_conferr *e)
{
	int i = 0;

	if (find_word(value, logs, &i)) {
		c->sshd_log = i == 0 ? KA_CONF_LOG_JOURNAL : KA_CONF_LOG_NONE;
		c->sshd_log_file = "";
		return true;
	}
	if (value.len == 0 || value.p[0] != '/')
		return wrong(e, value, " is neither journal nor none nor an absolute path");
	if (!ka_conflist_set_path(c->texts[KA_CONF_KEY_SSHD_LOG], value, e))
		return false;
	c->sshd_log = KA_CONF_LOG_FILE;
	c->sshd_log_file = c->texts[KA_CONF_KEY_SSHD_LOG];
	return true;
}

static bool set_raw(char *text, struct ka_span value, struct ka_conferr *e)
{
	if (value.len >= KA_CONF_TEXT_MAX)
		return ka_conflist_too_long(e, KA_CONF_TEXT_MAX - 1);
	memcpy(text, value.p, value.len);
	text[value.len] = '\0';
	return true;
}

/* a text that @field points to */
static bool set_text(struct ka_conf *c, const struct ka_confrow *row, struct ka_span value, struct ka_conferr *e)
{
	char *text = c->texts[ka_confrow_key(row)];
	const char *now = text;
	bool ok;

	if (row->type == KA_CONFROW_PATH)
		ok = ka_conflist_set_path(text, value, e);
	else if (row->type == KA_CONFROW_RAW)
		ok = set_raw(text, value, e);
	else
		ok = ka_conflist_set(text, row, value, e);
	if (ok)
		memcpy((char *)c + row->offset, &now, sizeof(now));
	return ok;
}

static bool may_be_empty(const struct ka_confrow *row)
{
	return row->type == KA_CONFROW_RAW || ((row->type == KA_CONFROW_WORDS || row->type == KA_CONFROW_USERS) && row->min == 0);
}

/* what people try, and what would otherwise be taken for part of the value */
static bool looks_wrong(struct ka_span value, const struct ka_confrow *row, struct ka_conferr *e)
{
	for (size_t i = 0; row->type != KA_CONFROW_RAW && i + 1 < value.len; i++)
		if (ka_text_is_blank(value.p[i]) && (value.p[i + 1] == '#' || value.p[i + 1] == ';')) {
			ka_conferr_say(e, "no comment may stand behind a value: ");
			ka_conferr_quoted(e, ka_span_sub(value, i + 1, value.len));
			return true;
		}
	if (value.len > 0 && value.p[0] == '"') {
		wrong(e, value, " begins with a quote; values stand without quotes");
		return true;
	}
	if (value.len == 0 && !may_be_empty(row)) {
		ka_conferr_say(e, "has no value");
		return true;
	}
	return false;
}

bool ka_confvalue_set(void *base, const struct ka_confrow *row, struct ka_span value, struct ka_conferr *e)
{
	char *field = (char *)base + row->offset;

	if (looks_wrong(value, row, e))
		return false;
	switch (row->type) {
	case KA_CONFROW_NAMES:
	case KA_CONFROW_PATHS:
		return ka_conflist_set(field, row, value, e);
	case KA_CONFROW_WORDS:
	case KA_CONFROW_USERS:
	case KA_CONFROW_PATH:
	case KA_CONFROW_RAW:
		return set_text(base, row, value, e);
	case KA_CONFROW_SINKS:
		return ka_conflist_set_sinks(base, value, e);
	case KA_CONFROW_KIND:
		return set_kind(field, value, e);
	case KA_CONFROW_OWNER:
		return set_word(field, value, owners, e);
	case KA_CONFROW_STRICT:
		return set_word(field, value, stricts, e);
	case KA_CONFROW_LOG:
		return set_log(base, value, e);
	case KA_CONFROW_NUMBER:
		return set_number(field, row, value, e);
	case KA_CONFROW_MIB:
		return set_mib(field, row, value, e);
	case KA_CONFROW_SEVERITY:
	case KA_CONFROW_LEVEL:
		break;
	}
	return false;
}

bool ka_confvalue_action(struct ka_span value, int *out, struct ka_conferr *e)
{
	static const char *const words[] = { "off", "warn", "reject", NULL };
	static const int actions[] = { KA_ACTION_OFF, KA_ACTION_WARN, KA_ACTION_REJECT };
	int i = 0;

	if (!find_word(value, words, &i))
		return not_one_of(e, value, words);
	*out = actions[i];
	return true;
}

bool ka_confvalue_level(struct ka_span value, int *out, struct ka_conferr *e)
{
	static const char *const words[] = { "info", "notice", "warning", "alert", NULL };
	static const int levels[] = { KA_LEVEL_INFO, KA_LEVEL_NOTICE, KA_LEVEL_WARNING, KA_LEVEL_ALERT };
	int i = 0;

	if (!find_word(value, words, &i))
		return not_one_of(e, value, words);
	*out = levels[i];
	return true;
}

static void show_log(const struct ka_conf *c, struct ka_buf *out)
{
	if (c->sshd_log == KA_CONF_LOG_FILE)
		ka_buf_text(out, c->sshd_log_file);
	else
		ka_buf_text(out, c->sshd_log == KA_CONF_LOG_JOURNAL ? "journal" : "none");
}

static void show_sinks(const struct ka_conf *c, struct ka_buf *out)
{
	ka_buf_text(out, c->sink_trail ? "trail" : "");
	ka_buf_text(out, c->sink_trail && c->sink_syslog ? " " : "");
	ka_buf_text(out, c->sink_syslog ? "syslog" : "");
}

void ka_confvalue_show(const void *base, const struct ka_confrow *row, struct ka_buf *out)
{
	const char *field = (const char *)base + row->offset, *text = field;
	unsigned n = 0;

	switch (row->type) {
	case KA_CONFROW_PATH:
	case KA_CONFROW_WORDS:
	case KA_CONFROW_USERS:
	case KA_CONFROW_RAW:
		memcpy(&text, field, sizeof(text));
		ka_buf_text(out, text);
		return;
	case KA_CONFROW_NAMES:
	case KA_CONFROW_PATHS:
		ka_buf_text(out, field);
		return;
	case KA_CONFROW_KIND:
		ka_buf_text(out, "file");
		return;
	case KA_CONFROW_OWNER:
	case KA_CONFROW_STRICT:
		memcpy(&n, field, sizeof(n));
		ka_buf_text(out, row->type == KA_CONFROW_OWNER ? owners[n] : stricts[n]);
		return;
	case KA_CONFROW_SINKS:
		show_sinks(base, out);
		return;
	case KA_CONFROW_LOG:
		show_log(base, out);
		return;
	case KA_CONFROW_NUMBER:
	case KA_CONFROW_MIB:
		memcpy(&n, field, sizeof(n));
		ka_buf_u64(out, n);
		ka_buf_text(out, row->type == KA_CONFROW_MIB ? "MiB" : "");
		return;
	case KA_CONFROW_SEVERITY:
	case KA_CONFROW_LEVEL:
		return;
	}
}
