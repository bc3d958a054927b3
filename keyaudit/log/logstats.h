/* Counting events by reason, user, client and hour, in bounded memory. Pure over parsed lines. */
#ifndef KA_LOGSTATS_H
#define KA_LOGSTATS_H

#include <stdint.h>

#include <jansson.h>

#include "base/limits.h"

enum ka_logstats_kind { KA_LOGSTATS_REASON, KA_LOGSTATS_USER, KA_LOGSTATS_FROM, KA_LOGSTATS_HOUR, KA_LOGSTATS_KINDS };

struct ka_logstats_row {
	uint64_t count;
	char text[KA_LOGSTATS_TEXT_MAX]; /* plain: may be shown as it is */
};

struct ka_logstats_table {
	size_t used;
	uint64_t others; /* events whose text found no room: KA_LOGSTATS_ROWS_MAX different ones were there before */
	struct ka_logstats_row row[KA_LOGSTATS_ROWS_MAX]; /* open addressing; an empty text is a free place */
};

struct ka_logstats {
	uint64_t events, success, failure, unknown; /* the last three by outcome; the trail's own records have none */
	struct ka_logstats_table table[KA_LOGSTATS_KINDS];
};

/** ka_logstats_add() - count one event. A member that is absent is not counted; the hour is that of the day, UTC */
void ka_logstats_add(struct ka_logstats *s, const json_t *event);

/** ka_logstats_sort() - most frequent first, of equals by text; no event can be added afterwards. Answers: the number of rows */
size_t ka_logstats_sort(struct ka_logstats *s, enum ka_logstats_kind kind);

#endif
