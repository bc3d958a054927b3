/*
 * From the configuration to vet's plain policy. Unknown words are errors that name the nearest known one.
 *
 * [policy] makes the base: its `profile`, changed by every key of [policy] that is set. On top of it comes what belongs to one
 * question: the source's own lists about options, which replace those of [policy], and then up to three profiles, the source's, the
 * user's (user_profiles) and that of the command line (-P). These can only tighten: of every value the stricter one holds.
 */
#ifndef KA_VET_VETCONF_H
#define KA_VET_VETCONF_H

#include "conf/conf.h"
#include "vet/vet.h"
#include "vet/vetpolicy.h"

/* whose key it is */
struct ka_vetconf_who {
	const struct ka_conf_source *source; /* of the same configuration; NULL: of none */
	const char *user;                    /* for user_profiles; NULL: of nobody */
	enum ka_conf_profile profile;        /* -P; KA_CONF_PROFILE_NONE without */
};

/**
 * ka_vetconf_make() - fill @p with the base; problems (unknown type, option or a locked reason in severity.*) are counted in @errors
 *
 * The lists of every known source are looked at too: with errors->count 0 ka_vetconf_effective() meets nothing wrong.
 */
void ka_vetconf_make(const struct ka_conf *c, struct ka_vetpolicy *p, struct ka_conf_errors *errors);

/**
 * ka_vetconf_policy() - the policy for one question
 * @base: of ka_vetconf_make(), without errors
 * @room: filled when something is configured for @who; else untouched
 *
 * Answers: @base or @room. Costs a few comparisons when nothing is configured.
 */
const struct ka_vetpolicy *ka_vetconf_policy(const struct ka_conf *c, const struct ka_vetconf_who *who, const struct ka_vetpolicy *base,
					     struct ka_vetpolicy *room);

/** ka_vetconf_is_base() - is nothing configured for @who, so that the base itself is its policy? */
bool ka_vetconf_is_base(const struct ka_conf *c, const struct ka_vetconf_who *who);

/** ka_vetconf_effective() - the same as ka_vetconf_policy(), always written to @out. Of a broken configuration: allows no type */
void ka_vetconf_effective(const struct ka_conf *c, const struct ka_vetconf_who *who, const struct ka_vetpolicy *base, struct ka_vetpolicy *out);

/**
 * ka_vetconf_check_time() - what is right by its form, and wrong by the clock: a forced expiry-time that has passed, of [policy] or a source
 * @p: made from @c, without errors
 *
 * For people: the command need not ask, since ka_vetoption_judge() refuses every key then. Counted in @errors.
 */
void ka_vetconf_check_time(const struct ka_conf *c, const struct ka_vetpolicy *p, const struct ka_vet_when *when,
			   struct ka_conf_errors *errors);

#endif
