/*
 * An offered certificate: what the command looks for in its place, and what becomes of a line that names its authority.
 * Nothing of it is touched when a plain key is offered, or when certificates are not served.
 */
#ifndef KA_CMDCERT_H
#define KA_CMDCERT_H

#include <stdbool.h>

#include "authkeys-cmd/cmdserve.h"

/**
 * ka_cmdcert_begin() - is the offered key a certificate that the policy lets us judge?
 *
 * Then s->is_cert is set, and the lines of its authority are looked for instead of its own text.
 * Answers: false when it is one that cannot pass, whatever the sources hold: noted, and nothing more is to be done.
 */
bool ka_cmdcert_begin(struct ka_cmdserve *s);

/** ka_cmdcert_line() - judge s->line, which names the authority; s->vet gets the verdict */
void ka_cmdcert_line(struct ka_cmdserve *s);

/**
 * ka_cmdcert_trusted() - behind the sources: the authorities of trusted_ca, when no line has let it in
 *
 * Answers: true when s->line is one to be served; else the reason is noted, unless a source gave one.
 */
bool ka_cmdcert_trusted(struct ka_cmdserve *s);

#endif
