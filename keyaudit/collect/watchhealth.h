/*
 * The collector's child that looks after key stores and the configuration, and tells what changes: a look that takes long, or
 * hangs, keeps no connection waiting.
 */
#ifndef KA_WATCHHEALTH_H
#define KA_WATCHHEALTH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "keyaudit/case/caseevent.h"

struct ka_watchhealth {
	pid_t pid;        /* 0, -1: there is none */
	int64_t again_ms; /* not started again before */
	bool is_said;     /* one has ended by itself, and said why */
};

/** ka_watchhealth_keep() - start it when it does not run; it has a copy of @w */
void ka_watchhealth_keep(struct ka_writer *w, struct ka_watchhealth *c);

/**
 * ka_watchhealth_pause() - a look that is dear is made seldom: how long what may be large is left alone after it, in milliseconds
 * @took_ms: how long it lasted
 * @used_us: processor time of it: on a busy machine a look lasts long, and is no dearer
 */
int64_t ka_watchhealth_pause(int64_t took_ms, int64_t used_us);

/** ka_watchhealth_stop() - end it; what it was telling is finished by the next one */
void ka_watchhealth_stop(struct ka_watchhealth *c);

#endif
