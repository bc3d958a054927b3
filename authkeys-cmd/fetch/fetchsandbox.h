/*
 * What the fetcher may touch once it knows its work: the cache, and for reading what name resolution and TLS need. The
 * rest of the file system is closed by Landlock where the kernel has it, above all the serial memory and the verdicts.
 */
#ifndef KA_FETCHSANDBOX_H
#define KA_FETCHSANDBOX_H

#include <stdbool.h>

#include "conf/conf.h"

/**
 * ka_fetchsandbox() - close everything else, for good (landlock(7), needs no_new_privs)
 *
 * Answers: true when it is closed; false when this kernel cannot. A kernel that can and does not is false as well: the
 * uid alone is the wall then.
 */
bool ka_fetchsandbox(const struct ka_conf *c);

#endif
