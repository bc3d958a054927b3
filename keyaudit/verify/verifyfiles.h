/* The files of one trail: what was rotated away lies beside it under longer names. */
#ifndef KA_VERIFYFILES_H
#define KA_VERIFYFILES_H

#include <stddef.h>

#include "base/err.h"

struct ka_verifyfiles {
	char **names;       /* whole paths, the oldest first, the trail itself last; owned: ka_verifyfiles_free() */
	size_t count;
	size_t compressed;  /* beside them: .gz, .xz, .zst and .bz2, which are not read */
};

/**
 * ka_verifyfiles_find() - the trail @path and every file beside it whose name begins with its name and "-" or ".", and that
 * begins with a genesis record of the same chain, in the order of their numbers
 *
 * What is unchained, of another chain, or not to be read, is left out: if it belonged there, a number is missing. Errors: KA_ERR_SYS (the folder
 * cannot be read), KA_ERR_NOMEM, KA_ERR_LIMIT beyond KA_VERIFY_FILES_MAX.
 */
KA_MUST_CHECK enum ka_err ka_verifyfiles_find(const char *path, struct ka_verifyfiles *out);

void ka_verifyfiles_free(struct ka_verifyfiles *f);

#endif
