/*
 * Which process is sshd's monitor M, after which the connection is named. sshd runs
 * most phases in M itself, but each keyboard-interactive attempt in a fork of M
 * (process title "sshd: alice [pam]"). Wrong answers only ever misname a record.
 */
#ifndef KA_PAM_PAMWITNESS_H
#define KA_PAM_PAMWITNESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cursor.h"
#include "base/proc.h"
#include "spool/conn.h"

struct ka_pamwitness_facts {
	struct ka_proc_stat self, parent; /* zeroed (pid kept) when /proc hides them */
	char grandparent_comm[KA_PROC_COMM_MAX];
	bool title_is_pam;
};

/**
 * ka_pamwitness_choose() - judge the facts; pure
 *
 * M's parent is the listener, and the listener's parent is no sshd; so the parent is M when it is an sshd of the same name
 * as we (the listener of 9.8 and later is not) and has an sshd above it, or when our title says that we are a fork (sshd -i
 * has no listener). Names in the spool are not asked: whoever has the command's uid can put any name there.
 */
struct ka_conn ka_pamwitness_choose(const struct ka_pamwitness_facts *facts);

/** ka_pamwitness_title_is_pam() - whether the bytes of /proc/PID/cmdline are a title that ends in "[pam]"; pure */
bool ka_pamwitness_title_is_pam(struct ka_span cmdline);

/** ka_pamwitness_find() - gather the facts about this process and judge them */
struct ka_conn ka_pamwitness_find(void);

#endif
