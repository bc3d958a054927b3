/* Lines of the trail, made by the writer of the trail itself, parsed again. */
#ifndef KA_TESTS_FORMSAMPLE_H
#define KA_TESTS_FORMSAMPLE_H

#include <jansson.h>

#include "audit/eventjson.h"
#include "tests/unit/lib/sampleevent.h"

/** formsample_line() - the trail's line of @s without its newline; valid until the next call */
const char *formsample_line(const struct sample *s);

/** formsample_event() - the same, parsed: json_decref() it */
json_t *formsample_event(const struct sample *s);

/** formsample_json() - parse a text in which ' stands for " */
json_t *formsample_json(const char *text);

#endif
