/* keyaudit config show on the screen: sections with the place of each value in front, or a line of JSON for each. */
#ifndef KA_CONFPRINT_H
#define KA_CONFPRINT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "keyaudit/config/confquestion.h"
#include "keyaudit/config/confshow.h"
#include "keyaudit/screen/out_text.h"

/** ka_confprint_text() - every setting, or the policy for a question. @c: without errors */
void ka_confprint_text(const struct ka_conf *c, const struct ka_confquestion *q, const struct ka_out *out);

/** ka_confprint_json() - the same as one object on a line for each value, schema keyaudit.config/1. Errors: KA_ERR_NOMEM */
KA_MUST_CHECK enum ka_err ka_confprint_json(const struct ka_conf *c, const struct ka_confquestion *q, const struct ka_out *out);

#endif
