/*
 * Asking for a seal: a writer whose record fills an epoch leaves an empty file that keyaudit-seal.path sees. The writers never
 * hold a key.
 */
#ifndef KA_AUDIT_SEALFLAG_H
#define KA_AUDIT_SEALFLAG_H

#include <stdint.h>

/**
 * ka_sealflag_raise() - make "seal.wanted" beside the trail's lock file when an epoch of KA_SEAL_RECORDS is full
 * @before, @seq: the last number before and behind what was written
 *
 * Failing costs nothing: the timer comes.
 */
void ka_sealflag_raise(const char *lock_path, uint64_t before, uint64_t seq);

#endif
