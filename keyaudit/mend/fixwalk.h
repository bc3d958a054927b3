/*
 * The way to one object, gone by openat(2) one name at a time with O_PATH, so that
 * nothing is opened, nothing blocks and nothing is done on the way. What is judged is
 * what the descriptor holds, and what is changed is the same descriptor.
 *
 * MUST: never follow a link that anybody but root could have put there; keep the object
 * and its directory open for as long as somebody wants to act on them.
 */
#ifndef KA_MEND_FIXWALK_H
#define KA_MEND_FIXWALK_H

#include <stdbool.h>

#include "base/limits.h"
#include "keyaudit/mend/fixstat.h"

struct ka_fixwalk {
	int fd;                          /* O_PATH on the object, or on a link in its place (ELOOP); else -1, and errnum says why */
	int dir;                         /* O_PATH on the directory it lies in; -1: a name on the way to it is missing */
	int errnum;                      /* ELOOP: a link that is not root's; EINVAL: no path of ours */
	char name[KA_FIXWALK_NAME_MAX];  /* in that directory */
	char real[KA_TEXT_PATH_MAX];     /* where it led, root's links resolved */
	bool is_roots;                   /* every directory on the way is root's, and closed to all others */
	bool is_in_home;                 /* the way led through the home */
	struct ka_fixstat it, parent;
};

/**
 * ka_fixwalk_open() - go to @path
 * @home: the user's home as it was seen before, or NULL
 * @w:    to be closed by ka_fixwalk_close(), whatever the answer
 *
 * Answers: false, and w->errnum: ENOENT ..., ELOOP for a link that somebody other than root owns or could have put there
 *          (the last component is never followed), EINVAL for a path that is not absolute or has "..", ENAMETOOLONG.
 */
bool ka_fixwalk_open(const char *path, const struct ka_fixstat *home, struct ka_fixwalk *w);

/** ka_fixwalk_again() - is @path still the same way to the same, unchanged object? */
bool ka_fixwalk_again(const char *path, const struct ka_fixstat *home, const struct ka_fixwalk *before);

/** ka_fixwalk_close() - also of one that was not opened */
void ka_fixwalk_close(struct ka_fixwalk *w);

#endif
