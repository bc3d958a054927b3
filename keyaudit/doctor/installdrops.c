/* Dropped connections. The trail has when and why, and sshd's configuration the number. */
#include "keyaudit/doctor/installdrops.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "keyaudit/doctor/installmend.h"
#include "keyaudit/doctor/lastdrop.h"

#include "base/poison.h"

#define NOBODY "/" /* no user: whoever was served since, others may not have been */

static void say(const struct ka_lastdrop *last, const struct ka_sshdconf *sshd, struct ka_install_item *item)
{
	bool is_startups = last->reason == KA_REASON_CONN_MAX_STARTUPS;
	struct ka_buf b;

	memset(item, 0, sizeof(*item));
	item->state = KA_INSTALL_WARN;
	item->reason = last->reason;
	ka_span_copy(ka_span_of("connections"), item->what, sizeof(item->what));
	ka_buf_init_array(&b, item->text);
	ka_buf_text(&b, "sshd dropped some before any login, last told at ");
	ka_text_escape(&b, ka_span_of(last->at), 0, sizeof(last->at));
	ka_buf_text(&b, is_startups ? ": MaxStartups " : ": PerSourcePenalties ");
	ka_text_escape(&b, ka_sshdconf_value(sshd, is_startups ? "maxstartups" : "persourcepenalties"), 0, 200);
	ka_installmend_say(item, ka_reason_fix(last->reason));
}

void ka_installdrops_check(const char *trail, const struct ka_sshdconf *sshd, struct ka_install *out)
{
	struct ka_lastdrop last;

	ka_lastdrop_find(trail, ka_clock_wall_us() / 1000000, NOBODY, "", &last);
	if (last.reason != KA_REASON_NONE && out->count < KA_INSTALL_CHECKS_MAX)
		say(&last, sshd, &out->items[out->count++]);
}
