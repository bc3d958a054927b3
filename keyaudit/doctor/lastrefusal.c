/* Reading one user's last refusal out of the trail. The trail is root's, its content still strangers' text. */
#include "keyaudit/doctor/lastrefusal.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "key/keyfpr.h"
#include "keyaudit/log/trailtail.h"

#include "base/poison.h"


static const char *at(const json_t *object, const char *a, const char *b)
{
	const char *text = json_string_value(json_object_get(json_object_get(object, a), b));

	return text != NULL ? text : "";
}

/* "type fingerprint reason", as the event wrote it */
static void take_offer(struct ka_lastrefusal *out, const char *text)
{
	struct ka_span rest = ka_span_of(text), type, fp, reason;
	struct ka_offer *o = &out->offers[out->offers_count];

	if (out->offers_count == KA_EVENT_OFFERS_MAX || !ka_text_word(&rest, &type) || !ka_text_word(&rest, &fp) ||
	    !ka_keyfpr_is_valid(fp))
		return;
	memset(o, 0, sizeof(*o));
	if (!ka_span_copy(type, o->type, sizeof(o->type)) || !ka_span_copy(fp, o->fp, sizeof(o->fp)))
		return;
	if (ka_text_word(&rest, &reason))
		out->offered[out->offers_count] = ka_reason_find((const char *)reason.p, reason.len);
	out->offers_count++;
}

/* how the connection ended: for the user in a refusal of some kind, or not? */
static bool is_refusal(const char *action, const char *code)
{
	enum ka_reason reason = ka_reason_find(code, strlen(code));

	/* an accepted login may carry a remark, and may have ended for what came behind it (a password to be changed) */
	return strcmp(action, "ssh-key-refused") == 0 || strcmp(action, "ssh-login-denied") == 0 || strcmp(action, "ssh-key-offered") == 0 ||
	       (strcmp(action, "ssh-login-accepted") == 0 && reason != KA_REASON_NONE && ka_reason_step(reason) == KA_STEP_SESSION);
}

/* "(PATH line N" of the message: the first one is ours, since what a stranger wrote stands behind it */
static void take_place(const json_t *event, struct ka_lastrefusal *out)
{
	const char *message = json_string_value(json_object_get(event, "message")), *found;
	char words[KA_TEXT_PATH_MAX + 16];
	uint64_t line = 0;
	struct ka_span rest;
	struct ka_buf b;
	size_t n = 0;

	if (!ka_span_copy(ka_span_of(at(event, "file", "path")), out->path, sizeof(out->path)) || message == NULL || out->path[0] == '\0')
		return;
	ka_buf_init_array(&b, words);
	ka_buf_char(&b, '(');
	ka_buf_text(&b, out->path);
	ka_buf_text(&b, " line ");
	found = b.overflow ? NULL : strstr(message, words);
	if (found == NULL)
		return;
	rest = ka_span_of(found + b.len);
	while (n < rest.len && rest.p[n] >= '0' && rest.p[n] <= '9')
		n++;
	if (ka_text_to_u64(ka_span_sub(rest, 0, n), UINT32_MAX, &line))
		out->line = (unsigned)line;
}

/* the one before becomes the first of the earlier ones; all else is forgotten */
static void make_room(struct ka_lastrefusal *out)
{
	struct ka_lastrefusal_earlier earlier[KA_LASTREFUSAL_EARLIER_MAX] = { { .offers_count = out->offers_count } };
	size_t kept = out->earlier_count < KA_LASTREFUSAL_EARLIER_MAX - 1 ? out->earlier_count : KA_LASTREFUSAL_EARLIER_MAX - 1;
	bool any = out->at[0] != '\0';

	memcpy(earlier[0].at, out->at, sizeof(earlier[0].at));
	memcpy(earlier[0].address, out->address, sizeof(earlier[0].address));
	memcpy(earlier[0].reason, out->reason, sizeof(earlier[0].reason));
	memcpy(earlier[0].ref, out->ref, sizeof(earlier[0].ref));
	memcpy(&earlier[1], out->earlier, kept * sizeof(earlier[0]));
	memset(out, 0, sizeof(*out));
	if (!any)
		return;
	memcpy(out->earlier, earlier, sizeof(earlier));
	out->earlier_count = kept + 1;
}

/* "TITLE for USER ...: MEANING (EVIDENCE)": the evidence, or the meaning where the message has none. What is too long is cut */
static void take_why(const char *meaning, const char *message, struct ka_lastrefusal *out)
{
	const char *found = message != NULL && meaning[0] != '\0' ? strstr(message, meaning) : NULL;
	struct ka_span why = ka_span_of(meaning), rest = ka_span_of(found != NULL ? found + strlen(meaning) : "");

	if (rest.len > 3 && ka_span_starts(rest, " (") && rest.p[rest.len - 1] == ')')
		why = ka_span_sub(rest, 2, rest.len - 3);
	ka_span_copy(ka_span_sub(why, 0, sizeof(out->why) - 1), out->why, sizeof(out->why));
}

bool ka_lastrefusal_take(const json_t *event, const char *user, bool any, struct ka_lastrefusal *out)
{
	const json_t *own = json_object_get(event, "keyaudit"), *offers = json_object_get(own, "offers"), *one;
	const char *time = json_string_value(json_object_get(event, "@timestamp"));
	const char *action = at(event, "event", "action"), *code = at(event, "event", "code");
	bool is_login = strcmp(action, "ssh-login-accepted") == 0;
	size_t i;

	if (strcmp(at(event, "user", "name"), user) != 0)
		return false;
	if (!is_refusal(action, code) && !(any && is_login)) {
		out->is_over = out->is_over || is_login;
		return false;
	}
	make_room(out);
	out->is_over = is_login && code[0] == '\0';
	if (time == NULL || !ka_span_copy(ka_span_of(time), out->at, sizeof(out->at)))
		ka_span_copy(ka_span_of("?"), out->at, sizeof(out->at));
	ka_span_copy(ka_span_of(at(event, "source", "ip")), out->address, sizeof(out->address));
	out->port = (unsigned)json_integer_value(json_object_get(json_object_get(event, "source"), "port"));
	ka_span_copy(ka_span_of(code), out->reason, sizeof(out->reason));
	out->code = ka_reason_find(code, strlen(code));
	take_why(at(event, "event", "reason"), json_string_value(json_object_get(event, "message")), out);
	take_place(event, out);
	ka_span_copy(ka_span_of(at(event, "keyaudit", "ref")), out->ref, sizeof(out->ref));
	json_array_foreach(offers, i, one)
		if (json_is_string(one))
			take_offer(out, json_string_value(one));
	return true;
}

struct search {
	const char *user;
	struct ka_lastrefusal *out;
};

/* only what can be the end of a connection */
static bool wants(const void *ctx, struct ka_span line)
{
	(void)ctx;
	return memmem(line.p, line.len, "\"action\":\"ssh-", 14) != NULL;
}

static void take(void *ctx, const json_t *event)
{
	const struct search *s = ctx;

	(void)ka_lastrefusal_take(event, s->user, false, s->out);
}

void ka_lastrefusal_find(const char *trail, const char *user, struct ka_lastrefusal *out)
{
	struct search s = { user, out };

	memset(out, 0, sizeof(*out));
	ka_trailtail_each(trail, wants, take, &s);
}
