/*
 * May this change be made, and by whom? The judge of `doctor --fix` and of `--undo`:
 * pure, sees facts and touches nothing. Whoever acts has the descriptor that the
 * facts are of, and looks again that it is unchanged.
 *
 * MUST: root changes owners of ~/.ssh and key files alone, and modes only where nobody
 * but root can move what it acts on; everything else is the user's own act.
 */
#ifndef KA_MEND_FIXPLAN_H
#define KA_MEND_FIXPLAN_H

#include "diag/fixop.h"
#include "keyaudit/mend/fixwalk.h"
#include "keyaudit/mend/fixworld.h"

enum ka_fixplan_answer {
	KA_FIXPLAN_FINE,
	KA_FIXPLAN_GONE,        /* not there, or cannot be gone to */
	KA_FIXPLAN_LINK,        /* a link on the way that is not root's */
	KA_FIXPLAN_KIND,        /* no regular file and no directory, or not the one that it must be */
	KA_FIXPLAN_SYSTEM,      /* the home or the object is the system's */
	KA_FIXPLAN_HOME_OTHER,  /* the home is another account's too */
	KA_FIXPLAN_HOME_OWNER,  /* the home is not the user's: for a person to decide */
	KA_FIXPLAN_NOT_OURS,    /* an owner: neither ~/.ssh nor a key file below the home */
	KA_FIXPLAN_LINKS,       /* more than one name: it may be another file of the system */
	KA_FIXPLAN_LOW_UID,     /* not a person's account */
	KA_FIXPLAN_MOUNT,       /* something is mounted there */
	KA_FIXPLAN_SETID,       /* set-user-ID, set-group-ID or sticky */
	KA_FIXPLAN_FOREIGN,     /* it is not the user's, so the user cannot do it */
	KA_FIXPLAN_OPEN_WAY,    /* root would have to act where others can move things */
	KA_FIXPLAN_SHARED_DIR,  /* a directory for many users: what lies in it is not ours to vouch for */
	KA_FIXPLAN_WIDER,       /* a mode that gives somebody more than 0600, 0644 or 0700 do */
	KA_FIXPLAN_LARGE,       /* too long to be looked through */
	KA_FIXPLAN_OPEN_FILE,   /* an edit of what somebody else may be writing */
	KA_FIXPLAN_ACL,         /* an access list that an edit would lose */
	KA_FIXPLAN_NOT_KEYS,    /* a file that the user could not read holds more than keys */
	KA_FIXPLAN_NOTHING,     /* it is so already */
	KA_FIXPLAN_ANSWERS
};

/**
 * ka_fixplan_judge() - one change
 * @walk: to op->path, opened or not; its facts as they will be when this change's turn comes
 *
 * Answers: KA_FIXPLAN_FINE, or the first rule that forbids it.
 */
enum ka_fixplan_answer ka_fixplan_judge(const struct ka_fixop *op, const struct ka_fixwalk *walk, const struct ka_fixworld *world);

/** ka_fixplan_undo() - the same for putting back: a mode may be any that lets root or the user do it, an owner anybody */
enum ka_fixplan_answer ka_fixplan_undo(const struct ka_fixop *op, const struct ka_fixwalk *walk, const struct ka_fixworld *world);

/** ka_fixplan_mode() - the mode that a KA_FIXOP_CHMOD gives to one that has @mode; without the type */
unsigned ka_fixplan_mode(const struct ka_fixop *op, unsigned mode);

/** ka_fixplan_after() - the facts as @op leaves them: owner and mode */
void ka_fixplan_after(const struct ka_fixop *op, const struct ka_fixworld *world, struct ka_fixstat *st);

/** ka_fixplan_why() - one clause for people; "" for KA_FIXPLAN_FINE */
const char *ka_fixplan_why(enum ka_fixplan_answer answer);

/** ka_fixplan_id() - a word for JSON: "link", "hard-links" ... */
const char *ka_fixplan_id(enum ka_fixplan_answer answer);

#endif
