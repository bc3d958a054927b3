/* Headers are written here and read by common/store; a test puts both together. */
#include "keyaudit/sign/signtext.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "store/signedhead.h"
#include "store/sshsig.h"

#include "base/poison.h"

void ka_signtext_time(int64_t at, char out[static KA_SIGNTEXT_TIME])
{
	char whole[KA_CLOCK_TEXT_MAX];

	ka_clock_text(at * 1000000, whole);
	memcpy(out, whole, KA_SIGNTEXT_TIME - 2);
	out[KA_SIGNTEXT_TIME - 2] = 'Z';
	out[KA_SIGNTEXT_TIME - 1] = '\0';
}

static void put(struct ka_buf *out, const char *name, struct ka_span value)
{
	ka_buf_text(out, "# ");
	ka_buf_text(out, name);
	ka_buf_text(out, ": ");
	ka_buf_span(out, value);
	ka_buf_char(out, '\n');
}

static void put_time(struct ka_buf *out, const char *name, int64_t at)
{
	char text[KA_SIGNTEXT_TIME];

	ka_signtext_time(at, text);
	put(out, name, ka_span_of(text));
}

void ka_signtext_head(const struct ka_signtext_head *h, struct ka_buf *out)
{
	char serial[KA_TEXT_U64_MAX];

	ka_text_u64(h->serial, serial);
	ka_buf_text(out, ka_signeddoc_magic(h->kind));
	ka_buf_char(out, '\n');
	if (h->kind == KA_SIGNEDDOC_KEYS)
		put(out, "user", h->user);
	put(out, "hosts", h->hosts);
	put(out, "serial", ka_span_of(serial));
	put_time(out, "issued", h->issued);
	put_time(out, "expires", h->expires);
}

const char *ka_signtext_hosts(const char *hosts)
{
	struct ka_signedhead head;
	const char *wrong = NULL;
	char line[KA_SIGN_HOSTS_MAX];
	struct ka_buf b;

	ka_signedhead_init(&head);
	ka_buf_init_array(&b, line);
	ka_buf_text(&b, "# hosts: ");
	ka_buf_text(&b, hosts);
	if (ka_buf_check(&b) != KA_ERR_OK)
		return "too long";
	return ka_signedhead_take(ka_buf_as_span(&b), false, &head, &wrong) == KA_REASON_NONE ? "" : wrong;
}

bool ka_signtext_kind(struct ka_span bytes, enum ka_signeddoc_kind *kind)
{
	static const enum ka_signeddoc_kind all[] = { KA_SIGNEDDOC_KEYS, KA_SIGNEDDOC_REVOKED, KA_SIGNEDDOC_INDEX };
	struct ka_span first = ka_span_sub(bytes, 0, ka_span_find(bytes, '\n'));

	for (size_t i = 0; i < KA_ARRAY_LEN(all); i++)
		if (ka_span_is(first, ka_signeddoc_magic(all[i]))) {
			*kind = all[i];
			return true;
		}
	return false;
}

size_t ka_signtext_end(struct ka_span bytes)
{
	struct ka_cursor c;
	struct ka_span line;

	ka_cursor_init(&c, bytes.p, bytes.len);
	while (ka_cursor_line(&c, &line, NULL))
		if (ka_span_is(line, KA_SSHSIG_BEGIN))
			return (size_t)(line.p - bytes.p);
	return bytes.len;
}

bool ka_signtext_span(const char *text, int64_t *sec)
{
	static const struct {
		char unit;
		int64_t sec;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 7 * 86400 } };
	struct ka_span all = ka_span_of(text);
	uint64_t n;

	*sec = 0;
	if (all.len < 2 || !ka_text_to_u64(ka_span_sub(all, 0, all.len - 1), KA_SIGN_SPAN_MAX_SEC, &n))
		return false;
	for (size_t i = 0; i < KA_ARRAY_LEN(units); i++)
		if (all.p[all.len - 1] == (uint8_t)units[i].unit)
			*sec = (int64_t)n * units[i].sec;
	return *sec > 0 && *sec <= KA_SIGN_SPAN_MAX_SEC;
}

bool ka_signtext_expiry(const char *text, int64_t now, int64_t *at)
{
	int64_t sec;

	if (ka_signtext_span(text, &sec)) {
		*at = now + sec;
		return true;
	}
	return ka_signedhead_time(ka_span_of(text), at) && *at > now;
}
