/* A book of health beside a trail of the test's own. */
#ifndef KA_TESTS_HEALTHPLACE_H
#define KA_TESTS_HEALTHPLACE_H

#include "keyaudit/health/health.h"
#include "tests/unit/lib/writerplace.h"

extern struct writerplace healthplace;
extern char healthplace_folder[128];

/** healthplace_setup(), healthplace_teardown() - make it; away with it. The folder of the book is made by whoever opens it */
int healthplace_setup(void **state);
int healthplace_teardown(void **state);
#define HEALTHPLACE_TEST(f) cmocka_unit_test_setup_teardown(f, healthplace_setup, healthplace_teardown)

/** healthplace_open() - the book "test"; it must be had */
void healthplace_open(struct ka_health *h);

/** healthplace_events_are() - the trail's events are exactly these, each as "OUTCOME MESSAGE"; NULL ends them */
void healthplace_events_are(const char *const *said);

#endif
