/*
 * The collector's eye: a child that does nothing but look at monitors the moment their spool file appears, and note what
 * it saw. The command waits for it (spool/look.h), because a refused batch client's monitor may live no longer than its
 * command; the rest of the collector may wait for a lock meanwhile.
 */
#ifndef KA_WATCHLOOK_H
#define KA_WATCHLOOK_H

#include <sys/types.h>

#include "keyaudit/case/rundir.h"

/** ka_watchlook_start() - begin to look; ends with its parent. -1 when there is no process to be had: the parent looks too */
pid_t ka_watchlook_start(const struct ka_rundir *r);

/** ka_watchlook_keep() - start it again when it has ended; @pid as from ka_watchlook_start() */
void ka_watchlook_keep(const struct ka_rundir *r, pid_t *pid);

/** ka_watchlook_stop() - end it and collect it */
void ka_watchlook_stop(pid_t *pid);

#endif
