/* Strangers' text becomes part of a page here and nowhere else. Must never let a byte through that begins markup. */
#include "keyaudit/report/reporttext.h"

#include <string.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

void ka_reporttext_keep(const char *text, char *out, size_t size)
{
	struct ka_span rest = ka_span_of(text);
	size_t room = size - sizeof("..."), len = 0;

	if (ka_span_copy(rest, out, size))
		return;
	while (len < room) {
		size_t n = ka_text_utf8_len(ka_span_sub(rest, len, rest.len), NULL);

		n = n == 0 ? 1 : n;
		if (len + n > room)
			break;
		len += n;
	}
	memcpy(out, text, len);
	memcpy(out + len, "...", sizeof("..."));
}

static const char *reference(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void ka_reporttext_html(FILE *to, const char *text)
{
	char plain[KA_REPORT_TEXT_MAX * 4];
	struct ka_span s = ka_span_of(text);
	struct ka_buf b;

	ka_buf_init_array(&b, plain);
	if (ka_text_is_plain(s) && s.len < sizeof(plain))
		ka_buf_span(&b, s);
	else
		ka_text_escape(&b, s, 0, sizeof(plain) - 1);
	for (size_t i = 0; i < b.len; i++) {
		const char *ref = reference(b.p[i]);

		if (ref != NULL)
			fputs(ref, to);
		else
			fputc(b.p[i], to);
	}
}
