/*
 * When a store may be asked again, so that a hundred thousand hosts do not ask at
 * once. Pure: time and chance are the caller's, and the simulator of tests/perf
 * runs this very code. @random is always 64 bits of which each is a fair coin.
 *
 * Three kinds of crowd are kept apart here. Hosts that failed together: every wait
 * after a failure is drawn from zero to its bound (full jitter). Hosts that a store
 * sent away together: a wait that it asked for is prolonged by chance. Hosts that
 * were started together: each has a moment of the period that is its own.
 */
#ifndef KA_FETCH_FETCHPACE_H
#define KA_FETCH_FETCHPACE_H

#include <stdint.h>

#include "base/cursor.h"

#define KA_FETCHPACE_NOT_ASKED (-1) /* the store named no time to come back */

/** ka_fetchpace_jitter_ms() - a time from 0 to @span_ms, both included, each as likely as the other */
uint32_t ka_fetchpace_jitter_ms(uint32_t span_ms, uint64_t random);

/**
 * ka_fetchpace_backoff_ms() - how long to wait after @failures failures in a row
 *
 * Full jitter: from 0 to the least of 2 s doubled with each failure after the first
 * and 15 min. 0 when nothing failed.
 */
uint32_t ka_fetchpace_backoff_ms(uint32_t failures, uint64_t random);

/**
 * ka_fetchpace_retry_after_ms() - how long to wait when the store asked for @asked_sec seconds
 *
 * At most an hour is obeyed, never less than asked; on top of it chance adds up to as
 * much again, from 30 s to 15 min: a store that names one moment to everybody would
 * otherwise see everybody at that moment.
 * Source:  RFC 9110 10.2.3 (a date is the caller's to subtract; a moment that has passed is 0).
 */
uint32_t ka_fetchpace_retry_after_ms(int64_t asked_sec, uint64_t random);

/**
 * ka_fetchpace_off_ms() - how long an entry stays off the network after a request failed
 * @failures:  failures in a row with this one, so at least 1
 * @asked_sec: what Retry-After asked for, or KA_FETCHPACE_NOT_ASKED
 *
 * The longest of 30 s, the backoff and what was asked for. The login path waits for
 * nothing: until then it does without the store.
 */
uint32_t ka_fetchpace_off_ms(uint32_t failures, int64_t asked_sec, uint64_t random);

/**
 * ka_fetchpace_slot_ms() - this host's own moment in a period of @period_ms, from 0 to below it
 * @machine_id: what /etc/machine-id holds, as it stands there
 * @what:       for whom: several sources of one host have several moments
 *
 * The same for ever, evenly spread over hosts. 0 for a period of 0.
 * Source:  SHA-256 of machine_id NUL what, as systemd.timer(5) FixedRandomDelay= does it in its own way.
 */
uint32_t ka_fetchpace_slot_ms(struct ka_span machine_id, const char *what, uint32_t period_ms);

/**
 * ka_fetchpace_next_ms() - the first moment after @now_ms at which this host's turn comes
 * @slot_ms: from ka_fetchpace_slot_ms() with the same @period_ms, which must not be 0
 * Units:   milliseconds of one clock; before 1970 too.
 */
int64_t ka_fetchpace_next_ms(int64_t now_ms, uint32_t period_ms, uint32_t slot_ms);

#endif
