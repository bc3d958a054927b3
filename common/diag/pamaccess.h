/*
 * What pam_access(8) would say of a user and an address: the first rule of access.conf(5) that matches. Where a rule asks a
 * name server or a netgroup, or where the address is not known, nothing is claimed.
 */
#ifndef KA_DIAG_PAMACCESS_H
#define KA_DIAG_PAMACCESS_H

#include <stdbool.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "diag/pamline.h"

enum ka_pamaccess_answer {
	KA_PAMACCESS_UNKNOWN, /* not asked, or it cannot be told */
	KA_PAMACCESS_ALLOWED, /* by a rule, or because none matches */
	KA_PAMACCESS_DENIED
};

struct ka_pamaccess {
	enum ka_pamaccess_answer answer;
	char path[KA_PAMCONF_PATH_MAX];        /* of access.conf, or of what accessfile= names */
	unsigned line;                         /* the rule that decided; 0: none */
	char rule[KA_PAMLINE_ARGUMENTS_MAX];   /* its text; raw, cut when longer */
};

struct ka_pamaccess_query {
	const char *user;
	const char *address;                   /* "": not known, or sshd hands over a name (UseDNS) */
	bool new_groups_only;                  /* nodefgroup: only "(name)" is a group */
	/* is the user in the group of that name? @name is no C string */
	bool (*is_member)(const void *ctx, struct ka_span name);
	const void *ctx;
};

/** ka_pamaccess_judge() - the rules of one file; sets answer, line and rule. Pure but for the call; any bytes */
void ka_pamaccess_judge(struct ka_span text, const struct ka_pamaccess_query *q, struct ka_pamaccess *out);

/**
 * ka_pamaccess_ask() - find the pam_access line in the account phase, read its file, judge
 * @gid: of the user's passwd entry
 *
 * Without such a line, and with arguments that change how a rule is read, nothing is known.
 */
void ka_pamaccess_ask(const struct ka_pamlines *l, const char *user, unsigned gid, const char *address, struct ka_pamaccess *out);

#endif
