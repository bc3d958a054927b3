/*
 * A line that the ear has heard, until its connection is sought: of a world without directories nothing can be recorded, so what
 * tells nothing is said to, and the rest comes again later. The first byte says from which log it is.
 */
#include "keyaudit/collect/saidjoin.h"

#include <string.h>

#include "keyaudit/case/casesaid.h"
#include "keyaudit/case/logpeer.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

#define NOBODY 2147483647 /* no process has this number */

static void check_peer(struct ka_span message)
{
	struct ka_witness peer;

	memset(&peer, 1, sizeof(peer));
	if (ka_logpeer_read(message, &peer)) {
		MUST(peer.client[0] != '\0' && strlen(peer.client) < sizeof(peer.client) && strlen(peer.server) < sizeof(peer.server));
		MUST(peer.client_port <= 65535 && peer.server_port <= 65535);
		MUST(ka_casesaid_is_worth(message));
	} else {
		MUST(peer.client[0] == '\0' && peer.server[0] == '\0' && peer.client_port == 0 && peer.server_port == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct ka_rundir r = { -1, -1, -1, -1, -1, -1, -1, -1, -1, 0 };
	struct ka_span message = ka_span_sub((struct ka_span){ data, size }, 1, size);
	struct ka_earline line = { .pid = NOBODY, .message = message };
	enum ka_saidjoin_answer answer;

	if (size == 0)
		return 0;
	line.is_verified = (data[0] & 1) != 0;
	line.is_from_file = !line.is_verified && (data[0] & 2) != 0;
	line.at_us = (data[0] & 4) != 0 ? 4102444800000000 : 0; /* long after this boot, or now */
	answer = ka_saidjoin_take(&r, &line);
	MUST(answer == KA_SAIDJOIN_OTHER || answer == KA_SAIDJOIN_LOST || answer == KA_SAIDJOIN_LATER);
	check_peer(message);
	return 0;
}
