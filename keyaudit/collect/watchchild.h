/* A child of the collector that only looks and notes: it ends with its parent, and by nothing but a kill. */
#ifndef KA_WATCHCHILD_H
#define KA_WATCHCHILD_H

#include <sys/types.h>

/** ka_watchchild_start() - @work in a child with no signal blocked; the child ends when it returns. Answers: its pid, or -1 */
pid_t ka_watchchild_start(void (*work)(const void *ctx), const void *ctx);

/** ka_watchchild_stop() - kill it, wait for its end, and set *pid to -1; nothing when there is none */
void ka_watchchild_stop(pid_t *pid);

#endif
