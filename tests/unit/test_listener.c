/* diag/listener: which options beat sshd's files; titles as sshd writes them, and bytes that are none. */
#include "diag/listener.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

#define CONFIG "/etc/ssh/sshd_config"

static char out[64];

static bool parse(const char *text, size_t len)
{
	return ka_listener_parse((struct ka_span){ (const uint8_t *)text, len }, CONFIG, out, sizeof(out));
}

#define PARSE(text) parse(text, sizeof(text) - 1)

static void parse__nothing_that_beats_a_file__false(void **state)
{
	(void)state;
	assert_false(PARSE("sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups"));
	assert_false(PARSE("sshd: /usr/sbin/sshd -D -f /etc/ssh/sshd_config -E /var/log/o -p 22 [listener] 1 of 10-100 startups"));
	assert_false(PARSE("sshd: /usr/sbin/sshd -h /o/-o [listener] 0 of"));
	assert_false(PARSE("/usr/sbin/sshd\0-D\0-4\0"));
	assert_string_equal(out, "");
}

static void parse__options__from_the_first_one_on(void **state)
{
	(void)state;
	assert_true(PARSE("sshd: /usr/sbin/sshd -D -o AuthorizedKeysCommand /x %u -o B=c [listener] 0 of 10-100 startups"));
	assert_string_equal(out, "-o AuthorizedKeysCommand /x %u -o B=c");
	assert_true(PARSE("sshd: /usr/sbin/sshd -DoUseDNS=yes [listener] 0 of 10-100 startups"));
	assert_string_equal(out, "-DoUseDNS=yes");
	assert_true(PARSE("sshd: sshd -p 2222 -f /root/other [listener] 0 of 10-100 startups"));
	assert_string_equal(out, "-f /root/other");
	assert_true(PARSE("/usr/sbin/sshd\0-D\0-o\0UsePAM no\0"));
	assert_string_equal(out, "-o UsePAM no");
	assert_true(PARSE("sshd: sshd -o A=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa [listener]"));
	assert_int_equal(strlen(out), sizeof(out) - 1);
}

static void parse__other_processes__false(void **state)
{
	static const char *const rows[] = {
		"", "sshd: alice [priv]", "sshd: alice@pts/0 -o x", "sshd: [accepted]", "bash\0-o", "/usr/bin/notsshd -o A=b", "sshd", "sshd: ",
		"sshd: [listener]", " [listener]", "sshd:  [listener] -o A=b",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		assert_false(parse(rows[i], strlen(rows[i])));
}

/* the test's own /proc: whatever is there, it ends */
static void look__this_machine__ends(void **state)
{
	(void)state;
	ka_listener_look(CONFIG, out, sizeof(out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__other_processes__false),
		cmocka_unit_test(parse__nothing_that_beats_a_file__false),
		cmocka_unit_test(parse__options__from_the_first_one_on),
		cmocka_unit_test(look__this_machine__ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
