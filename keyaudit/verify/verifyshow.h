/* What a verification says: for people, and as JSON (docs/json.md, verify). */
#ifndef KA_VERIFYSHOW_H
#define KA_VERIFYSHOW_H

#include <stdio.h>

#include "keyaudit/verify/verifyrun.h"

/** ka_verifyshow_text() - a few lines, the result first */
void ka_verifyshow_text(FILE *to, const struct ka_verifyjob *job, const struct ka_verifyrun *r);

/** ka_verifyshow_json() - one object, one line */
void ka_verifyshow_json(FILE *to, const struct ka_verifyjob *job, const struct ka_verifyrun *r);

#endif
