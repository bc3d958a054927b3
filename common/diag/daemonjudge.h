/*
 * Does sshd listen as its configuration says, would it start again, and has it read its files as they are now? Pure: over what
 * daemon.h, sshdconf.h and sshdplace.h hold; for the rules and for the doctor without a user.
 */
#ifndef KA_DIAG_DAEMONJUDGE_H
#define KA_DIAG_DAEMONJUDGE_H

#include "diag/daemon.h"
#include "diag/diagnosis.h"
#include "diag/sshdplace.h"

enum ka_daemonjudge_state {
	KA_DAEMONJUDGE_UNKNOWN,   /* it could not be seen: no root, a socket unit, another configuration file */
	KA_DAEMONJUDGE_RUNS,
	KA_DAEMONJUDGE_DEAD,      /* nothing listens, and sshd -t says why it cannot start */
	KA_DAEMONJUDGE_SILENT,    /* nothing listens, and nothing is known to be wrong */
	KA_DAEMONJUDGE_ELSEWHERE, /* it listens, but not where its configuration says */
	KA_DAEMONJUDGE_DOOMED     /* it listens, and would not start again: sshd -t fails */
};

struct ka_daemonjudge {
	const struct ka_daemon *daemon;
	const struct ka_sshdconf *conf;
	const struct ka_sshdplaces *places;
};

enum ka_daemonjudge_state ka_daemonjudge_state(const struct ka_daemonjudge *j);

/**
 * ka_daemonjudge_explain() - evidence and fix of DEAD, SILENT, ELSEWHERE and DOOMED
 *
 * Of what sshd -t said the line that decides is the detail, and where it names a file and line, or an Include names a file that
 * cannot be opened, these are path and line. Both are zeroed before.
 */
void ka_daemonjudge_explain(const struct ka_daemonjudge *j, enum ka_daemonjudge_state state, struct ka_evidence *e, struct ka_fix *fix);

enum ka_daemonjudge_age {
	KA_DAEMONJUDGE_FRESH,  /* no file is younger than the daemon's reading of it, or no daemon was found */
	KA_DAEMONJUDGE_STALE,
	KA_DAEMONJUDGE_UNTOLD  /* a file is younger than the daemon's start, and whether it was reloaded since cannot be told */
};

/** ka_daemonjudge_age() - @file: the youngest one, unless FRESH */
enum ka_daemonjudge_age ka_daemonjudge_age(const struct ka_daemonjudge *j, size_t *file);

/** ka_daemonjudge_explain_age() - evidence and fix of a STALE daemon */
void ka_daemonjudge_explain_age(const struct ka_daemonjudge *j, struct ka_evidence *e, struct ka_fix *fix);

/** ka_daemonjudge_reload() - the commands that make sshd read its configuration, tested before: sshd -t, systemctl reload UNIT */
void ka_daemonjudge_reload(const struct ka_daemon *d, struct ka_fix *fix);

#endif
