/* What keyaudit doctor asks ka_diagnosis_run(): the words of the command line, our configuration and the trail, joined. */
#ifndef KA_DOCTORASK_H
#define KA_DOCTORASK_H

#include <stdbool.h>
#include <stdint.h>

#include "diag/diagnosis.h"
#include "key/keyline.h"
#include "keyaudit/doctor/doctorargs.h"
#include "keyaudit/doctor/lastdrop.h"
#include "keyaudit/doctor/lastrefusal.h"
#include "source/confload.h"

/* large: allocate it, zeroed. subject borrows from the rest and from the words */
struct ka_doctorask {
	const struct ka_doctorargs *args;
	struct ka_conf conf;
	struct ka_confload load;
	struct ka_conf_errors errors;
	struct ka_diag_subject subject;
	struct ka_offer offers[KA_DIAG_OFFERS_MAX];
	struct ka_lastrefusal last;
	struct ka_recorded recorded, dropped;
	struct ka_lastdrop drop;
	struct ka_keyline line;
	uint8_t storage[KA_BLOB_MAX];
	char plain[KA_BLOB_MAX];
	char certificate[KA_OFFER_KEY_MAX + 1]; /* of --key, where an offer has no room for it */
};

/**
 * ka_doctorask_begin() - what is asked about any user: the configuration (a broken one: the defaults, and the subject has none),
 * the time and --from
 *
 * Answers: false when there is no memory.
 */
bool ka_doctorask_begin(struct ka_doctorask *q, const struct ka_doctorargs *args);

/**
 * ka_doctorask_user() - what is asked about args->user
 * @q: begun; q->last is the refusal that answers what the words leave open (the caller finds it)
 *
 * Answers: NULL, or what is wrong with --key, our own words, to be followed by its value.
 */
const char *ka_doctorask_user(struct ka_doctorask *q);

#endif
