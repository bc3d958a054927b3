/*
 * /etc/hosts.allow and /etc/hosts.deny, as libwrap reads them for sshd: does a rule refuse this address? Distributions
 * build sshd with libwrap or without; then the files mean nothing to it.
 */
#ifndef KA_DIAG_WRAPPERS_H
#define KA_DIAG_WRAPPERS_H

#include <stdbool.h>

#include "base/cursor.h"
#include "base/limits.h"

enum ka_wrappers_answer {
	KA_WRAPPERS_NO,     /* no rule matches */
	KA_WRAPPERS_YES,    /* a rule matches, and does what the file is for */
	KA_WRAPPERS_OTHER,  /* a rule matches, and an option of it does the opposite */
	KA_WRAPPERS_UNTOLD  /* host names, netgroups, files, users: not looked up */
};

struct ka_wrappers {
	bool is_used;                       /* sshd is linked with libwrap */
	bool is_refused;                    /* certainly, by this rule: */
	char path[KA_WRAPPERS_PATH_MAX];
	unsigned line;                      /* 1-based, where the rule begins */
	char rule[KA_TEXT_OPTION_MAX];      /* raw bytes, cut when long */
};

/**
 * ka_wrappers_judge() - one of the two files
 * @address: of the client, numbers
 * @line, @rule: of the rule that matches (YES, OTHER)
 *
 * Safe:   pure; any bytes. Source: hosts_access(5), hosts_options(5).
 */
enum ka_wrappers_answer ka_wrappers_judge(struct ka_span text, const char *address, unsigned *line, struct ka_span *rule);

/** ka_wrappers_look() - does sshd (@program) refuse @address? I/O: its program and both files, bounded. "": nobody asks */
void ka_wrappers_look(const char *program, const char *address, struct ka_wrappers *out);

#endif
