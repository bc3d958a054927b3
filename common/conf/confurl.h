/*
 * The URLs of a source: which ones keyaudit takes, and their parts. Not expanded, nothing decoded. Pure.
 *
 *   https://HOST[:PORT][/TARGET]
 *   http://HOST[:PORT][/TARGET]     to this host only (localhost, 127.x.x.x, [::1]), over a unix socket, or to the
 *                                   metadata service of a cloud (169.254.169.254)
 *   unix:/SOCKET:/TARGET            plain HTTP over that socket
 *
 * No user or password, no fragment, nothing that a URL may not hold (RFC 3986 2); a % stands for a substitution, and
 * never in the host: whoever logs in does not choose whom we ask.
 */
#ifndef KA_CONF_CONFURL_H
#define KA_CONF_CONFURL_H

#include <stdbool.h>

#include "base/cursor.h"

struct ka_confurl {
	bool is_tls;           /* https */
	bool is_loopback;      /* the host is this one */
	bool is_metadata;      /* the host is 169.254.169.254, which the machine below ours answers and no router forwards */
	struct ka_span host;   /* without the brackets of an IPv6 address; empty for unix: */
	unsigned port;         /* 0: not given */
	struct ka_span target; /* from the path's slash or the query's ? on; may be empty */
	struct ka_span socket; /* of unix:, else empty */
	const char *wrong;     /* what is wrong, a fragment; NULL when it is taken */
};

/** ka_confurl_authority() - HOST[:PORT] alone, which fills host, port, is_loopback and is_metadata; false as below */
bool ka_confurl_authority(struct ka_span authority, struct ka_confurl *out);

/** ka_confurl_parse() - split @url; false with out->wrong set when it is not taken. Spans borrow from @url */
bool ka_confurl_parse(struct ka_span url, struct ka_confurl *out);

#endif
