/* The page: one file without a script that asks nobody for anything, and needs nothing but a browser. */
#ifndef KA_REPORTPAGE_H
#define KA_REPORTPAGE_H

#include <stdio.h>

#include "keyaudit/report/reportsum.h"

/**
 * ka_reportpage_print() - the whole page
 * @r:      after ka_reportsum_end()
 * @broken: lines of the trail that were no events
 *
 * Errors: those of the stream; the caller asks ferror().
 */
void ka_reportpage_print(FILE *to, const struct ka_report *r, const char *trail, unsigned long broken);

#endif
