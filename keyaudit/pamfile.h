/*
 * Where the module stands in a PAM service file (pam.conf(5)): before or behind a line that lets users set what sshd
 * tells the module.
 */
#ifndef KA_PAMFILE_H
#define KA_PAMFILE_H

#include <stdbool.h>

#include "base/cursor.h"
#include "base/err.h"

struct ka_pamfile {
	bool has_module;    /* some line names pam_keyaudit.so */
	bool has_session;   /* a session line does */
	bool enforces;      /* with enforce or enforce=soft */
	bool reads_users;   /* a session line of pam_env.so with user_readenv */
	bool is_too_late;   /* the module's session line stands behind that */
};

/**
 * ka_pamfile_read() - look through the service file @name in the directory @dir, and the files that it includes
 * @out: zeroed by the caller
 *
 * sshd hands over the key that logged in by a variable of PAM's environment, and pam_env.so with user_readenv lets
 * ~/.pam_environment set any of them.
 *
 * Errors: KA_ERR_SYS (errno), KA_ERR_LIMIT, KA_ERR_NOMEM, for @name itself; an included file that cannot be read says nothing.
 */
KA_MUST_CHECK enum ka_err ka_pamfile_read(const char *dir, const char *name, struct ka_pamfile *out);

#endif
