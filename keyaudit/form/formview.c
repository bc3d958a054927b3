/* Reading fields. It must never trust a type. */
#include "keyaudit/form/formview.h"

#include "audit/event.h"
#include "base/clock.h"
#include "base/cursor.h"
#include "base/text.h"

#include "base/poison.h"

const json_t *ka_formview_at(const json_t *event, const char *path)
{
	struct ka_span rest = ka_span_of(path), word;

	while (event != NULL && ka_text_split(&rest, '.', &word)) {
		char key[32];

		if (!ka_span_copy(word, key, sizeof(key)))
			return NULL;
		event = json_object_get(event, key);
	}
	return event;
}

const char *ka_formview_text(const json_t *event, const char *path)
{
	const char *value = json_string_value(ka_formview_at(event, path));

	return value != NULL ? value : "";
}

bool ka_formview_number(const json_t *event, const char *path, uint64_t max, uint64_t *out)
{
	const json_t *v = ka_formview_at(event, path);
	json_int_t n = json_integer_value(v);

	*out = 0;
	if (!json_is_integer(v) || n < 0 || (uint64_t)n > max)
		return false;
	*out = (uint64_t)n;
	return true;
}

bool ka_formview_ip(const json_t *event, const char *path, char ip[static 64])
{
	return ka_event_address(ka_formview_text(event, path), ip);
}

/* @n digits at @at, 0 when they are none: the shape is checked before */
static int digits(struct ka_span s, size_t at, size_t n)
{
	uint64_t v = 0;

	(void)ka_text_to_u64(ka_span_sub(s, at, n), 999999, &v);
	return (int)v;
}

bool ka_formview_ms(const json_t *event, int64_t *ms)
{
	static const char shape[] = "0000-00-00T00:00:00.000000Z";
	struct ka_span s = ka_span_of(ka_formview_text(event, "@timestamp"));

	*ms = 0;
	if (s.len != sizeof(shape) - 1)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (shape[i] == '0' ? !ka_text_is_digit(s.p[i]) : s.p[i] != (uint8_t)shape[i])
			return false;
	if (digits(s, 5, 2) < 1 || digits(s, 5, 2) > 12)
		return false;
	*ms = ka_clock_from_civil(digits(s, 0, 4), digits(s, 5, 2), digits(s, 8, 2), digits(s, 11, 2), digits(s, 14, 2),
				  digits(s, 17, 2)) * 1000 + digits(s, 20, 6) / 1000;
	return true;
}
