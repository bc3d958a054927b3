/*
 * Which sinks fail, for all processes that write events: an empty file in /run/keyaudit for each that does, "sink-NAME.WRITER".
 * The kernel decides who made or removed it first, and that one reports the change: once, whatever is killed meanwhile.
 */
#ifndef KA_SINKSTATE_H
#define KA_SINKSTATE_H

#include <stdbool.h>

/* whose state it is */
struct ka_sinkstate {
	int dir;            /* of /run/keyaudit */
	const char *sink;   /* "journal" */
	const char *writer; /* "keyaudit-collect": what one program may do another one may not */
};

/** ka_sinkstate_fails() - it has failed now; true: it had not before, so that is to be reported */
bool ka_sinkstate_fails(const struct ka_sinkstate *s);

/** ka_sinkstate_works() - it has taken an event; true: it failed before, so that is to be reported */
bool ka_sinkstate_works(const struct ka_sinkstate *s);

/** ka_sinkstate_rests() - it failed less than @sec seconds ago */
bool ka_sinkstate_rests(const struct ka_sinkstate *s, unsigned sec);

#endif
