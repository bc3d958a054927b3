/*
 * A pager between the table and a terminal. $PAGER as git takes it (a shell's command; "" or "cat": none), else less or
 * more at their fixed places: no path from the environment is searched for root.
 */
#ifndef KA_LOGPAGER_H
#define KA_LOGPAGER_H

#include <sys/types.h>

/**
 * ka_logpager_begin() - let standard output go through a pager if it is a terminal
 *
 * Answers: its process, for ka_logpager_end(); 0 when there is none, and nothing was changed.
 */
pid_t ka_logpager_begin(void);

/** ka_logpager_end() - end what it reads, leave standard output to /dev/null, and wait until the reader has seen enough; nothing for 0 */
void ka_logpager_end(pid_t pager);

#endif
