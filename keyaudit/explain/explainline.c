/* A line of sshd's log. All of it is a stranger's text. */
#include "keyaudit/explain/explainline.h"

#include <stdlib.h>
#include <string.h>

#include "audit/jsonout.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/username.h"
#include "keyaudit/ear/logline.h"
#include "keyaudit/explain/explainreason.h"

#include "base/poison.h"

/* what is to be said where the line tells no reason; "%" stands for the user */
static const struct kind {
	const char *name, *heading, *means, *mend;
} kinds[] = {
	[KA_SSHDSAY_CAUSE] = { "cause", NULL, NULL, NULL },
	[KA_SSHDSAY_CERT] = { "cause", NULL, NULL, NULL },
	[KA_SSHDSAY_MODES] = { "modes", "perm.*",
			       "StrictModes refused this path for its owner or its write bits; the line does not say for which of them",
			       "keyaudit doctor %" },
	[KA_SSHDSAY_OPTIONS] = { "options", "option.*",
				 "expiry-time, from or principals of the key's line refused the login; the line does not say which",
				 "keyaudit doctor %" },
	[KA_SSHDSAY_ACCEPTED] = { "accepted", "a login", "the client was let in", NULL },
	[KA_SSHDSAY_LISTED] = { "listed", "the key is listed", "sshd found the key; whether the client could use it another line says", NULL },
	[KA_SSHDSAY_FAILED] = { "failed", "refused", "the method failed; sshd does not say why in this line", "keyaudit doctor %" },
	[KA_SSHDSAY_POSTPONED] = { "postponed", "not decided yet", "sshd asked the client to sign, or to go on", NULL },
	[KA_SSHDSAY_CLOSED] = { "closed", "the end, without a login", "the client gave up or was turned away; sshd does not say why in this line",
				"keyaudit doctor %" },
};

static const struct kind closed_invalid = { "closed", "the end, without a login",
					    "no such user here, or one that may not log in: an earlier line of the same process says which",
					    "keyaudit doctor %" };

static const struct kind *kind_of(const struct ka_sshdsay *s)
{
	return s->kind == KA_SSHDSAY_CLOSED && s->is_invalid_user ? &closed_invalid : &kinds[s->kind];
}

bool ka_explainline_read(struct ka_span line, int64_t now_sec, struct ka_sshdsay *out)
{
	struct ka_logline l;

	return ka_sshdsay_read(ka_logline_read(line, now_sec, &l) ? l.message : line, out);
}

static void row(const struct ka_out *o, const char *label, struct ka_span first, const char *between, struct ka_span second)
{
	char text[3 * KA_TEXT_USER_MAX];
	struct ka_buf b;

	if (first.len == 0)
		return;
	ka_buf_init_array(&b, text);
	ka_text_escape(&b, first, '\0', KA_TEXT_USER_MAX);
	if (second.len > 0) {
		ka_buf_text(&b, between);
		ka_text_escape(&b, second, '\0', KA_TEXT_USER_MAX);
	}
	if (!b.overflow)
		ka_explainreason_row(o, label, text);
}

/* a command with the user's name in it, where that is one that may stand in a command */
static void mend(const struct ka_out *o, const char *command, struct ka_span user)
{
	char text[KA_USER_NAME_MAX + 64];
	struct ka_buf b;
	size_t n = strcspn(command, "%");

	ka_buf_init_array(&b, text);
	ka_buf_put(&b, command, n);
	if (ka_username_is_valid(user))
		ka_buf_put(&b, user.p, user.len);
	else
		ka_buf_text(&b, "USER");
	ka_buf_text(&b, command + n + 1);
	if (!b.overflow)
		ka_explainreason_row(o, "mend", text);
}

void ka_explainline_text(const struct ka_out *o, const struct ka_sshdsay *s)
{
	const struct kind *k = kind_of(s);
	const struct ka_span none = { NULL, 0 };

	ka_out_text(o, KA_OUT_STRONG, s->reason != KA_REASON_NONE ? ka_reason_id(s->reason) : k->heading);
	fputc('\n', o->to);
	row(o, "user", s->user, " ", s->is_invalid_user ? ka_span_of("(not one who may log in)") : none);
	row(o, "from", s->address, " port ", s->port);
	row(o, "key", s->type.len > 0 ? s->type : s->algorithm, " ", s->fp);
	row(o, "method", s->method, "", none);
	row(o, "at", s->place.len > 0 ? s->place : s->path, "", none);
	row(o, "says", s->text, "", none);
	if (s->reason != KA_REASON_NONE) {
		ka_explainreason_text(o, s->reason);
		return;
	}
	ka_explainreason_row(o, "means", k->means);
	if (k->mend != NULL)
		mend(o, k->mend, s->user);
}

bool ka_explainline_json(const struct ka_sshdsay *s)
{
	const struct {
		const char *key;
		struct ka_span value;
	} named[] = {
		{ "user", s->user }, { "address", s->address }, { "key_type", s->type }, { "key_fingerprint", s->fp },
		{ "algorithm", s->algorithm }, { "method", s->method }, { "place", s->place }, { "path", s->path }, { "text", s->text },
	};
	const size_t size = 4096 + KA_ARRAY_LEN(named) * 2 * KA_TEXT_USER_MAX; /* a backslash counts twice */
	KA_AUTOFREE char *text = malloc(size);
	uint64_t port;
	struct ka_buf b;

	if (text == NULL)
		return false;
	ka_buf_init(&b, text, size);
	ka_jsonout_object(&b, NULL);
	ka_jsonout_plain(&b, "schema", "keyaudit.log-line/1");
	ka_jsonout_plain(&b, "says", kind_of(s)->name);
	if (s->reason != KA_REASON_NONE) {
		ka_jsonout_plain(&b, "reason", ka_reason_id(s->reason));
		ka_jsonout_plain(&b, "meaning", ka_reason_meaning(s->reason));
		ka_jsonout_plain(&b, "fix", ka_reason_fix(s->reason));
	} else {
		ka_jsonout_plain(&b, "meaning", kind_of(s)->means);
	}
	if (s->user.len > 0)
		ka_jsonout_bool(&b, "invalid_user", s->is_invalid_user);
	if (ka_text_to_u64(s->port, 65535, &port))
		ka_jsonout_u64(&b, "port", port);
	for (size_t i = 0; i < KA_ARRAY_LEN(named); i++)
		if (named[i].value.len > 0)
			ka_jsonout_text(&b, named[i].key, named[i].value, KA_TEXT_USER_MAX);
	ka_jsonout_object_end(&b);
	return ka_buf_check(&b) == KA_ERR_OK && puts(text) >= 0;
}
