/* What is left to a process that reads strangers' keys: memory, and the two streams that it has. */
#ifndef KA_VET_VETSANDBOX_H
#define KA_VET_VETSANDBOX_H

#include <stdbool.h>

/**
 * ka_vetsandbox() - from here on nothing can be opened, no process made, no signal sent; never undone
 * @memory_max: bytes of addresses: KA_VET_MEMORY_MAX, KA_GCD_MEMORY_MAX
 *
 * A system call that is not on the list ends the process.
 * Answers: false when the kernel cannot: then no key is to be read.
 * Source:  seccomp(2), SECCOMP_SET_MODE_FILTER; setrlimit(2).
 */
bool ka_vetsandbox(unsigned long memory_max);

#endif
