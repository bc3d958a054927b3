/* diag/listener: which options beat sshd's files; titles as sshd writes them, and bytes that are none. */
#include "diag/listener.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

#define CONFIG "/etc/ssh/sshd_config"

static struct ka_listener_args args;
static char told[512];

/* "LETTER=VALUE|...", "?" when ambiguous, "-" when it is no listener */
static const char *parse(const char *text, size_t len)
{
	size_t n = 0;

	if (!ka_listener_parse((struct ka_span){ (const uint8_t *)text, len }, &args))
		return "-";
	told[0] = '\0';
	for (size_t i = 0; i < args.count; i++)
		n += (size_t)snprintf(told + n, sizeof(told) - n, "%c=%s|", args.options[i].letter, args.options[i].value);
	return args.is_ambiguous ? "?" : told;
}

#define PARSE(text) parse(text, sizeof(text) - 1)

static void parse__nothing_that_beats_a_file(void **state)
{
	(void)state;
	assert_string_equal(PARSE("sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups"), "");
	assert_string_equal(args.config, CONFIG);
	assert_string_equal(PARSE("sshd: /usr/sbin/sshd -D -f /etc/ssh/sshd_config -E /var/log/o [listener] 1 of 10-100 startups"), "");
	assert_string_equal(args.config, CONFIG);
	assert_string_equal(PARSE("/usr/sbin/sshd\0-D\0-4\0"), "");
	assert_string_equal(args.text, "");
}

static void parse__options__each(void **state)
{
	(void)state;
	assert_string_equal(PARSE("sshd: /usr/sbin/sshd -D -o Port 2299 -oUseDNS=no -p 2298 -h /k [listener] 0 of 5-9 startups"),
			    "o=Port 2299|o=UseDNS=no|p=2298|h=/k|");
	assert_string_equal(args.text, "-o Port 2299 -oUseDNS=no -p 2298 -h /k");
	assert_string_equal(PARSE("sshd: /usr/sbin/sshd -DoUseDNS=yes [listener] 0 of 10-100 startups"), "o=UseDNS=yes|");
	assert_string_equal(PARSE("sshd: /usr/sbin/sshd -o AllowUsers=a b c -D [listener] 0 of 10-100 startups"), "o=AllowUsers=a b c|");
	assert_string_equal(PARSE("sshd: sshd -p 2222 -f /root/other [listener] 0 of 10-100 startups"), "p=2222|");
	assert_string_equal(args.config, "/root/other");
	assert_string_equal(PARSE("/usr/sbin/sshd\0-D\0-o\0UsePAM no\0-u0\0"), "o=UsePAM no|");
	assert_string_equal(args.text, "-o UsePAM no -u0");
	assert_string_equal(PARSE("/usr/sbin/sshd\0-o\0AuthorizedKeysCommand /x -u %u\0-D\0"), "o=AuthorizedKeysCommand /x -u %u|");
}

/* where a value ends cannot be told: then nothing is taken of it */
static void parse__torn_apart__is_ambiguous(void **state)
{
	(void)state;
	assert_string_equal(PARSE("sshd: /usr/sbin/sshd -D -o AuthorizedKeysCommand /x -u %u -o B=c [listener] 0 of 10-100 startups"), "?");
	assert_string_equal(args.text, "-o AuthorizedKeysCommand /x -u %u -o B=c");
	assert_int_equal(args.count, 0);
	assert_string_equal(PARSE("sshd: sshd -o A=b  c [listener] 0 of"), "?"); /* two blanks: what was there? */
	assert_string_equal(PARSE("sshd: sshd -h relative [listener] 0 of"), "?");
	assert_string_equal(PARSE("sshd: sshd -o [listener] 0 of"), "?");
	assert_string_equal(PARSE("sshd: sshd -x [listener] 0 of"), "?");
	assert_string_equal(PARSE("sshd: sshd stray [listener] 0 of"), "?");
	assert_string_equal(PARSE("sshd: sshd -o1=1 -o2=1 -o3=1 -o4=1 -o5=1 -o6=1 -o7=1 -o8=1 -o9=1 [listener]"), "?");
	assert_string_equal(PARSE("/usr/sbin/sshd\0-o\0"), "?");
}

static void parse__too_long__is_ambiguous(void **state)
{
	static char text[2 * KA_LISTENER_ARGUMENTS_MAX];
	size_t n;

	(void)state;
	n = (size_t)snprintf(text, sizeof(text), "sshd: sshd -o A=%0*d", KA_LISTENER_OPTION_MAX - 3, 7);
	snprintf(text + n, sizeof(text) - n, " [listener]");
	assert_string_not_equal(parse(text, strlen(text)), "?");
	n = (size_t)snprintf(text, sizeof(text), "sshd: sshd -o A=%0*d", KA_LISTENER_OPTION_MAX - 2, 7);
	snprintf(text + n, sizeof(text) - n, " [listener]");
	assert_string_equal(parse(text, strlen(text)), "?");
	n = (size_t)snprintf(text, sizeof(text), "sshd: sshd -E /%0*d", KA_LISTENER_ARGUMENTS_MAX, 7);
	snprintf(text + n, sizeof(text) - n, " [listener]");
	assert_string_equal(parse(text, strlen(text)), "?");
}

static void parse__other_processes__none(void **state)
{
	static const char *const rows[] = {
		"", "sshd: alice [priv]", "sshd: alice@pts/0 -o x", "sshd: [accepted]", "bash", "/usr/bin/notsshd", "sshd: ",
		"sshd: [listener]", " [listener]", "sshd:  [listener] -o A=b", "sshd: sshd -T [listener]",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		assert_string_equal(parse(rows[i], strlen(rows[i])), "-");
	assert_string_equal(PARSE("/usr/sbin/sshd\0-T\0-f\0/etc/ssh/sshd_config\0"), "-");
	assert_string_equal(PARSE("/usr/sbin/sshd\0-D\0-R\0"), "-");
	assert_string_equal(PARSE("/usr/sbin/sshd\0-?\0"), "?");
}

/* the test's own /proc: whatever is there, it ends */
static void look__this_machine__ends(void **state)
{
	struct ka_listener l;

	(void)state;
	ka_listener_look("/nonexistent/config", 1, &l);
	assert_false(l.is_found);
	assert_true(l.is_asked == (geteuid() == 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__other_processes__none),
		cmocka_unit_test(parse__nothing_that_beats_a_file),
		cmocka_unit_test(parse__options__each),
		cmocka_unit_test(parse__torn_apart__is_ambiguous),
		cmocka_unit_test(parse__too_long__is_ambiguous),
		cmocka_unit_test(look__this_machine__ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
