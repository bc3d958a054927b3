/* What a source of type command came to, as text for people: what, where, and how to mend it. Pure; no strerror(). */
#ifndef KA_SOURCE_COMMANDWHY_H
#define KA_SOURCE_COMMANDWHY_H

#include "base/buf.h"
#include "source/sourcefile.h"

/** ka_commandwhy_write() - append "PATH: what it did; mend: COMMAND", escaped; @out is not FOUND without a reason */
void ka_commandwhy_write(const struct ka_conf_source *source, const struct ka_sourcefile_out *out,
			 const struct ka_source_evidence *evidence, struct ka_buf *b);

/** ka_commandwhy_look() - the same for what ka_sourcecommand_look() said */
void ka_commandwhy_look(const struct ka_permwalk_refusal *why, struct ka_buf *b);

#endif
