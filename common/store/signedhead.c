/* Headers of signed documents. It must never guess: what is not written exactly so is refused. */
#include "store/signedhead.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/username.h"

#include "base/poison.h"

struct header {
	const char *name;
	enum ka_reason (*take)(struct ka_span value, struct ka_signedhead *out);
	const char *wrong;
	bool is_user;
};

static bool is_name_byte(uint8_t c)
{
	return ka_text_is_alnum(c) || c == '-' || c == '_';
}

/* name and value of a line that has the form */
static bool split(struct ka_span line, struct ka_span *name, struct ka_span *value)
{
	size_t n = 0;

	if (!ka_span_starts(line, "# "))
		return false;
	line = ka_span_sub(line, 2, line.len);
	while (n < line.len && is_name_byte(line.p[n]))
		n++;
	*name = ka_span_sub(line, 0, n);
	*value = ka_span_sub(line, n, line.len);
	if (n == 0 || !ka_span_starts(*value, ": "))
		return false;
	*value = ka_span_sub(*value, 2, value->len);
	return true;
}

bool ka_signedhead_is_line(struct ka_span line)
{
	struct ka_span name, value;

	return split(line, &name, &value);
}

bool ka_signedhead_serial(struct ka_span text, uint64_t *out)
{
	return text.len > 0 && text.p[0] != '0' && ka_text_to_u64(text, INT64_MAX, out);
}

static bool number(struct ka_span text, size_t from, size_t len, uint64_t max, int *out)
{
	uint64_t v = 0;
	bool ok = ka_text_to_u64(ka_span_sub(text, from, len), max, &v);

	*out = (int)v;
	return ok;
}

static int days_of(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && is_leap ? 29 : days[month - 1];
}

bool ka_signedhead_time(struct ka_span text, int64_t *out)
{
	static const char form[] = "YYYY-MM-DDThh:mm:ssZ";
	int year, month, day, hour, min, sec;

	*out = 0;
	if (text.len != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (memchr("-T:Z", form[i], 4) != NULL && text.p[i] != (uint8_t)form[i])
			return false;
	if (!number(text, 0, 4, 9999, &year) || !number(text, 5, 2, 12, &month) || !number(text, 8, 2, 31, &day) ||
	    !number(text, 11, 2, 23, &hour) || !number(text, 14, 2, 59, &min) || !number(text, 17, 2, 59, &sec))
		return false;
	if (month == 0 || day == 0 || day > days_of(year, month))
		return false;
	*out = ka_clock_from_civil(year, month, day, hour, min, sec);
	return true;
}

static enum ka_reason reason_of(bool is_good)
{
	return is_good ? KA_REASON_NONE : KA_REASON_STORE_BAD_ANSWER;
}

static enum ka_reason take_user(struct ka_span value, struct ka_signedhead *out)
{
	out->user = value;
	return reason_of(ka_username_is_valid(value));
}

static bool is_glob(struct ka_span glob)
{
	for (size_t i = 0; i < glob.len; i++)
		if (!is_name_byte(glob.p[i]) && memchr(".*?", glob.p[i], 3) == NULL)
			return false;
	return glob.len > 0 && glob.len <= KA_SIGNED_GLOB_MAX;
}

static enum ka_reason take_hosts(struct ka_span value, struct ka_signedhead *out)
{
	struct ka_span rest = value, glob;
	size_t n = 0;

	out->hosts = value;
	while (ka_text_split(&rest, ' ', &glob)) {
		if (!is_glob(glob))
			return KA_REASON_STORE_BAD_ANSWER;
		if (++n > KA_SIGNED_HOSTS_MAX)
			return KA_REASON_STORE_TOO_LARGE;
	}
	return KA_REASON_NONE;
}

static enum ka_reason take_serial(struct ka_span value, struct ka_signedhead *out)
{
	return reason_of(ka_signedhead_serial(value, &out->serial));
}

static enum ka_reason take_issued(struct ka_span value, struct ka_signedhead *out)
{
	return reason_of(ka_signedhead_time(value, &out->issued));
}

static enum ka_reason take_expires(struct ka_span value, struct ka_signedhead *out)
{
	return reason_of(ka_signedhead_time(value, &out->expires));
}

static const struct header headers[] = {
	{ "user", take_user, "user: no account name", true },
	{ "hosts", take_hosts, "hosts: globs of letters, digits, - . _ * and ?, one space between two", false },
	{ "serial", take_serial, "serial: a number from 1 on, without leading zero", false },
	{ "issued", take_issued, "issued: not YYYY-MM-DDThh:mm:ssZ, or no such date", false },
	{ "expires", take_expires, "expires: not YYYY-MM-DDThh:mm:ssZ, or no such date", false },
};

void ka_signedhead_init(struct ka_signedhead *out)
{
	*out = (struct ka_signedhead){ 0 };
}

enum ka_reason ka_signedhead_take(struct ka_span line, bool has_user, struct ka_signedhead *out, const char **wrong)
{
	struct ka_span name, value;
	enum ka_reason reason;

	*wrong = "an unknown header";
	if (!split(line, &name, &value))
		return KA_REASON_STORE_BAD_ANSWER;
	for (size_t i = 0; i < KA_ARRAY_LEN(headers); i++) {
		const struct header *h = &headers[i];

		if (!ka_span_is(name, h->name) || (h->is_user && !has_user))
			continue;
		*wrong = "a header that stands there twice";
		if (out->seen & 1u << i)
			return KA_REASON_STORE_BAD_ANSWER;
		out->seen |= 1u << i;
		reason = h->take(value, out);
		*wrong = reason != KA_REASON_NONE ? h->wrong : NULL;
		return reason;
	}
	return KA_REASON_STORE_BAD_ANSWER;
}

const char *ka_signedhead_wrong(const struct ka_signedhead *h, bool has_user)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(headers); i++)
		if ((h->seen & 1u << i) == 0 && (has_user || !headers[i].is_user))
			return "a header is missing";
	return h->issued < h->expires ? NULL : "expires is not after issued";
}

static struct ka_span lower(struct ka_span s, uint8_t out[static KA_SIGNED_GLOB_MAX])
{
	s = ka_span_sub(s, 0, KA_SIGNED_GLOB_MAX);
	for (size_t i = 0; i < s.len; i++)
		out[i] = ka_text_lower(s.p[i]);
	return (struct ka_span){ out, s.len };
}

bool ka_signedhead_is_for(const struct ka_signedhead *h, const char *host_id)
{
	uint8_t host_lower[KA_SIGNED_GLOB_MAX], glob_lower[KA_SIGNED_GLOB_MAX];
	struct ka_span host = ka_span_of(host_id), rest = h->hosts, glob;

	if (host.len == 0 || host.len > KA_SIGNED_GLOB_MAX)
		return false;
	host = lower(host, host_lower);
	while (ka_text_split(&rest, ' ', &glob))
		if (ka_text_glob(lower(glob, glob_lower), host))
			return true;
	return false;
}
