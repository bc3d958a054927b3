/*
 * An event in words: one sentence for people, made from the reason's meaning and the evidence. Everything that
 * strangers chose is escaped here; the result may be printed as it is.
 */
#ifndef KA_AUDIT_EVENTSAY_H
#define KA_AUDIT_EVENTSAY_H

#include "audit/event.h"
#include "base/limits.h"


/** ka_eventsay_title() - the first words: "ssh key refused", "ssh login accepted" ...; also begin the text line */
const char *ka_eventsay_title(enum ka_action_event a);

/** ka_eventsay_cause() - append the cause in one sentence: "PATH is writable by group staff (mode 0664)", or the meaning; nothing
 *  when there is no reason. For where the evidence stands beside it */
void ka_eventsay_cause(const struct ka_event *e, struct ka_buf *out);

/** ka_eventsay_why() - append the cause: "PATH is writable by group staff (mode 0664)", or the meaning with its evidence in
 *  brackets; nothing when there is no reason. @is_short: without path, details and notes */
void ka_eventsay_why(const struct ka_event *e, bool is_short, struct ka_buf *out);

/** ka_eventsay_message() - append the sentence; @is_short: names are cut at 64 bytes and the evidence is left out */
void ka_eventsay_message(const struct ka_event *e, bool is_short, struct ka_buf *out);

#endif
