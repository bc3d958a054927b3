/* What was seen and is not judged by this release: said beside a diagnosis, so that it claims nothing about it. */
#ifndef KA_DIAG_UNJUDGED_H
#define KA_DIAG_UNJUDGED_H

#include <stdbool.h>

#include "base/limits.h"

enum ka_unjudged_kind {
	KA_UNJUDGED_PATTERN,  /* an AuthorizedKeysFile entry that sshd expands (OpenSSH 10.0 and later) */
	KA_UNJUDGED_ACL,      /* an access list on the way to a key file that is not judged: NFSv4 */
	KA_UNJUDGED_LISTENER, /* options on the command line of the sshd that listens */
	KA_UNJUDGED_ENFORCE,  /* pam_keyaudit's enforce, and the key itself is not known */
	KA_UNJUDGED_PAM,      /* a PAM file that could not be followed, or a line of ours that PAM makes a failure of */
	KA_UNJUDGED_WAY,      /* StrictModes over a way that is too long or deep for us, or that broke off meanwhile */
	KA_UNJUDGED_RELOAD,   /* a configuration file that is younger than sshd, which may have been reloaded since */
	KA_UNJUDGED_KEYGEN,   /* RevokedKeys is a binary list, and ssh-keygen cannot be executed */
	KA_UNJUDGED_REVOKED,  /* the same, and it gave no answer */
	KA_UNJUDGED_KINDS
};

struct ka_unjudged {
	bool is[KA_UNJUDGED_KINDS];
	char about[KA_UNJUDGED_KINDS][KA_TEXT_PATH_MAX]; /* pattern, path, arguments; raw bytes, "" when there is nothing to name */
};

/** ka_unjudged_add() - seen; the first of a kind is kept, cut when too long */
void ka_unjudged_add(struct ka_unjudged *u, enum ka_unjudged_kind kind, const char *about);

/** ka_unjudged_id() - a word for programs; _text() - a clause for people. Static; "-" outside the enum */
const char *ka_unjudged_id(enum ka_unjudged_kind kind);
const char *ka_unjudged_text(enum ka_unjudged_kind kind);

/** ka_unjudged_is_pattern() - would glob(3) expand this? */
bool ka_unjudged_is_pattern(const char *entry);

#endif
