/*
 * The options in front of a key: sshd's own grammar (sshd(8) AUTHORIZED_KEYS FILE
 * FORMAT, and auth-options.c as it behaves), with everything sshd knows. Values
 * stay raw spans; what they mean is judged by kind.
 */
#ifndef KA_KEY_KEYOPTS_H
#define KA_KEY_KEYOPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "reason/reason.h"

/* X(symbol, "name", takes a value, has a no- form) */
#define KA_KEYOPTS(X) \
	X(RESTRICT, "restrict", false, false) \
	X(CERT_AUTHORITY, "cert-authority", false, false) \
	X(PORT_FORWARDING, "port-forwarding", false, true) \
	X(AGENT_FORWARDING, "agent-forwarding", false, true) \
	X(X11_FORWARDING, "X11-forwarding", false, true) \
	X(TOUCH_REQUIRED, "touch-required", false, true) \
	X(VERIFY_REQUIRED, "verify-required", false, true) \
	X(PTY, "pty", false, true) \
	X(USER_RC, "user-rc", false, true) \
	X(COMMAND, "command", true, false) \
	X(PRINCIPALS, "principals", true, false) \
	X(FROM, "from", true, false) \
	X(EXPIRY_TIME, "expiry-time", true, false) \
	X(ENVIRONMENT, "environment", true, false) \
	X(PERMITOPEN, "permitopen", true, false) \
	X(PERMITLISTEN, "permitlisten", true, false) \
	X(TUNNEL, "tunnel", true, false)

enum ka_keyopt {
#define X(sym, name, value, no) KA_KEYOPT_##sym,
	KA_KEYOPTS(X)
#undef X
	KA_KEYOPT_COUNT
};

struct ka_keyopt_item {
	enum ka_keyopt opt;
	bool is_no;           /* the no- form */
	struct ka_span value; /* between the quotes, `\"` not yet undone; empty when it takes none */
	size_t column;        /* 1-based, of its name in the line */
};

struct ka_keyopts {
	enum ka_reason reason;  /* KA_REASON_NONE or option.unknown, .bad-quoting, .repeated, .bad-value */
	size_t column;          /* 1-based, of what is wrong */
	struct ka_span name;    /* of the option that it is about, as it is written: any bytes; empty when it is about none */
	struct ka_span culprit; /* the option name or value that is wrong */
	const char *detail;     /* sshd's own words for it ("missing start quote"), or NULL */
	size_t count;           /* items kept, at most KA_OPTS_MAX; */
	bool truncated;         /* there were more: judged, not kept; such a line is never served */
	struct ka_keyopt_item items[KA_OPTS_MAX];
};

/**
 * ka_keyopts_parse() - read an option list
 * @text:     the list, without the blank behind it
 * @column:   1-based column of @text in its line
 *
 * Values are checked by form, as sshd does: expiry-time parses, from= is a valid match list,
 * permitopen ports, environment names, tunnel numbers, entry counts. Empty entries
 * (",pty", "pty,,restrict", "pty,") are skipped, as sshd does on a line.
 */
void ka_keyopts_parse(struct ka_span text, size_t column, struct ka_keyopts *out);

/** ka_keyopts_find() - first item of @opt that is not a no- form; NULL when absent */
const struct ka_keyopt_item *ka_keyopts_find(const struct ka_keyopts *o, enum ka_keyopt opt);

/** ka_keyopts_name() - canonical name with "no-" when @is_no ("no-pty"); static text */
const char *ka_keyopts_name(enum ka_keyopt opt, bool is_no);

/** ka_keyopts_has_no() - does this option have a no- form? */
bool ka_keyopts_has_no(enum ka_keyopt opt);

/** ka_keyopts_lookup() - option by name, ASCII case ignored, no- form recognised; false when unknown */
bool ka_keyopts_lookup(struct ka_span name, enum ka_keyopt *opt, bool *is_no);

/** ka_keyopts_nearest() - the one known name that is one typing slip away from @name; NULL when there is none, or two */
const char *ka_keyopts_nearest(struct ka_span name);

/**
 * ka_keyopts_what() - append what is wrong with a list that was refused: the option's name, and what its reason leaves open
 *
 * "permitopen: invalid permission port", "pty: takes no value"; an unknown one in quotes, escaped and cut at
 * KA_OPT_NAME_SHOWN_MAX, with the name that was probably meant. Where it is about no option sshd's words alone; nothing for a
 * list that is fine. At most KA_OPT_WHAT_MAX - 1 bytes, of ours.
 */
void ka_keyopts_what(const struct ka_keyopts *o, struct ka_buf *out);

/** ka_keyopts_names() - append the names alone, comma separated, behind a comma of its own when @out holds something; one that does not fit is left out whole */
void ka_keyopts_names(const struct ka_keyopts *o, struct ka_buf *out);

/** ka_keyopts_emit() - append the canonical list (names as sshd writes them, values re-quoted), nothing when empty */
void ka_keyopts_emit(const struct ka_keyopts *o, struct ka_buf *out);

/**
 * ka_keyopts_expiry() - seconds since 1970 of an expiry-time value
 * @local_offset_sec: what to add to UTC to get local time (value without Z is local time)
 * Answers: false when it does not parse. Source: sshd(8) expiry-time; OpenSSH parse_absolute_time().
 */
bool ka_keyopts_expiry(struct ka_span value, int64_t local_offset_sec, int64_t *out);

/** ka_keyopts_from_matches() - does from= admit this address? 1 yes, 0 no, -1 the list is invalid. Globs, CIDR, ! as sshd; @host may be the address */
int ka_keyopts_from_matches(struct ka_span value, const char *host, const char *address);

#endif
