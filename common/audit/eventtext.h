/*
 * The text line: fixed fields in fixed order, user text in double quotes with " as \x22, unknown is -.
 *   ssh key refused: reason=ID user="U" rhost=IP port=N fp=FP path="P" mode=NNNN event=ID ref=REF
 */
#ifndef KA_AUDIT_EVENTTEXT_H
#define KA_AUDIT_EVENTTEXT_H

#include "audit/event.h"
#include "audit/eventjson.h"

/** ka_eventtext_write() - append the line without newline, under KA_SYSLOG_LINE_MAX bytes */
void ka_eventtext_write(const struct ka_event *e, const struct ka_event_host *h, struct ka_buf *out);

#endif
