/* key/keyoptval: values that sshd takes and those that it does not, with its words, and its limits to the last. */
#include "key/keyoptval.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/limits.h"

#include "base/poison.h"

static bool valid(enum ka_keyopt opt, const char *value, const char **detail)
{
	*detail = "untouched";
	return ka_keyoptval_is_valid(opt, ka_span_of(value), detail);
}

static void value__wrong__has_the_words_of_sshd(void **state)
{
	static const struct { enum ka_keyopt opt; const char *value, *detail; } rows[] = {
		{ KA_KEYOPT_EXPIRY_TIME, "", "invalid expires time" }, { KA_KEYOPT_EXPIRY_TIME, "forever", "invalid expires time" },
		{ KA_KEYOPT_EXPIRY_TIME, "19700101Z", "invalid expires time" }, { KA_KEYOPT_EXPIRY_TIME, "2030010", "invalid expires time" },
		{ KA_KEYOPT_FROM, "", "invalid from criteria" }, { KA_KEYOPT_FROM, "10.0.0.1/8", "invalid from criteria" },
		{ KA_KEYOPT_PRINCIPALS, "a\"b", NULL },
		{ KA_KEYOPT_ENVIRONMENT, "", "invalid environment string" }, { KA_KEYOPT_ENVIRONMENT, "A", "invalid environment string" },
		{ KA_KEYOPT_ENVIRONMENT, "=a", "invalid environment string" }, { KA_KEYOPT_ENVIRONMENT, "A-B=c", "invalid environment string" },
		{ KA_KEYOPT_ENVIRONMENT, "A B=c", "invalid environment string" }, { KA_KEYOPT_ENVIRONMENT, "\xc3\xa4=c", "invalid environment string" },
		{ KA_KEYOPT_PERMITOPEN, "host", "invalid permission port" }, { KA_KEYOPT_PERMITOPEN, "host:", "invalid permission port" },
		{ KA_KEYOPT_PERMITOPEN, "host:0", "invalid permission port" }, { KA_KEYOPT_PERMITOPEN, "host:65536", "invalid permission port" },
		{ KA_KEYOPT_PERMITOPEN, "host:none", "invalid permission port" }, { KA_KEYOPT_PERMITOPEN, "host:-1", "invalid permission port" },
		{ KA_KEYOPT_PERMITOPEN, "host:**", "invalid permission port" }, { KA_KEYOPT_PERMITOPEN, "::1:22", "invalid permission port" },
		{ KA_KEYOPT_PERMITOPEN, "[::1:22", "invalid permission hostname" }, { KA_KEYOPT_PERMITOPEN, "[::1]22", "invalid permission hostname" },
		{ KA_KEYOPT_PERMITOPEN, "[", "invalid permission hostname" }, { KA_KEYOPT_PERMITOPEN, "[::1]", "invalid permission port" },
		{ KA_KEYOPT_PERMITOPEN, "[::1]:", "invalid permission port" }, { KA_KEYOPT_PERMITOPEN, "", "invalid permission port" },
		{ KA_KEYOPT_PERMITLISTEN, "", "invalid permission port" }, { KA_KEYOPT_PERMITLISTEN, "0", "invalid permission port" },
		{ KA_KEYOPT_PERMITLISTEN, "65536", "invalid permission port" }, { KA_KEYOPT_PERMITLISTEN, "host/22", "invalid permission port" },
		{ KA_KEYOPT_PERMITLISTEN, "host:", "invalid permission port" }, { KA_KEYOPT_PERMITLISTEN, "[a:1", "invalid permission hostname" },
		{ KA_KEYOPT_TUNNEL, "", "invalid tun device" }, { KA_KEYOPT_TUNNEL, "x", "invalid tun device" },
		{ KA_KEYOPT_TUNNEL, "0:1", "invalid tun device" }, { KA_KEYOPT_TUNNEL, "2147483646", "invalid tun device" },
		{ KA_KEYOPT_TUNNEL, "-1", "invalid tun device" }, { KA_KEYOPT_TUNNEL, "any ", "invalid tun device" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		const char *detail;

		if (valid(rows[i].opt, rows[i].value, &detail))
			fail_msg("taken: %s", rows[i].value);
		if (rows[i].detail == NULL)
			assert_null(detail);
		else
			assert_string_equal(detail, rows[i].detail);
	}
}

static void value__right__table(void **state)
{
	static const struct { enum ka_keyopt opt; const char *value; } rows[] = {
		{ KA_KEYOPT_EXPIRY_TIME, "20300101" }, { KA_KEYOPT_EXPIRY_TIME, "20300101123059Z" }, { KA_KEYOPT_EXPIRY_TIME, "203001011230utc" },
		{ KA_KEYOPT_FROM, "10.0.0.0/8" }, { KA_KEYOPT_FROM, "*.example.org,!bad" }, { KA_KEYOPT_PRINCIPALS, "" }, { KA_KEYOPT_PRINCIPALS, "a,b" },
		{ KA_KEYOPT_ENVIRONMENT, "A=" }, { KA_KEYOPT_ENVIRONMENT, "_a9=b=c" }, { KA_KEYOPT_ENVIRONMENT, "A=\xff \"" }, { KA_KEYOPT_ENVIRONMENT, "9=x" },
		{ KA_KEYOPT_PERMITOPEN, "host:1" }, { KA_KEYOPT_PERMITOPEN, "host:65535" }, { KA_KEYOPT_PERMITOPEN, "*:*" }, { KA_KEYOPT_PERMITOPEN, ":22" },
		{ KA_KEYOPT_PERMITOPEN, "host/22" }, { KA_KEYOPT_PERMITOPEN, "[::1]:22" }, { KA_KEYOPT_PERMITOPEN, "[::1]/22" },
		{ KA_KEYOPT_PERMITOPEN, "[]:22" }, { KA_KEYOPT_PERMITOPEN, "host:ssh" }, { KA_KEYOPT_PERMITOPEN, "host:00022" },
		{ KA_KEYOPT_PERMITOPEN, "host:pop3s" }, { KA_KEYOPT_PERMITLISTEN, "8080" }, { KA_KEYOPT_PERMITLISTEN, "*" },
		{ KA_KEYOPT_PERMITLISTEN, "localhost:8080" }, { KA_KEYOPT_PERMITLISTEN, "[::1]:*" }, { KA_KEYOPT_PERMITLISTEN, "http-alt" },
		{ KA_KEYOPT_TUNNEL, "0" }, { KA_KEYOPT_TUNNEL, "any" }, { KA_KEYOPT_TUNNEL, "ANY" }, { KA_KEYOPT_TUNNEL, "2147483645" },
		{ KA_KEYOPT_COMMAND, "" }, { KA_KEYOPT_COMMAND, "rm -rf \xff" }, { KA_KEYOPT_RESTRICT, "" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		const char *detail;

		if (!valid(rows[i].opt, rows[i].value, &detail))
			fail_msg("refused: %s (%s)", rows[i].value, detail);
	}
}

/* sshd gives such a text to getservbyname(3): ours only looks at the form */
static void port__names_of_services__by_form(void **state)
{
	static const struct { const char *name; bool is_one; } rows[] = {
		{ "ssh", true }, { "a", true }, { "9p", true }, { "x-y_z.w+v", true }, { "NONE", false }, { "None", false }, { "nones", true }, { "-a", false },
		{ ".a", false }, { "1-2", false }, { "123456", false }, { "a b", false }, { "a/b", false }, { "a:b", false }, { "\xff", false },
		{ "abcdefghijklmnopqrstuvwxyz012345", true }, { "abcdefghijklmnopqrstuvwxyz0123456", false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		char value[64] = "h:";
		const char *detail;

		memcpy(value + 2, rows[i].name, strlen(rows[i].name) + 1);
		if (valid(KA_KEYOPT_PERMITOPEN, value, &detail) != rows[i].is_one)
			fail_msg("%s", rows[i].name);
	}
}

static void host__length__limit_of_sshd(void **state)
{
	char value[KA_KEYOPTVAL_PERMIT_HOST_MAX + 8];
	const char *detail;

	(void)state;
	for (size_t n = KA_KEYOPTVAL_PERMIT_HOST_MAX - 1; n <= KA_KEYOPTVAL_PERMIT_HOST_MAX + 1; n++)
		for (int brackets = 0; brackets < 2; brackets++) {
			memset(value, 'h', n);
			if (brackets) {
				value[0] = '[';
				value[n - 1] = ']';
			}
			memcpy(value + n, ":22", 4);
			assert_int_equal(valid(KA_KEYOPT_PERMITOPEN, value, &detail), n <= KA_KEYOPTVAL_PERMIT_HOST_MAX);
			if (n > KA_KEYOPTVAL_PERMIT_HOST_MAX)
				assert_string_equal(detail, "invalid permission hostname");
		}
}

static void value__any_bytes__are_survived(void **state)
{
	static const char alphabet[] = "[]:/*=,!\"0a\x00\xff";
	uint32_t seed = 5;

	(void)state;
	for (unsigned round = 0; round < 2000; round++) {
		size_t n = round % 10;
		uint8_t *value = malloc(n > 0 ? n : 1); /* to the byte, for the address sanitizer */
		const char *detail;

		assert_non_null(value);
		for (size_t i = 0; i < n; i++) {
			seed = seed * 1103515245 + 12345;
			value[i] = (uint8_t)alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
		}
		for (unsigned opt = 0; opt <= KA_KEYOPT_COUNT; opt++)
			(void)ka_keyoptval_is_valid((enum ka_keyopt)opt, (struct ka_span){ value, n }, &detail);
		free(value);
	}
	for (unsigned opt = 0; opt <= KA_KEYOPT_COUNT; opt++) {
		const char *detail;

		(void)ka_keyoptval_is_valid((enum ka_keyopt)opt, (struct ka_span){ NULL, 0 }, &detail);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(value__wrong__has_the_words_of_sshd),
		cmocka_unit_test(value__right__table),
		cmocka_unit_test(port__names_of_services__by_form),
		cmocka_unit_test(host__length__limit_of_sshd),
		cmocka_unit_test(value__any_bytes__are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
