/*
 * Keeping entries warm: the timer's work. One source after the other, its lists first, then its users; what is fresh is left
 * alone, what fails is tried again later and not at once by everybody (fetchpace.h).
 */
#ifndef KA_FETCHREFRESH_H
#define KA_FETCHREFRESH_H

#include <stdbool.h>

#include "conf/conf.h"

/**
 * ka_fetchrefresh_all() - every http source, or the one named @only
 * @now: also what is fresh, after a wait of up to KA_FETCH_NUDGE_MS: a nudge reaches many hosts at once
 *
 * Says on stdout one line for each source, and its progress on a terminal. Answers: the exit status: 0; 1 when a source
 * could not be refreshed, or there is none; 2 when there is none of that name.
 */
int ka_fetchrefresh_all(const struct ka_conf *c, const char *only, bool now);

/** ka_fetchrefresh_wanted() - what lookups have missed since: the markers in KA_PATH_WANTED, each taken away when it was served */
int ka_fetchrefresh_wanted(const struct ka_conf *c);

#endif
