/* Removing what a stranger may have built: files, and folders however deep and full. */
#ifndef KA_REMOVAL_H
#define KA_REMOVAL_H

#include <stdbool.h>

/**
 * ka_removal_entry() - remove @name below @dir, with what is in it
 *
 * Follows no link, needs one descriptor whatever the depth, and looks at KA_REMOVAL_STEPS_MAX entries at most.
 *
 * Answers: false when something is left (more than that, or still being added to): call again.
 */
bool ka_removal_entry(int dir, const char *name);

#endif
