/* store/signers: who may sign, what is skipped with a warning, and what refuses the whole file. */
#include "store/signers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "key/keyb64.h"

#include "base/poison.h"

#define A64 "AAAAC3NzaC1lZDI1NTE5AAAAIH5o6oOJv2e/nXMrxcsqmLT1EqRGkU7CtG7sA7DzTGQu"
#define B64 "AAAAC3NzaC1lZDI1NTE5AAAAIEC+qX3YGwATnN1XyNfyN5SSUQvF/fmlt/TT8UnGLAwK"
#define A "ssh-ed25519 " A64
#define B "ssh-ed25519 " B64
#define SK "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIKCapfR6Z1mAL/lV+NwtKhSlyZ0jvpf4ZBJ/+Tg0VaTwAAAABHNzaDo="
#define RSA "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDTtL"
#define NS "namespaces=\"keyaudit\" "
#define NOW 1790000000 /* 2026-09-21 14:13:20 UTC */

static struct ka_signers s;

static bool parse(const char *text)
{
	return ka_signers_parse(ka_span_of(text), &s);
}

static void file__good_lines__signers(void **state)
{
	(void)state;
	assert_true(parse("# comment\n\n  \t\nops " NS A " ops@example.com\n\tsec\t" NS "\t" B "\ntouch " NS SK));
	assert_int_equal(s.count, 3);
	assert_int_equal(s.warnings, 0);
	assert_true(ka_span_is(s.list[0].name, "ops"));
	assert_int_equal(s.list[0].line, 4);
	assert_true(ka_span_is(s.list[1].name, "sec"));
	assert_int_equal(s.list[0].blob.len, 51);
	assert_int_equal(s.list[0].pk.len, 32);
	assert_true(s.list[0].pk.p == s.list[0].blob.p + 19);
	assert_int_equal(s.list[2].line, 6);
	assert_int_equal(ka_signers_names(&s), 3);
	assert_true(ka_signers_find(&s, s.list[1].blob, NOW) == &s.list[1]);
}

static void file__empty__nobody(void **state)
{
	(void)state;
	assert_true(parse(""));
	assert_int_equal(s.count, 0);
	assert_true(parse("# nothing\n"));
	assert_int_equal(ka_signers_names(&s), 0);
}

/* each row: a line that refuses the file, and its nearest neighbour that does not */
static void file__a_line_is_wrong__refused_with_its_number(void **state)
{
	static const struct { const char *bad, *good; } rows[] = {
		{ "o*s " NS A, "o-s " NS A },
		{ "?ops " NS A, "ops " NS A },
		{ "!ops " NS A, "ops@example.com " NS A },
		{ "ops,sec " NS A, "ops " NS A },
		{ "\"ops\" " NS A, "ops " NS A },
		{ "o\\ps " NS A, "ops " NS A },
		{ "ops\x01 " NS A, "ops\t" NS A },
		{ "\xff " NS A, "\xc3\xa9va " NS A },
		{ "ops " NS A "\r", "ops " NS A " " },
		{ "ops", "ops " A },
		{ "ops " NS "ssh-ed25519", "ops " NS A },
		{ "ops ssh-ed25519 ", "ops " A },
		{ "ops namespaces=keyaudit " A, "ops " NS A },
		{ "ops namespaces=\"keyaudit " A, "ops " NS A },
		{ "ops namespaces=\"keyaudit\",namespaces=\"file\" " A, "ops namespaces=\"keyaudit,file\" " A },
		{ "ops namespaces=\"key\\audit\" " A, "ops " NS A },
		{ "ops namespaces=\"keyaudit\", " A, "ops " NS A },
		{ "ops ,namespaces=\"keyaudit\" " A, "ops " NS A },
		{ "ops namespaces=\"keyaudit\"; " A, "ops " NS A },
		{ "ops pty " A, "ops cert-authority " A },
		{ "ops restrict=\"x\" " A, "ops NameSpaces=\"keyaudit\" " A },
		{ "ops valid-after=\"20260101\" " A, "ops valid-after=\"20260101Z\" " A },
		{ "ops valid-after=\"20260101UTC\" " A, "ops valid-after=\"202601010101Z\" " A },
		{ "ops valid-before=\"2026\" " A, "ops valid-before=\"20270101000000Z\" " A },
		{ "ops valid-before=\"20271301Z\" " A, "ops valid-before=\"20271201Z\" " A },
		{ "ops valid-before=\"Z\" " A, "ops valid-before=\"20271201Z\" " A },
		{ "ops valid-after=\"20260101Z\",valid-after=\"20260102Z\" " A, "ops valid-after=\"20260101Z\",valid-before=\"20270102Z\" " A },
		{ "ops valid-after=\"20270101Z\",valid-before=\"20270101Z\" " A, "ops valid-after=\"20270101Z\",valid-before=\"20270102Z\" " A },
		{ "ops valid-after=\"20270102Z\",valid-before=\"20270101Z\" " A, "ops valid-after=\"20260102Z\",valid-before=\"20270101Z\" " A },
		{ "ops " NS "ssh-ed25519 " A64 "A", "ops " NS A },
		{ "ops " NS "ssh-ed25519 !" A64, "ops " NS A },
		{ "ops " NS "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH5o6oOJv2e/nXMrxcsqmLT1EqRGkU7CtG7sA7DzTG==", "ops " NS A },
		{ "ops " NS "sk-ssh-ed25519@openssh.com " A64, "ops " NS SK },
		{ "ops " NS "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "ops " NS A }, /* identity */
		{ "ops " NS "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP///////////////////////////////////////////w==", "ops " NS B },
		{ "ops " NS A "\nsec " NS A, "ops " NS A "\nops " NS A },
		{ "ops foo", "ops " A },
		{ "ops ssh-ed448 foo", "ops ssh-ed448 AAAACXNzaC1lZDQ0OA==" },
	};
	char text[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ka_buf b;
		size_t lines = 2;

		ka_buf_init_array(&b, text);
		ka_buf_text(&b, "first " B " x\n");
		ka_buf_text(&b, strstr(rows[i].bad, B64) == NULL ? rows[i].bad : "");
		for (const char *p = rows[i].bad; (p = strchr(p, '\n')) != NULL; p++)
			lines++;
		if (parse(text) || s.bad_line != lines || s.wrong == NULL || s.count != 0)
			fail_msg("row %zu: %s: line %u, %s", i, rows[i].bad, s.bad_line, s.wrong != NULL ? s.wrong : "accepted");
		if (!parse(rows[i].good))
			fail_msg("row %zu: %s: %s", i, rows[i].good, s.wrong);
		assert_null(s.wrong);
		assert_int_equal(s.bad_line, 0);
	}
}

static void file__nul_in_it__refused(void **state)
{
	static const char text[] = "ops " NS A "\0\n";

	(void)state;
	assert_false(ka_signers_parse((struct ka_span){ (const uint8_t *)text, sizeof(text) - 1 }, &s));
	assert_true(ka_signers_parse((struct ka_span){ (const uint8_t *)text, sizeof(text) - 3 }, &s));
}

static void line__not_for_us__skipped(void **state)
{
	static const struct { const char *line; size_t count, warnings; } rows[] = {
		{ "ops " A, 1, 1 }, /* counts, and a warning */
		{ "ops " NS A, 1, 0 },
		{ "ops namespaces=\"git\" " A, 0, 0 },
		{ "ops namespaces=\"git,key*\" " A, 1, 0 },
		{ "ops namespaces=\"*,!keyaudit\" " A, 0, 0 },
		{ "ops namespaces=\"!keyaudit,*\" " A, 0, 0 },
		{ "ops namespaces=\"!git,*\" " A, 1, 0 },
		{ "ops namespaces=\"\" " A, 0, 0 },
		{ "ops namespaces=\"Keyaudit\" " A, 0, 0 },
		{ "ops namespaces=\"keyaudit \" " A, 0, 0 },
		{ "ops cert-authority " A, 0, 1 },
		{ "ops CERT-AUTHORITY," NS A, 0, 1 },
		{ "ops " NS RSA, 0, 1 },
		{ "ops " RSA, 0, 1 },
		{ "ops namespaces=\"file\" " RSA, 0, 0 },
		{ "ops " NS "ecdsa-sha2-nistp256 AAAAE2VjZHNh", 0, 1 },
		{ "ops " NS "ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29t", 0, 1 },
		{ "ops " NS "ssh-mldsa44-ed25519@openssh.com AAAAH3NzaC1tbGRzYTQ0", 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!parse(rows[i].line))
			fail_msg("%s: %s", rows[i].line, s.wrong);
		if (s.count != rows[i].count || s.warnings != rows[i].warnings)
			fail_msg("%s: %zu signers, %zu warnings", rows[i].line, s.count, s.warnings);
		if (s.warnings > 0)
			assert_int_equal(s.warning[0].line, 1);
	}
}

static void signer__window__both_ends_inside(void **state)
{
	(void)state;
	assert_true(parse("ops valid-after=\"20260921141320Z\",valid-before=\"20260921141322Z\" " A));
	assert_null(ka_signers_find(&s, s.list[0].blob, NOW - 1));
	assert_non_null(ka_signers_find(&s, s.list[0].blob, NOW));
	assert_non_null(ka_signers_find(&s, s.list[0].blob, NOW + 2));
	assert_null(ka_signers_find(&s, s.list[0].blob, NOW + 3));
	assert_int_equal(ka_signers_names(&s), 1);
	assert_int_equal(ka_signers_names_at(&s, NOW), 1);
	assert_int_equal(ka_signers_names_at(&s, NOW + 3), 0);
}

/* an old and a new window of one key: the one that holds is found */
static void signer__listed_twice_with_windows__the_valid_one(void **state)
{
	(void)state;
	assert_true(parse("ops valid-before=\"20260101Z\" " A "\nops valid-after=\"20260201Z\" " A "\n"));
	assert_int_equal(s.count, 2);
	assert_int_equal(ka_signers_find(&s, s.list[0].blob, NOW)->line, 2);
	assert_int_equal(ka_signers_names(&s), 1);
}

static void names__two_keys_of_one__one_name(void **state)
{
	(void)state;
	assert_true(parse("ops " A "\nops " B "\n"));
	assert_int_equal(s.count, 2);
	assert_int_equal(ka_signers_names(&s), 1);
	assert_int_equal(ka_signers_names_at(&s, NOW), 1);
}

static void same_key__other_name_for_another_namespace__fine(void **state)
{
	(void)state;
	assert_true(parse("alice@example.com namespaces=\"git\" " A "\nops " NS A "\n"));
	assert_int_equal(s.count, 1);
	assert_false(parse("alice@example.com " A "\nops " NS A "\n"));
	assert_int_equal(s.bad_line, 2);
}

/* B + (0,-1): passes every look at its bytes */
static void point__outside_the_group__found_by_arithmetic(void **state)
{
	static uint8_t blob[51] = { 0, 0, 0, 11, 's', 's', 'h', '-', 'e', 'd', '2', '5', '5', '1', '9', 0, 0, 0, 32, 0x95 };
	char text[256];
	struct ka_buf b;

	(void)state;
	memset(blob + 20, 0x99, 31);
	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "good " B "\nops ssh-ed25519 ");
	ka_keyb64_encode(&b, (struct ka_span){ blob, sizeof(blob) });
	assert_true(parse(text));
	assert_int_equal(s.count, 2);
	assert_true(ka_signers_bad_point(&s, KA_VET_ED25519_CROSSCHECK) == &s.list[1]);
	assert_true(parse("good " B));
	assert_null(ka_signers_bad_point(&s, KA_VET_ED25519_CROSSCHECK));
}

/* @n lines, each with a key of its own: points are not judged by arithmetic here */
static size_t many(char *text, size_t size, unsigned n)
{
	uint8_t blob[51] = { 0, 0, 0, 11, 's', 's', 'h', '-', 'e', 'd', '2', '5', '5', '1', '9', 0, 0, 0, 32 };
	struct ka_buf b;

	ka_buf_init(&b, text, size);
	for (unsigned i = 0; i < n; i++) {
		blob[19] = (uint8_t)(i + 2);
		blob[20] = 7;
		ka_buf_text(&b, "s");
		ka_buf_u64(&b, i);
		ka_buf_text(&b, " ssh-ed25519 ");
		ka_keyb64_encode(&b, (struct ka_span){ blob, sizeof(blob) });
		ka_buf_char(&b, '\n');
	}
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	return b.len;
}

static void file__at_its_limits__accepted_and_one_more_refused(void **state)
{
	static char text[KA_SIGNERS_FILE_MAX + 2];
	char name[KA_SIGNERS_NAME_MAX + 256];
	struct ka_buf b;

	(void)state;
	many(text, sizeof(text), KA_SIGNERS_MAX);
	assert_true(parse(text));
	assert_int_equal(s.count, KA_SIGNERS_MAX);
	assert_int_equal(s.warnings, KA_SIGNERS_MAX); /* more than are kept */
	assert_int_equal(ka_signers_names(&s), KA_SIGNERS_MAX);
	many(text, sizeof(text), KA_SIGNERS_MAX + 1);
	assert_false(parse(text));
	assert_int_equal(s.bad_line, KA_SIGNERS_MAX + 1);

	memset(text, '#', sizeof(text));
	for (size_t i = 1000; i < sizeof(text); i += 1000)
		text[i] = '\n';
	assert_true(ka_signers_parse((struct ka_span){ (const uint8_t *)text, KA_SIGNERS_FILE_MAX }, &s));
	assert_false(ka_signers_parse((struct ka_span){ (const uint8_t *)text, KA_SIGNERS_FILE_MAX + 1 }, &s));
	assert_int_equal(s.bad_line, 0);
	memset(text, '#', sizeof(text));
	assert_true(ka_signers_parse((struct ka_span){ (const uint8_t *)text, KA_LINE_MAX }, &s));
	assert_false(ka_signers_parse((struct ka_span){ (const uint8_t *)text, KA_LINE_MAX + 1 }, &s));

	for (unsigned more = 0; more < 2; more++) {
		ka_buf_init_array(&b, name);
		for (unsigned i = 0; i < KA_SIGNERS_NAME_MAX + more; i++)
			ka_buf_char(&b, 'n');
		ka_buf_text(&b, " " A);
		assert_int_equal(parse(name), more == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(file__good_lines__signers),
		cmocka_unit_test(file__empty__nobody),
		cmocka_unit_test(file__a_line_is_wrong__refused_with_its_number),
		cmocka_unit_test(file__nul_in_it__refused),
		cmocka_unit_test(line__not_for_us__skipped),
		cmocka_unit_test(signer__window__both_ends_inside),
		cmocka_unit_test(signer__listed_twice_with_windows__the_valid_one),
		cmocka_unit_test(names__two_keys_of_one__one_name),
		cmocka_unit_test(same_key__other_name_for_another_namespace__fine),
		cmocka_unit_test(point__outside_the_group__found_by_arithmetic),
		cmocka_unit_test(file__at_its_limits__accepted_and_one_more_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
