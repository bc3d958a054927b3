/* Which trail is read, and what is said when it cannot be. */
#ifndef KA_LOGTRAIL_H
#define KA_LOGTRAIL_H

#include <stddef.h>

/**
 * ka_logtrail_find() - the trail of the configuration
 * @verb: who says on standard error that the configuration is not usable; the usual place is then taken
 * @conf: the configuration file
 */
void ka_logtrail_find(const char *verb, const char *conf, char *path, size_t size);

/** ka_logtrail_complain() - why it could not be opened (errno), and how to mend that. Answers: the exit status */
int ka_logtrail_complain(const char *verb, const char *path);

#endif
