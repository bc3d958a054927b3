/* Filling the tables of sshdplace.h: reads sshd's configuration files, and never judges. */
#ifndef KA_DIAG_SSHDPLACES_H
#define KA_DIAG_SSHDPLACES_H

#include "diag/sshdplace.h"

/** ka_sshdplaces_init() - empty tables */
void ka_sshdplaces_init(struct ka_sshdplaces *p);

/**
 * ka_sshdplaces_add_option() - an -o of the listener; all of them go before ka_sshdplaces_gather(), since they come first
 * @option: "Keyword=value" or "Keyword value"
 */
void ka_sshdplaces_add_option(struct ka_sshdplaces *p, struct ka_span option);

/** ka_sshdplaces_gather() - append the lines and files of @config and of all that it includes. I/O; see sshdwalk.h */
void ka_sshdplaces_gather(struct ka_sshdplaces *p, const char *config);

#endif
