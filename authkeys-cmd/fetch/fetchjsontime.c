/* Times as stores write them. */
#include "authkeys-cmd/fetch/fetchjsontime.h"

#include "base/clock.h"
#include "base/text.h"

#include "base/poison.h"

#define DAY_SEC (24 * 3600)

static struct ka_span text_of(const json_t *value)
{
	return (struct ka_span){ (const uint8_t *)json_string_value(value), json_string_length(value) };
}

bool ka_fetchjsontime_number(const json_t *value, int64_t *out)
{
	uint64_t v;

	if (json_is_integer(value)) {
		*out = json_integer_value(value);
		return *out >= 0;
	}
	if (!json_is_string(value) || !ka_text_to_u64(text_of(value), INT64_MAX, &v))
		return false;
	*out = (int64_t)v;
	return true;
}

static bool two_digits(struct ka_span s, size_t at, uint64_t low, uint64_t high, int *out)
{
	uint64_t v;

	if (s.len < at + 2 || !ka_text_to_u64(ka_span_sub(s, at, 2), high, &v) || v < low)
		return false;
	*out = (int)v;
	return true;
}

/* "YYYY-MM-DD" in front; the second at which the day begins */
static bool date_of(struct ka_span s, int64_t *out)
{
	uint64_t year;
	int month, day;

	if (s.len < 10 || s.p[4] != '-' || s.p[7] != '-' || !ka_text_to_u64(ka_span_sub(s, 0, 4), 9999, &year) || year < 1970 ||
	    !two_digits(s, 5, 1, 12, &month) || !two_digits(s, 8, 1, 31, &day))
		return false;
	*out = ka_clock_from_civil((int64_t)year, month, day, 0, 0, 0);
	return true;
}

/* "Z", "+hh:mm", "-hh:mm": seconds east of Greenwich */
static bool zone_of(struct ka_span s, int64_t *out)
{
	int hours, minutes;

	*out = 0;
	if (s.len == 1)
		return ka_text_lower(s.p[0]) == 'z';
	if (s.len != 6 || (s.p[0] != '+' && s.p[0] != '-') || s.p[3] != ':' || !two_digits(s, 1, 0, 23, &hours) ||
	    !two_digits(s, 4, 0, 59, &minutes))
		return false;
	*out = (s.p[0] == '-' ? -1 : 1) * (int64_t)(hours * 3600 + minutes * 60);
	return true;
}

/* behind the date "Thh:mm:ss[.fraction]" and a zone */
static bool rfc3339_of(struct ka_span s, int64_t *out)
{
	int hour, min, sec;
	size_t at = 19;
	int64_t zone;

	if (s.len < 20 || !date_of(s, out) || (ka_text_lower(s.p[10]) != 't' && s.p[10] != ' ') || s.p[13] != ':' || s.p[16] != ':' ||
	    !two_digits(s, 11, 0, 23, &hour) || !two_digits(s, 14, 0, 59, &min) || !two_digits(s, 17, 0, 60, &sec))
		return false;
	if (s.p[at] == '.') {
		for (at++; at < s.len && ka_text_is_digit(s.p[at]);)
			at++;
		if (at == 20)
			return false;
	}
	if (!zone_of(ka_span_sub(s, at, s.len), &zone))
		return false;
	*out += hour * 3600 + min * 60 + sec - zone;
	return true;
}

bool ka_fetchjsontime_of(enum ka_conf_unit unit, const json_t *value, int64_t *out)
{
	bool good = false;

	switch (unit) {
	case KA_CONF_UNIT_RFC3339:
		return json_is_string(value) && rfc3339_of(text_of(value), out);
	case KA_CONF_UNIT_DATE:
		good = json_is_string(value) && json_string_length(value) == 10 && date_of(text_of(value), out);
		*out = good ? *out + DAY_SEC : 0;
		return good;
	case KA_CONF_UNIT_UNIX:
		return ka_fetchjsontime_number(value, out);
	case KA_CONF_UNIT_UNIX_US:
		good = ka_fetchjsontime_number(value, out);
		*out = good ? *out / 1000000 : 0;
		return good;
	}
	return false;
}
