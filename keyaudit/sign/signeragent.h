/* Which key an agent holds that could sign documents: asked when nobody named one. */
#ifndef KA_SIGNERAGENT_H
#define KA_SIGNERAGENT_H

#include "base/buf.h"
#include "keyaudit/sign/signerkey.h"

/**
 * ka_signeragent_only() - the one Ed25519 key in it
 * @socket: the agent's; NULL: what SSH_AUTH_SOCK names
 * @out:    path stays empty; wrong: there is no agent, no such key, more than one
 */
void ka_signeragent_only(const char *socket, struct ka_signerkey *out);

/** ka_signeragent_pick() - the same from an agent's answer, behind its length */
void ka_signeragent_pick(struct ka_span answer, struct ka_signerkey *out);

/** ka_signeragent_line() - such a key as a line of a .pub file, into @out */
void ka_signeragent_line(const struct ka_signerkey *key, struct ka_buf *out);

#endif
