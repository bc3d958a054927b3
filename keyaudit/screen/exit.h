/*
 * The exit statuses of keyaudit(8), the same for every verb.
 */
#ifndef KA_EXIT_H
#define KA_EXIT_H

enum {
	KA_EXIT_FINE = 0,       /* fine; this login would work */
	KA_EXIT_FINDINGS = 1,   /* login would fail, key rejected, configuration broken */
	KA_EXIT_USAGE = 2,
	KA_EXIT_UNDECIDED = 3,  /* could not decide: not root, no sshd found, unreadable */
	KA_EXIT_UNKNOWN = 4,    /* no such user, event or reason */
	KA_EXIT_TEMPORARY = 75,
	KA_EXIT_NOPERM = 77,
};

#endif
