/* The last time that sshd's listener dropped connections, as the trail has it: no user was named then, and no key offered. */
#ifndef KA_LASTDROP_H
#define KA_LASTDROP_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "diag/diagnosis.h"

struct ka_lastdrop {
	enum ka_reason reason; /* KA_REASON_NONE: none that is still of interest */
	char at[40], why[KA_TEXT_OPTION_MAX]; /* its time, what it says in words; hostile text */
};

/**
 * ka_lastdrop_take() - one event of the trail, in the trail's order
 * @since:   RFC 3339: what is older is passed over
 * @user:    a later connection of theirs ends it: it was served
 * @address: of the client, "" unknown: a penalty is of the addresses that the event names
 */
void ka_lastdrop_take(const json_t *event, const char *since, const char *user, const char *address, struct ka_lastdrop *out);

/** ka_lastdrop_find() - look through the trail's last 4 MiB; everything read is treated as hostile text */
void ka_lastdrop_find(const char *trail, int64_t now_sec, const char *user, const char *address, struct ka_lastdrop *out);

#endif
