/* Showing changes on a terminal, and as a shell script. Renders and decides nothing; strangers' text is escaped on its way out. */
#ifndef KA_MEND_FIXTELL_H
#define KA_MEND_FIXTELL_H

#include <stddef.h>

#include "keyaudit/mend/fixturn.h"
#include "keyaudit/screen/out_text.h"

/** ka_fixtell_turn() - what is at fault, the commands, the keys to vouch for, and why it is by hand when it is */
void ka_fixtell_turn(const struct ka_out *o, const struct ka_fixturn *t, size_t number);

/** ka_fixtell_result() - what came of it, one line */
void ka_fixtell_result(const struct ka_out *o, const struct ka_fixturn *t);

/** ka_fixtell_why() - why it was not done, one clause; "" where it was */
const char *ka_fixtell_why(const struct ka_fixturn *t);

/** ka_fixtell_script_head() - the first lines of a POSIX shell script; ka_fixtell_script() - one fix of it */
void ka_fixtell_script_head(const struct ka_out *o, const char *user);
void ka_fixtell_script(const struct ka_out *o, const struct ka_fixturn *t, bool trust);

#endif
