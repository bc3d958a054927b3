/*
 * The configuration as sshd's command finds it: the file that sshd names (-c), read
 * with the rights of the command's user. What root could read besides is no answer.
 */
#ifndef KA_DIAG_COMMANDCONF_H
#define KA_DIAG_COMMANDCONF_H

#include <stdbool.h>

#include "base/limits.h"
#include "base/rights.h"
#include "conf/conf.h"
#include "source/confload.h"

struct ka_commandconf {
	char path[KA_PATH_TRUSTED_MAX];
	enum ka_rights_answer rights; /* whose rights it was read with */
	struct ka_confload load;      /* reason: what the command says, so conf.invalid for a policy that cannot be made too,
					 and internal.error when the system fails */
	enum ka_conf_profile profile; /* -P; set by ka_commandconf_profile() */
	char expired[KA_CONF_ERROR_MAX]; /* why the policy refuses every key by now although nothing is wrong with it, or "" */
	struct ka_conf conf;          /* whole with KA_REASON_NONE and conf.disabled */
};

/**
 * ka_commandconf_path() - the FILE of `-c FILE` in AuthorizedKeysCommand, or KA_PATH_CONF
 * @command: as sshd -T prints it, "" when it is not known
 *
 * Answers: false when it does not fit: out is then KA_PATH_CONF. Words are split as sshd splits them, for what
 * a path needs: blanks, and quotes around a word. Pure.
 */
bool ka_commandconf_path(const char *command, char out[static KA_PATH_TRUSTED_MAX]);

/**
 * ka_commandconf_load() - load @path as the command would
 * @out: large: allocate it; it must not be copied
 *
 * Without root's rights, or without the command's user, it is read with our own: out->rights says so.
 * Errors: KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_commandconf_load(const char *path, struct ka_commandconf *out);

/**
 * ka_commandconf_profile() - take the PROFILE of `-P PROFILE` in AuthorizedKeysCommand
 * @command: as sshd -T prints it for the user: in a Match block it may be another one
 * @c:       loaded; a word that is no profile makes its reason conf.invalid, as the command says then
 */
void ka_commandconf_profile(const char *command, struct ka_commandconf *c);

/** ka_commandconf_unchecked() - one clause when root could not look with the command's rights, else "" */
const char *ka_commandconf_unchecked(enum ka_rights_answer rights);

#endif
