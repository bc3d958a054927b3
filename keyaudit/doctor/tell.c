/* Words for the user. Who has to act decides what is said: the server's people, or the user. */
#include "keyaudit/doctor/tell.h"

#include <string.h>

#include "base/text.h"
#include "diag/fix.h"

#include "base/poison.h"

enum who { SERVER, CLIENT, BOTH };

/* by id, or "family."; the first that fits. What stands in no row is the server's to mend */
static const struct { const char *id; enum who who; } acts[] = {
	{ "account.unknown", CLIENT }, { "account.password-expired", CLIENT }, { "sshd.key-reused", CLIENT }, { "sshd.algorithm-unknown", CLIENT },
	{ "sshd.rsa-", CLIENT }, { "sshd.algorithm-not-accepted", BOTH }, { "sshd.key-revoked", CLIENT }, { "sshd.more-methods-needed", CLIENT },
	{ "sshd.key-malformed", CLIENT }, { "sshd.root-login-no", CLIENT }, { "conn.max-tries", CLIENT }, { "conn.source-penalty", CLIENT },
	{ "key.not-listed", BOTH }, { "file.missing", BOTH }, { "file.no-usable-line", BOTH }, { "store.no-keys", BOTH }, { "key.", CLIENT },
	{ "revoked.", CLIENT }, { "cert.ca-", SERVER }, { "cert.principals-file", SERVER }, { "cert.principal-not-allowed", SERVER },
	{ "cert.", CLIENT }, { "sig.", CLIENT }, { "client.", CLIENT }, { "line.private-key", CLIENT },
};

/* what a command of ours mends is not theirs to mend */
static enum who who_acts(const struct ka_finding *f)
{
	enum ka_reason reason = f->reason;
	const char *id = ka_reason_id(reason);

	if (f->fix.commands > 0 && reason != KA_REASON_ACCOUNT_PASSWORD_EXPIRED)
		return SERVER;
	for (size_t i = 0; i < KA_ARRAY_LEN(acts); i++)
		if (strncmp(id, acts[i].id, strlen(acts[i].id)) == 0)
			return acts[i].who;
	return SERVER;
}

/* a line of the file has the key: said only where that is so, since "your key is right" is the half of the answer */
static bool is_known_key(const struct ka_diagnosis *d)
{
	for (size_t i = 0; i < d->rows_count; i++)
		if (d->rows[i].offer != UINT32_MAX)
			return true;
	return false;
}

/* the cure, with the user's own name in it; what is to be done on the server is not theirs */
static void sentence(struct ka_buf *out, const struct ka_diag_subject *s, enum ka_reason reason, unsigned line)
{
	const struct ka_fix_words words = { .user = s->user[0] != '\0' ? s->user : NULL, .file = "your key file", .line = line };
	char text[KA_TELL_MAX];
	const char *server;
	size_t at = out->len;
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_fix_fill(&b, ka_reason_fix(reason), &words);
	if (b.overflow) { /* a name of hundreds of bytes */
		ka_buf_init_array(&b, text);
		ka_buf_text(&b, ka_reason_fix(reason));
	}
	server = strstr(text, "; on the server");
	ka_buf_span(out, ka_span_sub(ka_span_of(text), 0, server != NULL ? (size_t)(server - text) : strlen(text)));
	if (out->len > at && ka_text_is_lower((uint8_t)out->p[at]))
		out->p[at] = (char)(out->p[at] - 'a' + 'A');
	if (out->len > at && out->p[out->len - 1] != '.')
		ka_buf_char(out, '.');
}

void ka_doctor_tell(const struct ka_diag_subject *s, const struct ka_diagnosis *d, struct ka_buf *out)
{
	enum ka_reason reason;

	if (!d->has_primary) {
		if (s->offers_count > 0 && d->would_login)
			ka_buf_text(out, "The server would take your key now. Please try again.");
		return;
	}
	reason = d->findings[0].reason;
	if (who_acts(&d->findings[0]) == SERVER && is_known_key(d))
		ka_buf_text(out, "Your key is the right one, but the server does not take it: ");
	else
		ka_buf_text(out, "The server refused your login: ");
	ka_buf_text(out, ka_reason_meaning(reason));
	ka_buf_text(out, ". ");
	switch (who_acts(&d->findings[0])) {
	case SERVER:
		ka_buf_text(out, "There is nothing for you to change. We mend it and tell you when to try again.");
		break;
	case BOTH:
		ka_buf_text(out, "Please send us your public key (the file that ends in .pub, never the other one), or tell us which key you meant.");
		break;
	case CLIENT:
		sentence(out, s, reason, d->findings[0].evidence.line);
		break;
	}
}
