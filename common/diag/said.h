/*
 * What sshd's log said about one connection, line by line: the third witness of a diagnosis. Who gathers the lines knows
 * by other means that they belong to the connection; what stands in them is still partly a stranger's text (sshdsay.h).
 */
#ifndef KA_DIAG_SAID_H
#define KA_DIAG_SAID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "diag/sshdsay.h"

struct ka_said {
	enum ka_sshdsay_kind kind;
	enum ka_reason reason;                 /* KA_REASON_NONE: see the kind */
	int64_t at_us;                         /* wall clock of the line; 0: the log does not say */
	bool is_verified;                      /* the journal's own fields name the process; a syslog file anybody local can write */
	char message[KA_SAID_MESSAGE_MAX + 1]; /* as sshd wrote it; raw, render escaped */
};

/**
 * ka_said_make() - take one message over
 *
 * Answers: false when it tells nothing of a login, holds a NUL, or is longer than KA_SAID_MESSAGE_MAX (sshd cuts at 1023).
 * Pure.
 */
bool ka_said_make(struct ka_span message, bool is_verified, int64_t at_us, struct ka_said *out);

/** ka_said_words() - its fields again: user, address, key, path ...; they borrow from @said */
void ka_said_words(const struct ka_said *said, struct ka_sshdsay *out);

#endif
