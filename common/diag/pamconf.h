/*
 * What a PAM service file says: its lines, and about pam_keyaudit.so in which phases it stands, with
 * which modes, and whether users can choose what it sees: sshd hands over the key that
 * logged in by a variable of PAM's environment, and pam_env.so with user_readenv lets
 * ~/.pam_environment set any of them. Reads text, never files; pamask.h follows the includes.
 */
#ifndef KA_DIAG_PAMCONF_H
#define KA_DIAG_PAMCONF_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "diag/pamline.h"

enum ka_pamconf_phase { KA_PAMCONF_AUTH, KA_PAMCONF_ACCOUNT, KA_PAMCONF_SESSION, KA_PAMCONF_PASSWORD, KA_PAMCONF_PHASES };
enum ka_pamconf_enforce { KA_PAMCONF_ENFORCE_NO, KA_PAMCONF_ENFORCE_SOFT, KA_PAMCONF_ENFORCE_HARD };

struct ka_pamconf {
	bool is_known;                   /* the service's file was read */
	bool is_cut;                     /* a file that it includes was not (too many, too deep, unreadable), or a line is too long */
	bool stands[KA_PAMCONF_PHASES];  /* a line of the module that works for this service */
	bool final, notice;              /* in the auth phase */
	enum ka_pamconf_enforce enforce; /* the strictest in the session phase whose answer counts */
	bool is_toothless;               /* enforce stands in a session line whose refusal PAM passes over (optional, sufficient) */
	bool reads_users;                /* a session line of pam_env.so with user_readenv has been seen */
	bool is_too_late;                /* the module's first session line stands behind that */
	bool is_closed;                  /* an account or session line takes PAM_IGNORE, the module's answer to everybody, for a failure */
	char path[KA_PAMCONF_PATH_MAX];  /* of the service's file */
	struct ka_pamlines lines;        /* account and session lines of all modules */
};

/* a file that is included for one phase, or with KA_PAMCONF_PHASES for all; @name is not a C string, and borrowed */
typedef void ka_pamconf_include(void *ctx, struct ka_span name, enum ka_pamconf_phase phase);

/**
 * ka_pamconf_parse() - add what one file says
 * @service: name of the PAM service: a line with services= that does not name it does nothing
 * @only:    the phase that the file is included for, or KA_PAMCONF_PHASES
 * @out:     added to; zeroed by the caller before the first file
 *
 * The module's arguments are read as the module reads them (pam_keyaudit(8)): later ones win, an enforce=WORD that is not
 * known is the strict form.
 *
 * Safe:   pure but for @include; any bytes. A line that is no PAM line says nothing.
 * Source: pam.d(5); what a [value=action] control does not name is bad, and ok makes a value the answer of the stack.
 */
void ka_pamconf_parse(struct ka_span text, const char *service, enum ka_pamconf_phase only, ka_pamconf_include *include, void *ctx,
		      struct ka_pamconf *out);

/** ka_pamconf_modes() - "auth (final, notice), account, session (enforce)"; nothing when it stands nowhere */
void ka_pamconf_modes(const struct ka_pamconf *c, struct ka_buf *out);

#endif
