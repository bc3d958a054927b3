/* The names are a list: what stands in a log or in PAM's environment is compared with it and never copied. */
#include "audit/eventmethod.h"

#include "audit/jsonout.h"

#include "base/poison.h"

static const struct { unsigned method; const char *name; } names[] = {
	{ KA_METHOD_PUBLICKEY, "publickey" },
	{ KA_METHOD_HOSTBASED, "hostbased" },
	{ KA_METHOD_GSSAPI, "gssapi-with-mic" },
	{ KA_METHOD_PASSWORD, "password" },
	{ KA_METHOD_KEYBOARD_INTERACTIVE, "keyboard-interactive" },
};

unsigned ka_eventmethod_of(struct ka_span word)
{
	word = ka_span_sub(word, 0, ka_span_find(word, '/'));
	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++)
		if (ka_span_is(word, names[i].name))
			return names[i].method;
	return 0;
}

void ka_eventmethod_put(unsigned set, struct ka_buf *b)
{
	if (set == 0)
		return;
	ka_jsonout_array(b, "methods");
	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++)
		if ((set & names[i].method) != 0)
			ka_jsonout_plain(b, NULL, names[i].name);
	ka_jsonout_array_end(b);
}
