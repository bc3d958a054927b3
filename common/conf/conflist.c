/* Lists, word by word. What may be a word is said by confodd.c. */
#include "conf/conflist.h"

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

bool ka_conflist_set_sinks(struct ka_conf *c, struct ka_span value, struct ka_conferr *e)
{
	bool trail = false, syslog = false;
	struct ka_near near;
	struct words w;

	if (!split(value, 2, false, &w, e))
		return false;
	for (size_t i = 0; i < w.count; i++) {
		struct ka_span s = w.at[i];

		trail = trail || ka_span_is(s, "trail");
		syslog = syslog || ka_span_is(s, "syslog");
		if (ka_span_is(s, "journal") || ka_span_is(s, "audit") || ka_span_is(s, "exec"))
			return wrong(e, s, " is not supported by this release; trail and syslog are");
		if (ka_span_is(s, "trail") || ka_span_is(s, "syslog"))
			continue;
		ka_near_init(&near, s);
		ka_near_try(&near, "trail");
		ka_near_try(&near, "syslog");
		wrong(e, s, " is not one of trail, syslog");
		ka_conferr_meant(e, near.best);
		return false;
	}
	c->sink_trail = trail;
	c->sink_syslog = syslog;
	return true;
}
