/* The policy in force for one question, value by value, and what each comes from. Printing it is cmd_config.c's business. */
#ifndef KA_POLICYSHOW_H
#define KA_POLICYSHOW_H

#include "keyaudit/config/confshow.h"
#include "vet/vetconf.h"

/**
 * ka_policyshow_each() - call @take for every value of the policy: types, sizes, lists about options, applications, severities
 * @c:     with a policy that ka_vetconf_make() has made without an error
 * @who:   all of it NULL and none: the base, [policy] alone
 * @whole: every severity there is; else those that are set, or that a profile has changed
 *
 * The origin is that of the last step that made the value what it is: "default"; FILE:LINE; FILE:LINE and "(profile strict)",
 * "(source corp)", "(source corp: profile fips)" or "(user_profiles *:strict)"; "-P strict".
 */
void ka_policyshow_each(const struct ka_conf *c, const struct ka_vetconf_who *who, bool whole,
			void (*take)(void *ctx, const struct ka_confshow *s), void *ctx);

/**
 * ka_policyshow_source() - call @take for every value that @source changes: a list of its own, also where it says the same as that
 * of [policy], and what its profile tightens
 *
 * Each has the source in s->of, and the origins of ka_policyshow_each() for that source alone. Users and -P may tighten it further.
 */
void ka_policyshow_source(const struct ka_conf *c, const struct ka_conf_source *source, void (*take)(void *ctx, const struct ka_confshow *s),
			  void *ctx);

/** ka_policyshow_is_one() - is this key of [policy] a value of the policy, so that it is shown by the function above? */
bool ka_policyshow_is_one(enum ka_conf_key key);

#endif
