/* The rules of sshd's limits: how many tries, and how much time. Pure. */
#ifndef KA_DIAG_RULELIMIT_H
#define KA_DIAG_RULELIMIT_H

#include "diag/facts.h"
#include "diag/primary.h"

/**
 * ka_rulelimit_run() - sshd ended the connection, or would
 * @out: out->settled says which keys sshd accepts
 * @would_login: false afterwards when the first accepted key comes too late
 */
void ka_rulelimit_run(const struct ka_facts *f, struct ka_primary *out, bool *would_login);

/** ka_rulelimit_grace_ms() - LoginGraceTime; 0: there is no limit, or nobody knows it */
uint64_t ka_rulelimit_grace_ms(const struct ka_facts *f);

/**
 * ka_rulelimit_is_late() - was LoginGraceTime over? sshd's log says so, or, where sshd ends without a word (Debian's 9.2 does),
 * the monitor lived exactly as long and no line tells of another end
 */
bool ka_rulelimit_is_late(const struct ka_facts *f);

#endif
