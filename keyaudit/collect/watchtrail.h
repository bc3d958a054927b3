/* The collector and a trail that cannot be written: nothing is lost, nothing spins, and it is said. */
#ifndef KA_WATCHTRAIL_H
#define KA_WATCHTRAIL_H

#include "keyaudit/collect/watchstate.h"

/** ka_watchtrail_is_open() - may work begin that ends in the trail? Cheap: no diagnosis is made only to wait again */
bool ka_watchtrail_is_open(struct ka_watchstate *k, int64_t now_ms);

/** ka_watchtrail_failed() - work had to be put off; @is_trail: since the trail could not be written */
void ka_watchtrail_failed(struct ka_watchstate *k, bool is_trail);

/** ka_watchtrail_written() - it can be written (again): then a trail-gap event says how long it was shut and how much waits */
void ka_watchtrail_written(struct ka_watchstate *k);

#endif
