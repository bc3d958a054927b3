/* URLs by our own rules, narrower than RFC 3986: what a client could read differently than we is refused. */
#include "conf/confurl.h"

#include <string.h>

#include "base/text.h"

#include "base/poison.h"

static bool refuse(struct ka_confurl *out, const char *what)
{
	out->wrong = what;
	return false;
}

/* RFC 3986 2.2 and 2.3 without brackets and '#'; '%' is ours */
static bool is_url_byte(uint8_t c)
{
	return ka_text_is_alnum(c) || (c != '\0' && strchr("-._~:/?@!$&'()*+,;=%", c) != NULL);
}

static bool has_only_url_bytes(struct ka_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_url_byte(s.p[i]))
			return false;
	return true;
}

static bool is_name(struct ka_span host)
{
	for (size_t i = 0; i < host.len; i++) {
		bool is_inside = i > 0 && i + 1 < host.len;

		if (!ka_text_is_alnum(host.p[i]) && !(is_inside && (host.p[i] == '-' || host.p[i] == '.')))
			return false;
	}
	return host.len > 0 && host.len <= 253;
}

static bool is_v6(struct ka_span host)
{
	for (size_t i = 0; i < host.len; i++)
		if (!ka_text_is_digit(host.p[i]) && host.p[i] != ':' && host.p[i] != '.' &&
		    (ka_text_lower(host.p[i]) < 'a' || ka_text_lower(host.p[i]) > 'f'))
			return false;
	return host.len >= 2 && ka_span_find(host, ':') < host.len;
}

/* four numbers, the first of them 127: a name such as 127.example.com is not this host */
static bool is_loopback(struct ka_span host)
{
	struct ka_span rest = host, part;
	unsigned parts = 0;
	uint64_t n = 0;

	if (ka_span_is(host, "::1") || ka_text_equal_nocase(host, ka_span_of("localhost")))
		return true;
	while (ka_text_split(&rest, '.', &part))
		if (!ka_text_to_u64(part, 255, &n) || (parts++ == 0 && n != 127))
			return false;
	return parts == 4;
}

static bool take_port(struct ka_span text, struct ka_confurl *out)
{
	uint64_t n = 0;

	if (text.len == 0)
		return true;
	if (text.p[0] != ':' || !ka_text_to_u64(ka_span_sub(text, 1, text.len), 65535, &n) || n == 0)
		return refuse(out, " has a port that is not a number from 1 to 65535");
	out->port = (unsigned)n;
	return true;
}

static bool take_authority(struct ka_span authority, struct ka_confurl *out)
{
	bool is_bracketed = ka_span_starts(authority, "[");
	size_t end = is_bracketed ? ka_span_find(authority, ']') : ka_span_find(authority, ':');

	if (ka_span_find(authority, '@') < authority.len)
		return refuse(out, " has a user or password in it; URLs end up in logs, secrets belong into token_file");
	if (ka_span_find(authority, '%') < authority.len)
		return refuse(out, " has a % in its host; only what comes behind the host may differ");
	out->host = ka_span_sub(authority, is_bracketed, end - is_bracketed);
	if (is_bracketed ? end == authority.len || !is_v6(out->host) : !is_name(out->host))
		return refuse(out, " has no host that keyaudit understands");
	out->is_loopback = is_loopback(out->host);
	out->is_metadata = ka_span_is(out->host, "169.254.169.254"); /* the address: a name is what a name server says */
	return take_port(ka_span_sub(authority, end + is_bracketed, authority.len), out);
}

static bool parse_net(struct ka_span rest, struct ka_confurl *out)
{
	size_t end = 0;

	while (end < rest.len && rest.p[end] != '/' && rest.p[end] != '?' && rest.p[end] != '#')
		end++;
	out->target = ka_span_sub(rest, end, rest.len);
	return take_authority(ka_span_sub(rest, 0, end), out);
}

/* behind "unix:" */
static bool parse_unix(struct ka_span rest, struct ka_confurl *out)
{
	size_t end = ka_span_find(rest, ':');

	out->socket = ka_span_sub(rest, 0, end);
	out->target = ka_span_sub(rest, end + 1, rest.len);
	if (!ka_span_starts(out->socket, "/") || ka_span_find(out->socket, '%') < out->socket.len || !ka_span_starts(out->target, "/"))
		return refuse(out, " is not of the form unix:/SOCKET:/PATH");
	return true;
}

bool ka_confurl_authority(struct ka_span authority, struct ka_confurl *out)
{
	memset(out, 0, sizeof(*out));
	return take_authority(authority, out);
}

bool ka_confurl_parse(struct ka_span url, struct ka_confurl *out)
{
	static const char tls[] = "https://", plain[] = "http://", local[] = "unix:";
	bool ok;

	memset(out, 0, sizeof(*out));
	out->is_tls = ka_span_starts(url, tls);
	if (out->is_tls)
		ok = parse_net(ka_span_sub(url, sizeof(tls) - 1, url.len), out);
	else if (ka_span_starts(url, plain))
		ok = parse_net(ka_span_sub(url, sizeof(plain) - 1, url.len), out);
	else if (ka_span_starts(url, local))
		ok = parse_unix(ka_span_sub(url, sizeof(local) - 1, url.len), out);
	else
		return refuse(out, " begins neither with https:// nor with unix:/");
	if (ok && ka_span_find(url, '#') < url.len)
		return refuse(out, " has a # in it; that part of a URL never reaches a server");
	if (ok && (!has_only_url_bytes(out->target) || !has_only_url_bytes(out->socket)))
		return refuse(out, " holds a character that a URL may not hold");
	return ok;
}
