/* Reads points in time. No clock and no time zone of its own: the caller says what local means. */
#include "key/keytime.h"

#include "base/clock.h"
#include "base/text.h"

#include "base/poison.h"

static bool has_suffix(struct ka_span s, const char *suffix, struct ka_span *without)
{
	struct ka_span end = ka_span_of(suffix);

	if (s.len <= end.len || !ka_text_equal_nocase(ka_span_sub(s, s.len - end.len, end.len), end))
		return false;
	*without = ka_span_sub(s, 0, s.len - end.len);
	return true;
}

/* the digits [from, from + len), or 0 when the value is too short to have them */
static bool field(struct ka_span s, size_t from, size_t len, uint64_t max, int *out)
{
	uint64_t v = 0;

	if (from < s.len && !ka_text_to_u64(ka_span_sub(s, from, len), max, &v))
		return false;
	*out = (int)v;
	return true;
}

bool ka_keytime_parse(struct ka_span value, int64_t local_offset_sec, int64_t *out)
{
	struct ka_span s = value;
	bool is_utc = has_suffix(value, "Z", &s) || has_suffix(value, "UTC", &s);
	int year, month, day, hour, minute, second;

	*out = 0;
	if (s.len != 8 && s.len != 12 && s.len != 14)
		return false;
	if (!field(s, 0, 4, 9999, &year) || !field(s, 4, 2, 12, &month) || !field(s, 6, 2, 31, &day) ||
	    !field(s, 8, 2, 23, &hour) || !field(s, 10, 2, 59, &minute) || !field(s, 12, 2, 61, &second))
		return false;
	if (year == 0 || month == 0 || day == 0)
		return false;
	*out = ka_clock_from_civil(year, month, day, hour, minute, second);
	if (!is_utc && __builtin_sub_overflow(*out, local_offset_sec, out))
		*out = 0;
	return *out > 0;
}
