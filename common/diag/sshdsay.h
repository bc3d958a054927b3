/*
 * What a line of sshd's log says about a login: the reason it tells, and the user, address and key it names. Pure.
 *
 * A line is a stranger's text but for its frame: user names come from the network (sshd passes them through strnvis(3), which
 * leaves blanks), and so does the ID of a certificate. So nothing in it proves anything; it is for showing, and for a witness
 * who knows by other means which process wrote it.
 *
 * Source: auth.c, auth2-pubkey.c, auth2-pubkeyfile.c, monitor.c, packet.c and session.c of OpenSSH 8.4 to 10.x, as sshdsay.def
 * lists them.
 */
#ifndef KA_DIAG_SSHDSAY_H
#define KA_DIAG_SSHDSAY_H

#include <stdbool.h>

#include "base/cursor.h"
#include "reason/reason.h"

enum ka_sshdsay_kind {
	KA_SSHDSAY_OTHER,          /* nothing that we know */
	KA_SSHDSAY_CAUSE,          /* tells why */
	KA_SSHDSAY_CERT,           /* tells why, of a certificate */
	KA_SSHDSAY_MODES,          /* StrictModes: one of perm.*, by the path */
	KA_SSHDSAY_OPTIONS,        /* one of option.expired, option.from-mismatch, option.principals-without-ca */
	KA_SSHDSAY_ACCEPTED,       /* a login */
	KA_SSHDSAY_LISTED,         /* the key is listed; nothing is proved yet */
	KA_SSHDSAY_FAILED,         /* a method failed, and why is not said */
	KA_SSHDSAY_POSTPONED,      /* sshd asked for the signature */
	KA_SSHDSAY_CLOSED,         /* the end without a login, and why is not said; of an invalid user another line says it */
};

/* spans borrow from the line; empty when it does not name that */
struct ka_sshdsay {
	enum ka_sshdsay_kind kind;
	enum ka_reason reason;  /* KA_REASON_NONE: see the kind */
	bool is_invalid_user;   /* "invalid user" stood before the name: no such user here, or one that may not log in at all */
	struct ka_span user;    /* as sshd wrote it, of any length */
	struct ka_span address; /* an address as inet_pton(3) takes it, or "UNKNOWN" */
	struct ka_span port;
	struct ka_span type, fp;
	struct ka_span algorithm, method;
	struct ka_span place;   /* FILE:LINE */
	struct ka_span path;
	struct ka_span text;    /* whatever else the message carries */
};

/**
 * ka_sshdsay_read() - one message, without time, host and ident
 * @message: "error: ", "fatal: " and "debug1: " in front and " [preauth]" behind may stand or not
 *
 * Answers: false, and all empty, when it is none of sshdsay.def. Any bytes are safe; no more steps than rows times length.
 */
bool ka_sshdsay_read(struct ka_span message, struct ka_sshdsay *out);

#endif
