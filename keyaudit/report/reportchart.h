/* The chart of refusals by day and reason as inline SVG, and the same numbers as a table. */
#ifndef KA_REPORTCHART_H
#define KA_REPORTCHART_H

#include <stdio.h>

#include "keyaudit/report/reportsum.h"

/** ka_reportchart_print() - a figure and a table behind it; nothing but numbers, days and our own ids is in them */
void ka_reportchart_print(FILE *to, const struct ka_report *r);

#endif
