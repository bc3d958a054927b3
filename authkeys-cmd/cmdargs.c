/* Reading argv without getopt: no output, no permutation, no environment. */
#include "authkeys-cmd/cmdargs.h"

#include <string.h>

#include "base/err.h"
#include "base/paths.h"
#include "base/text.h"
#include "conf/confprofile.h"

#include "base/poison.h"

static const char **slot_of(struct ka_cmdargs *a, char letter)
{
	switch (letter) {
	case 'u': return &a->user;
	case 'U': return &a->uid;
	case 'H': return &a->home;
	case 't': return &a->type;
	case 'f': return &a->fp;
	case 'k': return &a->key;
	case 'C': return &a->c;
	case 'c': return &a->conf;
	case 'P': return &a->profile_name;
	default: return NULL;
	}
}

void ka_cmdargs_parse(int argc, char *const *argv, struct ka_cmdargs *a)
{
	static const char none[] = "";
	uint64_t uid = 0;

	memset(a, 0, sizeof(*a));
	for (int i = 1; i < argc && a->wrong == NULL; i++) {
		const char *arg = argv[i];
		bool is_option = arg[0] == '-' && arg[1] != '\0' && arg[2] == '\0';
		const char **slot = is_option ? slot_of(a, arg[1]) : &a->user;

		if (arg[0] == '-' && slot == NULL)
			a->wrong = "unknown option";
		else if (arg[0] == '-' && !is_option)
			a->wrong = "unknown option";
		else if (*slot != NULL)
			a->wrong = "an option is given twice";
		else if (is_option && i + 1 == argc)
			a->wrong = "an option lacks its value";
		else
			*slot = is_option ? argv[++i] : arg;
	}
	a->has_key = a->key != NULL && a->key[0] != '\0';
	a->has_uid = a->uid != NULL && ka_text_to_u64(ka_span_of(a->uid), UINT32_MAX - 1, &uid);
	a->uid_number = (uid_t)uid;
	if (a->wrong == NULL && a->uid != NULL && !a->has_uid)
		a->wrong = "-U is no number";
	a->profile = KA_CONF_PROFILE_NONE;
	if (a->profile_name != NULL && !ka_confprofile_find(ka_span_of(a->profile_name), &a->profile) && a->wrong == NULL)
		a->wrong = "-P is no profile (default, strict, bsi, fips, sk-only)";
	for (const char *p = "uUHtfkC"; *p != '\0'; p++) {
		const char **slot = slot_of(a, *p);

		if (*slot == NULL)
			*slot = none;
	}
	if (a->conf == NULL)
		a->conf = KA_PATH_CONF;
	if (a->wrong == NULL && a->user[0] == '\0')
		a->wrong = "no user name";
}
