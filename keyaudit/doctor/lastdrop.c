/* Reading the listener's last drop out of the trail. The trail is root's, its content still strangers' text. */
#include "keyaudit/doctor/lastdrop.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "keyaudit/log/trailtail.h"

#include "base/poison.h"

static const char *at(const json_t *object, const char *a, const char *b)
{
	const char *text = json_string_value(json_object_get(json_object_get(object, a), b));

	return text != NULL ? text : "";
}

/* is the address one of the words? they end at a comma or with the text */
static bool is_named(const char *text, const char *address)
{
	struct ka_span rest = ka_span_of(text), word;

	while (ka_text_word(&rest, &word)) {
		word.len -= word.len > 0 && word.p[word.len - 1] == ',';
		if (ka_span_is(word, address))
			return true;
	}
	return false;
}

static void put(const char *text, char *out, size_t size)
{
	if (!ka_span_copy(ka_span_sub(ka_span_of(text), 0, size - 1), out, size))
		out[0] = '\0';
}

void ka_lastdrop_take(const json_t *event, const char *since, const char *user, const char *address, struct ka_lastdrop *out)
{
	const char *time = json_string_value(json_object_get(event, "@timestamp"));
	const char *text = json_string_value(json_object_get(event, "message"));
	const char *action = at(event, "event", "action"), *code = at(event, "event", "code");
	enum ka_reason reason = ka_reason_find(code, strlen(code));

	if (strncmp(action, "ssh-", 4) == 0 && strcmp(at(event, "user", "name"), user) == 0)
		memset(out, 0, sizeof(*out));
	if (strcmp(action, "sshd-unavailable") != 0 || time == NULL || text == NULL || strcmp(time, since) < 0)
		return;
	if (reason != KA_REASON_CONN_MAX_STARTUPS && reason != KA_REASON_CONN_SOURCE_PENALTY)
		return;
	if (reason == KA_REASON_CONN_SOURCE_PENALTY && address[0] != '\0' && !is_named(text, address))
		return;
	out->reason = reason;
	put(time, out->at, sizeof(out->at));
	put(text, out->why, sizeof(out->why));
}

struct search {
	char since[KA_CLOCK_TEXT_MAX];
	const char *user, *address;
	struct ka_lastdrop *out;
};

/* drops, and behind one the ends of connections: a login that came later says that it is over */
static bool wants(const void *ctx, struct ka_span line)
{
	const struct search *s = ctx;

	return memmem(line.p, line.len, "\"sshd-unavailable\"", 18) != NULL ||
	       (s->out->reason != KA_REASON_NONE && memmem(line.p, line.len, "\"action\":\"ssh-", 14) != NULL);
}

static void take(void *ctx, const json_t *event)
{
	const struct search *s = ctx;

	ka_lastdrop_take(event, s->since, s->user, s->address, s->out);
}

void ka_lastdrop_find(const char *trail, int64_t now_sec, const char *user, const char *address, struct ka_lastdrop *out)
{
	struct search s = { .user = user, .address = address, .out = out };

	memset(out, 0, sizeof(*out));
	ka_clock_text((now_sec - KA_LASTDROP_SEC) * 1000000, s.since);
	ka_trailtail_each(trail, wants, take, &s);
}
