/* The values of key options: is this one that sshd takes? Form only, no look-up of names or services. */
#ifndef KA_KEY_KEYOPTVAL_H
#define KA_KEY_KEYOPTVAL_H

#include <stdbool.h>

#include "base/cursor.h"
#include "key/keyopts.h"

/**
 * ka_keyoptval_is_valid() - judge the value of one option
 * @value:  between the quotes
 * @detail: set to sshd's own words for what is wrong, or NULL when it has none
 *
 * A service name instead of a port is accepted by form; sshd looks it up and may
 * refuse it. A quote inside principals is refused although sshd would take it.
 */
bool ka_keyoptval_is_valid(enum ka_keyopt opt, struct ka_span value, const char **detail);

#endif
