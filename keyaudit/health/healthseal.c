/* The book of who seals: its unit may write nowhere but beside the key, the trail and in /run/keyaudit. */
#include "keyaudit/health/healthseal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/syslogsink.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "keyaudit/health/health.h"

#include "base/poison.h"

#define BOOK "seal.told"

/* what is told, and in which words */
static const struct row {
	const char *subject, *fails, *works;
} rows[KA_HEALTHSEAL_COUNT] = {
	[KA_HEALTHSEAL_BEGUN] = { "begun", "", "sealing has begun" },
	[KA_HEALTHSEAL_SEAL] = { "seal", "the trail cannot be sealed: ", "the trail is sealed again" },
	[KA_HEALTHSEAL_ANCHOR] = { "anchor", "anchor cannot be left: ", "anchor can be left again" },
};

/* the text line of the event does not say what failed */
static void say(const struct ka_health *h, const char *verb, const char *text, bool is_failing)
{
	char line[KA_SYSLOG_LINE_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, line);
	ka_buf_text(&b, "trail: ");
	ka_buf_text(&b, text);
	fprintf(stderr, "keyaudit %s: %s\n", verb, line);
	if (h->w->conf.sink_syslog && ka_syslogsink_send(is_failing ? KA_LEVEL_WARNING : KA_LEVEL_INFO, line) != KA_ERR_OK)
		return; /* nobody listens: it stands on standard error */
}

static enum ka_err tell(struct ka_health *h, const char *verb, enum ka_healthseal what, const char *wrong)
{
	const struct row *r = &rows[what];
	const char *before = ka_health_value(h, r->subject);
	char text[KA_TEXT_OPTION_MAX], at[KA_CLOCK_TEXT_MAX];
	struct ka_healthchange c = { .subject = r->subject, .value = wrong != NULL ? "failed" : "", .action = KA_EVENT_TRAIL_SEAL,
				     .text = text, .count = 1, .is_failing = wrong != NULL };
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, wrong != NULL ? r->fails : r->works);
	ka_buf_text(&b, wrong != NULL ? wrong : "");
	if (what == KA_HEALTHSEAL_BEGUN) { /* each time anew */
		ka_clock_text(ka_clock_wall_us(), at);
		c.value = at;
	} else if (strcmp(before != NULL ? before : "", c.value) != 0) {
		say(h, verb, text, c.is_failing);
	}
	return ka_health_tell(h, &c);
}

enum ka_err ka_healthseal_tell_in(struct ka_health *h, const char *verb, enum ka_healthseal what, const char *wrong)
{
	enum ka_err err = KA_ERR_OK;

	/* sealing that began before there was a book, or whose beginning was not told because somebody was killed */
	if (what == KA_HEALTHSEAL_SEAL && wrong == NULL && ka_health_value(h, rows[KA_HEALTHSEAL_BEGUN].subject) == NULL)
		err = tell(h, verb, KA_HEALTHSEAL_BEGUN, NULL);
	return err == KA_ERR_OK ? tell(h, verb, what, wrong) : err;
}

void ka_healthseal_tell(const char *verb, const char *conf, enum ka_healthseal what, const char *wrong)
{
	KA_AUTOFREE struct ka_writer *w = calloc(1, sizeof(*w));
	char why[KA_CONF_ERROR_MAX] = "the trail cannot be written now";
	struct ka_health h;
	enum ka_err err = KA_ERR_NOMEM;

	if (w != NULL)
		err = ka_caseevent_open(w, "keyaudit-seal", conf, why, sizeof(why));
	if (err == KA_ERR_OK)
		err = ka_health_open(&h, w, KA_PATH_PRIVATE, BOOK);
	if (err == KA_ERR_OK) {
		err = ka_healthseal_tell_in(&h, verb, what, wrong);
		ka_health_close(&h);
	}
	if (err == KA_ERR_OK)
		return;
	if (wrong != NULL)
		fprintf(stderr, "keyaudit %s: trail: %s%s\n", verb, rows[what].fails, wrong);
	fprintf(stderr, "keyaudit %s: this is not in the trail yet: %s\n", verb, why);
}
