/*
 * Common Event Format, version 0: CEF:0|vendor|product|version|signature|name|severity|key=value key=value ...
 * Keys of "Micro Focus Security ArcSight Common Event Format", version 25; src and dst hold IPv4 addresses there, IPv6 ones
 * stand in c6a2 and c6a3.
 */
#ifndef KA_FORMCEF_H
#define KA_FORMCEF_H

#include <jansson.h>

#include "base/buf.h"

/** ka_formcef_write() - append the line without its newline, and without a syslog header */
void ka_formcef_write(const json_t *event, struct ka_buf *out);

#endif
