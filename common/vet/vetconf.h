/* From the lists of [policy] to vet's plain policy. Unknown words are errors that name the nearest known one. */
#ifndef KA_VET_VETCONF_H
#define KA_VET_VETCONF_H

#include "conf/conf.h"
#include "vet/vet.h"
#include "vet/vetpolicy.h"

/** ka_vetconf_make() - fill @p; problems (unknown type, option or a locked reason in severity.*) are counted in @errors */
void ka_vetconf_make(const struct ka_conf *c, struct ka_vetpolicy *p, struct ka_conf_errors *errors);

/**
 * ka_vetconf_check_time() - what is right by its form, and wrong by the clock: a forced expiry-time that has passed
 * @p: made from @c
 *
 * For people: the command need not ask, since ka_vetoption_judge() refuses every key then. Counted in @errors.
 */
void ka_vetconf_check_time(const struct ka_conf *c, const struct ka_vetpolicy *p, const struct ka_vet_when *when,
			   struct ka_conf_errors *errors);

#endif
