/* The rules of what is decided before sshd serves a connection. Pure. */
#ifndef KA_DIAG_RULELISTENER_H
#define KA_DIAG_RULELISTENER_H

#include "diag/facts.h"
#include "diag/primary.h"

/** ka_rulelistener_run() - nothing listens (only when a person asks: who was refused has been listened to), a packet filter, libwrap or a Match block refuses */
void ka_rulelistener_run(const struct ka_facts *f, struct ka_primary *out);

#endif
