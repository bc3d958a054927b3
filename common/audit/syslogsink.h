/* One datagram to /dev/log, by hand: non-blocking, so that a dead logger costs a line and never a login. */
#ifndef KA_AUDIT_SYSLOGSINK_H
#define KA_AUDIT_SYSLOGSINK_H

#include "base/err.h"

/** ka_syslogsink_send() - facility authpriv, ident "keyaudit[pid]", @level an enum ka_level; KA_ERR_SYS when nobody listens */
KA_MUST_CHECK enum ka_err ka_syslogsink_send(int level, const char *text);

#endif
