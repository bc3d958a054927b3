/*
 * The first thing authkeys-fetch does: become nobody but _keyfetch. On a miss the command starts it through a set-user-ID
 * bit, so whoever may run it chooses arguments, environment, descriptors, signals, timers and limits.
 *
 * MUST: come before anything that reads, opens or allocates. Source: setresuid(2), secure execution in ld.so(8).
 */
#ifndef KA_FETCHDROP_H
#define KA_FETCHDROP_H

/**
 * ka_fetchdrop() - drop to the effective uid for good, and leave nothing of the caller's behind
 *
 * Environment: PATH and LC_ALL=C. Descriptors: 0, 1, 2. Signals: default, none blocked, SIGPIPE and SIGXFSZ ignored; no
 * timer. umask 027, working directory /, no core, no ptrace, no_new_privs. Groups: the caller's; root's are given up for the
 * group of the program file, so that it is the same process whoever started it.
 *
 * Answers: NULL, or what could not be done (the caller ends). It refuses to be root.
 */
const char *ka_fetchdrop(void);

#endif
