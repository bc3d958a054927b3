/* /run does not outlive a reboot, and neither do records that were not yet events: the trail says so. */
#ifndef KA_GAP_H
#define KA_GAP_H

#include "audit/event.h"
#include "base/cursor.h"
#include "base/err.h"
#include "keyaudit/case/caseevent.h"

/* what the end of the trail says about the boots before this one */
struct ka_gap {
	bool has_earlier;                 /* an event of another boot is there */
	char last[32];                    /* @timestamp of the latest of them */
	bool is_said;                     /* and a trail-gap of this boot about it already (a full disk makes others) */
};

/** ka_gap_read() - look through lines of a trail; what is not a line of ours is passed over. @boot_id: 32 hex digits */
void ka_gap_read(struct ka_span lines, const char *boot_id, struct ka_gap *out);

/**
 * ka_gap_check() - once per boot (marker: started in /run/keyaudit): when the trail ends in another boot, write one
 * trail-gap event with the time between its last event and this boot
 *
 * Errors: those of ka_caseevent_health(): not written, try again.
 */
KA_MUST_CHECK enum ka_err ka_gap_check(struct ka_writer *w);

#endif
