/* When the disk is full or the trail is not ours. Said on stderr when it begins and ends, in syslog each minute meanwhile. */
#include "keyaudit/collect/watchtrail.h"

#include <stdio.h>

#include "audit/syslogsink.h"
#include "audit/trail.h"
#include "base/buf.h"
#include "base/clock.h"

#include "base/poison.h"

static void say(struct ka_watchstate *k, int64_t now)
{
	char text[KA_SYSLOG_LINE_MAX];
	struct ka_buf b;

	if (now < k->shut_said_ms)
		return;
	k->shut_said_ms = now + KA_COLLECT_SAY_MS;
	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "audit trail: ");
	ka_buf_text(&b, k->w->conf.trail);
	ka_buf_text(&b, " cannot be written (disk full, or not root's own); events wait, for ");
	ka_buf_i64(&b, (now - k->shut_ms) / 1000);
	ka_buf_text(&b, " s now");
	if (ka_syslogsink_send(KA_LEVEL_WARNING, text) != KA_ERR_OK)
		return; /* stderr has had it */
}

bool ka_watchtrail_is_open(struct ka_watchstate *k, int64_t now_ms)
{
	if (now_ms < k->shut_until_ms)
		return false;
	if (k->shut_ms == 0 || !k->w->conf.sink_trail || ka_trail_is_writable(k->w->conf.trail, k->w->conf.min_free_mib))
		return true;
	k->shut_until_ms = now_ms + KA_COLLECT_FULL_MS; /* this look costs nothing: no longer pause */
	say(k, now_ms);
	return false;
}

void ka_watchtrail_failed(struct ka_watchstate *k, bool is_trail)
{
	int64_t now = ka_clock_boot_ms();

	k->shut_pause_ms = k->shut_pause_ms == 0 ? KA_COLLECT_FULL_MS : 2 * k->shut_pause_ms;
	if (k->shut_pause_ms > KA_COLLECT_FULL_MAX_MS)
		k->shut_pause_ms = KA_COLLECT_FULL_MAX_MS;
	/* seen from outside it was as shut as it is: the look decides when to go on */
	if (is_trail && !ka_trail_is_writable(k->w->conf.trail, k->w->conf.min_free_mib))
		k->shut_pause_ms = KA_COLLECT_FULL_MS;
	k->shut_until_ms = now + k->shut_pause_ms;
	if (!is_trail)
		return;
	if (k->shut_ms == 0) {
		k->shut_ms = now;
		k->shut_said_ms = now;
		fprintf(stderr, "keyaudit collect: %s cannot be written (disk full, or not root's own); events wait and are tried again\n",
			k->w->conf.trail);
	}
	say(k, now);
}

void ka_watchtrail_written(struct ka_watchstate *k)
{
	int64_t shut = k->shut_ms;
	char text[160];
	struct ka_buf b;

	k->shut_pause_ms = 0;
	if (shut == 0)
		return;
	k->shut_ms = 0;
	fprintf(stderr, "keyaudit collect: %s is written again\n", k->w->conf.trail);
	ka_buf_init_array(&b, text);
	ka_buf_text(&b, KA_EVENT_SAYS_SHUT);
	ka_buf_i64(&b, (ka_clock_boot_ms() - shut) / 1000);
	ka_buf_text(&b, " s; the events that waited follow, none is missing");
	if (ka_caseevent_health(k->w, KA_EVENT_TRAIL_GAP, NULL, k->queued + k->workers, text) != KA_ERR_OK)
		k->shut_ms = shut; /* shut again already: said after the next one */
}
