/*
 * The events of a trail that a query asks for, over all its files: those that were rotated away, compressed ones too, and
 * the trail itself. Files that the query's time excludes are not read. Memory does not grow with the trail.
 */
#ifndef KA_TRAILREAD_H
#define KA_TRAILREAD_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "base/cursor.h"
#include "base/err.h"
#include "base/limits.h"
#include "keyaudit/log/logquery.h"
#include "keyaudit/log/logread.h"
#include "keyaudit/log/logsift.h"
#include "keyaudit/trail/trailfiles.h"

struct ka_trailread {
	char path[KA_TEXT_PATH_MAX];
	const char *verb;                /* who talks on standard error; borrowed */
	struct ka_trailfiles files;
	const struct ka_logquery *query; /* borrowed */
	int64_t since_us, until_us;
	struct ka_logsift sift;
	struct ka_logread *r;
	size_t next;                     /* the file that ka_trailread_next() goes on with */
	bool is_begun;                   /* it is in the midst of that file */
	unsigned long broken, broken_at; /* lines that are no events, and the number of the first of them, 0: not known */
	const char *broken_in;           /* its file */
};

/**
 * ka_trailread_begin() - find the files
 * @verb:  who says on standard error what is wrong
 * @trail: this file and no other; NULL: the trail of the configuration @conf with all its files
 * @query: of the events; must live as long. Its source, reason and so on may be NULL: then everything is asked for
 * @out:   the caller's: ka_trailread_free(); NULL when it could not be done
 *
 * Answers: the exit status; KA_EXIT_FINE when *@out is there.
 */
int ka_trailread_begin(const char *verb, const char *trail, const char *conf, const struct ka_logquery *query, struct ka_trailread **out);

/** ka_trailread_pass_over() - files that hold nothing of the time from @since to @until, in the trail's form, are not read either */
void ka_trailread_pass_over(struct ka_trailread *t, const char *since, const char *until);

/** ka_trailread_next() - the next event that is asked for, the oldest first; as ka_logread_next(). False: no more */
bool ka_trailread_next(struct ka_trailread *t, struct ka_span *raw, json_t **event);

/** ka_trailread_rewind() - begin again with the oldest file, and forget what was counted */
void ka_trailread_rewind(struct ka_trailread *t);

/** ka_trailread_turn() - for who chooses files: place the reader t->r before file number @i; false when the query excludes it */
bool ka_trailread_turn(struct ka_trailread *t, size_t i);

/** ka_trailread_leave() - what was read of that file is counted: lines that are no events */
void ka_trailread_leave(struct ka_trailread *t, size_t i);

/**
 * ka_trailread_end() - say what could not be read, and how many lines are no events
 * @is_enough: older files were not needed, so what they were is nobody's business
 *
 * Answers: KA_EXIT_FINE, or KA_EXIT_UNDECIDED when a file is missing from what was read.
 */
int ka_trailread_end(struct ka_trailread *t, bool is_enough);

void ka_trailread_free(struct ka_trailread **t);

#endif
