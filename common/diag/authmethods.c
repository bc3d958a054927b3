/* The lists of AuthenticationMethods. Pure. */
#include "diag/authmethods.h"

#include <string.h>

#include "base/text.h"

#include "base/poison.h"

static bool is_on(const struct ka_sshdconf *c, struct ka_span method)
{
	static const struct { const char *method, *keyword; } switches[] = {
		{ "publickey", "pubkeyauthentication" }, { "password", "passwordauthentication" },
		{ "keyboard-interactive", "kbdinteractiveauthentication" }, { "keyboard-interactive", "challengeresponseauthentication" },
		{ "hostbased", "hostbasedauthentication" }, { "gssapi-with-mic", "gssapiauthentication" },
		{ "gssapi-keyex", "gssapikeyexchange" },
	};
	struct ka_span name = ka_span_sub(method, 0, ka_span_find(method, ':')); /* keyboard-interactive:pam */

	for (size_t i = 0; i < KA_ARRAY_LEN(switches); i++)
		if (ka_span_is(name, switches[i].method) && ka_sshdconf_is(c, switches[i].keyword, "yes"))
			return true;
	return false;
}

static void read_list(const struct ka_sshdconf *c, struct ka_span list, struct ka_authmethods *out)
{
	struct ka_span rest = list, method;
	size_t count = 0, keys = 0;

	while (ka_text_split(&rest, ',', &method)) {
		if (!is_on(c, method)) {
			if (out->off.len == 0)
				out->off = method;
			return;
		}
		count++;
		keys += ka_span_is(method, "publickey");
	}
	out->usable++;
	out->with_key += keys > 0;
	out->key_alone += keys == 1 && count == 1;
	if (keys > 0 && count > 1 && out->more.len == 0)
		out->more = list;
}

void ka_authmethods_read(const struct ka_sshdconf *c, struct ka_authmethods *out)
{
	struct ka_span rest, list;

	memset(out, 0, sizeof(*out));
	out->lists = rest = ka_sshdconf_value(c, "authenticationmethods");
	if (rest.len == 0 || ka_span_is(rest, "any"))
		return;
	out->is_set = true;
	while (ka_text_word(&rest, &list))
		read_list(c, list, out);
}
