/* The list of what is not judged yet, and its words. Pure. */
#include "diag/unjudged.h"

#include <string.h>

#include "base/cursor.h"
#include "base/paths.h"

#include "base/poison.h"

static const struct { const char *id, *text; } kinds[KA_UNJUDGED_KINDS] = {
	[KA_UNJUDGED_PATTERN] = { "keys-file-pattern", "AuthorizedKeysFile has a pattern, and the files that it matches were not looked at" },
	[KA_UNJUDGED_ACL] = { "acl", "there is an access list on the way to a key file that is no POSIX one, and only modes and owners were judged" },
	[KA_UNJUDGED_LISTENER] = { "listener-options", "the sshd that listens has options on its command line, which beat what sshd -T says" },
	[KA_UNJUDGED_ENFORCE] = { "enforce", "pam_keyaudit enforces the policy at the session, and the key itself is not known here (--key FILE)" },
	[KA_UNJUDGED_PAM] = { "pam-stack", "sshd's PAM stack could not be followed to its end, and may refuse the login" },
	[KA_UNJUDGED_WAY] = { "strict-modes", "what StrictModes says of this key file: its path is longer than 1023 bytes or 64 directories, or could not be walked" },
	[KA_UNJUDGED_RELOAD] = { "sshd-reload", "sshd's configuration was changed after sshd had started, and whether it was reloaded since cannot "
						"be told: it keeps no PidFile" },
	[KA_UNJUDGED_KEYGEN] = { "revoked-keys-program", "whether RevokedKeys holds the key: it is a binary list, which " KA_PATH_KEYGEN
							 " reads, and that cannot be run here (install the package openssh-client)" },
	[KA_UNJUDGED_REVOKED] = { "revoked-keys", "whether RevokedKeys holds the key: it is a binary list, and " KA_PATH_KEYGEN
						  " gave no answer in time (see whether ssh-keygen -Q -f LIST ends by hand)" },
};

void ka_unjudged_add(struct ka_unjudged *u, enum ka_unjudged_kind kind, const char *about)
{
	struct ka_span s = ka_span_of(about);

	if (u->is[kind])
		return;
	u->is[kind] = true;
	if (!ka_span_copy(s, u->about[kind], sizeof(u->about[kind])))
		ka_span_copy(ka_span_sub(s, 0, sizeof(u->about[kind]) - 1), u->about[kind], sizeof(u->about[kind]));
}

const char *ka_unjudged_id(enum ka_unjudged_kind kind)
{
	return (unsigned)kind < KA_UNJUDGED_KINDS ? kinds[kind].id : "-";
}

const char *ka_unjudged_text(enum ka_unjudged_kind kind)
{
	return (unsigned)kind < KA_UNJUDGED_KINDS ? kinds[kind].text : "-";
}

bool ka_unjudged_is_pattern(const char *entry)
{
	return strpbrk(entry, "*?[") != NULL;
}
