/* The command line that sshd builds: -u %u -U %U -H %h -t %t -f %f -k %k [-C "%C"] [-c FILE] [-P PROFILE], or a user name alone. Pure. */
#ifndef KA_CMDARGS_H
#define KA_CMDARGS_H

#include <stdbool.h>
#include <sys/types.h>

#include "conf/conf.h"

struct ka_cmdargs {
	const char *user, *uid, *home, *type, *fp, *key, *c; /* borrowed from argv; "" when not given */
	const char *conf;                                     /* -c FILE, or KA_PATH_CONF */
	const char *profile_name;                             /* -P PROFILE as it was given; NULL without */
	enum ka_conf_profile profile;                         /* that; KA_CONF_PROFILE_NONE without */
	bool has_key;                                         /* -k was given, and not empty: serve only that key */
	bool has_uid;
	uid_t uid_number;
	const char *wrong;                                    /* what is wrong with the command line, or NULL */
};

/**
 * ka_cmdargs_parse() - read argv; every option takes one value, at most once
 *
 * Answers: a->wrong is NULL when there is exactly one user name and every value is well-formed. sshd expands tokens
 *          inside one argument, so a value is never split or glued.
 * Source:  sshd_config(5) AuthorizedKeysCommand, TOKENS.
 */
void ka_cmdargs_parse(int argc, char *const *argv, struct ka_cmdargs *a);

#endif
