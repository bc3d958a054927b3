/* A run directory and a trail of the test's own, and a writer of events that knows no others. */
#ifndef KA_TESTS_WRITERPLACE_H
#define KA_TESTS_WRITERPLACE_H

#include <jansson.h>

#include "keyaudit/case/caseevent.h"
#include "tests/unit/lib/runplace.h"
#include "tests/unit/lib/trailplace.h"

struct writerplace {
	struct runplace run;
	struct trailplace *trail;
	struct ka_writer *w; /* default configuration, but for the trail: no floor of free space; no syslog, no sshd log */
};

/** writerplace_make(), writerplace_drop() - make it; away with it. 0 when that worked */
int writerplace_make(struct writerplace *p);
int writerplace_drop(struct writerplace *p);

/** writerplace_events() - the trail as an array of its lines but the genesis; each must be JSON. The caller decrefs it */
json_t *writerplace_events(const struct writerplace *p);

/** writerplace_action(), writerplace_count() - event.action and keyaudit.count of one of them */
const char *writerplace_action(const json_t *event);
int writerplace_count(const json_t *event);

#endif
