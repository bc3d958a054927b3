/*
 * Can the files of [policy] trusted_ca be relied on, before somebody comes with a certificate? Looked at with the rights of
 * sshd's command. Changes nothing.
 */
#ifndef KA_TRUSTEDCHECK_H
#define KA_TRUSTEDCHECK_H

#include "keyaudit/config/datacheck.h"

/**
 * ka_trustedcheck_each() - every file of `trusted_ca`, each read to its end, as a datacheck with that key
 *
 * Where one has a reason no certificate is let in by any of them; keys and lines with cert-authority are as good as ever. While
 * certificates are off none is read, which is said as a warning.
 *
 * Errors: KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_trustedcheck_each(const struct ka_conf *conf, void (*take)(void *ctx, const struct ka_datacheck *c), void *ctx);

#endif
