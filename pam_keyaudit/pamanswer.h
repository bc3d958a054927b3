/*
 * The recorder's answer, one line of at most KA_PAM_ANSWER_MAX bytes with its newline:
 *
 *   ka1 ref=XXXXXXXX deny=ID|-
 *
 * ref: the connection's reference, 8 characters a-z 2-7. deny: the id of the reason for which the
 * key that logged in fails the policy, or "-". Anything else is no answer. Pure.
 */
#ifndef KA_PAM_PAMANSWER_H
#define KA_PAM_PAMANSWER_H

#include <stdbool.h>

#include "base/cursor.h"
#include "base/limits.h"


struct ka_pamanswer {
	char ref[KA_REF_MAX];
	char deny[KA_PAMANSWER_DENY_MAX]; /* "" when there is no objection */
};

/** ka_pamanswer_parse() - read the bytes that came, newline included; false (and zeroed) when they are not exactly that */
bool ka_pamanswer_parse(struct ka_span bytes, struct ka_pamanswer *out);

#endif
