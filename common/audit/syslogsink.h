/* One datagram to /dev/log, by hand: non-blocking, so that a dead logger costs a line and never a login. */
#ifndef KA_AUDIT_SYSLOGSINK_H
#define KA_AUDIT_SYSLOGSINK_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/** ka_syslogsink_send() - facility authpriv, ident "keyaudit[pid]", @level an enum ka_level; KA_ERR_SYS when nobody listens */
KA_MUST_CHECK enum ka_err ka_syslogsink_send(int level, const char *text);

/** ka_syslogsink_send_to() - the same to another socket than /dev/log */
KA_MUST_CHECK enum ka_err ka_syslogsink_send_to(const char *path, int level, const char *text);

/**
 * ka_syslogsink_format() - "<PRI>Mon dd hh:mm:ss keyaudit[PID]: TEXT", the time in local time as syslog(3) sends it
 *
 * Safe: a control character in @text becomes '?', so that a line stays one line even if a caller forgot to escape.
 * Source: RFC 3164 4.1.
 */
void ka_syslogsink_format(int level, int64_t wall_us, int pid, const char *text, struct ka_buf *out);

#endif
