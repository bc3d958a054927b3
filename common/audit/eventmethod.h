/* Authentication methods by the names that SSH gives them (RFC 4252 5, 8, 9; RFC 4256; RFC 4462), as a set. */
#ifndef KA_EVENTMETHOD_H
#define KA_EVENTMETHOD_H

#include "base/buf.h"
#include "base/cursor.h"

enum ka_eventmethod {
	KA_METHOD_PUBLICKEY = 1 << 0,
	KA_METHOD_HOSTBASED = 1 << 1,
	KA_METHOD_GSSAPI = 1 << 2,
	KA_METHOD_PASSWORD = 1 << 3,
	KA_METHOD_KEYBOARD_INTERACTIVE = 1 << 4,
};

/**
 * ka_eventmethod_of() - the method that a word of sshd's names, "keyboard-interactive/pam" included
 *
 * Answers: 0 for "none", with which every client begins, and for whatever is no method.
 */
unsigned ka_eventmethod_of(struct ka_span word);

/** ka_eventmethod_put() - append the array of the names in the set, as JSON's member "methods"; nothing for an empty set */
void ka_eventmethod_put(unsigned set, struct ka_buf *b);

#endif
