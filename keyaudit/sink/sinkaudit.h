/*
 * The sink audit: a record AUDIT_USER_AUTH of the kernel's audit for each login, which ausearch and aureport read, over
 * netlink and without a library:
 *
 *   op=pubkey-refused reason=perm.group-writable acct="alice" exe="/usr/bin/keyaudit" hostname=? addr=203.0.113.7
 *   terminal=ssh res=failed fp=SHA256:... event=...
 *
 * A name that holds a blank, a quote or anything but printable ASCII is written in hexadecimal, as audit does.
 */
#ifndef KA_SINKAUDIT_H
#define KA_SINKAUDIT_H

#include <stdbool.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"

/** ka_sinkaudit_write() - append the text of the record; false, nothing written: no event of a login, so no record */
bool ka_sinkaudit_write(const json_t *event, struct ka_buf *out);

/** ka_sinkaudit_send() - hand the text to the kernel and wait for its word. KA_ERR_SYS with errno: refused, or no audit here */
KA_MUST_CHECK enum ka_err ka_sinkaudit_send(const char *text);

/** ka_sinkaudit_is_absent() - does this errno mean that the kernel has no audit (or does not let us at it)? */
bool ka_sinkaudit_is_absent(int errnum);

#endif
