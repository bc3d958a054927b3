/*
 * The text that Prometheus' textfile collector reads (exposition format 0.0.4): HELP, TYPE and samples of each metric together,
 * no times, a newline at the end. Pure. Labels are reason ids, words of ours, names of configured sources, and two versions.
 */
#ifndef KA_METRICSTEXT_H
#define KA_METRICSTEXT_H

#include "base/buf.h"
#include "keyaudit/metrics/metricscount.h"
#include "keyaudit/metrics/metricsgauge.h"

/** ka_metricstext_write() - all of it. Reasons that this release produces are there from the start, others once they were counted */
void ka_metricstext_write(const struct ka_metricscount *c, const struct ka_metricsgauge *g, struct ka_buf *out);

#endif
