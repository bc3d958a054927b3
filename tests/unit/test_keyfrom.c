/* key/keyfrom: sshd's answers to pattern lists, forms of addresses and networks, and its limits to the byte. */
#include "key/keyfrom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"

#include "base/poison.h"

static void matches__table(void **state)
{
	static const struct { const char *list, *host, *address; int answer; } rows[] = {
		{ "10.0.0.0/8", "10.1.2.3", "10.1.2.3", 1 }, { "10.0.0.0/8", "11.1.2.3", "11.1.2.3", 0 },
		{ "10.0.0.1/8", "10.1.2.3", "10.1.2.3", -1 }, { "", "10.1.2.3", "10.1.2.3", -1 }, { "a,,b", "a", "10.1.2.3", -1 },
		{ "!", "a", "10.1.2.3", -1 }, { "10.0.0.0/33", "a", "10.1.2.3", -1 }, { "10.0.0.0/129", "10.0.0.0/129", "10.1.2.3", 1 },
		{ "a,10.0.0.1/8", "a", "10.1.2.3", -1 },
		{ "10.1.2.3", "x", "10.1.2.3", 1 }, { "10.1.2.*", "x", "10.1.2.3", 1 }, { "10.1.2.?", "x", "10.1.2.33", 0 },
		{ "*,!10.1.2.3", "10.1.2.3", "10.1.2.3", 0 }, { "!10.1.2.3,*", "10.1.2.3", "10.1.2.3", 0 },
		{ "!10.1.2.3", "10.1.2.4", "10.1.2.4", 0 }, { "*,!10.0.0.0/8", "10.1.2.3", "10.1.2.3", 0 },
		{ "*.Example.ORG", "Host.example.org", "10.1.2.3", 1 }, { "*.example.org", "10.1.2.3", "10.1.2.3", 0 },
		{ "*.example.org,!bad.example.org", "bad.example.org", "10.1.2.3", 0 },
		{ "2001:db8::/32", "x", "2001:db8::1", 1 }, { "2001:db8::/32", "x", "2001:db9::1", 0 },
		{ "2001:db8::1/32", "x", "2001:db8::1", -1 }, { "2001:DB8:0:0::1", "x", "2001:db8::1", 1 },
		{ "0.0.0.0/0", "x", "255.1.1.1", 1 }, { "0.0.0.0/0", "x", "::1", 0 }, { "::/0", "x", "1.2.3.4", 0 },
		{ "192.0.2.128/25", "x", "192.0.2.129", 1 }, { "192.0.2.128/25", "x", "192.0.2.127", 0 },
		{ "10.0.0.0/8", NULL, "10.1.2.3", 1 }, { "10.0.0.0/8", NULL, NULL, 0 }, { "h", "h", NULL, 1 },
		{ "10.0.0.0/8", "x", "not-an-address", 0 }, { "10.0.0.0/x", "10.0.0.0/x", "10.0.0.1", 1 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		if (ka_keyfrom_matches(ka_span_of(rows[i].list), rows[i].host, rows[i].address) != rows[i].answer)
			fail_msg("%s for %s %s", rows[i].list, rows[i].host, rows[i].address);
}

static void valid__table(void **state)
{
	static const struct { const char *list; bool is_valid; } rows[] = {
		{ "a", true }, { "*", true }, { "?", true }, { "!a", true }, { "!!a", true }, { "a,b,!c", true }, { " ", true },
		{ "", false }, { ",", false }, { "a,", false }, { ",a", false }, { "a,,b", false }, { "!", false }, { "a,!", false }, { "!,a", false },
		/* networks */
		{ "10.0.0.0/8", true }, { "10.0.0.0/08", true }, { "0.0.0.0/0", true }, { "255.255.255.255/32", true }, { "::/0", true },
		{ "::1/128", true }, { "2001:db8::/32", true }, { "128.0.0.0/1", true }, { "8000::/1", true },
		{ "10.0.0.1/8", false }, { "0.0.0.1/0", false }, { "255.255.255.255/31", false }, { "10.0.0.0/33", false }, { "10.0.0.0/128", false },
		{ "::1/127", false }, { "::1/0", false }, { "128.0.0.0/0", false }, { "a,10.0.0.1/8,b", false }, { "!10.0.0.1/8", false },
		/* no number behind the slash, or one that nothing has: a pattern for sshd */
		{ "10.0.0.1/", true }, { "10.0.0.1/x", true }, { "10.0.0.1/-1", true }, { "10.0.0.1/129", true },
		{ "10.0.0.1/99999999999999999999", true }, { "10.0.0.1/8/8", true }, { "::1/129", true }, { "host/8", true }, { "/8", true },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		if (ka_keyfrom_is_valid(ka_span_of(rows[i].list)) != rows[i].is_valid)
			fail_msg("%s", rows[i].list);
		assert_int_equal(ka_keyfrom_matches(ka_span_of(rows[i].list), NULL, NULL), rows[i].is_valid ? 0 : -1);
	}
	assert_false(ka_keyfrom_is_valid((struct ka_span){ NULL, 0 }));
	assert_int_equal(ka_keyfrom_matches((struct ka_span){ NULL, 0 }, "a", "1.2.3.4"), -1);
}

/* sshd asks getaddrinfo(3), which reads what inet_aton(3) does */
static void address__other_spellings__are_the_same_address(void **state)
{
	static const struct { const char *entry, *address; int answer; } rows[] = {
		{ "10.1", "10.0.0.1", 1 }, { "0x0a.0.0.1", "10.0.0.1", 1 }, { "012.0.0.1", "10.0.0.1", 1 }, { "167772161", "10.0.0.1", 1 },
		{ "0X0A000001", "10.0.0.1", 1 }, { "10.0.0.1/32", "10.0.0.1", 1 }, { "::FFFF:a00:1", "::ffff:10.0.0.1", 1 },
		{ "::ffff:10.0.0.1", "10.0.0.1", 0 }, { "10.0.0.256", "10.0.0.256", 0 }, { "10.0.0.1 ", "10.0.0.1", 0 }, { "1:2", "1:2::", 0 },
		{ "fe80::1%lo", "fe80::1", 0 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		if (ka_keyfrom_matches(ka_span_of(rows[i].entry), NULL, rows[i].address) != rows[i].answer)
			fail_msg("%s %s", rows[i].entry, rows[i].address);
}

static void network__every_mask__the_bit_beside_it_decides(void **state)
{
	(void)state;
	for (unsigned mask = 1; mask <= 32; mask++) {
		uint32_t net = mask == 32 ? 0xac1f0fff : 0xac1f0fff & ~(UINT32_MAX >> mask), inside = net | (mask == 32 ? 0 : UINT32_MAX >> mask);
		uint32_t outside = net ^ (1u << (32 - mask));
		char list[40], address[20];
		struct ka_buf b;

		for (int k = 0; k < 3; k++) {
			uint32_t v = k == 0 ? net : k == 1 ? inside : outside;

			ka_buf_init_array(&b, list);
			for (int shift = 24; shift >= 0; shift -= 8) {
				ka_buf_u64(&b, net >> shift & 0xff);
				ka_buf_text(&b, shift > 0 ? "." : "/");
			}
			ka_buf_u64(&b, mask);
			ka_buf_init_array(&b, address);
			for (int shift = 24; shift >= 0; shift -= 8) {
				ka_buf_u64(&b, v >> shift & 0xff);
				ka_buf_text(&b, shift > 0 ? "." : "");
			}
			if (ka_keyfrom_matches(ka_span_of(list), NULL, address) != (k < 2))
				fail_msg("%s %s", list, address);
		}
	}
}

/* longer than sshd's buffer an entry is no address any more, and a pattern of 1023 bytes ends the look at names */
static void entry__length__limits_of_sshd(void **state)
{
	char list[2100], host[1100];

	(void)state;
	for (size_t n = 62; n <= 65; n++) {
		memset(list, '0', n); /* leading zeros in front of an address with a host bit: octal 1 */
		memcpy(list + n - 3, "1/8", 4);
		assert_int_equal(ka_keyfrom_is_valid(ka_span_of(list)), n >= KA_KEYFROM_ADDRESS_TEXT_MAX);
	}
	memset(host, 'h', sizeof(host));
	for (size_t n = KA_KEYFROM_PATTERN_MAX - 2; n <= KA_KEYFROM_PATTERN_MAX + 1; n++) {
		host[n] = '\0';
		memset(list, 'h', n);
		memcpy(list + n, ",*", 3);
		assert_int_equal(ka_keyfrom_matches(ka_span_of(list), host, NULL), n < KA_KEYFROM_PATTERN_MAX);
		list[n] = '\0';
		assert_int_equal(ka_keyfrom_matches(ka_span_of(list), host, NULL), n < KA_KEYFROM_PATTERN_MAX);
		host[n] = 'h';
	}
	for (size_t n = KA_KEYFROM_HOST_MAX - 1; n <= KA_KEYFROM_HOST_MAX + 1; n++) {
		host[n] = '\0';
		assert_int_equal(ka_keyfrom_matches(ka_span_of("*"), host, NULL), n <= KA_KEYFROM_HOST_MAX);
		host[n] = 'h';
	}
}

static void name__case_and_negation(void **state)
{
	static const struct { const char *list, *host, *address; int answer; } rows[] = {
		{ "HOST", "host", NULL, 1 }, { "host", "HOST", NULL, 1 }, { "!HOST,*", "host", "10.0.0.1", 0 }, { "*,!h*", "Host", "10.0.0.1", 0 },
		/* an address is compared as it is written, a name is not */
		{ "FE80::*", NULL, "fe80::1", 0 }, { "fe80::*", NULL, "fe80::1", 1 }, { "FE80::*", "fe80::1", "fe80::1", 1 },
		/* a name that looks like an address is one by its text only */
		{ "10.0.0.0/8", "10.1.2.3", "192.0.2.1", 0 }, { "10.*", "10.evil.example", "192.0.2.1", 1 },
		{ "!10.0.0.1", "other", "10.0.0.1", 0 }, { "!!a,*", "a", NULL, 1 }, { "!!a", "!a", NULL, 0 },
		{ "*", "", "", 1 }, { "?", "", "", 0 }, { "a", "", "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		if (ka_keyfrom_matches(ka_span_of(rows[i].list), rows[i].host, rows[i].address) != rows[i].answer)
			fail_msg("%s for %s", rows[i].list, rows[i].host != NULL ? rows[i].host : rows[i].address);
}

static void matches__any_bytes__are_survived(void **state)
{
	static const char alphabet[] = ",!/.*?:0189afx\x00\xff";
	uint32_t seed = 3;

	(void)state;
	for (unsigned round = 0; round < 5000; round++) {
		size_t n = round % 24;
		uint8_t *list = malloc(n > 0 ? n : 1); /* to the byte, for the address sanitizer */
		int answer;

		assert_non_null(list);
		for (size_t i = 0; i < n; i++) {
			seed = seed * 1103515245 + 12345;
			list[i] = (uint8_t)alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
		}
		answer = ka_keyfrom_matches((struct ka_span){ list, n }, "a.b", "1.2.3.4");
		assert_in_range(answer + 1, 0, 2);
		assert_int_equal(answer < 0, !ka_keyfrom_is_valid((struct ka_span){ list, n }));
		free(list);
	}
}

static void correct__host_bits__are_cleared(void **state)
{
	static const struct { const char *list, *right; } rows[] = {
		{ "10.0.0.1/8", "10.0.0.0/8" }, { "127.0.0.1/8,!10.1.2.3/31,*.example", "127.0.0.0/8,!10.1.2.2/31,*.example" },
		{ "2001:db8::1/32", "2001:db8::/32" }, { "10.0.0.1/0", "0.0.0.0/0" },
		{ "10.0.0.0/8", NULL }, { "10.0.0.1/33", NULL }, { "10.0.0.1/8,", NULL }, { "", NULL }, { "host", NULL },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		char text[64];
		struct ka_buf b;

		ka_buf_init_array(&b, text);
		if (ka_keyfrom_correct(ka_span_of(rows[i].list), &b) != (rows[i].right != NULL))
			fail_msg("%s", rows[i].list);
		if (rows[i].right != NULL) {
			assert_string_equal(text, rows[i].right);
			assert_true(ka_keyfrom_is_valid(ka_span_of(text)));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid__table),
		cmocka_unit_test(matches__table),
		cmocka_unit_test(name__case_and_negation),
		cmocka_unit_test(address__other_spellings__are_the_same_address),
		cmocka_unit_test(network__every_mask__the_bit_beside_it_decides),
		cmocka_unit_test(entry__length__limits_of_sshd),
		cmocka_unit_test(matches__any_bytes__are_survived),
		cmocka_unit_test(correct__host_bits__are_cleared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
