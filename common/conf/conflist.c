/* Lists, word by word. What may be a word is said by confodd.c. */
#include "conf/conflist.h"

#include <stddef.h>
#include <string.h>

#include "base/near.h"
#include "base/text.h"
#include "conf/confodd.h"
#include "conf/conftext.h"

#include "base/poison.h"

struct words {
	struct ka_span at[KA_CONF_LIST_MAX];
	size_t count;
};

static bool wrong(struct ka_conferr *e, struct ka_span word, const char *what)
{
	ka_conferr_quoted(e, word);
	ka_conferr_say(e, what);
	return false;
}

static bool has_before(const struct words *w, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (ka_span_equal(w->at[i], w->at[j]))
			return true;
	return false;
}

/* @twice: a word may stand there more than once */
static bool split(struct ka_span value, size_t max, bool twice, struct words *w, struct ka_conferr *e)
{
	struct ka_span word;

	w->count = 0;
	while (ka_text_word(&value, &word)) {
		if (w->count == max) {
			ka_conferr_say(e, "more than ");
			ka_conferr_number(e, max);
			ka_conferr_say(e, max == 1 ? " word" : " words");
			return false;
		}
		w->at[w->count] = word;
		if (!twice && has_before(w, w->count))
			return wrong(e, word, " stands there twice");
		w->count++;
	}
	return true;
}

bool ka_conflist_set(struct ka_conf *c, const char **field, const struct ka_confrow *row, struct ka_span value, struct ka_conferr *e)
{
	struct words w;
	struct ka_buf b;
	size_t sum = 1;
	char *text;

	if (!split(value, row->max, row->type == KA_CONFROW_ARGV, &w, e))
		return false;
	if (w.count > 0 && w.count < row->min) {
		ka_conferr_say(e, "needs at least ");
		ka_conferr_number(e, row->min);
		ka_conferr_say(e, row->type == KA_CONFROW_PINS ? ", one of them for the key that comes next" : " words");
		return false;
	}
	for (size_t i = 0; i < w.count; i++) {
		const char *odd = ka_confodd_word(row, w.at[i], i);

		if (odd != NULL)
			return wrong(e, w.at[i], odd);
		sum += w.at[i].len + (i > 0);
	}
	if (sum > KA_CONF_TEXT_MAX)
		return ka_conftext_too_long(e, KA_CONF_TEXT_MAX - 1);
	text = ka_conftext_take(c, sum, e);
	if (text == NULL)
		return false;
	ka_buf_init(&b, text, sum);
	for (size_t i = 0; i < w.count; i++) {
		ka_buf_text(&b, i > 0 ? " " : "");
		ka_buf_span(&b, w.at[i]);
	}
	*field = text;
	return true;
}

/* in the order in which they are shown */
static const struct sink {
	char word[8];
	size_t offset;
} sinks[] = {
	{ "trail", offsetof(struct ka_conf, sink_trail) }, { "syslog", offsetof(struct ka_conf, sink_syslog) }, { "journal", offsetof(struct ka_conf, sink_journal) },
	{ "audit", offsetof(struct ka_conf, sink_audit) }, { "exec", offsetof(struct ka_conf, sink_exec) },
};

static bool unknown_sink(struct ka_span word, struct ka_conferr *e)
{
	struct ka_near near;

	ka_near_init(&near, word);
	ka_conferr_quoted(e, word);
	ka_conferr_say(e, " is not one of ");
	for (size_t i = 0; i < KA_ARRAY_LEN(sinks); i++) {
		ka_conferr_say(e, i > 0 ? ", " : "");
		ka_conferr_say(e, sinks[i].word);
		ka_near_try(&near, sinks[i].word);
	}
	ka_conferr_meant(e, near.best);
	return false;
}

bool ka_conflist_set_sinks(struct ka_conf *c, struct ka_span value, struct ka_conferr *e)
{
	bool on[KA_ARRAY_LEN(sinks)] = { false };
	struct words w;

	if (!split(value, KA_ARRAY_LEN(sinks), false, &w, e))
		return false;
	for (size_t i = 0; i < w.count; i++) {
		size_t k = 0;

		while (k < KA_ARRAY_LEN(sinks) && !ka_span_is(w.at[i], sinks[k].word))
			k++;
		if (k == KA_ARRAY_LEN(sinks))
			return unknown_sink(w.at[i], e);
		on[k] = true;
	}
	for (size_t k = 0; k < KA_ARRAY_LEN(sinks); k++)
		*(bool *)((char *)c + sinks[k].offset) = on[k];
	return true;
}

void ka_conflist_show_sinks(const struct ka_conf *c, struct ka_buf *out)
{
	size_t begin = out->len;

	for (size_t k = 0; k < KA_ARRAY_LEN(sinks); k++) {
		if (!*(const bool *)((const char *)c + sinks[k].offset))
			continue;
		ka_buf_text(out, out->len > begin ? " " : "");
		ka_buf_text(out, sinks[k].word);
	}
}
