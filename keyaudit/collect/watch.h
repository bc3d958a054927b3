/*
 * The collector's loop: new spool and phase files by inotify, ends of monitors by
 * pidfd, events by at most KA_COLLECT_WORKERS children at a time.
 */
#ifndef KA_WATCH_H
#define KA_WATCH_H

#include <stdbool.h>

#include "base/err.h"
#include "keyaudit/case/caseevent.h"

struct ka_watch_result {
	unsigned long written; /* events of connections */
	unsigned long waiting; /* connections whose event could not be written now (@once); they stay claimed */
};

/**
 * ka_watch_run() - look at everything that lies there, then go on until SIGTERM or SIGINT (@once: until nothing is left to do)
 * @w:    replaced when SIGHUP came and the configuration has changed: watchconf.h
 * @talk: say on stderr what happens (one line per event)
 */
KA_MUST_CHECK enum ka_err ka_watch_run(struct ka_writer **w, bool once, bool talk, struct ka_watch_result *result);

#endif
