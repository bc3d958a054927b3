/*
 * Matching users, groups and algorithms as sshd does: the lists of AllowUsers, DenyUsers, AllowGroups, DenyGroups and
 * PubkeyAcceptedAlgorithms. Pure. No name of a host is ever looked up, so of some patterns nobody can tell.
 *
 * Source: match.c, addrmatch.c and groupaccess.c of OpenSSH; sshd_config(5) AllowUsers, ssh_config(5) PATTERNS.
 */
#ifndef KA_DIAG_SSHDLIST_H
#define KA_DIAG_SSHDLIST_H

#include <stdbool.h>

#include "base/cursor.h"
#include "diag/sshdconf.h"

enum ka_sshdlist_answer { KA_SSHDLIST_NO, KA_SSHDLIST_YES, KA_SSHDLIST_UNKNOWN };

struct ka_sshdlist_who {
	const char *user;
	const char *address; /* of the client, "" when unknown */
	bool use_dns;        /* sshd matches the client's name besides, which nobody here knows */
};

/**
 * ka_sshdlist_user() - one entry of AllowUsers or DenyUsers: USER or USER@HOST, both patterns; HOST may be a network
 *
 * A "!" means something in HOST only. Answers: UNKNOWN when it hangs on an address or a name that is not known, on where
 * releases differ (two "@"), or when sshd itself would not read it.
 */
enum ka_sshdlist_answer ka_sshdlist_user(struct ka_span pattern, const struct ka_sshdlist_who *who);

/** ka_sshdlist_group() - one entry of AllowGroups or DenyGroups: a pattern, in which "!" is a letter */
bool ka_sshdlist_group(struct ka_span pattern, const char *group);

/** ka_sshdlist_has() - a comma-separated pattern list: a "!" entry that matches ends it, whatever else matches */
bool ka_sshdlist_has(struct ka_span list, const char *word);

/** ka_sshdlist_asks_groups() - does sshd look at the groups of a user? */
bool ka_sshdlist_asks_groups(const struct ka_sshdconf *c);

/** ka_sshdlist_wanted() - the only entry of AllowGroups when it is no pattern: the group to be in. Empty when there is none */
struct ka_span ka_sshdlist_wanted(const struct ka_sshdconf *c);

#endif
