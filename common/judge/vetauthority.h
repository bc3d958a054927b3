/*
 * A line that names a certificate's authority, and the certificate: may the one let the other in? As sshd asks it, and where
 * its releases differ as the strictest does. Pure.
 *
 * Source: OpenSSH auth2-pubkeyfile.c auth_check_authkey_line(), match_principals_option(); sshd(8) cert-authority, principals.
 */
#ifndef KA_JUDGE_VETAUTHORITY_H
#define KA_JUDGE_VETAUTHORITY_H

#include <stdbool.h>

#include "key/keyblob.h"
#include "key/keyopts.h"
#include "vet/vetnote.h"

/** ka_vetauthority_conflicts() - do the line and the certificate force different commands? */
bool ka_vetauthority_conflicts(const struct ka_keyopt_item *command, const struct ka_keycert *cert);

/** ka_vetauthority_has_one() - is one of these names, with commas between them, in the certificate? Compared byte for byte */
bool ka_vetauthority_has_one(struct ka_span names, const struct ka_keycert *cert);

/**
 * ka_vetauthority_judge() - cert.ca-not-marked, .option-conflict, .principal-not-allowed, .principal-mismatch, .no-principals
 * @options: of the line as sshd will get it, forced ones included
 * @user:    who logs in; where no principals= says otherwise his name must stand in the certificate
 */
void ka_vetauthority_judge(const struct ka_keyopts *options, const struct ka_keycert *cert, struct ka_span user, struct ka_vetnote *note);

#endif
