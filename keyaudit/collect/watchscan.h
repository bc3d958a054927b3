/* How the collector learns of connections: names that appear in spool, phase and said, and those that lie there already. */
#ifndef KA_WATCHSCAN_H
#define KA_WATCHSCAN_H

#include "base/err.h"
#include "keyaudit/collect/watchstate.h"

/** ka_watchscan_open() - begin to watch these directories; a scan is due */
KA_MUST_CHECK enum ka_err ka_watchscan_open(struct ka_watchstate *k);

/** ka_watchscan_events() - take what inotify has, in bounded portions */
void ka_watchscan_events(struct ka_watchstate *k);

/** ka_watchscan_ended() - a living monitor has ended: its turn comes, a little later when its command has recorded nothing yet */
void ka_watchscan_ended(struct ka_watchstate *k, struct ka_watch_slot *s);

/** ka_watchscan_logins() - living connections of which the log said a while ago that they have logged in: their turn comes */
void ka_watchscan_logins(struct ka_watchstate *k);

/** ka_watchscan_step() - go on with a scan, at most KA_COLLECT_SCAN_STEP entries; begins one when it is due */
void ka_watchscan_step(struct ka_watchstate *k);

/** ka_watchscan_close() - let go of the directories */
void ka_watchscan_close(struct ka_watchstate *k);

#endif
