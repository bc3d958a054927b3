/*
 * Telling a change of state once: as an event, whatever is killed meanwhile.
 *
 * 1. The book (healthbook.h) gets what is about to be told: the event's time and where the trail ends.
 * 2. The event is written; its id comes of that time.
 * 3. The book gets the new value.
 *
 * Who is killed between two steps leaves a row by which the next one sees in the trail whether the event was written. One
 * process at a time has a book open. A book that cannot be kept (a full disk) keeps nobody from telling: then it is told
 * again by the next process.
 */
#ifndef KA_HEALTH_H
#define KA_HEALTH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/err.h"
#include "keyaudit/case/caseevent.h"
#include "keyaudit/health/healthbook.h"

struct ka_health {
	struct ka_writer *w; /* borrowed */
	int dir, lock;
	char name[32];
	bool is_unkept;      /* the book could not be written last time */
	struct ka_healthbook *book;
};

/* one change; all borrowed */
struct ka_healthchange {
	const char *subject, *value;       /* "" is a value: nothing is wrong */
	enum ka_action_event action;
	const struct ka_finding *finding;  /* these as in struct ka_caseevent_change */
	const struct ka_recordsrc *source;
	const char *file_sha256;
	const char *text;
	unsigned long count;
	bool is_failing;
};

/**
 * ka_health_open() - take the book @name in the folder @dir (made when it is missing), and settle what was cut off
 *
 * Errors: KA_ERR_TIMEOUT - another process has it; KA_ERR_SYS - the folder is not ours alone, or the trail cannot be looked
 *         into; KA_ERR_NOMEM. Then it is closed.
 */
KA_MUST_CHECK enum ka_err ka_health_open(struct ka_health *h, struct ka_writer *w, const char *dir, const char *name);
void ka_health_close(struct ka_health *h);

/** ka_health_value() - what was told of a subject; NULL: nothing was ever noted of it */
const char *ka_health_value(const struct ka_health *h, const char *subject);

/** ka_health_since_us() - when its value began; 0: nothing was ever noted of it */
int64_t ka_health_since_us(const struct ka_health *h, const char *subject);

/** ka_health_tell() - nothing when @c->value is what was told; else the event. Errors: as ka_caseevent_health(): try again */
KA_MUST_CHECK enum ka_err ka_health_tell(struct ka_health *h, const struct ka_healthchange *c);

/** ka_health_note() - take a value without an event: the first look at something */
void ka_health_note(struct ka_health *h, const char *subject, const char *value);

/**
 * ka_health_verdict() - the value for something refused: the reason, and which words said why
 *
 * A refusal is another one when its words are: the mode, the line. "" for KA_REASON_NONE.
 */
void ka_health_verdict(enum ka_reason reason, const char *text, char out[static KA_HEALTH_VALUE_MAX]);

/** ka_health_is_fresh() - was the file changed just now, so that somebody may still write it? A later look knows more */
bool ka_health_is_fresh(const struct stat *st);

/** ka_health_forget() - a subject that there is no more */
void ka_health_forget(struct ka_health *h, const char *subject);

#endif
