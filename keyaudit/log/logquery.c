/* The filter of `keyaudit log`. Times are compared as text, since the trail writes them all in one form. */
#include "keyaudit/log/logquery.h"

#include <string.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "base/text.h"
#include "reason/reason.h"

#include "base/poison.h"

#define FP_PREFIX "SHA256:"
#define FP_LEN 43  /* base64 of 32 bytes, unpadded */
#define FP_LEAST 8 /* as many as the table shows */

static int64_t unit_sec(uint8_t c)
{
	switch (c) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	default:
		return 0;
	}
}

static bool parse_span(struct ka_span s, int64_t now_us, int64_t *out)
{
	int64_t unit = s.len > 1 ? unit_sec(s.p[s.len - 1]) : 0;
	uint64_t n;

	if (unit == 0 || !ka_text_to_u64(ka_span_sub(s, 0, s.len - 1), KA_LOGQUERY_SPAN_MAX_SEC / (uint64_t)unit, &n))
		return false;
	*out = now_us - (int64_t)n * unit * 1000000;
	return true;
}

/* @n digits, then @sep or (optional) the end; false when it is something else */
static bool part(struct ka_span *s, size_t n, const char *seps, uint64_t max, int *out)
{
	uint64_t v;

	if (!ka_text_to_u64(ka_span_sub(*s, 0, n), max, &v) || s->len < n)
		return false;
	*s = ka_span_sub(*s, n, s->len);
	if (s->len > 0) {
		if (strchr(seps, s->p[0]) == NULL || s->p[0] == '\0')
			return false;
		*s = ka_span_sub(*s, 1, s->len);
	}
	*out = (int)v;
	return true;
}

static bool parse_date(struct ka_span s, int64_t *out)
{
	int year, month, day, hour = 0, min = 0, sec = 0;

	if (s.len > 0 && s.p[s.len - 1] == 'Z')
		s.len--;
	if (s.len != 10 && s.len != 16 && s.len != 19)
		return false;
	if (!part(&s, 4, "-", 9999, &year) || !part(&s, 2, "-", 12, &month) || !part(&s, 2, "T ", 31, &day) || month < 1 || day < 1)
		return false;
	if (s.len > 0 && (!part(&s, 2, ":", 23, &hour) || !part(&s, 2, ":", 59, &min)))
		return false;
	if (s.len > 0 && !part(&s, 2, "", 60, &sec))
		return false;
	*out = ka_clock_from_civil(year, month, day, hour, min, sec) * 1000000;
	return true;
}

bool ka_logquery_since(const char *text, int64_t now_us, char out[static KA_CLOCK_TEXT_MAX])
{
	struct ka_span s = ka_span_of(text);
	int64_t at;

	out[0] = '\0';
	if (!parse_span(s, now_us, &at) && !parse_date(s, &at))
		return false;
	ka_clock_text(at, out);
	return true;
}

/* is @text the family of @id? */
static bool is_family_of(const char *text, const char *id)
{
	size_t n = strlen(text);

	return n > 0 && strncmp(id, text, n) == 0 && id[n] == '.';
}

bool ka_logquery_is_reason(const char *text)
{
	if (ka_reason_find(text, strlen(text)) != KA_REASON_NONE)
		return true;
	for (unsigned i = 1; i < KA_REASON_COUNT; i++)
		if (is_family_of(text, ka_reason_id((enum ka_reason)i)))
			return true;
	return false;
}

bool ka_logquery_is_outcome(const char *text)
{
	return strcmp(text, "success") == 0 || strcmp(text, "failure") == 0 || strcmp(text, "unknown") == 0;
}

const char *ka_logquery_key(const char *text)
{
	const char *fp = strncmp(text, FP_PREFIX, sizeof(FP_PREFIX) - 1) == 0 ? text + sizeof(FP_PREFIX) - 1 : text;
	size_t n = 0;

	while (ka_text_is_alnum((uint8_t)fp[n]) || fp[n] == '+' || fp[n] == '/')
		n++;
	return fp[n] == '\0' && n >= FP_LEAST && n <= FP_LEN ? fp : NULL;
}

const char *ka_logquery_at(const json_t *event, const char *path)
{
	struct ka_span rest = ka_span_of(path), word;
	const char *value;

	while (event != NULL && ka_text_split(&rest, '.', &word)) {
		char key[64];

		if (!ka_span_copy(word, key, sizeof(key)))
			return "";
		event = json_object_get(event, key);
	}
	value = json_string_value(event);
	return value != NULL ? value : "";
}

bool ka_logquery_source(const json_t *event, size_t i, struct ka_span *name, struct ka_span *answer, struct ka_span *rest)
{
	const char *text = json_string_value(json_array_get(json_object_get(json_object_get(event, "keyaudit"), "sources"), i));

	*name = *answer = *rest = (struct ka_span){ NULL, 0 };
	if (text == NULL)
		return false;
	*rest = ka_span_of(text);
	(void)ka_text_word(rest, name);
	(void)ka_text_word(rest, answer);
	return true;
}

static bool has_source(const char *wanted, const json_t *event)
{
	struct ka_span name, answer, rest;

	for (size_t i = 0; ka_logquery_source(event, i, &name, &answer, &rest); i++)
		if (ka_span_is(name, wanted))
			return true;
	return false;
}

static bool is_key(const char *wanted, struct ka_span fp)
{
	return ka_span_starts(fp, FP_PREFIX) && ka_span_starts(ka_span_sub(fp, sizeof(FP_PREFIX) - 1, fp.len), wanted);
}

/* The primary key, one that was offered ("TYPE FINGERPRINT REASON"), or one whose offer had no room in the line. */
static bool has_key(const char *wanted, const json_t *event)
{
	const json_t *offers = json_object_get(json_object_get(event, "keyaudit"), "offers");
	const json_t *hashes = json_object_get(json_object_get(event, "related"), "hash");
	bool has = is_key(wanted, ka_span_of(ka_logquery_at(event, "keyaudit.key.fingerprint")));

	for (size_t i = 0; !has && i < json_array_size(offers); i++) {
		const char *text = json_string_value(json_array_get(offers, i));
		struct ka_span rest = ka_span_of(text != NULL ? text : ""), word = { NULL, 0 };

		has = ka_text_word(&rest, &word) && ka_text_word(&rest, &word) && is_key(wanted, word);
	}
	for (size_t i = 0; !has && i < json_array_size(hashes); i++) {
		const char *text = json_string_value(json_array_get(hashes, i));

		has = text != NULL && is_key(wanted, ka_span_of(text));
	}
	return has;
}

bool ka_logquery_is_of_time(const struct ka_logquery *q, const char *at)
{
	return (q->since[0] == '\0' || strcmp(at, q->since) >= 0) && (q->until[0] == '\0' || strcmp(at, q->until) < 0);
}

bool ka_logquery_matches(const struct ka_logquery *q, const json_t *event)
{
	const char *code = ka_logquery_at(event, "event.code");

	if (q->user != NULL && strcmp(q->user, ka_logquery_at(event, "user.name")) != 0)
		return false;
	if (q->reason != NULL && strcmp(q->reason, code) != 0 && !is_family_of(q->reason, code))
		return false;
	if (q->source != NULL && !has_source(q->source, event))
		return false;
	if (q->event != NULL && strcmp(q->event, ka_logquery_at(event, "event.id")) != 0 &&
	    strcmp(q->event, ka_logquery_at(event, "keyaudit.ref")) != 0)
		return false;
	if (q->outcome != NULL && strcmp(q->outcome, ka_logquery_at(event, "event.outcome")) != 0)
		return false;
	if (q->from.bits > 0 && !ka_lognet_has(&q->from, ka_logquery_at(event, "source.ip")))
		return false;
	if (q->key != NULL && !has_key(q->key, event))
		return false;
	return ka_logquery_is_of_time(q, ka_logquery_at(event, "@timestamp"));
}
