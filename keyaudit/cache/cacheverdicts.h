/* keyaudit cache status and clear with --verdicts: what is kept of authkeys-vet's answers, for people. */
#ifndef KA_CACHEVERDICTS_H
#define KA_CACHEVERDICTS_H

#include <stdbool.h>

#define KA_CACHEVERDICTS_SCHEMA "keyaudit.verdicts/1"

/**
 * ka_cacheverdicts_status() - print how many there are
 * @dir: KA_PATH_VERDICTS
 *
 * Answers: an exit status: a finding when the command does not believe what is there.
 */
int ka_cacheverdicts_status(const char *dir, bool json);

/** ka_cacheverdicts_clear() - take them away, so that every key is judged again. Answers: an exit status */
int ka_cacheverdicts_clear(const char *dir, bool json);

#endif
