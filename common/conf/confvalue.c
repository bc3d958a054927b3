/* Values by type: the dispatch. Lists are in conflist.c, words in confword.c, numbers in confnumber.c. */
#include "conf/confvalue.h"

#include <string.h>

#include "base/text.h"
#include "conf/conflist.h"
#include "conf/confnumber.h"
#include "conf/confodd.h"
#include "conf/conftext.h"
#include "conf/confword.h"

#include "base/poison.h"

static const char logs[] = "journal\0none\0";

static bool wrong(struct ka_conferr *e, struct ka_span value, const char *what)
{
	ka_conferr_quoted(e, value);
	ka_conferr_say(e, what);
	return false;
}

static bool set_log(struct ka_conf *c, struct ka_span value, struct ka_conferr *e)
{
	const char *odd, *path;
	unsigned i = 0;

	if (ka_confword_find(value, logs, &i)) {
		c->sshd_log = i == 0 ? KA_CONF_LOG_JOURNAL : KA_CONF_LOG_NONE;
		c->sshd_log_file = "";
		return true;
	}
	if (value.len == 0 || value.p[0] != '/')
		return wrong(e, value, " is neither journal nor none nor an absolute path");
	odd = ka_confodd_path(value);
	if (odd != NULL)
		return wrong(e, value, odd);
	path = ka_conftext_keep(c, value, e);
	if (path == NULL)
		return false;
	c->sshd_log = KA_CONF_LOG_FILE;
	c->sshd_log_file = path;
	return true;
}

/* a text that the field points to */
static bool set_text(struct ka_conf *c, void *field, const struct ka_confrow *row, struct ka_span value, struct ka_conferr *e)
{
	const char *odd, *text = NULL;
	struct ka_span culprit;

	if (ka_confrow_is_list(row)) {
		(void)ka_conflist_set(c, &text, row, value, e);
	} else {
		odd = ka_confodd_value(row, value, &culprit);
		if (odd != NULL)
			return wrong(e, culprit, odd);
		text = ka_conftext_keep(c, value, e);
	}
	if (text != NULL)
		memcpy(field, &text, sizeof(text));
	return text != NULL;
}

static bool set_number(void *field, const struct ka_confrow *row, struct ka_span value, struct ka_conferr *e)
{
	unsigned n = 0;
	bool ok = ka_confnumber_set(&n, row, value, e);

	if (ok)
		memcpy(field, &n, sizeof(n));
	return ok;
}

static bool may_be_empty(const struct ka_confrow *row)
{
	const char *value = ka_confrow_default(row);

	return (value != NULL && value[0] == '\0') || (ka_confrow_is_list(row) && row->min == 0);
}

/* what people try, and what would otherwise be taken for part of the value */
static bool looks_wrong(struct ka_span value, const struct ka_confrow *row, struct ka_conferr *e)
{
	for (size_t i = 0; !ka_confrow_is_free(row) && i + 1 < value.len; i++)
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

bool ka_confvalue_set(struct ka_conf *c, void *base, const struct ka_confrow *row, struct ka_span value, struct ka_conferr *e)
{
	void *field = (char *)base + row->offset;

	if (looks_wrong(value, row, e))
		return false;
	if (ka_confword_is(row))
		return ka_confword_set(field, row, value, e);
	if (ka_confnumber_is(row))
		return set_number(field, row, value, e);
	if (ka_confrow_is_text(row))
		return set_text(c, field, row, value, e);
	if (row->type == KA_CONFROW_SINKS)
		return ka_conflist_set_sinks(c, value, e);
	return row->type == KA_CONFROW_LOG && set_log(c, value, e);
}

bool ka_confvalue_action(struct ka_span value, int *out, struct ka_conferr *e)
{
	static const char words[] = "off\0warn\0reject\0";
	static const uint8_t actions[] = { KA_ACTION_OFF, KA_ACTION_WARN, KA_ACTION_REJECT };
	unsigned i = 0;

	if (!ka_confword_find(value, words, &i))
		return ka_confword_not_one_of(e, value, words);
	*out = actions[i];
	return true;
}

bool ka_confvalue_level(struct ka_span value, int *out, struct ka_conferr *e)
{
	static const char words[] = "info\0notice\0warning\0alert\0";
	static const uint8_t levels[] = { KA_LEVEL_INFO, KA_LEVEL_NOTICE, KA_LEVEL_WARNING, KA_LEVEL_ALERT };
	unsigned i = 0;

	if (!ka_confword_find(value, words, &i))
		return ka_confword_not_one_of(e, value, words);
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

void ka_confvalue_show(const void *base, const struct ka_confrow *row, struct ka_buf *out)
{
	const char *field = (const char *)base + row->offset, *text;
	unsigned n;

	if (ka_confword_is(row)) {
		ka_buf_text(out, ka_confword_show(field, row));
	} else if (ka_confnumber_is(row)) {
		memcpy(&n, field, sizeof(n));
		ka_confnumber_show(n, row, out);
	} else if (ka_confrow_is_text(row)) {
		memcpy(&text, field, sizeof(text));
		ka_buf_text(out, text);
	} else if (row->type == KA_CONFROW_SINKS) {
		ka_conflist_show_sinks(base, out);
	} else if (row->type == KA_CONFROW_LOG) {
		show_log(base, out);
	}
}
