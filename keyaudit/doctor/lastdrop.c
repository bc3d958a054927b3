/* Reading the listener's last drop out of the trail. The trail is root's, its content still strangers' text. */
#include "keyaudit/doctor/lastdrop.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/text.h"

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

void ka_lastdrop_find(const char *trail, int64_t now_sec, const char *user, const char *address, struct ka_lastdrop *out)
{
	KA_AUTOCLOSE int fd = open(trail, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	KA_AUTOFREE char *text = NULL;
	char since[KA_CLOCK_TEXT_MAX];
	struct ka_cursor c;
	struct ka_span line;
	struct stat st;
	bool whole;
	size_t len;

	memset(out, 0, sizeof(*out));
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	if (st.st_size > KA_TRAIL_TAIL_MAX && lseek(fd, st.st_size - KA_TRAIL_TAIL_MAX, SEEK_SET) < 0)
		return;
	if (ka_fd_slurp(fd, 2 * KA_TRAIL_TAIL_MAX, &text, &len) != KA_ERR_OK)
		return;
	ka_clock_text((now_sec - KA_LASTDROP_SEC) * 1000000, since);
	ka_cursor_init(&c, text, len);
	while (ka_cursor_line(&c, &line, &whole)) {
		json_t *event;

		if (!whole || line.len >= KA_EVENT_LINE_MAX ||
		    (memmem(line.p, line.len, "\"sshd-unavailable\"", 18) == NULL &&
		     (out->reason == KA_REASON_NONE || memmem(line.p, line.len, "\"action\":\"ssh-", 14) == NULL)))
			continue;
		event = json_loadb((const char *)line.p, line.len, 0, NULL);
		ka_lastdrop_take(event, since, user, address, out);
		json_decref(event);
	}
}
