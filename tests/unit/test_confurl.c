/* conf/confurl: which URLs are taken, their parts, and what is said about the others. */
#include "conf/confurl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static const struct {
	const char *url;
	bool is_tls, is_loopback;
	const char *host;
	unsigned port;
	const char *target, *socket;
} good[] = {
	{ "https://keys.example.com/v1/%u.keys", true, false, "keys.example.com", 0, "/v1/%u.keys", "" },
	{ "https://keys.example.com:8443/?u=%u&h=%n", true, false, "keys.example.com", 8443, "/?u=%u&h=%n", "" },
	{ "https://h", true, false, "h", 0, "", "" },
	{ "https://h?u=%u", true, false, "h", 0, "?u=%u", "" },
	{ "https://[2001:db8::7]:443/%u", true, false, "2001:db8::7", 443, "/%u", "" },
	{ "https://h/a@b:c", true, false, "h", 0, "/a@b:c", "" },
	{ "http://localhost/%u", false, true, "localhost", 0, "/%u", "" },
	{ "http://LocalHost:80/%u", false, true, "LocalHost", 80, "/%u", "" },
	{ "http://127.0.0.1:2379/v3/kv/range", false, true, "127.0.0.1", 2379, "/v3/kv/range", "" },
	{ "http://127.255.0.9/", false, true, "127.255.0.9", 0, "/", "" },
	{ "http://[::1]:1/%u", false, true, "::1", 1, "/%u", "" },
	{ "http://169.254.169.254/computeMetadata", false, false, "169.254.169.254", 0, "/computeMetadata", "" },
	{ "http://169.254.169.254.example.com/", false, false, "169.254.169.254.example.com", 0, "/", "" },
	{ "http://169.254.169.254:80/", false, false, "169.254.169.254", 80, "/", "" },
	{ "http://169.254.169.25/", false, false, "169.254.169.25", 0, "/", "" },
	{ "http://127.0.0.1.example.com/", false, false, "127.0.0.1.example.com", 0, "/", "" },
	{ "http://127.1/", false, false, "127.1", 0, "/", "" },
	{ "http://[::2]/", false, false, "::2", 0, "/", "" },
	{ "unix:/run/keys.sock:/v1/%u", false, false, "", 0, "/v1/%u", "/run/keys.sock" },
};

static const struct {
	const char *url, *wrong;
} bad[] = {
	{ "", " begins neither with https:// nor with unix:/" },
	{ "keys.example.com/%u", " begins neither with https:// nor with unix:/" },
	{ "ftp://h/%u", " begins neither with https:// nor with unix:/" },
	{ "HTTPS://h/%u", " begins neither with https:// nor with unix:/" },
	{ "https:/h/%u", " begins neither with https:// nor with unix:/" },
	{ "https://alice:secret@h/%u", " has a user or password in it; URLs end up in logs, secrets belong into token_file" },
	{ "https://token@h/%u", " has a user or password in it; URLs end up in logs, secrets belong into token_file" },
	{ "https://h:80@evil/%u", " has a user or password in it; URLs end up in logs, secrets belong into token_file" },
	{ "https://%u.example.com/", " has a % in its host; only what comes behind the host may differ" },
	{ "https:///%u", " has no host that keyaudit understands" },
	{ "https://h\\evil/%u", " has no host that keyaudit understands" },
	{ "https://h_h/%u", " has no host that keyaudit understands" },
	{ "https://.h/%u", " has no host that keyaudit understands" },
	{ "https://h./%u", " has no host that keyaudit understands" },
	{ "https://[::1/%u", " has no host that keyaudit understands" },
	{ "https://[fe80::1%eth0]/%u", " has a % in its host; only what comes behind the host may differ" },
	{ "https://[h]/%u", " has no host that keyaudit understands" },
	{ "https://::1/%u", " has no host that keyaudit understands" },
	{ "https://h:/%u", " has a port that is not a number from 1 to 65535" },
	{ "https://h:0/%u", " has a port that is not a number from 1 to 65535" },
	{ "https://h:65536/%u", " has a port that is not a number from 1 to 65535" },
	{ "https://h:8o/%u", " has a port that is not a number from 1 to 65535" },
	{ "https://[::1]x/%u", " has a port that is not a number from 1 to 65535" },
	{ "https://h/%u#keys", " has a # in it; that part of a URL never reaches a server" },
	{ "https://h#@evil/", " has a # in it; that part of a URL never reaches a server" },
	{ "https://h/\"%u\"", " holds a character that a URL may not hold" },
	{ "https://h/a\\b", " holds a character that a URL may not hold" },
	{ "https://h/{%u}", " holds a character that a URL may not hold" },
	{ "https://h/k\xc3\xa4se", " holds a character that a URL may not hold" },
	{ "unix:/run/keys.sock", " is not of the form unix:/SOCKET:/PATH" },
	{ "unix:run/keys.sock:/x", " is not of the form unix:/SOCKET:/PATH" },
	{ "unix:/run/%u.sock:/x", " is not of the form unix:/SOCKET:/PATH" },
	{ "unix:/run/keys.sock:x", " is not of the form unix:/SOCKET:/PATH" },
	{ "unix:/run/\"k\":/x", " holds a character that a URL may not hold" },
};

static void parse__taken__has_these_parts(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(good); i++) {
		struct ka_confurl url;

		if (!ka_confurl_parse(ka_span_of(good[i].url), &url))
			fail_msg("%s%s", good[i].url, url.wrong);
		assert_null(url.wrong);
		assert_int_equal(url.is_tls, good[i].is_tls);
		assert_int_equal(url.is_loopback, good[i].is_loopback);
		assert_int_equal(url.is_metadata, strcmp(good[i].host, "169.254.169.254") == 0);
		assert_int_equal(url.port, good[i].port);
		assert_true(ka_span_is(url.host, good[i].host));
		assert_true(ka_span_is(url.target, good[i].target));
		assert_true(ka_span_is(url.socket, good[i].socket));
	}
}

static void parse__refused__says_why(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		struct ka_confurl url;

		if (ka_confurl_parse(ka_span_of(bad[i].url), &url))
			fail_msg("%s is taken", bad[i].url);
		assert_string_equal(url.wrong, bad[i].wrong);
	}
}

/* whatever single byte is changed: nothing is read outside of the text, and a host never holds a byte that ends one */
static void parse__every_byte_changed__host_stays_a_host(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(good); i++)
		for (size_t at = 0; at < strlen(good[i].url); at++)
			for (unsigned byte = 0; byte < 256; byte++) {
				size_t len = strlen(good[i].url);
				uint8_t *copy = test_malloc(len);
				struct ka_confurl url;

				memcpy(copy, good[i].url, len);
				copy[at] = (uint8_t)byte;
				if (ka_confurl_parse((struct ka_span){ copy, len }, &url))
					for (size_t k = 0; k < url.host.len; k++)
						assert_null(memchr("/\\@?#% \0", url.host.p[k], 8));
				test_free(copy);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__taken__has_these_parts),
		cmocka_unit_test(parse__refused__says_why),
		cmocka_unit_test(parse__every_byte_changed__host_stays_a_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
