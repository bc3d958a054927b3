/* Whose keys a file holds, by its path, and whether a file in a directory is one of keys. Pure. */
#ifndef KA_VETACCOUNT_H
#define KA_VETACCOUNT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/** ka_vetaccount_is_keyfile() - does a file with that name count when nobody asked for all: authorized_keys*, *.keys, *.pub? */
bool ka_vetaccount_is_keyfile(const char *name);

/**
 * ka_vetaccount_of() - append the account to which the keys of a file belong
 * @path:  of the file
 * @below: where the part of it begins that was found inside a directory that was named; the length of what stands before
 *         the last name when the file itself was named
 *
 * The first that fits: USER/.ssh/FILE, USER/authorized_keys*, USER.keys, USER/ANY.pub (inside the directory), USER.pub
 * and USER-cert.pub, USER. A file that is called authorized_keys* and stands nowhere has none.
 */
void ka_vetaccount_of(const char *path, size_t below, struct ka_buf *out);

#endif
