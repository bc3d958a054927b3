/* source/commandwhy: what is said about a program, by what it came to. */
#include "source/commandwhy.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/text.h"

#include "base/poison.h"

static const struct ka_conf_source source = { .name = "sss", .kind = KA_CONF_KIND_COMMAND, .command = "/usr/bin/x %u", .deadline_ms = 2500 };

static const char *said(const struct ka_sourcefile_out *out, int32_t status)
{
	static char text[KA_CONF_ERROR_MAX];
	struct ka_source_evidence evidence = ka_source_evidence_none();
	struct ka_buf b;

	evidence.status = status;
	ka_buf_init_array(&b, text);
	ka_commandwhy_write(&source, out, &evidence, &b);
	assert_true(ka_text_is_plain(ka_buf_as_span(&b)));
	return text;
}

#define OUT(an, re, ...) &(struct ka_sourcefile_out){ .answer = KA_SOURCE_##an, .reason = KA_REASON_##re, .why = { __VA_ARGS__ } }

static void write__each_outcome__says_what_and_where(void **state)
{
	(void)state;
	assert_string_equal(said(OUT(NO_KEYS, STORE_NO_KEYS, .path = ""), -1), "/usr/bin/x %u: printed no key");
	assert_string_equal(said(OUT(UNAVAILABLE, STORE_TIMEOUT, .path = "/usr/bin/x"), -1), "/usr/bin/x: did not end within 2500ms");
	assert_string_equal(said(OUT(REFUSED, STORE_TOO_LARGE, .path = "/usr/bin/x"), -1), "/usr/bin/x: printed more than 4 MiB");
	assert_string_equal(said(OUT(REFUSED, STORE_BAD_ANSWER, .path = "/usr/bin/x"), -1),
			    "/usr/bin/x: printed something that is no list of keys; run it by hand as _keyaudit");
	assert_string_equal(said(OUT(REFUSED, STORE_BAD_ANSWER, .path = "/usr/bin/x"), 3),
			    "/usr/bin/x: ended with status 3; what it printed does not count then");
	assert_string_equal(said(OUT(REFUSED, CONF_INVALID, .path = "%h"), -1),
			    "%h: what it stands for was not given, or must not stand in a command line");
	assert_string_equal(said(OUT(UNAVAILABLE, STORE_UNREACHABLE, .path = "/usr/bin/x", .errnum = ENOEXEC), -1),
			    "/usr/bin/x: cannot be executed, error 8");
	assert_string_equal(said(OUT(UNAVAILABLE, STORE_UNREACHABLE, .path = "/usr/bin/x", .errnum = ENOENT), -1), "/usr/bin/x: is not there");
	assert_string_equal(said(OUT(UNAVAILABLE, STORE_UNREACHABLE, .path = "/usr/bin/x", .errnum = EACCES, .mode = S_IFREG | 0644), -1),
			    "/usr/bin/x: mode 0644: _keyaudit may not execute it; mend: chmod a+x /usr/bin/x");
	assert_string_equal(said(OUT(REFUSED, CONF_UNSAFE, .path = "/usr/bin/x", .reason = KA_REASON_CONF_UNSAFE, .mode = S_IFREG | 0777), -1),
			    "/usr/bin/x: mode 0777, owner 0: others may write to it, so it is not believed; mend: chmod go-w /usr/bin/x");
}

static void write__hostile_path__is_escaped(void **state)
{
	(void)state;
	assert_string_equal(said(OUT(UNAVAILABLE, STORE_TIMEOUT, .path = "/x\x1b[2J"), -1), "/x\\x1b[2J: did not end within 2500ms");
	assert_string_equal(said(OUT(UNAVAILABLE, STORE_UNREACHABLE, .path = "/a b", .errnum = EACCES, .mode = S_IFREG | 0644), -1),
			    "/a b: mode 0644: _keyaudit may not execute it; mend: let everybody execute it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write__each_outcome__says_what_and_where),
		cmocka_unit_test(write__hostile_path__is_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
