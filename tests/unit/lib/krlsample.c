/* KRLs from PROTOCOL.krl of OpenSSH alone: see krlsample.h. */
#include "tests/unit/lib/krlsample.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/poison.h"

void krlsample_begin(struct krlsample *s)
{
	ka_buf_init_array(&s->b, s->bytes);
	ka_buf_put(&s->b, "SSHKRL\n", 8); /* with its NUL */
	ka_buf_be32(&s->b, 1);
	ka_buf_be64(&s->b, 7);
	ka_buf_be64(&s->b, 1790000000);
	ka_buf_be64(&s->b, 0);
	ka_buf_string(&s->b, ka_span_of(""));
	ka_buf_string(&s->b, ka_span_of("sample"));
}

void krlsample_part(struct ka_buf *b, uint8_t type, struct ka_span contents)
{
	ka_buf_char(b, (char)type);
	ka_buf_string(b, contents);
}

void krlsample_string(struct krlsample *s, uint8_t type, struct ka_span one)
{
	char bytes[8192];
	struct ka_buf b;

	ka_buf_init_array(&b, bytes);
	ka_buf_string(&b, one);
	krlsample_part(&s->b, type, ka_buf_as_span(&b));
}

void krlsample_certificates(struct krlsample *s, struct ka_span ca, struct ka_span parts)
{
	char bytes[8192];
	struct ka_buf b;

	ka_buf_init_array(&b, bytes);
	ka_buf_string(&b, ca);
	ka_buf_string(&b, ka_span_of(""));
	ka_buf_span(&b, parts);
	assert_false(b.overflow);
	krlsample_part(&s->b, 1, ka_buf_as_span(&b));
}

struct ka_span krlsample_bytes(const struct krlsample *s)
{
	assert_false(s->b.overflow);
	return ka_buf_as_span(&s->b);
}
