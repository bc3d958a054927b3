/* The names of the files of a run, by number, so that a place takes eight bytes. */
#ifndef KA_VETNAMES_H
#define KA_VETNAMES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* zeroed it is ready */
struct ka_vetnames {
	char **names;
	size_t count, room, bytes;
};

/**
 * ka_vetnames_add() - a copy of the name; *number is its own from then on
 *
 * Limits: KA_VET_NAMES_BYTES_MAX for all; whoever comes behind that is called "?". Errors: KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_vetnames_add(struct ka_vetnames *n, const char *name, uint32_t *number);

/** ka_vetnames_get() - the name; "?" for a number that nobody has */
const char *ka_vetnames_get(const struct ka_vetnames *n, uint32_t number);

/** ka_vetnames_free() - all of them */
void ka_vetnames_free(struct ka_vetnames *n);

#endif
