/* expiry-time values, as sshd's parse_absolute_time() reads them since OpenSSH 9.1. */
#ifndef KA_KEY_KEYTIME_H
#define KA_KEY_KEYTIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"

/**
 * ka_keytime_parse() - YYYYMMDD[HHMM[SS]], then Z or UTC (any case) or nothing for local time
 * @local_offset_sec: local time minus UTC
 *
 * Answers: false when it is anything else, or not after 1970-01-01 (sshd refuses 0 and below).
 * Shape:   a day beyond its month rolls over (20300230 is 2 March), as with timegm(3).
 */
bool ka_keytime_parse(struct ka_span value, int64_t local_offset_sec, int64_t *out);

#endif
