/* Filling in an event: what the witnesses said, what the diagnosis finds, how loud it is. */
#ifndef KA_CASEFILL_H
#define KA_CASEFILL_H

#include "keyaudit/case/caseevent.h"

/** ka_casefill_event() - everything but the diagnosis; @e borrows from @c */
void ka_casefill_event(const struct ka_writer *w, const struct ka_case *c, const struct ka_outcome *o, struct ka_event *e);

/**
 * ka_casefill_diagnose() - run the diagnosis and take over its primary reason
 * @reached: how far sshd is known to have come: what lies before that did not decide
 * @d:       the caller's to free(); @e borrows from it
 */
KA_MUST_CHECK enum ka_err ka_casefill_diagnose(struct ka_writer *w, struct ka_case *c, enum ka_step reached, bool records_only,
					       struct ka_event *e, struct ka_diagnosis **d);

/**
 * ka_casefill_may_be_shut() - a login that only the log knows, and /etc/nologin was there before it
 * @since_us: when that file was last changed; 0: there is none
 *
 * Without PAM sshd looks for it behind the login, and says so in a process of the user's own, whose lines are not believed. Pure.
 */
bool ka_casefill_may_be_shut(const struct ka_case *c, const struct ka_outcome *o, int64_t since_us);

/** ka_casefill_shut() - ask the diagnosis then; when it names account.nologin @e is a login that was denied. @d: as above */
KA_MUST_CHECK enum ka_err ka_casefill_shut(struct ka_writer *w, struct ka_case *c, const struct ka_outcome *o, bool records_only,
					   struct ka_event *e, struct ka_diagnosis **d);

/**
 * ka_casefill_also() - an accepted login names what was wrong with the keys tried before it, without a look at files, and what
 * vetting warned of its own key; such an offer has its first reason as its verdict
 */
void ka_casefill_also(struct ka_case *c, struct ka_event *e);

/**
 * ka_casefill_sources() - what the sources said about the key of @e, and what a store calls it; without a key what the last
 * record says of the sources; @e borrows from @c
 */
void ka_casefill_sources(struct ka_case *c, struct ka_event *e);

/** ka_casefill_bits() - of the key of the primary reason, from its record; 0 when the record had no room for it */
unsigned ka_casefill_bits(const struct ka_case *c, const struct ka_offer *key);

/** ka_casefill_level() - how loud: [audit] level.<id>, and never louder than its witnesses allow */
int ka_casefill_level(const struct ka_writer *w, const struct ka_event *e);

#endif
