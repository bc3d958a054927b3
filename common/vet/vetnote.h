/*
 * How a verdict grows: one reason after the other, the policy's action for each,
 * and when to stop. The only writer of struct ka_vet.
 */
#ifndef KA_VET_VETNOTE_H
#define KA_VET_VETNOTE_H

#include <stdbool.h>

#include "reason/reason.h"
#include "vet/vet.h"

/* both pointers borrowed */
struct ka_vetnote {
	const struct ka_vetpolicy *policy;
	struct ka_vet *out;
	bool whole; /* list what comes after the first reject too */
	const char *whose; /* detail of a reason that has none of its own: static text, or NULL */
	bool over;  /* decided: nothing further is looked at */
};

/** ka_vetnote_init() - an empty verdict: accept */
void ka_vetnote_init(struct ka_vetnote *n, const struct ka_vetpolicy *policy, bool whole, struct ka_vet *out);

/** ka_vetnote_resume() - go on with a verdict that stands; it is over when it is a reject and not the @whole list is wanted */
void ka_vetnote_resume(struct ka_vetnote *n, const struct ka_vetpolicy *policy, bool whole, struct ka_vet *out);

/**
 * ka_vetnote_add() - a reason was found; what it does is the policy's choice
 * @detail: static text for people, or NULL
 *
 * A locked reason rejects whatever the policy's table says, and so does one whose
 * action is unknown here. A reason that stands there already is not repeated.
 *
 * Answers: may the judge go on?
 */
bool ka_vetnote_add(struct ka_vetnote *n, enum ka_reason reason, const char *detail);

/** ka_vetnote_warn() - as ka_vetnote_add(), but whatever the policy's table says it is a warning at most. A locked reason still rejects */
bool ka_vetnote_warn(struct ka_vetnote *n, enum ka_reason reason, const char *detail);

/**
 * ka_vetnote_size() - as ka_vetnote_add(), for a key whose size is not what the policy wants
 * @found: bits of the key; @bound: bits that the policy names. Those of the first such key are kept (a CA's comes later)
 */
bool ka_vetnote_size(struct ka_vetnote *n, enum ka_reason reason, unsigned found, unsigned bound);

/** ka_vetnote_factor() - as ka_vetnote_add(), with the factor that was found; 0 for a reason that knows none */
bool ka_vetnote_factor(struct ka_vetnote *n, enum ka_reason reason, const char *detail, uint32_t factor);

/** ka_vetnote_say() - the detail of @reason, for ka_vet_detail(): a text that is copied, cut when it is too long. The first one stays */
void ka_vetnote_say(struct ka_vetnote *n, enum ka_reason reason, const char *text);

/** ka_vetnote_refuse() - reject and stop, whatever the policy says: broken structure, beyond a cap */
void ka_vetnote_refuse(struct ka_vetnote *n, enum ka_reason reason, const char *detail);

#endif
