/* The rules of sshd's configuration as a text: a setting that loses against another place, and files that sshd has not read. Pure. */
#ifndef KA_DIAG_RULEPLACE_H
#define KA_DIAG_RULEPLACE_H

#include "diag/facts.h"
#include "diag/primary.h"

/**
 * ka_ruleplace_run() - sshd.config-shadowed and sshd.config-stale, both always secondary
 * @out: what other rules found is in it: of a setting that is to blame for something, a place that loses is named beside it
 */
void ka_ruleplace_run(const struct ka_facts *f, struct ka_primary *out);

/** ka_ruleplace_is_setting() - is it a reason that a setting of sshd's configuration decides? */
bool ka_ruleplace_is_setting(enum ka_reason reason);

/** ka_ruleplace_judge() - what diag/daemonjudge.h asks for, out of the facts */
struct ka_daemonjudge ka_ruleplace_judge(const struct ka_facts *f);

#endif
