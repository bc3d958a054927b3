/* Asking sshd itself: its effective configuration for one user and client, and which release it is. Runs it; changes nothing. */
#ifndef KA_DIAG_SSHDASK_H
#define KA_DIAG_SSHDASK_H

#include "base/err.h"
#include "diag/listener.h"
#include "diag/sshdconf.h"

struct ka_sshdask {
	const char *program; /* absolute path of sshd */
	const char *config;  /* its configuration file */
	const char *user;    /* login name; asked for only when it is within the grammar of base/username.h */
	const char *address; /* of the client, "" when unknown */
	const struct ka_listener_args *args; /* of the sshd that listens: its options are asked along; NULL: none */
};

/**
 * ka_sshdask_conf() - `sshd -T -f CONFIG -C user=U,host=A,addr=A`, with the listener's own options behind it
 *
 * The answer is for this user and address, so Match blocks are in it. Needs root (host keys): where sshd
 * does not answer, out->is_known is false and out holds its defaults. sshd splits -C at commas, so an
 * address is passed only when it is one.
 *
 * Errors: KA_ERR_NOMEM only; everything else is "not known".
 */
KA_MUST_CHECK enum ka_err ka_sshdask_conf(const struct ka_sshdask *ask, struct ka_sshdconf *out);

/** ka_sshdask_version() - "OpenSSH_9.2p1 Debian-2+deb12u10", or "" when it does not say */
void ka_sshdask_version(const char *program, char *out, size_t size);

#endif
