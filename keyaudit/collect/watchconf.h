/* The collector and a configuration that has changed. */
#ifndef KA_WATCHCONF_H
#define KA_WATCHCONF_H

#include "keyaudit/collect/watchstate.h"

/**
 * ka_watchconf_hold() - from here on SIGHUP waits until ka_watch_run() takes it
 *
 * So that whoever asks for the new configuration while we still begin does not end us.
 */
void ka_watchconf_hold(void);

/** ka_watchconf_reload() - read it again; a wrong one is said on stderr and in syslog, and what was in force stays in force */
void ka_watchconf_reload(struct ka_watchstate *k);

#endif
