/* The journal, read by a journalctl that is our child. It may die at any time: it is started again, later and later. */
#ifndef KA_EARJOURNAL_H
#define KA_EARJOURNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "keyaudit/ear/earjson.h"
#include "keyaudit/ear/earlines.h"

struct ka_earjournal {
	const char *program; /* KA_PATH_JOURNALCTL, but for tests */
	bool follow;
	pid_t child; /* 0: none */
	int fd;      /* its stdout; -1 without a child */
	bool is_ended;      /* it came to its end and is not to be started again */
	bool is_idle;       /* nothing was there when it was last read */
	bool has_spoken;    /* this child gave an entry that we did not have */
	bool is_by_cursor;  /* this child was started at a cursor */
	bool is_by_time;    /* the cursor is no good: the next one starts at the time that goes with it */
	int failures;       /* children in a row that said nothing and died soon */
	int64_t begun_ms, heard_ms;         /* this child's start, and when it last said something */
	int64_t due_ms, pause_ms;           /* the next one's start, and the pause after this one */
	char cursor[KA_EAR_CURSOR_MAX];     /* of the last entry read, "" for none */
	int64_t cursor_us;                  /* and its time; without a cursor: where to begin */
	struct ka_earlines lines;
	struct ka_earjson entry;
	uint8_t bytes[KA_EAR_JSON_MAX + KA_EAR_BLOCK];
};

/**
 * ka_earjournal_begin() - nothing is started yet
 * @cursor: "" for none
 * @at_us:  the time of that entry; without a cursor, the time to begin at
 */
void ka_earjournal_begin(struct ka_earjournal *j, bool follow, const char *cursor, int64_t at_us);

/** ka_earjournal_next() - the next entry of sshd's, in j->entry; false: none now. Reads at most once */
bool ka_earjournal_next(struct ka_earjournal *j);

/** ka_earjournal_patience_ms(), _is_drained(), _trouble() - as in ear.h */
int ka_earjournal_patience_ms(const struct ka_earjournal *j);
bool ka_earjournal_is_drained(const struct ka_earjournal *j);
const char *ka_earjournal_trouble(const struct ka_earjournal *j);

/** ka_earjournal_stop() - end the child, if there is one */
void ka_earjournal_stop(struct ka_earjournal *j);

#endif
