/* The values of key options, each by the rule of sshd's auth-options.c; it must never look anything up. */
#include "key/keyoptval.h"

#include "base/limits.h"
#include "base/text.h"
#include "key/keyfrom.h"
#include "key/keytime.h"

#include "base/poison.h"


static bool is_service(struct ka_span s)
{
	bool has_letter = false;

	if (s.len == 0 || s.len > KA_KEYOPTVAL_SERVICE_NAME_MAX || ka_text_equal_nocase(s, ka_span_of("none")))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		bool is_mark = i > 0 && (s.p[i] == '-' || s.p[i] == '_' || s.p[i] == '.' || s.p[i] == '+');

		if (!ka_text_is_alnum(s.p[i]) && !is_mark)
			return false;
		has_letter = has_letter || !(ka_text_is_digit(s.p[i]) || is_mark);
	}
	return has_letter;
}

static bool is_port(struct ka_span s)
{
	uint64_t port;

	if (ka_span_is(s, "*"))
		return true;
	if (ka_text_to_u64(s, 65535, &port))
		return port > 0;
	return is_service(s);
}

/* host:port, [host]:port, host/port */
static bool is_permission(struct ka_span s, const char **detail)
{
	size_t host = 0;

	*detail = "invalid permission hostname";
	if (s.len > 0 && s.p[0] == '[') {
		host = ka_span_find(s, ']') + 1;
		if (host > s.len || (host < s.len && s.p[host] != ':' && s.p[host] != '/'))
			return false;
	} else {
		while (host < s.len && s.p[host] != ':' && s.p[host] != '/')
			host++;
	}
	if (host > KA_KEYOPTVAL_PERMIT_HOST_MAX)
		return false;
	*detail = "invalid permission port";
	return host < s.len && is_port(ka_span_sub(s, host + 1, s.len));
}

static bool is_listen_permission(struct ka_span s, const char **detail)
{
	if (ka_span_find(s, ':') < s.len)
		return is_permission(s, detail);
	*detail = "invalid permission port";
	return is_port(s);
}

static bool is_environment(struct ka_span s)
{
	size_t eq = ka_span_find(s, '=');

	for (size_t i = 0; i < eq; i++)
		if (!ka_text_is_alnum(s.p[i]) && s.p[i] != '_')
			return false;
	return eq > 0 && eq < s.len;
}

static bool is_tunnel(struct ka_span s)
{
	uint64_t unit;

	return ka_text_equal_nocase(s, ka_span_of("any")) || ka_text_to_u64(s, KA_KEYOPTVAL_TUNNEL_MAX, &unit);
}

bool ka_keyoptval_is_valid(enum ka_keyopt opt, struct ka_span value, const char **detail)
{
	int64_t at;

	*detail = NULL;
	/* a plain switch: every option without a rule of its own takes any value */
	switch ((int)opt) {
	case KA_KEYOPT_EXPIRY_TIME:
		*detail = "invalid expires time";
		return ka_keytime_parse(value, 0, &at);
	case KA_KEYOPT_FROM:
		*detail = "invalid from criteria";
		return ka_keyfrom_is_valid(value);
	case KA_KEYOPT_PRINCIPALS:
		return ka_span_find(value, '"') == value.len;
	case KA_KEYOPT_ENVIRONMENT:
		*detail = "invalid environment string";
		return is_environment(value);
	case KA_KEYOPT_PERMITOPEN:
		return is_permission(value, detail);
	case KA_KEYOPT_PERMITLISTEN:
		return is_listen_permission(value, detail);
	case KA_KEYOPT_TUNNEL:
		*detail = "invalid tun device";
		return is_tunnel(value);
	default:
		return true;
	}
}
