/* A log file of the test's own in runplace's folder, and somebody who follows it. */
#ifndef KA_TESTS_HEARING_H
#define KA_TESTS_HEARING_H

#include "keyaudit/ear/ear.h"
#include "keyaudit/ear/earfile.h"
#include "tests/unit/lib/runplace.h"

extern struct ka_earfile hearing; /* follows "auth.log" */

/** hearing_path() - of a file in the folder; valid until the next call */
const char *hearing_path(const char *name);

/** hearing_add() - append to a file, made 0640 when it is not there */
void hearing_add(const char *name, const char *text);

/** hearing_say() - a line of sshd in a syslog file, as of now: pid 7, @text */
void hearing_say(const char *name, const char *text);

/** hearing_begin() - follow, from a position or as a first start; hearing_end() - no more */
void hearing_begin(const struct ka_earposition *position);
void hearing_end(void);

/** hearing_position() - where it is */
struct ka_earposition *hearing_position(void);

/** hearing_heard() - all that is to be heard until the end is reached: messages with a | behind each */
const char *hearing_heard(void);

/** hearing_rename(), hearing_copy() - what logrotate does; the second leaves the file empty */
void hearing_rename(const char *from, const char *to);
void hearing_copy(const char *from, const char *to);

#endif
