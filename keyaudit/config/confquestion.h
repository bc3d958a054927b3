/* Whose policy somebody wants to see: --user, --source and -P, each of which may be missing. */
#ifndef KA_CONFQUESTION_H
#define KA_CONFQUESTION_H

#include "base/buf.h"
#include "vet/vetconf.h"

struct ka_confquestion {
	const char *user, *source, *profile; /* as they were given; NULL */
	struct ka_vetconf_who who;           /* set by the functions below */
};

/** ka_confquestion_is() - was any of the three given? */
bool ka_confquestion_is(const struct ka_confquestion *q);

/** ka_confquestion_read() - set @q->who but for the source. Answers: false when there is no such profile */
bool ka_confquestion_read(struct ka_confquestion *q);

/** ka_confquestion_find() - set the source of @q->who. Answers: false when @c has none of that name; true without a source */
bool ka_confquestion_find(struct ka_confquestion *q, const struct ka_conf *c);

/** ka_confquestion_write() - append "   (for user alice, source corp, -P strict)", what was given escaped; nothing when nothing was */
void ka_confquestion_write(const struct ka_confquestion *q, struct ka_buf *out);

#endif
