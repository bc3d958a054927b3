/* Names of profiles and the list of users. It must never skip a word: the first that matches counts. */
#include "conf/confprofile.h"

#include <string.h>

#include "base/text.h"
#include "conf/confword.h"

#include "base/poison.h"

static const char words[] = KA_CONFPROFILE_NONE KA_CONFPROFILE_WORDS;

bool ka_confprofile_find(struct ka_span name, enum ka_conf_profile *out)
{
	unsigned i = 0;

	if (!ka_confword_find(name, words, &i))
		return false;
	*out = (enum ka_conf_profile)i;
	return true;
}

const char *ka_confprofile_name(enum ka_conf_profile p)
{
	return ka_confword_at(words, p <= KA_CONF_PROFILE_SK_ONLY ? (unsigned)p : 0);
}

/* no user name has a colon in it */
static struct ka_span glob_of(struct ka_span word)
{
	return ka_span_sub(word, 0, ka_span_find(word, ':'));
}

static struct ka_span name_of(struct ka_span word)
{
	return ka_span_sub(word, ka_span_find(word, ':') + 1, word.len);
}

/* the letters of base/username.h, and what a glob adds to them */
static bool is_glob(struct ka_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ka_text_is_alnum(s.p[i]) && (s.p[i] == '\0' || strchr("_.@+-$*?", s.p[i]) == NULL))
			return false;
	return s.len > 0 && s.len < KA_USER_NAME_MAX;
}

const char *ka_confprofile_odd(struct ka_span word)
{
	enum ka_conf_profile p;

	if (ka_span_find(word, ':') == word.len)
		return " is not of the form GLOB:PROFILE";
	if (!is_glob(glob_of(word)))
		return " has no user name, or pattern of one with * and ?, before its colon";
	if (!ka_confprofile_find(name_of(word), &p))
		return " has no profile behind its colon: default, strict, bsi, fips, sk-only or none";
	return NULL;
}

enum ka_conf_profile ka_confprofile_of_user(const struct ka_conf *c, const char *user, struct ka_span *rule)
{
	struct ka_span rest = ka_span_of(c->user_profiles), name = ka_span_of(user), word;
	enum ka_conf_profile p = KA_CONF_PROFILE_NONE;

	if (rule != NULL)
		*rule = (struct ka_span){ NULL, 0 };
	while (name.len > 0 && ka_text_word(&rest, &word)) {
		if (!ka_text_glob(glob_of(word), name))
			continue;
		(void)ka_confprofile_find(name_of(word), &p);
		if (rule != NULL)
			*rule = word;
		break;
	}
	return p;
}
