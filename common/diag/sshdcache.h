/*
 * Answers of `sshd -T`, kept for a minute: a flood of refusals must not become a
 * flood of sshds. An answer is found again only while everything that it was made
 * from is the same: the program, the configuration and all that it includes, the
 * question. Root's directory, root's files; without them every question is asked.
 */
#ifndef KA_DIAG_SSHDCACHE_H
#define KA_DIAG_SSHDCACHE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"
#include "diag/sshdask.h"


/**
 * ka_sshdcache_name() - the name under which the answer to @ask is kept
 * @kind: "T", "version", or of another program all that its answer depends on
 *
 * A hash over the identity (device, inode, size, times) of the program, the configuration file and every file that it
 * includes, the kind, the options asked along, the user where there is a Match line, and the address where one looks at
 * addresses or hosts.
 *
 * Answers: false when that cannot be told (unreadable, too many files): then nothing is kept.
 */
bool ka_sshdcache_name(const struct ka_sshdask *ask, const char *kind, char out[static KA_SSHDCACHE_NAME_MAX]);

/** ka_sshdcache_get() - a kept answer no older than @age_sec; *text is the caller's to free() */
bool ka_sshdcache_get(const char *dir, const char *name, int age_sec, char **text, size_t *len);

/** ka_sshdcache_put() - keep an answer; when KA_DIAG_SSHD_T_KEPT_MAX are there, all old ones go first. Failing is no fault */
void ka_sshdcache_put(const char *dir, const char *name, const char *text, size_t len);

#endif
