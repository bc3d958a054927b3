/*
 * The sink journal: one datagram of the native protocol to systemd-journald, "FIELD=value\n" for each field, written by hand:
 * nothing here links libsystemd. The socket is non-blocking, so that a dead journal costs the event, never a login.
 *
 * Source: https://systemd.io/JOURNAL_NATIVE_PROTOCOL/
 */
#ifndef KA_SINKJOURNAL_H
#define KA_SINKJOURNAL_H

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"

#define KA_SINKJOURNAL_SOCKET "/run/systemd/journal/socket"

/** ka_sinkjournal_id() - the MESSAGE_ID of an action's class, as conf/keyaudit.catalog has it */
const char *ka_sinkjournal_id(const char *action);

/**
 * ka_sinkjournal_write() - append the fields of one event
 *
 * No value holds a newline. A field that does not fit any more is left out whole.
 */
void ka_sinkjournal_write(const json_t *event, struct ka_buf *out);

/** ka_sinkjournal_send() - to the socket at @path; KA_ERR_SYS with errno when nobody takes it at once */
KA_MUST_CHECK enum ka_err ka_sinkjournal_send(const char *path, const void *bytes, size_t len);

#endif
