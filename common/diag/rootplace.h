/* Is a path one that only root can make something of? It must never follow a link. */
#ifndef KA_DIAG_ROOTPLACE_H
#define KA_DIAG_ROOTPLACE_H

#include <stdbool.h>

/**
 * ka_rootplace_is() - every directory above @path that is there is root's and nobody else may write to it
 *
 * Looks at names only, by lstat(2). Answers: false for a path that is relative or too long, and for a link on the way.
 */
bool ka_rootplace_is(const char *path);

#endif
