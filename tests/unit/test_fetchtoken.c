/* authkeys-fetch/fetchtoken: which file may hold a token, and what is one. */
#include "authkeys-cmd/fetch/fetchtoken.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

enum { FETCHER = 4711, OTHER = 4712 };

static char header[KA_CONF_TEXT_MAX + KA_FETCH_TOKEN_MAX];
static struct ka_conf_source source;

static const char *header_of(const char *file, const char *named)
{
	struct ka_buf b;
	bool good;

	source = (struct ka_conf_source){ .token_file = file, .token_header = named };
	ka_buf_init_array(&b, header);
	good = ka_fetchtoken_header(&source, &b);
	return good ? header : NULL;
}

static int make_tree(void **state)
{
	(void)state;
	trustroot_dir("/k", 0755, 0);
	trustroot_dir("/open", 0777, 0);
	return 0;
}

static const char *with(mode_t mode, uid_t owner, const char *text)
{
	trustroot_file("/k/token", mode, owner, text);
	return header_of("/k/token", "");
}

static void token__none_named__is_no_header(void **state)
{
	(void)state;
	assert_string_equal(header_of("", ""), "");
}

static void token__in_a_closed_file__is_sent_as_said(void **state)
{
	(void)state;
	assert_string_equal(with(0400, 0, "abc\n"), "Authorization: Bearer abc");
	assert_string_equal(with(0640, 0, "abc"), "Authorization: Bearer abc");
	assert_string_equal(with(0600, 0, "abc\r\n\n"), "Authorization: Bearer abc");
	assert_string_equal(header_of("/k/token", "X-Vault-Token"), "X-Vault-Token: abc");
	assert_string_equal(header_of("/k/token", "Authorization: token"), "Authorization: token abc");
	assert_string_equal(header_of("/k/token", "Authorization: Basic"), "Authorization: Basic abc");
}

static void token__in_a_file_open_to_others__is_not_used(void **state)
{
	(void)state;
	assert_null(with(0644, 0, "abc\n"));
	assert_null(with(0604, 0, "abc\n"));
	assert_null(with(0601, 0, "abc\n"));
	assert_null(with(0620, 0, "abc\n"));
	assert_null(with(0602, 0, "abc\n"));
	assert_non_null(with(0440, 0, "abc\n"));
	trustroot_file("/open/token", 0400, 0, "abc\n");
	assert_null(header_of("/open/token", ""));
	assert_null(header_of("/k/missing", ""));
	assert_null(header_of("/k", ""));
	assert_null(header_of("k/token", ""));
}

static void token__of_the_fetcher_itself__is_as_good_as_root_s(void **state)
{
	(void)state;
	if (!trustroot_has_uids())
		skip();
	trustroot_file("/k/token", 0400, FETCHER, "abc\n");
	assert_null(header_of("/k/token", ""));
	assert_int_equal(seteuid(FETCHER), 0);
	assert_non_null(header_of("/k/token", ""));
	assert_int_equal(seteuid(0), 0);
	trustroot_file("/k/token", 0644, OTHER, "abc\n");
	assert_int_equal(seteuid(FETCHER), 0);
	assert_null(header_of("/k/token", ""));
	assert_int_equal(seteuid(0), 0);
}

/* what could become a second header or a terminal's command is no token */
static void token__anything_but_one_line_of_visible_ascii__is_none(void **state)
{
	char text[KA_FETCH_TOKEN_MAX + 2];

	(void)state;
	assert_null(with(0400, 0, ""));
	assert_null(with(0400, 0, "\n"));
	assert_null(with(0400, 0, "abc def\n"));
	assert_null(with(0400, 0, "abc\nX-Evil: 1\n"));
	assert_null(with(0400, 0, "abc\rX-Evil: 1"));
	assert_null(with(0400, 0, "abc\tdef"));
	assert_null(with(0400, 0, "abc\x1b[m"));
	assert_null(with(0400, 0, "abc\x7f"));
	assert_null(with(0400, 0, "\xc3\xa9"));
	assert_null(with(0400, 0, " abc"));
	memset(text, 'x', sizeof(text));
	text[KA_FETCH_TOKEN_MAX] = '\0';
	assert_non_null(with(0400, 0, text));
	text[KA_FETCH_TOKEN_MAX] = 'x';
	text[KA_FETCH_TOKEN_MAX + 1] = '\0';
	assert_null(with(0400, 0, text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(token__none_named__is_no_header),
		cmocka_unit_test(token__in_a_closed_file__is_sent_as_said),
		cmocka_unit_test(token__in_a_file_open_to_others__is_not_used),
		cmocka_unit_test(token__of_the_fetcher_itself__is_as_good_as_root_s),
		cmocka_unit_test(token__anything_but_one_line_of_visible_ascii__is_none),
	};

	return trustroot_run(tests, make_tree);
}
