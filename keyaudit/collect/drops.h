/*
 * Connections that sshd's listener dropped, and that it does not start at all: nobody tried a key in them, and there may be
 * thousands. They are counted, and one event per minute and reason says how many and from where the last ones came.
 * Until then their lines lie in the file `drops` of /run/keyaudit.
 */
#ifndef KA_DROPS_H
#define KA_DROPS_H

#include <stdbool.h>

#include "keyaudit/case/caseevent.h"
#include "spool/saidline.h"

/** ka_drops_is() - conn.max-startups, conn.source-penalty, conn.not-running */
bool ka_drops_is(enum ka_reason reason);

/** ka_drops_add() - note one line; a file that is full takes no more, and sshd itself says such things only so often */
KA_MUST_CHECK enum ka_err ka_drops_add(const struct ka_rundir *r, const struct ka_saidline *line);

/** ka_drops_are_there() - is there a line to be counted? */
bool ka_drops_are_there(const struct ka_rundir *r);

/**
 * ka_drops_say() - write the events of the lines that lie there and forget them
 *
 * Errors: as ka_caseevent_health(): not (all) written, they lie there still.
 */
KA_MUST_CHECK enum ka_err ka_drops_say(struct ka_writer *w);

#endif
