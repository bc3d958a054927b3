/*
 * The names in a key directory that are taken from it, in byte order and with a limit: *.pub. (conf.d is read by
 * confload.c itself, without allocation for each name.)
 */
#ifndef KA_SOURCE_SOURCEDIR_H
#define KA_SOURCE_SOURCEDIR_H

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/limits.h"

/* about 66 KiB: allocate it, free() is enough. The names point into pool */
struct ka_sourcedir {
	size_t count;
	bool has_more; /* more names than wanted; the first ones in byte order are here */
	const char *names[KA_SOURCE_FILES_MAX];
	char pool[KA_SOURCE_FILES_MAX][NAME_MAX + 1];
};

/**
 * ka_sourcedir_list() - names that end in @suffix and have something before it, no dot files
 * @max: at most KA_SOURCE_FILES_MAX
 *
 * Errors: KA_ERR_SYS - reading the directory failed; @out holds what was read before.
 */
KA_MUST_CHECK enum ka_err ka_sourcedir_list(DIR *dir, const char *suffix, size_t max, struct ka_sourcedir *out);

#endif
