/* A trail of counted records in the working directory, for the tests of keyaudit metrics. */
#ifndef KA_TESTS_METRICSPLACE_H
#define KA_TESTS_METRICSPLACE_H

#include <stdbool.h>

/* a file's first record, and a refusal for a mode */
extern const char metricsplace_genesis[], metricsplace_refused[];

/** metricsplace_put() - append @line to the file @name as the next record of the one chain of this program */
void metricsplace_put(const char *name, const char *line);

/** metricsplace_in() - make an empty working directory; false: it could not be made */
bool metricsplace_in(void);

/** metricsplace_out() - remove it; false when a test left something there */
bool metricsplace_out(void);

#endif
