/*
 * A line of a key file that holds the authority of an offered certificate: does sshd
 * take the certificate from it, as far as the line goes? The certificate's own fields
 * are for the rules. Pure.
 */
#ifndef KA_DIAG_SCANCERT_H
#define KA_DIAG_SCANCERT_H

#include "diag/keyscan.h"
#include "diag/keyview.h"

/** ka_scancert_is_authority() - is this blob the key of the authority that signed the offered certificate? */
bool ka_scancert_is_authority(const struct ka_keyscan_offer *o, struct ka_span blob);

/** ka_scancert_unmarked() - cert.ca-not-marked: where the option must go (column), and the text of it (near) */
void ka_scancert_unmarked(const struct ka_keyview *v, struct ka_keyscan_hit *hit);

/**
 * ka_scancert_judge() - command= and principals= of a line that is marked
 * @hit: named, and reason, column and detail when the line refuses
 *
 * Source: auth2-pubkeyfile.c auth_check_authkey_line(), match_principals_option().
 */
void ka_scancert_judge(const struct ka_keyopts *options, const struct ka_keyscan_offer *o, struct ka_keyscan_hit *hit);

#endif
