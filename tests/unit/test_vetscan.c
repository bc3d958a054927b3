/* keyaudit/vetscan: groups of lines. Each line comes out once, in order, whatever the file holds. */
#include "keyaudit/vet/vetscan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "tests/unit/lib/keysample.h"

#include "base/poison.h"

static struct ka_vetscan *scan;
static struct ka_keysample ed, rsa;
static char seen[16384]; /* "NUMBER REASON-OF-LINE SEEN;" for each line that is not plain */
static uint64_t expected;
static uint64_t fail_at;

static enum ka_err take(void *ctx, uint64_t number, const struct ka_keyline *k, enum ka_reason reason)
{
	size_t n = strlen(seen);

	assert_ptr_equal(ctx, &expected);
	assert_int_equal(number, ++expected);
	if (reason != KA_REASON_NONE && n < sizeof(seen) - 100)
		assert_true(snprintf(seen + n, sizeof(seen) - n, "%d %s %s;", (int)number, ka_reason_id(k->reason), ka_reason_id(reason)) > 0);
	return number == fail_at ? KA_ERR_SYS : KA_ERR_OK;
}

static int setup(void **state)
{
	(void)state;
	free(scan);
	scan = calloc(1, sizeof(*scan));
	assert_non_null(scan);
	scan->take = take;
	scan->ctx = &expected;
	expected = fail_at = 0;
	seen[0] = '\0';
	ka_keysample_find("ed25519", &ed);
	ka_keysample_find("rsa2048", &rsa);
	return 0;
}

/* all lines of @bytes; answers how many there were */
static uint64_t feed(const void *bytes, size_t len)
{
	struct ka_cursor c;
	struct ka_span line;
	uint64_t n = 0;

	expected = 0;
	seen[0] = '\0';
	ka_cursor_init(&c, bytes, len);
	while (ka_cursor_line(&c, &line, NULL)) {
		/* as linestream does it */
		if (line.len > KA_LINE_MAX + 2)
			line.len = KA_LINE_MAX + 2;
		assert_int_equal(ka_vetscan_line(scan, ++n, line), KA_ERR_OK);
	}
	assert_int_equal(ka_vetscan_end(scan), KA_ERR_OK);
	assert_int_equal(expected, n);
	return n;
}

/* "type base64" of a sample, folded */
static size_t fold(const struct ka_keysample *s, size_t width, char *out)
{
	size_t len = (size_t)(s->base64.p - (const uint8_t *)s->line) + s->base64.len, n = 0;

	for (size_t at = 0; at < len; at += width) {
		size_t take_n = len - at < width ? len - at : width;

		memcpy(out + n, s->line + at, take_n);
		n += take_n;
		out[n++] = '\n';
	}
	return n;
}

static void scan__wrapped_at_any_width__every_line_says_so(void **state)
{
	static char text[8192];
	static const size_t widths[] = { 30, 64, 70, 76, 100, 371 };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(widths); i++) {
		uint64_t lines = feed(text, fold(&rsa, widths[i], text));
		const char *p = seen;

		for (uint64_t n = 1; n <= lines; n++) {
			p = strstr(p, " line.wrapped;");
			assert_non_null(p);
			p++;
		}
		assert_null(strstr(p, " line.wrapped;"));
	}
}

/* a piece is missing: no key, so nothing is claimed */
static void scan__wrapped_and_cut__is_not_called_wrapped(void **state)
{
	static char text[8192];
	size_t len = fold(&rsa, 70, text);

	(void)state;
	feed(text, len - 20);
	assert_string_equal(seen, "");
}

static void scan__two_wrapped_keys__each_is_found(void **state)
{
	static char text[8192];
	size_t len = fold(&ed, 40, text);

	(void)state;
	len += fold(&ed, 50, text + len);
	feed(text, len);
	assert_string_equal(seen, "1 key.blob-truncated line.wrapped;2 key.type-unknown line.wrapped;"
				  "3 line.bad-base64 line.wrapped;4 key.type-unknown line.wrapped;");
}

static void scan__more_lines_than_one_key_may_have__all_come_out(void **state)
{
	size_t lines = 3 * KA_DIAG_WRAP_LINES_MAX;
	char *text = malloc(lines * 20);
	size_t len = 0;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < lines; i++) {
		memcpy(text + len, i == 0 ? "ssh-rsa AAAA\n" : "AAAA\n", i == 0 ? 13 : 5);
		len += i == 0 ? 13 : 5;
	}
	assert_int_equal(feed(text, len), lines);
	free(text);
}

static void scan__long_lines__all_come_out(void **state)
{
	size_t len = 8 * (KA_LINE_MAX + 4), n = 0;
	char *text = malloc(len);

	(void)state;
	assert_non_null(text);
	memset(text, 'A', len);
	memcpy(text, "ssh-rsa ", 8);
	for (size_t i = KA_LINE_MAX; i < len; i += KA_LINE_MAX + 1, n++)
		text[i] = '\n';
	text[len - 1] = '\n';
	assert_true(feed(text, len) > n);
	text[0] = '#';
	feed(text, len);
	free(text);
}

static void scan__take_fails__is_forwarded(void **state)
{
	static char text[8192];
	size_t len = fold(&ed, 40, text);
	struct ka_span first = { (uint8_t *)text, 40 };

	(void)state;
	assert_true(len > 41);
	fail_at = 1;
	assert_int_equal(ka_vetscan_line(scan, 1, ka_span_of("# comment")), KA_ERR_SYS);
	expected = 0;
	assert_int_equal(ka_vetscan_line(scan, 1, first), KA_ERR_OK); /* held back */
	assert_int_equal(ka_vetscan_end(scan), KA_ERR_SYS);
	assert_int_equal(ka_vetscan_end(scan), KA_ERR_OK); /* nothing is left */
}

/* rubbish of all kinds, and good text with one byte changed */
static void scan__damaged_text__no_line_is_lost(void **state)
{
	static char text[8192];
	uint64_t x = 88172645463325252u;
	size_t len;

	(void)state;
	for (int round = 0; round < 400; round++) {
		len = fold(&ed, 50, text);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "# %s\n%s%s\n", ed.line, ed.line, rsa.line);
		for (int i = 0; i < 3; i++) {
			x = x * 6364136223846793005u + 1442695040888963407u;
			text[(x >> 16) % len] = (char)(x >> 40);
		}
		feed(text, len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(scan__wrapped_and_cut__is_not_called_wrapped, setup),
		cmocka_unit_test_setup(scan__take_fails__is_forwarded, setup),
		cmocka_unit_test_setup(scan__damaged_text__no_line_is_lost, setup),
		cmocka_unit_test_setup(scan__long_lines__all_come_out, setup),
		cmocka_unit_test_setup(scan__more_lines_than_one_key_may_have__all_come_out, setup),
		cmocka_unit_test_setup(scan__wrapped_at_any_width__every_line_says_so, setup),
		cmocka_unit_test_setup(scan__two_wrapped_keys__each_is_found, setup),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	free(scan);
	return failed;
}
