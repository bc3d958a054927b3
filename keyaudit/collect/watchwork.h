/*
 * The collector's workers: children that make one event each, so that a connection which is hard to diagnose holds up
 * nobody and takes nobody along.
 */
#ifndef KA_WATCHWORK_H
#define KA_WATCHWORK_H

#include "keyaudit/collect/watchstate.h"

/** ka_watchwork_start() - a worker for a queued slot; without a process to be had the slot stays queued and is due later */
void ka_watchwork_start(struct ka_watchstate *k, struct ka_watch_slot *s);

/** ka_watchwork_ended() - a slot's worker has ended: count what it did and drop the slot. The claim knows what is left */
void ka_watchwork_ended(struct ka_watchstate *k, struct ka_watch_slot *s);

/** ka_watchwork_kill_overdue() - end those that took longer than KA_COLLECT_WORKER_MS; collect those that no pidfd speaks of */
void ka_watchwork_kill_overdue(struct ka_watchstate *k);

/** ka_watchwork_stop() - at our own end: wait a while, then kill; every slot's descriptor is closed */
void ka_watchwork_stop(struct ka_watchstate *k);

#endif
