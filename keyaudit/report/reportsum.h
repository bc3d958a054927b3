/*
 * What the page says, summed up in one pass over the trail, in memory that does not grow with it. Pure over parsed lines;
 * all of them are hostile, and their texts are kept as they are (cut): whoever prints them escapes them.
 */
#ifndef KA_REPORTSUM_H
#define KA_REPORTSUM_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/limits.h"
#include "reason/reason.h"

/* one reason of refusals, with the latest event as its example */
struct ka_report_cause {
	uint64_t count;
	char last[KA_CLOCK_TEXT_MAX];
	char path[KA_REPORT_TEXT_MAX];
	char fix[KA_REPORT_TEXT_MAX];
};

/* a user who was refused and has not logged in since */
struct ka_report_user {
	uint64_t hash;
	uint64_t count; /* refusals since the last login */
	enum ka_reason reason;
	bool is_claimed; /* only records or a log that anybody can write say so */
	char name[KA_REPORT_NAME_MAX];
	char last[KA_CLOCK_TEXT_MAX];
	char fix[KA_REPORT_TEXT_MAX];
};

/* a key that nobody should use any longer */
struct ka_report_key {
	uint64_t hash;
	uint64_t count;
	enum ka_reason reason;
	char type[KA_REPORT_NAME_MAX];
	char fingerprint[KA_REPORT_NAME_MAX];
	char label[KA_REPORT_NAME_MAX];
	char user[KA_REPORT_NAME_MAX];
	char last[KA_CLOCK_TEXT_MAX];
};

struct ka_report {
	char since[KA_CLOCK_TEXT_MAX], until[KA_CLOCK_TEXT_MAX]; /* as the trail writes times */
	int64_t last_day;                                        /* of @until, since 1970 */
	unsigned days;                                           /* drawn, the last one is last_day */
	uint64_t events, refusals, logins;                       /* within since and until */
	uint64_t earlier;                                        /* refusals before the first day that is drawn */
	uint64_t undated;                                        /* events whose time is none */
	uint64_t users_left_out;                                 /* refusals of users for whom there was no room */
	uint64_t keys_left_out;
	uint64_t nobody;                                         /* refusals of names that have no account */
	uint32_t by_day[KA_REPORT_DAYS_MAX][KA_REASON_COUNT];    /* KA_REASON_NONE: an id that this release does not know */
	struct ka_report_cause causes[KA_REASON_COUNT];
	size_t n_users, n_keys;
	struct ka_report_user users[KA_REPORT_USERS_MAX];
	struct ka_report_key keys[KA_REPORT_KEYS_MAX];
};

/**
 * ka_reportsum_begin() - an empty sum over @since to @until, both in it
 *
 * Answers: false when one of them is no time, or @since is later.
 */
bool ka_reportsum_begin(struct ka_report *r, const char *since, const char *until);

/** ka_reportsum_take() - one event, in the trail's order */
void ka_reportsum_take(struct ka_report *r, const json_t *event);

/** ka_reportsum_end() - sort: users by their last refusal, keys by how often, both from the top */
void ka_reportsum_end(struct ka_report *r);

/** ka_reportsum_top() - the @max reasons of most refusals, KA_REASON_NONE never; how many there are */
size_t ka_reportsum_top(const struct ka_report *r, enum ka_reason *top, size_t max);

#endif
