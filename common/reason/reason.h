/*
 * The vocabulary: what a reason is called, how loud it is, where on sshd's way
 * it decides, what it means and what helps. All of it stands in reason.def; this
 * file makes the enum and the lookups from it. Pure: constant tables, no
 * allocation, any input. It must never decide anything by itself: which reason
 * holds is found by the floors above.
 */
#ifndef KA_REASON_REASON_H
#define KA_REASON_REASON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"

/* One enumerator for each row of reason.def, in its order. Numbers change; ids never do. */
enum ka_reason {
	KA_REASON_NONE = 0,
#define R(sym, ...) KA_REASON_##sym,
#include "reason/reason.def"
#undef R
};

/*
 * How many values enum ka_reason has, KA_REASON_NONE counted: arrays by reason
 * have this size, and a walk over all reasons goes from 1 to below it.
 */
enum {
#define R(...) +1
	KA_REASON_COUNT = 1
#include "reason/reason.def"
#undef R
};


/* What vetting does with the key. LOCKED is reject for ever: no configuration changes it. */
enum ka_action {
	KA_ACTION_NONE, /* not a vetting reason */
	KA_ACTION_OFF,
	KA_ACTION_WARN,
	KA_ACTION_REJECT,
	KA_ACTION_LOCKED,
};

/* How loud the event is, quiet to loud. */
enum ka_level {
	KA_LEVEL_INFO,
	KA_LEVEL_NOTICE,
	KA_LEVEL_WARNING,
	KA_LEVEL_ALERT,
};

/* Where sshd decides, in its order; the last three are outside that order. */
enum ka_step {
	KA_STEP_LISTENER,  /* before the connection is served */
	KA_STEP_USER,      /* the account, and the lists of users and groups */
	KA_STEP_METHOD,    /* is the method on, can the key be used at all */
	KA_STEP_REVOKED,   /* RevokedKeys */
	KA_STEP_FILES,     /* AuthorizedKeysFile, in its order */
	KA_STEP_CA,        /* TrustedUserCAKeys */
	KA_STEP_COMMAND,   /* AuthorizedKeysCommand: sources, vetting */
	KA_STEP_SIGNATURE, /* the proof that the client holds the key */
	KA_STEP_LOGIN,     /* after the proof: root, second factor, PAM account */
	KA_STEP_SESSION,   /* after the login: PAM session, chroot, password change */
	KA_STEP_LIMIT,     /* any step: tries, time */
	KA_STEP_CLIENT,    /* the key never reached the server */
	KA_STEP_NOWHERE,   /* decides no login: health, or seen by the tool only */
};

/* How good a reason is as the primary one. LOST beats BLOCKED beats ABSENT within FILES, CA, COMMAND. */
enum ka_class {
	KA_CLASS_LOST,      /* the key was found and lost there */
	KA_CLASS_BLOCKED,   /* the place could not be looked into */
	KA_CLASS_ABSENT,    /* the key is not there */
	KA_CLASS_ALONE,     /* its step decides alone */
	KA_CLASS_SECONDARY, /* never the primary reason */
};

/**
 * ka_reason_id() - the stable name, "family.what"
 *
 * "-" for KA_REASON_NONE and for a value outside the enum, as all questions
 * below have a harmless answer for these two.
 */
const char *ka_reason_id(enum ka_reason reason);

/**
 * ka_reason_find() - the reason with this id
 * @id: any bytes, need not end in NUL
 *
 * Exact and case-sensitive. KA_REASON_NONE when there is none. Linear in the
 * number of reasons; meant for configuration and the command line.
 */
enum ka_reason ka_reason_find(const char *id, size_t len);

/**
 * ka_reason_nearest() - what a mistyped id probably meant
 * @word: any bytes, need not end in NUL
 *
 * Fewest slips wins (a letter lost, added, changed, or two neighbours swapped;
 * ASCII case ignored), and of equals the first in reason.def. KA_REASON_NONE
 * when all are more than KA_NEAR_SLIPS_MAX slips away.
 */
enum ka_reason ka_reason_nearest(const char *word, size_t len);

/**
 * ka_reason_family() - length of the id's part before the dot
 *
 * For printing with "%.*s"; 0 for KA_REASON_NONE and outside the enum.
 */
size_t ka_reason_family(enum ka_reason reason);

/** ka_reason_meaning() - a fragment for people: lower case, no full stop, ASCII; "" for no reason */
const char *ka_reason_meaning(enum ka_reason reason);

/**
 * ka_reason_fix() - a command for the server, or advice
 *
 * Advice begins with a capital letter, a command does not. A command holds the
 * placeholders USER HOME FILE DIR LINE KEY; it is for reading, never for running
 * as it stands. "" for no reason.
 */
const char *ka_reason_fix(enum ka_reason reason);

/** ka_reason_source() - where sshd, a standard or a manual says so; "" for no reason */
const char *ka_reason_source(enum ka_reason reason);

/** ka_reason_action() - what vetting does by default; KA_ACTION_NONE for no reason */
enum ka_action ka_reason_action(enum ka_reason reason);

/** ka_reason_level() - how loud by default; KA_LEVEL_INFO for no reason */
enum ka_level ka_reason_level(enum ka_reason reason);

/**
 * ka_reason_step() - where it usually decides; KA_STEP_NOWHERE for no reason
 *
 * A finding carries its own step: what was seen goes before what is usual.
 */
enum ka_step ka_reason_step(enum ka_reason reason);

/**
 * ka_reason_class() - its usual worth as the primary reason; KA_CLASS_SECONDARY for no reason
 *
 * Here too a finding may know better: a bad mode on a file without the key is BLOCKED, not LOST.
 */
enum ka_class ka_reason_class(enum ka_reason reason);

/** ka_reason_is_of_key() - does it speak of the key itself, so that only another key helps: weak, of an old type, published, revoked */
bool ka_reason_is_of_key(enum ka_reason reason);

/** ka_reason_is_live() - does this release produce it; false for no reason */
bool ka_reason_is_live(enum ka_reason reason);

/** ka_reason_action_name() - "none", "off", "warn", "reject", "locked"; "-" outside the enum */
const char *ka_reason_action_name(enum ka_action action);

/** ka_reason_level_name() - "info", "notice", "warning", "alert"; "-" outside the enum */
const char *ka_reason_level_name(enum ka_level level);

/** ka_reason_step_name() - "listener" .. "session", "limit", "client", "nowhere"; "-" outside the enum */
const char *ka_reason_step_name(enum ka_step step);

#endif
