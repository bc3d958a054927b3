/* The table of `keyaudit log`: one row an event, columns as wide as their longest cell and as narrow as the terminal. */
#ifndef KA_LOGTABLE_H
#define KA_LOGTABLE_H

#include <stddef.h>

#include <jansson.h>

#include "base/limits.h"
#include "keyaudit/screen/out_text.h"

enum ka_logtable_column {
	KA_LOGTABLE_TIME,
	KA_LOGTABLE_USER,
	KA_LOGTABLE_FROM,
	KA_LOGTABLE_KEY,
	KA_LOGTABLE_EVENT,
	KA_LOGTABLE_SOURCE, /* only when some event has more to say than that the one source answered */
	KA_LOGTABLE_REASON,
	KA_LOGTABLE_REF,
	KA_LOGTABLE_COLUMNS
};


struct ka_logtable {
	struct ka_out out;
	size_t columns;                    /* of the terminal; 0: nothing is cut */
	size_t width[KA_LOGTABLE_COLUMNS]; /* in columns; 0: not shown */
	size_t source;                     /* what that column would need */
	size_t from;                       /* what FROM would need without the ports */
	bool has_no_ports;                 /* there is no room for them */
	bool has_no_year;   /* nor for the year and the Z, which the head says */
	bool local;                        /* times of this host's zone instead of UTC; set before measuring */
	bool has_head;                     /* printed: no column comes any more */
};

/** ka_logtable_init() - begin with the widths of the head line; @columns 0 asks the terminal that @to may be */
void ka_logtable_init(struct ka_logtable *t, FILE *to, enum ka_out_when when, size_t columns);

/** ka_logtable_cell() - the text of one cell, escaped, "-" when unknown; pure */
void ka_logtable_cell(const json_t *event, enum ka_logtable_column c, char out[static KA_LOGTABLE_CELL_MAX]);

/** ka_logtable_measure() - make room for this event */
void ka_logtable_measure(struct ka_logtable *t, const json_t *event);

/** ka_logtable_fit() - after measuring: narrow the columns until a row fits the terminal: the ports and the keys go before the reasons do */
void ka_logtable_fit(struct ka_logtable *t);

/** ka_logtable_head(), _row() - print one line */
void ka_logtable_head(struct ka_logtable *t);
void ka_logtable_row(const struct ka_logtable *t, const json_t *event);

#endif
