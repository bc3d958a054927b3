/* A line of sshd's log, kept. Pure. */
#include "diag/said.h"

#include <string.h>

#include "base/poison.h"

bool ka_said_make(struct ka_span message, bool is_verified, int64_t at_us, struct ka_said *out)
{
	struct ka_sshdsay words;

	memset(out, 0, sizeof(*out));
	if (!ka_sshdsay_read(message, &words) || !ka_span_copy(message, out->message, sizeof(out->message)))
		return false;
	out->kind = words.kind;
	out->reason = words.reason;
	out->at_us = at_us;
	out->is_verified = is_verified;
	return true;
}

void ka_said_words(const struct ka_said *said, struct ka_sshdsay *out)
{
	(void)ka_sshdsay_read(ka_span_of(said->message), out);
}
