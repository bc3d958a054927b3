/*
 * A file that AuthorizedPrincipalsFile names: which lines have a name of an offered
 * certificate. Pure: bytes in, findings out.
 */
#ifndef KA_DIAG_SCANNAMES_H
#define KA_DIAG_SCANNAMES_H

#include "diag/keyscan.h"

/**
 * ka_scannames_run() - look at a whole file of [OPTIONS BLANK]NAME lines; all from a '#' on is a comment
 * @out: a hit for every certificate that has one of the names, with what the options of that line say against it; usable
 *       counts names, listed has the first of them, raw and cut
 *
 * Safe: any bytes. Source: auth2-pubkeyfile.c auth_process_principals(), auth_check_principals_line().
 */
void ka_scannames_run(const uint8_t *bytes, size_t len, const struct ka_keyscan_query *query, struct ka_keyscan_work *work,
		      struct ka_keyscan *out);

#endif
