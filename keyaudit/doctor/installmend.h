/* The cure of an installation check as commands, through the one shell quoter. */
#ifndef KA_INSTALLMEND_H
#define KA_INSTALLMEND_H

#include <stdbool.h>

#include "keyaudit/doctor/install_check.h"

/**
 * ka_installmend_run() - one or two commands that a root shell can be given as they stand
 * @first: words, NULL-terminated; the caller puts "--" before operands
 * @second: run when the first went well, or NULL
 *
 * A path that must not stand in a command, or that does not fit, gives a sentence: half a cure would be worse than none.
 */
void ka_installmend_run(struct ka_install_item *item, const char *const *first, const char *const *second);

/** ka_installmend_say() - a sentence of ours */
void ka_installmend_say(struct ka_install_item *item, const char *sentence);

#endif
