/* Reading the PAM stack of sshd: the service's file and what it includes. Looks, never changes. */
#ifndef KA_DIAG_PAMASK_H
#define KA_DIAG_PAMASK_H

#include "base/err.h"
#include "diag/pamconf.h"

/**
 * ka_pamask() - where does pam_keyaudit.so stand for this service, and with which modes?
 * @dir:     where service files lie, with a slash at its end; NULL: /etc/pam.d/, then /usr/lib/pam.d/, as Linux-PAM looks
 * @service: PAMServiceName of sshd, "sshd" before OpenSSH 9.8
 *
 * Reads at most KA_PAMASK_FILES_MAX files, KA_PAMASK_DEPTH_MAX deep. What could not be followed is said in out->is_cut; without a file for the service out->is_known is false.
 *
 * Errors: KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_pamask(const char *dir, const char *service, struct ka_pamconf *out);

#endif
