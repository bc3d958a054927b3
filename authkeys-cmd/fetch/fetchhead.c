/* Header fields. A table of names; each function sees one trimmed value. */
#include "authkeys-cmd/fetch/fetchhead.h"

#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"

#include "base/poison.h"

void ka_fetchhead_init(struct ka_fetchhead *h)
{
	memset(h, 0, sizeof(*h));
	h->max_age = h->swr = h->sie = h->retry_after = -1;
	h->age = 0;
}

static bool is_word(struct ka_span s, const char *word)
{
	return ka_text_equal_nocase(s, ka_span_of(word));
}

/* delta-seconds; what is larger than anybody waits is that (RFC 9111 1.2.2) */
static int64_t seconds(struct ka_span s)
{
	uint64_t v;

	if (s.len >= 2 && s.p[0] == '"' && s.p[s.len - 1] == '"')
		s = ka_span_sub(s, 1, s.len - 2);
	if (ka_text_to_u64(s, INT32_MAX, &v))
		return (int64_t)v;
	for (size_t i = 0; i < s.len; i++)
		if (!ka_text_is_digit(s.p[i]))
			return -1;
	return s.len > 0 ? INT32_MAX : -1;
}

int64_t ka_fetchhead_date(struct ka_span s)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	uint64_t day, year, hour, min, sec;
	int month = 0;

	/* "Sun, 06 Nov 1994 08:49:37 GMT" */
	if (s.len != 29 || s.p[3] != ',' || s.p[4] != ' ' || s.p[7] != ' ' || s.p[11] != ' ' || s.p[16] != ' ' ||
	    s.p[19] != ':' || s.p[22] != ':' || !ka_span_is(ka_span_sub(s, 25, 4), " GMT"))
		return -1;
	while (month < 12 && !ka_span_is(ka_span_sub(s, 8, 3), months[month]))
		month++;
	if (month == 12 || !ka_text_to_u64(ka_span_sub(s, 5, 2), 31, &day) || day == 0 ||
	    !ka_text_to_u64(ka_span_sub(s, 12, 4), 9999, &year) || year < 1970 ||
	    !ka_text_to_u64(ka_span_sub(s, 17, 2), 23, &hour) || !ka_text_to_u64(ka_span_sub(s, 20, 2), 59, &min) ||
	    !ka_text_to_u64(ka_span_sub(s, 23, 2), 60, &sec))
		return -1;
	return ka_clock_from_civil((int64_t)year, month + 1, (int)day, (int)hour, (int)min, (int)sec);
}

static void cache_control(struct ka_fetchhead *h, struct ka_span rest)
{
	struct ka_span part;

	while (ka_text_split(&rest, ',', &part)) {
		struct ka_span name, value;
		size_t eq;

		part = ka_text_trim(part);
		eq = ka_span_find(part, '=');
		name = ka_text_trim(ka_span_sub(part, 0, eq));
		value = ka_text_trim(ka_span_sub(part, eq + 1, part.len));
		if (is_word(name, "no-store"))
			h->no_store = true;
		else if (is_word(name, "no-cache"))
			h->max_age = 0;
		else if (is_word(name, "max-age") && h->max_age != 0)
			h->max_age = seconds(value);
		else if (is_word(name, "immutable") && h->max_age < 0)
			h->max_age = KA_FETCH_FRESH_MAX_SEC;
		else if (is_word(name, "stale-while-revalidate"))
			h->swr = seconds(value);
		else if (is_word(name, "stale-if-error"))
			h->sie = seconds(value);
	}
}

static void retry_after(struct ka_fetchhead *h, struct ka_span value, int64_t now)
{
	int64_t date = ka_fetchhead_date(value);

	h->retry_after = date < 0 ? seconds(value) : date > now ? date - now : 0;
}

/* where @stop stands outside of quotes; the end when it does not */
static size_t find_unquoted(struct ka_span s, uint8_t stop)
{
	bool is_quoted = false;
	size_t i = 0;

	for (; i < s.len && (is_quoted || s.p[i] != stop); i++) {
		if (is_quoted && s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			is_quoted = !is_quoted;
	}
	return i < s.len ? i : s.len;
}

/* rel=next; it may be one of several words in quotes */
static bool is_next(struct ka_span param)
{
	size_t eq = ka_span_find(param, '=');
	struct ka_span words = ka_text_trim(ka_span_sub(param, eq + 1, param.len)), word;

	if (!is_word(ka_text_trim(ka_span_sub(param, 0, eq)), "rel"))
		return false;
	if (words.len >= 2 && words.p[0] == '"' && words.p[words.len - 1] == '"')
		words = ka_span_sub(words, 1, words.len - 2);
	while (ka_text_word(&words, &word))
		if (is_word(word, "next"))
			return true;
	return false;
}

/* <URL>; rel="next", <URL>; rel="last": what is not seen here makes a short list of a long one */
static void link_field(struct ka_fetchhead *h, struct ka_span rest)
{
	while (rest.len > 0) {
		struct ka_span url, params;
		size_t end;

		rest = ka_span_sub(rest, ka_span_find(rest, '<') + 1, rest.len);
		url = ka_span_sub(rest, 0, ka_span_find(rest, '>'));
		rest = ka_span_sub(rest, url.len + 1, rest.len);
		end = find_unquoted(rest, ',');
		params = ka_span_sub(rest, 0, end);
		rest = ka_span_sub(rest, end + 1, rest.len);
		while (params.len > 0) {
			end = find_unquoted(params, ';');
			if (is_next(ka_span_sub(params, 0, end)) && !ka_span_copy(url, h->next, sizeof(h->next)))
				ka_span_copy(ka_span_of(KA_FETCHHEAD_NOWHERE), h->next, sizeof(h->next));
			params = ka_span_sub(params, end + 1, params.len);
		}
	}
}

void ka_fetchhead_line(struct ka_fetchhead *h, struct ka_span line, int64_t now)
{
	struct ka_span name, value;

	while (line.len > 0 && (line.p[line.len - 1] == '\n' || line.p[line.len - 1] == '\r'))
		line.len--;
	if (ka_span_starts(line, "HTTP/")) {
		ka_fetchhead_init(h);
		return;
	}
	name = ka_span_sub(line, 0, ka_span_find(line, ':'));
	value = ka_text_trim(ka_span_sub(line, name.len + 1, line.len));
	if (is_word(name, "etag"))
		ka_span_copy(value, h->etag, sizeof(h->etag));
	else if (is_word(name, "last-modified"))
		ka_span_copy(value, h->modified, sizeof(h->modified));
	else if (is_word(name, "cache-control"))
		cache_control(h, value);
	else if (is_word(name, "age"))
		h->age = seconds(value) > 0 ? seconds(value) : 0;
	else if (is_word(name, "retry-after"))
		retry_after(h, value, now);
	else if (is_word(name, "content-encoding"))
		h->is_encoded |= !is_word(value, "identity") && value.len > 0;
	else if (is_word(name, "x-ratelimit-remaining") || is_word(name, "ratelimit-remaining"))
		h->is_exhausted |= ka_span_is(value, "0");
	else if (is_word(name, "link"))
		link_field(h, value);
	/* what goes back into a request must be one clean line */
	if (!ka_text_is_plain(ka_span_of(h->etag)))
		h->etag[0] = '\0';
	if (!ka_text_is_plain(ka_span_of(h->modified)))
		h->modified[0] = '\0';
}
