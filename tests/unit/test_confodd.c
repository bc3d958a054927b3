/* conf/confodd: each word and each value that is taken as it stands, wrong and right, with limits to the byte. */
#include "conf/confodd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/text.h"
#include "tests/unit/lib/confsample.h"

#include "base/poison.h"

static const struct confsample_row wrong[] = {
	{ "[source a]\ncommand = cmd %u\n", "f:2: command: \"cmd\" is not an absolute path" },
	{ "[source a]\ncommand = /usr/bin/%u\n", "f:2: command: \"/usr/bin/%u\" has a % in it; nothing is expanded here" },
	{ "[source a]\ncommand = /usr/../bin/x\n", "f:2: command: \"/usr/../bin/x\" has a \".\" or \"..\" in it" },
	{ "[source a]\ncommand = /usr/bin/x %n\n", "f:2: command: \"%n\" has a % that is not %u, %U, %h, %t, %k, %f or %%" },
	{ "[source a]\ncommand = /usr/bin/x a%\n", "f:2: command: \"a%\" has a % that is not %u, %U, %h, %t, %k, %f or %%" },
	{ "[source a]\ncommand = /usr/bin/x 'a b'\n",
	  "f:2: command: \"'a\" has a quote in it; there is no shell, words are divided by blanks and nothing else" },
	{ "[source a]\ncommand = /usr/bin/x -m \"a\"\n",
	  "f:2: command: \"\\x22a\\x22\" has a quote in it; there is no shell, words are divided by blanks and nothing else" },
	{ "[source a]\nurl = https://u:p@h/%u\n",
	  "f:2: url: \"https://u:p@h/%u\" has a user or password in it; URLs end up in logs, secrets belong into token_file" },
	{ "[source a]\nurl = https://h/%u ftp://h/%u\n", "f:2: url: \"ftp://h/%u\" begins neither with https:// nor with unix:/" },
	{ "[source a]\nurl = https://h/%h\n", "f:2: url: \"https://h/%h\" has a % that is not %u, %n, %f, %k or %% (%2F is written %%2F)" },
	{ "[source a]\nurl = https://h/%u%\n", "f:2: url: \"https://h/%u%\" has a % that is not %u, %n, %f, %k or %% (%2F is written %%2F)" },
	{ "[source a]\nurl = https://h/%b(%u)\n", "f:2: url: \"https://h/%b(%u)\" has a % that is not %u, %n, %f, %k or %% (%2F is written %%2F)" },
	{ "[source a]\nrevoked_url = https://h/%u\n",
	  "f:2: revoked_url: \"https://h/%u\" has a % that is not %n or %%; it is one for all users (%2F is written %%2F)" },
	{ "[source a]\nindex_url = https://h/%f\n",
	  "f:2: index_url: \"https://h/%f\" has a % that is not %n or %%; it is one for all users (%2F is written %%2F)" },
	{ "[source a]\nbody = %b\n", "f:2: body: \"%b\" has a % that is not %u, %n, %f, %k, %b(TEXT) or %%" },
	{ "[source a]\nbody = %b(%u\n", "f:2: body: \"%b(%u\" has a % that is not %u, %n, %f, %k, %b(TEXT) or %%" },
	{ "[source a]\nbody = %b(%b(x))\n", "f:2: body: \"%b(%b(x))\" has a % that is not %u, %n, %f, %k, %b(TEXT) or %%" },
	{ "[source a]\nbody = %x\n", "f:2: body: \"%x\" has a % that is not %u, %n, %f, %k, %b(TEXT) or %%" },
	{ "[source a]\naccept = %u\n", "f:2: accept: \"%u\" has a % in it; nothing is expanded here" },
	{ "[source a]\nline_prefix = %n:\n", "f:2: line_prefix: \"%n:\" has a % that is not %u or %%" },
	{ "[source a]\nhost_id = a/b\n", "f:2: host_id: \"a/b\" is not the name of one host (letters, digits, . _ -)" },
	{ "[source a]\nhost_id = a b\n", "f:2: host_id: \"a b\" is not the name of one host (letters, digits, . _ -)" },
	{ "[source a]\nproxy = proxy:3128\n",
	  "f:2: proxy: \"proxy:3128\" is not http://HOST:PORT, https://HOST:PORT or socks5h://HOST:PORT" },
	{ "[source a]\nproxy = http://u:p@h:1\n",
	  "f:2: proxy: \"http://u:p@h:1\" has a user or password in it; URLs end up in logs, secrets belong into token_file" },
	{ "[source a]\nproxy = http://h:1/x\n", "f:2: proxy: \"http://h:1/x\" has a port that is not a number from 1 to 65535" },
	{ "[source a]\nunix_socket = run/x\n", "f:2: unix_socket: \"run/x\" is not an absolute path" },
	{ "[source a]\nsigners = /etc/%u\n", "f:2: signers: \"/etc/%u\" has a % in it; nothing is expanded here" },
	{ "[source a]\nca_file = ca.pem\n", "f:2: ca_file: \"ca.pem\" is not an absolute path" },
	{ "[source a]\npins = sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= x\n",
	  "f:2: pins: \"x\" is not sha256// and 44 characters of base64" },
	{ "[source a]\npins = sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
	  "f:2: pins: \"sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\" is not sha256// and 44 characters of base64" },
	{ "[source a]\nnot_found = 200\n", "f:2: not_found: \"200\" is not a status from 400 to 499" },
	{ "[source a]\nnot_found = 404 4x4\n", "f:2: not_found: \"4x4\" is not a status from 400 to 499" },
	{ "[source a]\nnot_found = 0404\n", "f:2: not_found: \"0404\" is not a status from 400 to 499" },
	{ "[source a]\nnot_found = 404 401\n", "f:2: not_found: \"401\" never means that there is no such user" },
	{ "[source a]\nusers = ldap\n", "f:2: users: \"ldap\" is neither passwd nor index nor an absolute path" },
	{ "[source a]\nitems = .a b\n", "f:2: items: \".a b\" is no path; one looks like .data.keys[*] or $.meta.version" },
	{ "[source a]\nkey = [\n", "f:2: key: \"[\" has a [ that is not closed" },
	{ "[source a]\nwhere = a = 1\n", "f:2: where: \"a = 1\" has a condition without == or !=" },
	{ "[policy]\nenforce_exempt = ../x\n", "f:2: enforce_exempt: \"../x\" is not a user name" },
	{ "[lookup]\nsources = a,b\n",
	  "f:2: sources: \"a,b\" is not a source name (letters, digits, _ - . and at most 31 of them)" },
	{ "[audit]\ntrail = x\n", "f:2: trail: \"x\" is not an absolute path" },
	{ "[audit]\ntrail = /a/../b\n", "f:2: trail: \"/a/../b\" has a \".\" or \"..\" in it" },
	{ "[audit]\ntrail = /a//b\n", "f:2: trail: \"/a//b\" has \"//\" in it" },
	{ "[audit]\ntrail = /a/\n", "f:2: trail: \"/a/\" is not the path of one file" },
	{ "[audit]\ntrail = /a /b\n", "f:2: trail: \"/a /b\" is not the path of one file" },
	{ "[audit]\ntrail = /a/%u\n", "f:2: trail: \"/a/%u\" has a % in it; nothing is expanded here" },
	{ "[source a]\npath = keys\n", "f:2: path: \"keys\" is not an absolute path" },
	{ "[source a]\npath = ~/x\n", "f:2: path: \"~/x\" begins with ~; write %h for the user's home" },
	{ "[source a]\npath = /a/%x\n", "f:2: path: \"/a/%x\" has a % that is not %u, %U or %h" },
	{ "[source a]\npath = /a/%\n", "f:2: path: \"/a/%\" has a % that is not %u, %U or %h" },
	{ "[source a]\npath = /a/%h\n", "f:2: path: \"/a/%h\" has %h behind its beginning; a home is an absolute path" },
	{ "[source a]\npath = /a/../%u\n", "f:2: path: \"/a/../%u\" has a \".\" or \"..\" in it" },
};

static void read__wrong__says_exactly_what(void **state)
{
	(void)state;
	confsample_wrong(wrong, KA_ARRAY_LEN(wrong));
}

static const char *odd_word(enum ka_confrow_type type, const char *word, size_t i)
{
	const struct ka_confrow row = { .type = type };

	return ka_confodd_word(&row, ka_span_of(word), i);
}

static const char *odd_value(enum ka_confrow_type type, const char *value)
{
	const struct ka_confrow row = { .type = type };
	struct ka_span culprit = { NULL, 0 }, whole = ka_span_of(value);
	const char *odd = ka_confodd_value(&row, whole, &culprit);

	assert_true(culprit.p >= whole.p && culprit.p + culprit.len <= whole.p + whole.len); /* a part of it */
	return odd;
}

static void path__table(void **state)
{
	static const struct { const char *path; bool is_right; } rows[] = {
		{ "/a", true }, { "/a/b.c/..d/e..", true }, { "/a/.b", true }, { "/...", true }, { "/a\\b", true },
		{ "", false }, { "a", false }, { "./a", false }, { "~/a", false }, { "/", false }, { "//", false }, { "//a", false }, { "/a//b", false },
		{ "/a/", false }, { "/.", false }, { "/..", false }, { "/a/.", false }, { "/a/..", false }, { "/a/./b", false }, { "/../a", false },
		{ "/a b", false }, { "/a\tb", false }, { "/a%", false }, { "/%u", false }, { "/%%", false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		if ((ka_confodd_path(ka_span_of(rows[i].path)) == NULL) != rows[i].is_right)
			fail_msg("%s", rows[i].path);
		if (rows[i].path[0] != '\0') /* nothing at all is "not set" */
			assert_int_equal(odd_value(KA_CONFROW_PATH, rows[i].path) == NULL, rows[i].is_right);
	}
	assert_non_null(ka_confodd_path((struct ka_span){ NULL, 0 }));
}

static void entry__table(void **state)
{
	static const struct { const char *word; bool is_right; } rows[] = {
		{ "/k/%u", true }, { "/k/%U/x", true }, { "/k/%u/", true }, { "%h/.ssh/k", true }, { "%h/%u", true }, { "/k", true }, { "/", true },
		{ "/%u%U", true },
		{ "%h", false }, { "%hx", false }, { "h/", false }, { "~", false }, { "~u/x", false }, { "k/%u", false }, { "%u/k", false },
		{ "/k/%", false }, { "/k/%%", false }, { "/k/%h", false }, { "%h/%h", false }, { "/k/%n", false }, { "/k/../%u", false },
		{ "/k/./%u", false }, { "/k//%u", false }, { "//", false }, { "%h//k", false }, { "%h/../k", false }, { "/k/..", false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		if ((odd_word(KA_CONFROW_PATHS, rows[i].word, 1) == NULL) != rows[i].is_right)
			fail_msg("%s", rows[i].word);
	for (unsigned c = 0; c < 256; c++) { /* behind a %; NUL is no letter of any list */
		uint8_t word[] = { '/', '%', (uint8_t)c };
		const struct ka_confrow row = { .type = KA_CONFROW_PATHS };

		assert_int_equal(ka_confodd_word(&row, (struct ka_span){ word, 3 }, 0) == NULL, c == 'u' || c == 'U');
	}
}

static void argument__first_is_a_program__others_are_words(void **state)
{
	static const char *const right[] = { "x", "-v", "%u", "%U%h%t%k%f%%", "$HOME", ";", "a`b", "\\", "/a/../b", "*" };
	static const char *const odd[] = { "%", "%n", "%x", "a\"b", "'", "%b(x)" };

	(void)state;
	assert_null(odd_word(KA_CONFROW_ARGV, "/usr/bin/x", 0));
	assert_non_null(odd_word(KA_CONFROW_ARGV, "x", 0));
	assert_non_null(odd_word(KA_CONFROW_ARGV, "/usr/bin/%u", 0));
	assert_null(odd_word(KA_CONFROW_ARGV, "/usr/bin/%u", 1));
	for (size_t i = 0; i < KA_ARRAY_LEN(right); i++)
		assert_null(odd_word(KA_CONFROW_ARGV, right[i], 1 + i));
	for (size_t i = 0; i < KA_ARRAY_LEN(odd); i++)
		assert_non_null(odd_word(KA_CONFROW_ARGV, odd[i], 1 + i));
}

static void status__every_number(void **state)
{
	(void)state;
	for (unsigned n = 0; n < 1100; n++) {
		char text[8];
		struct ka_buf b;

		ka_buf_init_array(&b, text);
		ka_buf_u64(&b, n);
		assert_int_equal(odd_word(KA_CONFROW_STATUSES, text, 0) == NULL,
				 n >= 400 && n <= 499 && n != 401 && n != 407 && n != 408 && n != 429);
	}
	assert_non_null(odd_word(KA_CONFROW_STATUSES, "0404", 0));
	assert_non_null(odd_word(KA_CONFROW_STATUSES, "+40", 0));
	assert_non_null(odd_word(KA_CONFROW_STATUSES, "4 4", 0));
}

#define PIN43 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static void pin__form__to_the_byte(void **state)
{
	static const char *const odd[] = {
		"sha256//", "sha256//" PIN43, "sha256//" PIN43 "==", "sha256//A" PIN43 "=", "sha256/" PIN43 "=", "SHA256//" PIN43 "=",
		"sha1//" PIN43 "=", PIN43 "=", "sha256//" PIN43 "A", "sha256//",
	};
	const struct ka_confrow row = { .type = KA_CONFROW_PINS };

	(void)state;
	assert_null(odd_word(KA_CONFROW_PINS, "sha256//" PIN43 "=", 0));
	for (size_t i = 0; i < KA_ARRAY_LEN(odd); i++)
		if (odd_word(KA_CONFROW_PINS, odd[i], 0) == NULL)
			fail_msg("%s", odd[i]);
	for (unsigned c = 0; c < 256; c++) {
		char pin[] = "sha256//" PIN43 "=";

		pin[20] = (char)c;
		assert_int_equal(ka_confodd_word(&row, (struct ka_span){ (const uint8_t *)pin, sizeof(pin) - 1 }, 0) == NULL,
				 ka_text_is_alnum((uint8_t)c) || c == '+' || c == '/');
	}
}

static void urls__tokens__of_a_user_or_of_all(void **state)
{
	static const struct { const char *url; bool is_right, is_right_of_all; } rows[] = {
		{ "https://h/%u?n=%n&f=%f&k=%k", true, false }, { "https://h/%n", true, true }, { "https://h/a%%2Fb", true, true },
		{ "https://h/a%2Fb", false, false }, { "https://h/%U", false, false }, { "https://h/%", false, false },
		{ "https://%u/x", false, false }, { "ftp://h/%u", false, false }, { "", false, false }, { "https://u:p@h/", false, false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		if ((odd_word(KA_CONFROW_URLS, rows[i].url, 0) == NULL) != rows[i].is_right ||
		    (odd_word(KA_CONFROW_LISTURLS, rows[i].url, 0) == NULL) != rows[i].is_right_of_all)
			fail_msg("%s", rows[i].url);
}

static void names__users_and_sources__have_their_grammar(void **state)
{
	(void)state;
	assert_null(odd_word(KA_CONFROW_NAMES, "a_b-c.d", 0));
	assert_non_null(odd_word(KA_CONFROW_NAMES, "-a", 0));
	assert_null(odd_word(KA_CONFROW_USERS, "alice", 0));
	assert_non_null(odd_word(KA_CONFROW_USERS, "../x", 0));
	assert_null(odd_word(KA_CONFROW_WORDS, "any\"thing%", 0)); /* what it means is others' business */
}

static void host_id__every_byte_and_length(void **state)
{
	const struct ka_confrow row = { .type = KA_CONFROW_HOSTID };
	char name[255];
	struct ka_span culprit;

	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		uint8_t id[] = { 'a', (uint8_t)c };

		assert_int_equal(ka_confodd_value(&row, (struct ka_span){ id, 2 }, &culprit) == NULL,
				 ka_text_is_alnum((uint8_t)c) || c == '.' || c == '-' || c == '_');
	}
	memset(name, 'a', sizeof(name));
	for (size_t n = 252; n < 256; n++)
		assert_int_equal(ka_confodd_value(&row, (struct ka_span){ (const uint8_t *)name, n }, &culprit) == NULL, n <= 253);
}

static void proxy__schemes_and_authority(void **state)
{
	static const struct { const char *value; bool is_right; } rows[] = {
		{ "http://p:3128", true }, { "https://p:1", true }, { "socks5h://[::1]:1080", true }, { "socks5://p:1", false }, { "p:3128", false },
		{ "HTTP://p:1", false }, { "http://", false }, { "http://p:0", false }, { "http://p:65536", false }, { "http://u@p:1", false },
		{ "http://p:1/", false }, { "unix:/x", false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		if ((odd_value(KA_CONFROW_PROXY, rows[i].value) == NULL) != rows[i].is_right)
			fail_msg("%s", rows[i].value);
}

static void anchor__three_places(void **state)
{
	static const struct { const char *value; bool is_right; } rows[] = {
		{ "file /a", true }, { "file", false }, { "file a", false }, { "file /a /b", false }, { "file /../a", false },
		{ "journal", true }, { "journal /a", false }, { "exec /a", true }, { "exec /a -b c", true }, { "exec a", false },
		{ "exec", false }, { "other /a", false }, { "/a", false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		if ((odd_value(KA_CONFROW_ANCHOR, rows[i].value) == NULL) != rows[i].is_right)
			fail_msg("%s", rows[i].value);
}

static void user_list__words_or_a_path(void **state)
{
	static const struct { const char *value; bool is_right; } rows[] = {
		{ "passwd", true }, { "index", true }, { "/etc/keyaudit/users", true }, { "Passwd", false }, { "passwd ", false }, { "index/", false },
		{ "users", false }, { "/a/../b", false }, { "/a/%u", false }, { "%h/x", false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		if ((odd_value(KA_CONFROW_USERLIST, rows[i].value) == NULL) != rows[i].is_right)
			fail_msg("%s", rows[i].value);
}

static void texts__tokens_and_bytes_by_type(void **state)
{
	static const struct { enum ka_confrow_type type; const char *right[3], *odd[4]; } rows[] = {
		{ KA_CONFROW_BODY, { "{\"k\":\"%b(%u)\"}", "%n%f%k%%", "a" }, { "%h", "%b", "%b(%b(x))", "%" } },
		{ KA_CONFROW_PREFIX, { "%u:", "%%", "a b" }, { "%n", "%f", "%b(x)", "%" } },
		{ KA_CONFROW_FIELD, { "text/json", "a;q=0.1", " " }, { "%u", "%%", "%", "100%" } },
	};
	struct ka_span culprit;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		const struct ka_confrow row = { .type = rows[i].type };

		for (size_t k = 0; k < KA_ARRAY_LEN(rows[i].right); k++)
			assert_null(odd_value(rows[i].type, rows[i].right[k]));
		for (size_t k = 0; k < KA_ARRAY_LEN(rows[i].odd); k++)
			assert_non_null(odd_value(rows[i].type, rows[i].odd[k]));
		for (unsigned c = 0; c < 256; c++) {
			uint8_t text[] = { 'a', (uint8_t)c, 'b' };

			if (c != '%')
				assert_int_equal(ka_confodd_value(&row, (struct ka_span){ text, 3 }, &culprit) == NULL, c >= ' ' && c < 0x7f);
		}
	}
}

static void value__empty_or_of_no_rule__is_right(void **state)
{
	struct ka_span culprit;

	(void)state;
	for (unsigned t = 0; t <= KA_CONFROW_LEVEL; t++) {
		const struct ka_confrow row = { .type = (enum ka_confrow_type)t };

		assert_null(ka_confodd_value(&row, (struct ka_span){ NULL, 0 }, &culprit));
		assert_int_equal(culprit.len, 0);
	}
	assert_null(odd_value(KA_CONFROW_RAW, "from=\"*\" % ../x"));
}

/* what the two readers of a path and of a condition say reaches the configuration; each has a test of its own */
static void value__paths_and_conditions__are_asked(void **state)
{
	(void)state;
	assert_null(odd_value(KA_CONFROW_JPATH, ".data.keys[*]"));
	assert_non_null(odd_value(KA_CONFROW_JPATH, "["));
	assert_null(odd_value(KA_CONFROW_WHERE, "use != \"sign\""));
	assert_non_null(odd_value(KA_CONFROW_WHERE, "use"));
	assert_null(odd_value(KA_CONFROW_HEADERS, "X-A: b"));
	assert_non_null(odd_value(KA_CONFROW_HEADERS, "X-A: b | Host: c"));
	assert_null(odd_value(KA_CONFROW_TOKEN, "X-A"));
	assert_non_null(odd_value(KA_CONFROW_TOKEN, "X A"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__wrong__says_exactly_what), cmocka_unit_test(path__table), cmocka_unit_test(entry__table),
		cmocka_unit_test(argument__first_is_a_program__others_are_words), cmocka_unit_test(status__every_number),
		cmocka_unit_test(pin__form__to_the_byte), cmocka_unit_test(urls__tokens__of_a_user_or_of_all),
		cmocka_unit_test(names__users_and_sources__have_their_grammar), cmocka_unit_test(host_id__every_byte_and_length),
		cmocka_unit_test(proxy__schemes_and_authority), cmocka_unit_test(anchor__three_places), cmocka_unit_test(user_list__words_or_a_path),
		cmocka_unit_test(texts__tokens_and_bytes_by_type), cmocka_unit_test(value__empty_or_of_no_rule__is_right),
		cmocka_unit_test(value__paths_and_conditions__are_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
