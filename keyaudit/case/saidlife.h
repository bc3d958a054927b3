/*
 * Whose line is it? sshd's log names a process by its number only, and numbers are given again. A line belongs to a life:
 * a monitor from its start to its closing line, or, where nobody saw its end, to a bound.
 */
#ifndef KA_SAIDLIFE_H
#define KA_SAIDLIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "keyaudit/case/rundir.h"
#include "spool/conn.h"

struct ka_saidlife {
	struct ka_conn conn;
	int64_t begin_us; /* wall clock */
	int64_t end_us;   /* 0: nobody knows */
	bool is_done;     /* its event stands in the trail */
};

/**
 * ka_saidlife_covers() - may a line of @at_us be of this life? With KA_SAID_GRAIN_SEC for the clocks' grain at both ends; an
 * end that nobody knows is KA_SAID_LIFE_SEC behind the beginning. Pure.
 */
bool ka_saidlife_covers(const struct ka_saidlife *l, int64_t at_us);

/** ka_saidlife_start() - the moment @at_us as the start of a process: clock ticks since boot, never 0 */
uint64_t ka_saidlife_start(int64_t at_us);

/** ka_saidlife_begin() - and back: the wall clock's microseconds of a start */
int64_t ka_saidlife_begin(uint64_t start);

/**
 * ka_saidlife_find() - the latest life of the process number @m that covers @at_us, of all that left a name in @r
 * @except: a start that is passed over; 0: none
 *
 * Only for processes that are no more: who lives is looked at (witness.h).
 *
 * Answers: false when there is none: that line begins a life, if it may.
 */
bool ka_saidlife_find(const struct ka_rundir *r, pid_t m, int64_t at_us, uint64_t except, struct ka_saidlife *out);

/**
 * ka_saidlife_settle() - before @conn is claimed, under the claims' lock
 *
 * A start that was made of a line's time is replaced by the true one where a record has come that knows it: what was said
 * moves to that name.
 *
 * Answers: true when @conn was such a one, and nothing is left under its name.
 */
bool ka_saidlife_settle(const struct ka_rundir *r, const struct ka_conn *conn);

#endif
