/* The command line of `keyaudit doctor`. */
#ifndef KA_DOCTORARGS_H
#define KA_DOCTORARGS_H

#include <stdbool.h>

/* texts are borrowed from argv; NULL: not given */
struct ka_doctorargs {
	const char *user, *key, *from, *conf_path;
	const char *undo; /* "" without an id */
	bool json, fix, all_users, strict, watch;
	bool dry_run;     /* sets fix too */
	bool yes, trust;
};

/**
 * ka_doctorargs_read() - the words behind the verb
 * @out: zeroed by the caller
 *
 * Answers: KA_EXIT_FINE, or KA_EXIT_USAGE after one line on standard error. Whether there is such a user, file or note is not
 * looked at.
 */
int ka_doctorargs_read(int argc, char **argv, struct ka_doctorargs *out);

/** ka_doctorargs_help() - --help, on standard output */
void ka_doctorargs_help(void);

#endif
