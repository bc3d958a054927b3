/* Facts of a healthy AuthorizedKeysCommand, and a key of alice's in a source of ours that nobody has tried yet. */
#ifndef KA_TESTS_CMDSAMPLE_H
#define KA_TESTS_CMDSAMPLE_H

#include "tests/unit/lib/factsample.h"

#define CMDSAMPLE "/usr/libexec/keyaudit/authkeys-cmd"
#define CMDSAMPLE_USER "\nauthorizedkeyscommanduser _keyaudit"

/** cmdsample_begin() - setup of a test; factsample_plain() comes first */
int cmdsample_begin(void **state);

/** cmdsample_with() - the primary reason with this AuthorizedKeysCommand and whatever lines of sshd -T stand behind it */
enum ka_reason cmdsample_with(const char *command);

#endif
