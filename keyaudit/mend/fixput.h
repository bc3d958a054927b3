/* The user's part of names and content: in a child with the user's rights (fixhand.h), on judged descriptors. */
#ifndef KA_MEND_FIXPUT_H
#define KA_MEND_FIXPUT_H

#include "keyaudit/mend/fixdo.h"

/* descriptors of the child: the object, its directory, the directory of a new name */
enum { KA_FIXPUT_OBJECT = 4, KA_FIXPUT_DIR, KA_FIXPUT_TO };

/** ka_fixput_rename() - the object's name becomes the new one, unless that is taken */
void ka_fixput_rename(const struct ka_fixdo *what, struct ka_fixdo_result *out);

/**
 * ka_fixput_content() - a new file with the edited content takes the object's place
 *
 * Written beside it, synced, and renamed when the other side of KA_FIXHAND_TALK has said 'y' to what was sent: the new
 * file's facts. Mode and group are the old ones. What cannot be finished is taken away again.
 */
void ka_fixput_content(const struct ka_fixdo *what, struct ka_fixdo_result *out);

#endif
