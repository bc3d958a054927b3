/*
 * A new configuration for a running collector. MUST: take all of it or nothing; workers that are under way end with the one
 * they began with.
 */
#include "keyaudit/collect/watchconf.h"

#include <signal.h>
#include <stdio.h>

#include "audit/syslogsink.h"
#include "base/buf.h"
#include "keyaudit/collect/watchear.h"
#include "keyaudit/collect/watchgate.h"

#include "base/poison.h"

void ka_watchconf_hold(void)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGHUP);
	sigprocmask(SIG_BLOCK, &mask, NULL);
}

static void refuse(const struct ka_watchstate *k, const char *why)
{
	char text[KA_SYSLOG_LINE_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "the new configuration is not used, ");
	ka_buf_text(&b, ka_caseevent_is_broken(k->w) ? "the defaults stay" : "the old one stays");
	ka_buf_text(&b, " in force: ");
	ka_buf_text(&b, why);
	fprintf(stderr, "keyaudit collect: %s\n", text);
	if (ka_syslogsink_send(KA_LEVEL_WARNING, text) != KA_ERR_OK)
		return; /* stderr has had it */
}

void ka_watchconf_reload(struct ka_watchstate *k)
{
	char why[KA_CONF_ERROR_MAX];

	if (ka_caseevent_reload(&k->w, why) != KA_ERR_OK) {
		refuse(k, "it cannot be read now (no memory, or a system call failed)");
		return;
	}
	if (why[0] != '\0') {
		refuse(k, why);
		return;
	}
	ka_watchgate_limits(k);
	ka_watchear_stop(&k->ear); /* perhaps another log; it begins where it ended */
	ka_watchhealth_stop(&k->health); /* perhaps another trail */
	k->shut_until_ms = k->shut_pause_ms = 0; /* perhaps another trail, or another bound: looked at now */
	fputs("keyaudit collect: the configuration was read again\n", stderr);
	if (k->w->conf_reason != KA_REASON_NONE)
		fprintf(stderr, "keyaudit collect: warning: %s: %s\n", ka_reason_id(k->w->conf_reason), k->w->conf_text);
}
