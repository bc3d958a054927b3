/* What a reason means, how to mend it, and who says so: the rows of a screen, or one object. */
#ifndef KA_EXPLAINREASON_H
#define KA_EXPLAINREASON_H

#include "keyaudit/screen/out_text.h"
#include "reason/reason.h"

/** ka_explainreason_row() - one labelled row, wrapped; @label: at most 8 characters; @text: ours, or escaped */
void ka_explainreason_row(const struct ka_out *o, const char *label, const char *text);

/** ka_explainreason_text() - the rows of a reason, without its id. Reads the configuration for a reason that is a number of it */
void ka_explainreason_text(const struct ka_out *o, enum ka_reason r);

/** ka_explainreason_json() - one object on standard output, schema keyaudit.explain/1 */
void ka_explainreason_json(enum ka_reason r);

#endif
