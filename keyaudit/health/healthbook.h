/*
 * What was told last of things whose changes are told once: one row for each thing, as one line of a file of root's.
 *
 *   ka1 health subject= value= since= [next= action= at= before= boot=]
 *
 * subject: what it is about ("store corp"); value: what was told of it, - when nothing ever was; since: when (UTC us).
 * The rest is there while a change is being told: the new value, the event's action and time, where the trail ended when the
 * first try began, and in which boot. An event's id comes of these, so whoever finds such a row can tell whether it was
 * written. Pure.
 */
#ifndef KA_HEALTHBOOK_H
#define KA_HEALTHBOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "audit/event.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/limits.h"

struct ka_healthrow {
	char subject[KA_HEALTH_SUBJECT_MAX], value[KA_HEALTH_VALUE_MAX];
	int64_t since_us;
	bool is_pending; /* the rest counts */
	char next[KA_HEALTH_VALUE_MAX];
	enum ka_action_event action;
	int64_t at_us, before;
	char boot[33];
};

/* about 100 KiB: allocate it, zeroed */
struct ka_healthbook {
	size_t count;
	struct ka_healthrow row[KA_HEALTH_ROWS_MAX];
};

/** ka_healthbook_parse() - read all rows; a line that is none is passed over */
void ka_healthbook_parse(struct ka_span text, struct ka_healthbook *out);

/** ka_healthbook_write() - append all rows */
void ka_healthbook_write(const struct ka_healthbook *b, struct ka_buf *out);

/** ka_healthbook_find() - the row of a subject, or NULL */
struct ka_healthrow *ka_healthbook_find(struct ka_healthbook *b, const char *subject);

/** ka_healthbook_take() - the same, made when there is none; NULL when the book is full or @subject too long */
struct ka_healthrow *ka_healthbook_take(struct ka_healthbook *b, const char *subject);

/** ka_healthbook_drop() - forget a row, of ka_healthbook_find(); the last one takes its place */
void ka_healthbook_drop(struct ka_healthbook *b, struct ka_healthrow *row);

/** ka_healthbook_moment() - a time for a change: @now, but later than all others of the book, so that no two share an id */
int64_t ka_healthbook_moment(const struct ka_healthbook *b, int64_t now);

#endif
