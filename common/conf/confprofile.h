/* The names of policy profiles, and whose keys must pass which. What a profile demands is vet/vetprofile.h. Pure. */
#ifndef KA_CONF_CONFPROFILE_H
#define KA_CONF_CONFPROFILE_H

#include "conf/conf.h"

/* in the order of enum ka_conf_profile, the first before the others */
#define KA_CONFPROFILE_NONE "none\0"
#define KA_CONFPROFILE_WORDS "default\0strict\0bsi\0fips\0sk-only\0"

/** ka_confprofile_find() - a profile by its name, "none" too; false, and *out unchanged, when there is none of that name */
bool ka_confprofile_find(struct ka_span name, enum ka_conf_profile *out);

/** ka_confprofile_name() - "none", "default" ... "sk-only"; static text */
const char *ka_confprofile_name(enum ka_conf_profile p);

/**
 * ka_confprofile_odd() - is this a word of user_profiles, GLOB:PROFILE?
 *
 * GLOB is a user name in which * stands for any text and ? for one character. A profile "none" ends the search without one.
 *
 * Answers: NULL when it is; else what is wrong, to be put behind the word.
 */
const char *ka_confprofile_odd(struct ka_span word);

/**
 * ka_confprofile_of_user() - what user_profiles says of @user
 * @rule: the word of the list that matched, borrowed from @c; of length 0 when none did. May be NULL
 *
 * Answers: the profile of the first word whose GLOB matches the whole name, case as given; KA_CONF_PROFILE_NONE when none does,
 *          and for a name of length 0.
 */
enum ka_conf_profile ka_confprofile_of_user(const struct ka_conf *c, const char *user, struct ka_span *rule);

#endif
