/*
 * The collector's ear: a child that reads sshd's log and does nothing but join its lines with connections (saidjoin.h), so
 * that a log full of noise keeps nobody waiting, and a diagnosis keeps no line waiting. Its parent sees what it recorded in
 * said/, as it sees the records of the others.
 */
#ifndef KA_WATCHEAR_H
#define KA_WATCHEAR_H

#include <stdint.h>
#include <sys/types.h>

#include "conf/conf.h"
#include "keyaudit/case/rundir.h"

/* all zero at first */
struct ka_watchear {
	pid_t pid;
	int64_t again_ms; /* not started again before */
};

/** ka_watchear_keep() - start it, or start it again when it has ended, at most each KA_WATCHEAR_AGAIN_MS; not with sshd_log = none */
void ka_watchear_keep(const struct ka_rundir *r, const struct ka_conf *conf, struct ka_watchear *ear);

/** ka_watchear_stop() - end it and collect it; ka_watchear_keep() may start it again at once */
void ka_watchear_stop(struct ka_watchear *ear);

/** ka_watchear_drain() - by hand: read the log from where it was left to its end, in this process; at most KA_WATCHEAR_DRAIN_MS */
void ka_watchear_drain(const struct ka_rundir *r, const struct ka_conf *conf);

#endif
