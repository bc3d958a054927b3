/*
 * The machine's time zone. A key's expiry-time without Z is local time, as sshd reads it;
 * everything else is UTC.
 */
#ifndef KA_BASE_ZONE_H
#define KA_BASE_ZONE_H

#include <stdint.h>

/**
 * ka_zone_offset_sec() - seconds east of Greenwich at that moment; 0 when it is not known
 * @at_sec: seconds since 1970 UTC
 *
 * Reads a file at the first call (or what TZ names), so the command asks only when a line has such a time.
 */
int64_t ka_zone_offset_sec(int64_t at_sec);

#endif
