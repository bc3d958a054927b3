/* sshd's lists of users, groups and algorithms. Pure; ka_text_glob() bounds what a hostile pattern costs. */
#include "diag/sshdlist.h"

#include "base/text.h"
#include "key/keyfrom.h"

#include "base/poison.h"

static bool has_byte(struct ka_span s, uint8_t byte)
{
	return ka_span_find(s, byte) < s.len;
}

/* does a name, whatever it is, make no difference? then every entry is an address or a network */
static bool is_numeric(struct ka_span host)
{
	for (size_t i = 0; i < host.len; i++)
		if (!ka_text_is_digit(host.p[i]) && host.p[i] != '.' && host.p[i] != '/' && host.p[i] != ',')
			return false;
	return true;
}

static enum ka_sshdlist_answer match_host(struct ka_span host, const struct ka_sshdlist_who *who)
{
	int by_address;

	if (who->address[0] == '\0')
		return KA_SSHDLIST_UNKNOWN;
	by_address = ka_keyfrom_matches(host, who->use_dns ? NULL : who->address, who->address);
	if (by_address < 0)
		return KA_SSHDLIST_UNKNOWN; /* sshd would have refused to start with it */
	if (who->use_dns && !is_numeric(host) && (by_address == 0 || has_byte(host, '!')))
		return KA_SSHDLIST_UNKNOWN;
	return by_address > 0 ? KA_SSHDLIST_YES : KA_SSHDLIST_NO;
}

/* split at the "@" that stands at @at */
static enum ka_sshdlist_answer match_split(struct ka_span pattern, size_t at, const struct ka_sshdlist_who *who)
{
	if (!ka_text_glob(ka_span_sub(pattern, 0, at), ka_span_of(who->user)))
		return KA_SSHDLIST_NO;
	return match_host(ka_span_sub(pattern, at + 1, pattern.len), who);
}

enum ka_sshdlist_answer ka_sshdlist_user(struct ka_span pattern, const struct ka_sshdlist_who *who)
{
	size_t first = ka_span_find(pattern, '@'), last = first;
	enum ka_sshdlist_answer answer;

	if (first == pattern.len)
		return ka_text_glob(pattern, ka_span_of(who->user)) ? KA_SSHDLIST_YES : KA_SSHDLIST_NO;
	for (size_t i = first + 1; i < pattern.len; i++)
		if (pattern.p[i] == '@')
			last = i;
	answer = match_split(pattern, first, who);
	return last == first || match_split(pattern, last, who) == answer ? answer : KA_SSHDLIST_UNKNOWN;
}

bool ka_sshdlist_group(struct ka_span pattern, const char *group)
{
	return ka_text_glob(pattern, ka_span_of(group));
}

bool ka_sshdlist_has(struct ka_span list, const char *word)
{
	struct ka_span entry;
	bool any = false;

	while (list.len > 0 && ka_text_split(&list, ',', &entry)) {
		bool is_negated = entry.len > 0 && entry.p[0] == '!';

		if (!ka_text_glob(is_negated ? ka_span_sub(entry, 1, entry.len) : entry, ka_span_of(word)))
			continue;
		if (is_negated)
			return false;
		any = true;
	}
	return any;
}

bool ka_sshdlist_asks_groups(const struct ka_sshdconf *c)
{
	return ka_sshdconf_value(c, "allowgroups").len > 0 || ka_sshdconf_value(c, "denygroups").len > 0;
}

struct ka_span ka_sshdlist_wanted(const struct ka_sshdconf *c)
{
	struct ka_span only, more;
	size_t at = 0;

	if (c->is_text_cut || !ka_sshdconf_next(c, "allowgroups", &at, &only) || ka_sshdconf_next(c, "allowgroups", &at, &more) ||
	    has_byte(only, '*') || has_byte(only, '?'))
		return (struct ka_span){ NULL, 0 };
	return only;
}
