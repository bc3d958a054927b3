/*
 * Where a connection came from. MUST: give no address to a connection that root did not see, and say so when the
 * command's uid alone vouches for one.
 */
#include "keyaudit/case/caseaddr.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"

#include "base/poison.h"

/* an address as somebody wrote it, parsed and printed again; false when it is none */
static bool put_address(const char *text, char out[static 64])
{
	uint8_t raw[16];

	out[0] = '\0';
	if (inet_pton(AF_INET, text, raw) == 1)
		return inet_ntop(AF_INET, raw, out, 64) != NULL;
	return inet_pton(AF_INET6, text, raw) == 1 && inet_ntop(AF_INET6, raw, out, 64) != NULL;
}

static bool from_witness(const struct ka_witness *seen, const char *from, struct ka_event *e)
{
	if (!put_address(seen->client, e->source_ip))
		return false;
	e->source_port = seen->client_port;
	e->source_from = from;
	if (put_address(seen->server, e->destination_ip))
		e->destination_port = seen->server_port;
	return true;
}

/* SSH_CONNECTION: "client_ip client_port server_ip server_port" */
static bool parse_pam(const struct ka_case *c, struct ka_witness *out)
{
	struct ka_span rest = ka_span_of(c->pam_conn), word[4];
	uint64_t cport, sport;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < 4; i++)
		if (!ka_text_word(&rest, &word[i]))
			return false;
	if (!ka_span_copy(word[0], out->client, sizeof(out->client)) || !ka_span_copy(word[2], out->server, sizeof(out->server)) ||
	    !ka_text_to_u64(word[1], 65535, &cport) || !ka_text_to_u64(word[3], 65535, &sport))
		return false;
	out->client_port = (unsigned)cport;
	out->server_port = (unsigned)sport;
	return true;
}

/*
 * SSH_CONNECTION stands in PAM's environment, which pam_env.so with user_readenv lets users write. PAM_RHOST is sshd's; where
 * it is a name (UseDNS yes) there is nothing to compare.
 */
static bool is_contradicted(const struct ka_case *c, const struct ka_witness *conn)
{
	char item[64], variable[64];

	return put_address(c->rhost, item) && put_address(conn->client, variable) && strcmp(item, variable) != 0;
}

/* what any local user can write is no source of an address by itself: somebody must have seen the connection */
static bool may_say(const struct ka_case *c, const struct ka_event *e)
{
	return c->said_peer_sure || e->trust == KA_TRUST_SEEN || !ka_case_is_hearsay(c);
}

void ka_caseaddr_fill(const struct ka_case *c, struct ka_event *e)
{
	struct ka_witness other;

	if (e->trust == KA_TRUST_CLAIMED)
		return;
	if (from_witness(&c->witness, "socket", e))
		return;
	if (parse_pam(c, &other) && !is_contradicted(c, &other) && from_witness(&other, "pam", e))
		return;
	if (put_address(c->rhost, e->source_ip)) {
		e->source_from = "pam";
		return;
	}
	memset(&other, 0, sizeof(other));
	if (ka_record_addresses(c->c, 22, other.client, &other.client_port) && from_witness(&other, "command", e)) {
		e->is_unvouched = true;
		return;
	}
	if (c->said_peer.seen && !c->said_peer_torn && may_say(c, e) && from_witness(&c->said_peer, "sshd-log", e) &&
	    !c->said_peer_sure)
		e->trust = KA_TRUST_LOG_UNVERIFIED;
}
