/*
 * One look at one user's files at a time. A child that hangs in the kernel (a dead
 * file server) cannot be killed; as long as it lives it holds its user's lock, and
 * nobody starts another one beside it.
 */
#ifndef KA_DIAG_UIDLOCK_H
#define KA_DIAG_UIDLOCK_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * ka_uidlock_take() - wait at most @ms for the lock of @uid below @dir
 * @fd: the lock, to be inherited by the child and closed by the caller; -1 where no lock can be had (not root, no
 *      directory): then nothing is guarded
 *
 * Answers: false when somebody still holds it.
 */
bool ka_uidlock_take(const char *dir, uid_t uid, int ms, int *fd);

#endif
