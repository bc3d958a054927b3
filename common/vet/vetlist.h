/*
 * Lists of words in the configuration, made into parts of a policy: types, options on lines, applications of security keys. Whatever
 * is wrong in them is counted in @errors with file and line, and what was probably meant; it adds nothing to the policy. Pure.
 */
#ifndef KA_VET_VETLIST_H
#define KA_VET_VETLIST_H

#include "conf/conf.h"
#include "vet/vetpolicy.h"

/** ka_vetlist_types() - `types`; @p: no type is allowed yet */
void ka_vetlist_types(const struct ka_conf *c, struct ka_vetpolicy *p, struct ka_conf_errors *errors);

/** ka_vetlist_applications() - `sk_application`; @p: none is there yet */
void ka_vetlist_applications(const struct ka_conf *c, struct ka_vetpolicy *p, struct ka_conf_errors *errors);

/**
 * ka_vetlist_options() - `options`, `force_options` and `require_options`: of [policy], or of @source
 * @source: NULL: those of [policy]; else one of @c. What it does not set is that of [policy]
 * @p: what stood there about options is replaced
 *
 * With an error in force_options nothing is forced: such a policy is not to be used.
 */
void ka_vetlist_options(const struct ka_conf *c, const struct ka_conf_source *source, struct ka_vetpolicy *p, struct ka_conf_errors *errors);

/** ka_vetlist_has_own() - does this source of @c set one of the three? What it does not set is the very text of [policy] */
bool ka_vetlist_has_own(const struct ka_conf *c, const struct ka_conf_source *source);

/** ka_vetlist_say_expired() - the error for people that the forced expiry-time, of @source or (NULL) of [policy], has passed */
void ka_vetlist_say_expired(const struct ka_conf *c, const struct ka_conf_source *source, struct ka_conf_errors *errors);

#endif
