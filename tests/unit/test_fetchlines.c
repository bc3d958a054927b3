/* authkeys-fetch/fetchlines: one good line makes a list, none makes a web page, and nothing makes no keys. */
#include "authkeys-cmd/fetch/fetchlines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"

#include "base/poison.h"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP4c0dsOHq5vBNwtKeroAvBjRTyCtcz7jgy5OCu3feNl"

static char kept[KA_STORE_BODY_MAX + 1];

static const char *take(const char *body, const char *prefix)
{
	enum ka_reason reason;
	struct ka_buf b;

	ka_buf_init_array(&b, kept);
	reason = ka_fetchlines_take(ka_span_of(body), prefix, &b);
	return reason == KA_REASON_NONE ? kept : ka_reason_id(reason);
}

static void lines__keys__are_kept_as_they_are(void **state)
{
	(void)state;
	assert_string_equal(take(KEY " alice\n", ""), KEY " alice\n");
	assert_string_equal(take(KEY, ""), KEY "\n");
	assert_string_equal(take("\r\n\r\n" KEY "\r\n# note\r\n\n", ""), "\n\n" KEY "\n# note\n\n");
	assert_string_equal(take("no-pty " KEY "\n", ""), "no-pty " KEY "\n");
}

static void lines__one_bad_line__says_nothing_about_the_others(void **state)
{
	(void)state;
	assert_string_equal(take("<html>\n" KEY "\n", ""), "<html>\n" KEY "\n");
}

static void lines__text_without_any_key__is_no_list(void **state)
{
	(void)state;
	assert_string_equal(take("<!DOCTYPE html>\n<html>\n", ""), "store.bad-answer");
	assert_string_equal(take("404\n", ""), "store.bad-answer");
	assert_string_equal(take("{\"keys\":[]}", ""), "store.bad-answer");
	assert_string_equal(take("# " KEY "\nssh-ed25519 AAAA\n", ""), "store.bad-answer");
}

static void lines__nothing_but_comments__is_no_keys(void **state)
{
	(void)state;
	assert_string_equal(take("", ""), "store.no-keys");
	assert_string_equal(take("\n\r\n  \t\n", ""), "store.no-keys");
	assert_string_equal(take("# none\n", ""), "store.no-keys");
}

static void prefix__own_lines__are_kept_without_it(void **state)
{
	(void)state;
	assert_string_equal(take("alice:" KEY "\nbob:" KEY "\nalice:" KEY " two\n", "alice:"), KEY "\n" KEY " two\n");
	assert_string_equal(take("alicea:" KEY "\nALICE:" KEY "\nalice:" KEY " two\n", "alice:"), KEY " two\n");
	assert_string_equal(take("alice:<html>\nbob:" KEY "\n", "alice:"), "store.bad-answer");
}

static void prefix__only_others__is_no_keys(void **state)
{
	(void)state;
	assert_string_equal(take("bob:" KEY "\n", "alice:"), "store.no-keys");
	assert_string_equal(take("# nobody\n\nbob:x\ncarol:" KEY "\n", "alice:"), "store.no-keys");
	assert_string_equal(take("", "alice:"), "store.no-keys");
	assert_string_equal(take("alice:\n", "alice:"), "store.no-keys");
	assert_string_equal(take("bob " KEY "\n", "alice "), "store.no-keys");
}

/* without that a captive portal would take everybody's keys away */
static void prefix__a_web_page__is_no_list_of_others(void **state)
{
	(void)state;
	assert_string_equal(take("<!DOCTYPE html>\n<a href=\"https://x\">\n", "alice:"), "store.bad-answer");
	assert_string_equal(take("bob:\n", "alice:"), "store.bad-answer");
}

static void limits__lines_and_their_length__are_bounded(void **state)
{
	char *text = malloc(KA_STORE_BODY_MAX + 1);
	struct ka_buf b;

	(void)state;
	assert_non_null(text);
	ka_buf_init(&b, text, KA_STORE_BODY_MAX + 1);
	for (int i = 0; i < KA_STORE_KEYS_MAX; i++)
		ka_buf_text(&b, KEY "\n# not counted\n");
	assert_int_equal(strncmp(take(text, ""), KEY, 20), 0);
	ka_buf_text(&b, "x\n");
	assert_string_equal(take(text, ""), "store.too-large");
	ka_buf_cut(&b, 0);
	ka_buf_text(&b, KEY " ");
	while (b.len < KA_LINE_MAX)
		ka_buf_char(&b, 'x');
	assert_int_equal(strncmp(take(text, ""), KEY, 20), 0);
	ka_buf_char(&b, 'x');
	assert_string_equal(take(text, ""), "store.too-large");
	free(text);
}

static void limits__no_room__is_too_large(void **state)
{
	char small[sizeof(KEY) - 1];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, small);
	assert_string_equal(ka_reason_id(ka_fetchlines_take(ka_span_of(KEY), "", &b)), "store.too-large");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines__keys__are_kept_as_they_are),
		cmocka_unit_test(lines__one_bad_line__says_nothing_about_the_others),
		cmocka_unit_test(lines__text_without_any_key__is_no_list),
		cmocka_unit_test(lines__nothing_but_comments__is_no_keys),
		cmocka_unit_test(prefix__own_lines__are_kept_without_it),
		cmocka_unit_test(prefix__only_others__is_no_keys),
		cmocka_unit_test(prefix__a_web_page__is_no_list_of_others),
		cmocka_unit_test(limits__lines_and_their_length__are_bounded),
		cmocka_unit_test(limits__no_room__is_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
