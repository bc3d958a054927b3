/* Which of the files that a log has had is read, and from where: the beginnings of earfile.h. */
#ifndef KA_EARENTER_H
#define KA_EARENTER_H

#include "keyaudit/ear/earfile.h"

/** ka_earenter_judge() - learn the kind of the file, if it has a whole line by now */
void ka_earenter_judge(struct ka_earfile *f);

/** ka_earenter_named() - the file that has the name now, from its beginning; false, and f->trouble, when none is to be read */
bool ka_earenter_named(struct ka_earfile *f);

/** ka_earenter_fresh() - a first start: what is recent of a syslog file; of sshd -E, whose lines have no time, what comes */
void ka_earenter_fresh(struct ka_earfile *f, int64_t since_us);

/** ka_earenter_kept() - where it was left: in the file of that name, in one that had it, or, that gone, at the present one's beginning */
void ka_earenter_kept(struct ka_earfile *f, const struct ka_earposition *p);

/** ka_earenter_copy() - the file was truncated: the rest of it in a copy, if there is one, or its new beginning */
void ka_earenter_copy(struct ka_earfile *f);

/** ka_earenter_next() - the file is read to its end and has lost its name: the one that came after it; false when there is none */
bool ka_earenter_next(struct ka_earfile *f);

#endif
