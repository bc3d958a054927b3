/* Searching bytes in lines of JSON. A string is found between its quotes unless its bytes are written as escapes. */
#include "keyaudit/log/logsift.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

#include "base/poison.h"

#define STAMP "{\"@timestamp\":\""
#define STAMP_LEN 27 /* of a time as the trail writes it */

/* one more text that must stand there; not what JSON escapes, nor an empty one, which a missing member is as well */
static void want(struct ka_logsift *s, const char *before, const char *text, const char *after)
{
	struct ka_buf b;

	if (text == NULL || text[0] == '\0' || !ka_text_is_plain(ka_span_of(text)) || strpbrk(text, "\"\\") != NULL)
		return;
	ka_buf_init_array(&b, s->needle[s->needles]);
	ka_buf_text(&b, before);
	ka_buf_text(&b, text);
	ka_buf_text(&b, after);
	if (!b.overflow && b.len > 0)
		s->len[s->needles++] = b.len;
}

void ka_logsift_init(struct ka_logsift *s, const struct ka_logquery *q)
{
	memset(s, 0, sizeof(*s));
	s->query = q;
	want(s, "\"", q->user, "\"");
	want(s, "\"", q->reason, "");
	want(s, "\"", q->event, "\"");
	want(s, "", q->source, "");
	want(s, "\"", q->outcome, "\"");
	want(s, "SHA256:", q->key, "");
	s->idle = s->needles == 0 && q->since[0] == '\0' && q->until[0] == '\0' && q->from.bits == 0;
}

/* an escape that may stand for a character of a plain text: \u0061 or \/ */
static bool has_escape(struct ka_span line)
{
	size_t n;

	while ((n = ka_span_find(line, '\\')) + 1 < line.len) {
		if (line.p[n + 1] == 'u' || line.p[n + 1] == '/')
			return true;
		line = ka_span_sub(line, n + 2, line.len);
	}
	return false;
}

/* The time of a line that begins as the trail's lines do; any other may be of any time. */
static bool is_of_time(const struct ka_logquery *q, struct ka_span line)
{
	struct ka_span at = ka_span_sub(line, sizeof(STAMP) - 1, STAMP_LEN);
	char text[STAMP_LEN + 1];

	if (q->since[0] == '\0' && q->until[0] == '\0')
		return true;
	if (!ka_span_starts(line, STAMP) || line.len < sizeof(STAMP) + STAMP_LEN || line.p[sizeof(STAMP) - 1 + STAMP_LEN] != '"' ||
	    ka_span_find(at, '\\') < at.len || !ka_span_copy(at, text, sizeof(text)))
		return true;
	return ka_logquery_is_of_time(q, text);
}

static struct ka_span without_blanks(struct ka_span s)
{
	while (s.len > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = ka_span_sub(s, 1, s.len);
	return s;
}

/* Is one of the line's members "ip" an address that is asked for? */
static bool is_from(const struct ka_lognet *net, struct ka_span line)
{
	static const char key[] = "\"ip\"";
	const uint8_t *hit;

	while ((hit = memmem(line.p, line.len, key, sizeof(key) - 1)) != NULL) {
		struct ka_span value;
		char text[64];

		line = ka_span_sub(line, (size_t)(hit - line.p) + sizeof(key) - 1, line.len);
		value = without_blanks(line);
		if (!ka_span_starts(value, ":"))
			continue;
		value = without_blanks(ka_span_sub(value, 1, value.len));
		if (!ka_span_starts(value, "\""))
			continue;
		value = ka_span_sub(value, 1, value.len);
		if (!ka_span_copy(ka_span_sub(value, 0, ka_span_find(value, '"')), text, sizeof(text)) || ka_lognet_has(net, text))
			return true;
	}
	return false;
}

bool ka_logsift_may(const struct ka_logsift *s, struct ka_span line)
{
	bool may = true;

	if (s->idle || line.len < 2 || line.p[0] != '{' || line.p[line.len - 1] != '}')
		return true;
	if (!is_of_time(s->query, line))
		return false;
	for (size_t i = 0; i < s->needles && may; i++)
		may = memmem(line.p, line.len, s->needle[i], s->len[i]) != NULL;
	if (may && s->query->from.bits > 0)
		may = is_from(&s->query->from, line);
	return may || has_escape(line);
}
