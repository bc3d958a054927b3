/* A source of type http, read from configuration lines as they stand in a file. */
#ifndef KA_TESTS_FETCHSOURCE_H
#define KA_TESTS_FETCHSOURCE_H

#include "conf/conf.h"

/**
 * fetchsource() - [source corp] with these lines; the test fails when they are not taken
 *
 * format = lines and url = https://keys.test/%u unless @lines say otherwise. Valid until the next call.
 */
const struct ka_conf_source *fetchsource(const char *lines);

/** fetchsource_of() - the same of a text of our choice, which has all of it; @name for messages */
const struct ka_conf_source *fetchsource_of(const char *name, const char *text, size_t len);

#endif
