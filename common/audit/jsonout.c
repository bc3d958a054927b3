/* The JSON writer. It must never put a raw control character or broken UTF-8 into a string. */
#include "audit/jsonout.h"

#include "base/text.h"

#include "base/poison.h"

static const char hex_digits[] = "0123456789abcdef";

/* One string character by character: \" \\ \u00NN; a broken byte becomes the text \xNN, as everywhere. */
static void put_string(struct ka_buf *b, struct ka_span s)
{
	ka_buf_char(b, '"');
	while (s.len > 0 && !b->overflow) {
		size_t n = ka_text_utf8_len(s, NULL);
		uint8_t c = s.p[0];
		char hex[2] = { hex_digits[c >> 4], hex_digits[c & 15] };

		if (n == 0) {
			ka_buf_text(b, "\\\\x");
			ka_buf_put(b, hex, 2);
			n = 1;
		} else if (ka_text_is_control(c)) {
			ka_buf_text(b, "\\u00");
			ka_buf_put(b, hex, 2);
		} else {
			if (c == '"' || c == '\\')
				ka_buf_char(b, '\\');
			ka_buf_put(b, s.p, n);
		}
		s = ka_span_sub(s, n, s.len);
	}
	ka_buf_char(b, '"');
}

static void put_key(struct ka_buf *b, const char *key)
{
	char last = b->len > 0 ? b->p[b->len - 1] : '\n';

	if (last != '{' && last != '[' && last != '\n')
		ka_buf_char(b, ',');
	if (key == NULL)
		return;
	put_string(b, ka_span_of(key));
	ka_buf_char(b, ':');
}

void ka_jsonout_object(struct ka_buf *b, const char *key)
{
	put_key(b, key);
	ka_buf_char(b, '{');
}

void ka_jsonout_object_end(struct ka_buf *b)
{
	ka_buf_char(b, '}');
}

void ka_jsonout_array(struct ka_buf *b, const char *key)
{
	put_key(b, key);
	ka_buf_char(b, '[');
}

void ka_jsonout_array_end(struct ka_buf *b)
{
	ka_buf_char(b, ']');
}

void ka_jsonout_text(struct ka_buf *b, const char *key, struct ka_span s, size_t max)
{
	char safe[KA_JSONOUT_TEXT_MAX];
	struct ka_buf t;

	ka_buf_init_array(&t, safe);
	ka_text_escape(&t, s, 0, max < sizeof(safe) ? max : sizeof(safe) - 1);
	put_key(b, key);
	put_string(b, ka_buf_as_span(&t));
}

void ka_jsonout_plain(struct ka_buf *b, const char *key, const char *text)
{
	put_key(b, key);
	put_string(b, ka_span_of(text));
}

void ka_jsonout_u64(struct ka_buf *b, const char *key, uint64_t v)
{
	put_key(b, key);
	ka_buf_u64(b, v);
}

void ka_jsonout_i64(struct ka_buf *b, const char *key, int64_t v)
{
	put_key(b, key);
	ka_buf_i64(b, v);
}

void ka_jsonout_bool(struct ka_buf *b, const char *key, bool v)
{
	put_key(b, key);
	ka_buf_text(b, v ? "true" : "false");
}

void ka_jsonout_mode(struct ka_buf *b, const char *key, unsigned mode)
{
	char text[8];
	struct ka_buf m;

	ka_buf_init_array(&m, text);
	ka_buf_octal(&m, mode & 07777, 4);
	ka_jsonout_plain(b, key, text);
}
