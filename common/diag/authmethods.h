/*
 * AuthenticationMethods as sshd reads it: lists of which one must be gone through to its end, and what is left of them
 * when methods that are switched off are taken away. Pure. Source: auth2.c of OpenSSH; sshd_config(5) AuthenticationMethods.
 */
#ifndef KA_DIAG_AUTHMETHODS_H
#define KA_DIAG_AUTHMETHODS_H

#include <stdbool.h>

#include "base/cursor.h"
#include "diag/sshdconf.h"

struct ka_authmethods {
	bool is_set;            /* there are lists: not "any" */
	size_t usable;          /* lists without a method that is switched off */
	size_t with_key;        /* of those, with publickey in them */
	size_t key_alone;       /* of those, with nothing else */
	struct ka_span lists;   /* all of them, as printed; borrows */
	struct ka_span off;     /* the first method that is switched off; borrows */
	struct ka_span more;    /* of the first usable list with publickey and more: the list */
};

/** ka_authmethods_read() - @c as sshd printed it; a method that nobody knows counts as one that is switched off */
void ka_authmethods_read(const struct ka_sshdconf *c, struct ka_authmethods *out);

#endif
