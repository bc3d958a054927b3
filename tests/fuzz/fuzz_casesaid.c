/*
 * The file of said records of one connection: however many lines it has and whatever stands in them, the case holds no more than
 * it may, each message once, and the line that decides has room behind any number of those that do not.
 */
#include "keyaudit/case/casesaid.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

#define LAST "ka1 said at=1764000000123456 by=journal sure=1 msg=Accepted%20password%20for%20alice%20from%20192.0.2.7%20port%2040001%20ssh2\n"

static void check_words(const struct ka_case *c, const struct ka_said *said)
{
	const struct ka_sshdsay none = { .kind = KA_SSHDSAY_OTHER };
	struct ka_sshdsay w = none;

	ka_said_words(said, &w);
	MUST(w.kind == said->kind && w.reason == said->reason && w.kind != KA_SSHDSAY_OTHER);
	MUST(strlen(said->message) <= KA_SAID_MESSAGE_MAX && ka_casesaid_is_worth(ka_span_of(said->message)));
	MUST(ka_casesaid_of_kind(c, said->kind) != NULL && ka_casesaid_of_reason(c, said->reason) != NULL);
	MUST(!said->is_verified || c->said_sure);
	MUST(!ka_casesaid_begins(ka_span_of(said->message)) || c->said_worth);
}

static void check_case(const struct ka_case *c)
{
	MUST(c->said_count <= KA_CASE_SAID_MAX && c->offers_count <= KA_DIAG_OFFERS_MAX);
	MUST(strlen(c->said_peer.client) < sizeof(c->said_peer.client) && strlen(c->said_peer.server) < sizeof(c->said_peer.server));
	MUST(c->said_peer.client_port <= 65535 && c->said_peer.server_port <= 65535);
	for (size_t i = 0; i < c->said_count; i++) {
		check_words(c, &c->said[i]);
		for (size_t j = 0; j < i; j++)
			MUST(c->said[i].is_verified != c->said[j].is_verified || strcmp(c->said[i].message, c->said[j].message) != 0);
	}
	for (size_t i = 0; i < c->offers_count; i++)
		MUST(c->offers[i].fp[0] != '\0' && strlen(c->offers[i].type) < sizeof(c->offers[i].type));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct ka_conn conn = { 4242, 42 };
	struct ka_case *c = ka_case_new(&conn);
	size_t count;

	MUST(c != NULL);
	ka_casesaid_lines(c, (struct ka_span){ data, size });
	count = c->said_count;
	ka_casesaid_lines(c, (struct ka_span){ data, size }); /* lines come twice */
	MUST(c->said_count == count);
	ka_casesaid_lines(c, ka_span_of(LAST));
	MUST(count == KA_CASE_SAID_MAX || ka_casesaid_of_kind(c, KA_SSHDSAY_ACCEPTED)->is_verified);
	check_case(c);
	ka_casesaid_settle(c);
	check_case(c);
	ka_case_free(&c);
	return 0;
}
