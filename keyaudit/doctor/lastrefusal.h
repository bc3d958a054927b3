/* The last refusals of one user in the trail: which keys were offered, from where, why. */
#ifndef KA_LASTREFUSAL_H
#define KA_LASTREFUSAL_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/limits.h"
#include "diag/diagnosis.h"

/* one that came before it, in short */
struct ka_lastrefusal_earlier {
	char at[40], address[64], reason[64], ref[16];
	size_t offers_count;
};

struct ka_lastrefusal {
	char at[40];          /* "" when there is none */
	char address[64];
	unsigned port;
	char reason[64];
	char why[KA_TEXT_OPTION_MAX]; /* what proves it, as the event says it; else the meaning */
	char path[KA_TEXT_PATH_MAX];  /* the file that was to blame, "" */
	unsigned line;        /* in it; 0 */
	enum ka_reason code;  /* the reason, when we know it */
	bool is_over;         /* the user has logged in since */
	char ref[16];
	size_t offers_count;
	struct ka_offer offers[KA_EVENT_OFFERS_MAX]; /* type and fingerprint only, */
	enum ka_reason offered[KA_EVENT_OFFERS_MAX]; /* and what the event says of each */
	size_t earlier_count;
	struct ka_lastrefusal_earlier earlier[KA_LASTREFUSAL_EARLIER_MAX]; /* newest first */
};

/**
 * ka_lastrefusal_take() - one event of the trail
 * @user: whose
 * @any:  take a login that was allowed too, else it only sets is_over
 *
 * Answers: false when it was not taken. What @out held is its earlier[0] then.
 */
bool ka_lastrefusal_take(const json_t *event, const char *user, bool any, struct ka_lastrefusal *out);

/** ka_lastrefusal_find() - look through the trail's last 4 MiB; everything read is treated as hostile text */
void ka_lastrefusal_find(const char *trail, const char *user, struct ka_lastrefusal *out);

#endif
