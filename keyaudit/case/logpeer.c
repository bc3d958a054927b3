/* "Connection from ...". Hostile text around it; both addresses must be addresses, and nothing else may stand there. */
#include "keyaudit/case/logpeer.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"

#include "base/poison.h"

static bool take_address(struct ka_span word, char out[static 64])
{
	uint8_t raw[16];

	return ka_span_copy(word, out, 64) && (inet_pton(AF_INET, out, raw) == 1 || inet_pton(AF_INET6, out, raw) == 1);
}

/* the routing domain in its quotes (since 8.0), or nothing */
static bool is_end(struct ka_span rest)
{
	static const char before[] = "rdomain \"";

	if (rest.len == 0)
		return true;
	return ka_span_starts(rest, before) && rest.len > strlen(before) &&
	       ka_span_find(ka_span_sub(rest, strlen(before), rest.len), '"') == rest.len - strlen(before) - 1;
}

bool ka_logpeer_read(struct ka_span message, struct ka_witness *out)
{
	static const char *const shape[] = { "Connection", "from", NULL, "port", NULL, "on", NULL, "port", NULL };
	struct ka_span word[KA_ARRAY_LEN(shape)], rest = message;
	uint64_t cport, sport;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < KA_ARRAY_LEN(shape); i++)
		if (!ka_text_word(&rest, &word[i]) || (shape[i] != NULL && !ka_span_is(word[i], shape[i])))
			return false;
	if (!is_end(ka_text_trim(rest)))
		return false;
	if (!take_address(word[2], out->client) || !take_address(word[6], out->server) ||
	    !ka_text_to_u64(word[4], 65535, &cport) || !ka_text_to_u64(word[8], 65535, &sport)) {
		memset(out, 0, sizeof(*out));
		return false;
	}
	out->client_port = (unsigned)cport;
	out->server_port = (unsigned)sport;
	return true;
}
