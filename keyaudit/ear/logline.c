/* Lines of sshd in a syslog file. Hostile: users choose names, and local users write syslog files. */
#include "keyaudit/ear/logline.h"

#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "base/zone.h"

#include "base/poison.h"

static bool two(struct ka_span s, size_t at, int *out)
{
	uint64_t v;

	if (!ka_text_to_u64(ka_span_sub(s, at, 2), 99, &v) || s.len < at + 2)
		return false;
	*out = (int)v;
	return true;
}

/* "2026-11-22T10:00:00", a fraction, Z or a zone; its length, 0 when it is not that */
static size_t iso_time(struct ka_span line, int64_t *at)
{
	int century, year, month, day, hour, min, sec, zh = 0, zm = 0;
	size_t zone = 19;

	if (line.len < 20 || line.p[4] != '-' || line.p[7] != '-' || line.p[10] != 'T' || line.p[13] != ':' || line.p[16] != ':' ||
	    !two(line, 0, &century) || !two(line, 2, &year) || !two(line, 5, &month) || !two(line, 8, &day) ||
	    !two(line, 11, &hour) || !two(line, 14, &min) || !two(line, 17, &sec) || month < 1 || month > 12)
		return 0;
	while (zone < line.len && (line.p[zone] == '.' || ka_text_is_digit(line.p[zone])))
		zone++;
	if (zone == line.len)
		return 0;
	*at = ka_clock_from_civil(century * 100 + year, month, day, hour, min, sec);
	if (line.p[zone] == 'Z')
		return zone + 1;
	if ((line.p[zone] != '+' && line.p[zone] != '-') || !two(line, zone + 1, &zh) || !two(line, zone + 4, &zm) ||
	    line.p[zone + 3] != ':')
		return 0;
	*at += (line.p[zone] == '-' ? 1 : -1) * (zh * 3600 + zm * 60);
	return zone + 6;
}

/* of a local time, which is given as if it were UTC */
static int64_t from_local(int64_t civil)
{
	int64_t near = civil - ka_zone_offset_sec(civil);

	return civil - ka_zone_offset_sec(near); /* the zone as it is then, not a few hours away */
}

static int64_t local_year(int64_t now)
{
	char text[KA_CLOCK_TEXT_MAX];
	uint64_t year = 1970;

	ka_clock_text((now + ka_zone_offset_sec(now)) * 1000000, text);
	return ka_text_to_u64(ka_span_sub(ka_span_of(text), 0, 4), 9999, &year) ? (int64_t)year : 1970;
}

/* "Nov 22 10:00:00" of the year in which it has not yet to come; its length, 0 when it is not that (RFC 3164 4.1.2) */
static size_t bsd_time(struct ka_span line, int64_t now, int64_t *at)
{
	static const char names[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	int64_t year = local_year(now);
	int month = 0, day, hour, min, sec;
	uint64_t one;

	while (month < 12 && !ka_span_starts(line, names[month]))
		month++;
	if (month == 12 || line.len < 15 || line.p[3] != ' ' || line.p[6] != ' ' || line.p[9] != ':' || line.p[12] != ':' ||
	    !two(line, 7, &hour) || !two(line, 10, &min) || !two(line, 13, &sec))
		return 0;
	if (!two(line, 4, &day)) {
		if (line.p[4] != ' ' || !ka_text_to_u64(ka_span_sub(line, 5, 1), 9, &one))
			return 0;
		day = (int)one;
	}
	*at = from_local(ka_clock_from_civil(year, month + 1, day, hour, min, sec));
	if (*at > now + 86400) /* a clock may be a little ahead of ours; nobody's is by a day */
		*at = from_local(ka_clock_from_civil(year - 1, month + 1, day, hour, min, sec));
	return 15;
}

bool ka_logline_is_ident(const char *name)
{
	static const char *const names[] = { "sshd", "sshd-session", "sshd-auth" };

	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* "sshd[PID]:" */
static bool take_ident(struct ka_span word, uint64_t *pid)
{
	size_t open = ka_span_find(word, '[');
	char name[32];

	return word.len > open + 3 && word.p[word.len - 1] == ':' && word.p[word.len - 2] == ']' &&
	       ka_span_copy(ka_span_sub(word, 0, open), name, sizeof(name)) && ka_logline_is_ident(name) &&
	       ka_text_to_u64(ka_span_sub(word, open + 1, word.len - open - 3), INT32_MAX, pid);
}

/* "auth.info", which busybox's syslogd writes between host and ident */
static bool is_priority(struct ka_span word)
{
	bool dot = false;

	for (size_t i = 0; i < word.len; i++) {
		if (word.p[i] == '.' && !dot && i > 0)
			dot = true;
		else if (!ka_text_is_lower(word.p[i]) && !ka_text_is_digit(word.p[i]))
			return false;
	}
	return dot;
}

/* the time and the blank behind it; 0 when it does not begin so */
static size_t take_time(struct ka_span line, int64_t now_sec, int64_t *at)
{
	size_t len = iso_time(line, at);

	if (len == 0)
		len = bsd_time(line, now_sec, at);
	return len > 0 && line.len > len && line.p[len] == ' ' ? len : 0;
}

/* ".123456" of the form with a T, where it has one */
static int64_t fraction_us(struct ka_span time)
{
	int64_t us = 0, unit = 100000;

	if (time.len < 20 || time.p[19] != '.')
		return 0;
	for (size_t i = 20; i < time.len && unit > 0 && ka_text_is_digit(time.p[i]); i++, unit /= 10)
		us += unit * (time.p[i] - '0');
	return us;
}

bool ka_logline_has_time(struct ka_span line)
{
	int64_t at;

	return take_time(line, 0, &at) > 0;
}

bool ka_logline_read(struct ka_span line, int64_t now_sec, struct ka_logline *out)
{
	struct ka_span rest, word;
	size_t len;

	*out = (struct ka_logline){ .at_sec = 0 };
	len = take_time(line, now_sec, &out->at_sec);
	if (len == 0)
		return false;
	out->at_us = out->at_sec * 1000000 + fraction_us(ka_span_sub(line, 0, len));
	rest = ka_span_sub(line, len, line.len);
	if (!ka_text_word(&rest, &word) /* the host */ || !ka_text_word(&rest, &word))
		return false;
	if (is_priority(word) && !ka_text_word(&rest, &word))
		return false;
	if (!take_ident(word, &out->pid))
		return false;
	out->message = ka_text_trim(rest);
	return true;
}
