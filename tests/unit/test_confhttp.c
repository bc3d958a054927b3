/* conf/confhttp: what must fit together in a source of type http, with the exact messages. */
#include "conf/confhttp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/confsample.h"

#include "base/poison.h"

#define PIN_A "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define PIN_B "sha256//BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define LINES_ "url = https://h/%u\nformat = lines\n"
#define SIGNED_ "url = https://h/%u\nformat = signed\nsigners = /s\n"
#define JSON_ "url = https://h/%u\nformat = json\n"

/* @text is what stands below "type = http", from line 5 on */
static const char *error_of(const char *text)
{
	static char whole[4 * KA_CONF_TEXT_MAX];

	assert_true(snprintf(whole, sizeof(whole), "[lookup]\nsources = a\n[source a]\ntype = http\n%s", text) > 0);
	return confsample_whole_error(whole);
}

static const struct {
	const char *text, *error;
} wrong[] = {
	/* who could read or write on the way */
	{ "url = http://keys.example.com/%u\nformat = lines\n",
	  "f:5: url: \"http://keys.example.com/%u\" is not encrypted; write https:// (http:// is for this host itself, unix sockets and 169.254.169.254)" },
	{ "url = https://h/%u http://127.0.0.1.example.com/%u\nformat = lines\n",
	  "f:5: url: \"http://127.0.0.1.example.com/%u\" is not encrypted; write https:// (http:// is for this host itself, unix sockets and 169.254.169.254)" },
	{ SIGNED_ "revoked_url = http://h/r\n",
	  "f:8: revoked_url: \"http://h/r\" is not encrypted; write https:// (http:// is for this host itself, unix sockets and 169.254.169.254)" },
	{ SIGNED_ "index_url = http://h/i\n",
	  "f:8: index_url: \"http://h/i\" is not encrypted; write https:// (http:// is for this host itself, unix sockets and 169.254.169.254)" },
	{ "url = unix:/run/a:/%u\nformat = lines\nunix_socket = /run/b\n",
	  "f:5: url: \"unix:/run/a:/%u\" names a socket, and so does unix_socket; leave one of them out" },
	{ "url = http://169.254.169.253/%u\nformat = lines\n",
	  "f:5: url: \"http://169.254.169.253/%u\" is not encrypted; write https:// (http:// is for this host itself, unix sockets and 169.254.169.254)" },
	{ "url = http://169.254.169.254.example.com/%u\nformat = lines\n",
	  "f:5: url: \"http://169.254.169.254.example.com/%u\" is not encrypted; write https:// (http:// is for this host itself, unix sockets and 169.254.169.254)" },
	{ "url = http://169.254.169.254/%u\nformat = lines\nproxy = http://p:1\n",
	  "f:7: proxy: would ask for its own metadata, not for this host's; leave it out" },
	{ "url = http://169.254.169.254/%u\nformat = lines\ntoken_file = /t\n",
	  "f:7: token_file: would go to 169.254.169.254 unencrypted; leave it out" },
	{ "url = http://localhost/%u\nformat = lines\nca_file = /ca\n", "f:7: ca_file: does nothing, since no url begins with https://" },
	{ "url = unix:/run/a:/%u\nformat = lines\npins = " PIN_A " " PIN_B "\n", "f:7: pins: does nothing, since no url begins with https://" },
	{ "url = http://localhost/%u\nformat = lines\ntls_min = 1.3\n", "f:7: tls_min: does nothing, since no url begins with https://" },
	{ "url = unix:/run/a:/%u\nformat = lines\nproxy = http://p:1\n", "f:7: proxy: cannot lead to a unix socket; leave it out" },
	{ LINES_ "unix_socket = /run/b\nproxy = http://p:1\n", "f:8: proxy: cannot lead to a unix socket; leave it out" },
	/* whose keys */
	{ "url = https://h/all\nformat = lines\n",
	  "f:5: url: \"https://h/all\" has no %u, so every user would get the same keys; put the user name (%u) into it" },
	{ "url = https://h/%%u\nformat = lines\n",
	  "f:5: url: \"https://h/%%u\" has no %u, so every user would get the same keys; put the user name (%u) into it" },
	{ "url = https://a/%u https://b/all\nformat = lines\n",
	  "f:5: url: \"https://b/all\" has no %u, so every user would get the same keys; put the user name (%u) into it" },
	{ "url = https://h/all\nformat = json\nmethod = POST\nbody = {\"key\":\"%b(/all)\"}\n",
	  "f:5: url: \"https://h/all\" has no %u, so every user would get the same keys; put the user name (%u) into it" },
	{ "url = https://h/%u?f=%f\nformat = lines\nfetch = timer\n",
	  "f:7: fetch: the timer knows no offered key (%f, %k); write on-miss, or leave them out" },
	{ "url = https://h/%u?f=%f\nformat = signed\nsigners = /s\n",
	  "f:6: format: a signed document is one per user; leave %f and %k out of the request" },
	/* what does nothing alone */
	{ LINES_ "client_key = /k\n", "f:7: client_key: stands without client_cert" },
	{ LINES_ "token_header = X-Vault-Token\n", "f:7: token_header: stands without token_file" },
	{ SIGNED_ "require_revoked_list = yes\n", "f:8: require_revoked_list: stands without revoked_url" },
	{ SIGNED_ "users = index\n", "f:8: users: index needs index_url" },
	{ LINES_ "users = index\n", "f:7: users: index is for format = signed" },
	{ JSON_ "items_absent = no-keys\n", "f:7: items_absent: stands without items" },
	{ JSON_ "expires_unit = unix\n", "f:7: expires_unit: stands without expires" },
	{ JSON_ "max_pages = 2\n", "f:7: max_pages: stands without next = link" },
	{ JSON_ "next = none\nmax_pages = 2\n", "f:8: max_pages: stands without next = link" },
	{ LINES_ "method = POST\n", "f:7: method: POST needs a body" },
	{ LINES_ "body = %u\n", "f:7: body: is sent with method = POST only" },
	{ LINES_ "stale_on = unavailable refused\n",
	  "f:7: stale_on: only a signed document may stand in for an answer that was refused; write unavailable" },
};

static const char *const right[] = {
	LINES_, SIGNED_, JSON_,
	"url = https://h/all\nformat = lines\nline_prefix = %u:\n",
	"url = https://h/all\nformat = lines\nheaders = X-User: %u\n",
	"url = http://[::1]:2379/v3/kv/range\nformat = json\nmethod = POST\nbody = {\"key\":\"%b(/ssh/%u)\"}\n",
	"url = http://keys/%u\nunix_socket = /run/b\nformat = lines\n",
	"url = http://169.254.169.254/computeMetadata/v1/oslogin/users?username=%u\nheaders = Metadata-Flavor: Google\nformat = json\n",
	"url = http://169.254.169.254/%u\nunix_socket = /run/b\nformat = lines\ntoken_file = /t\n",
	"url = https://a/%u http://localhost/%u\nformat = lines\nca_file = /ca\n",
	LINES_ "client_cert = /c\n",
	LINES_ "token_file = /t\n",
	LINES_ "token_file = /t\ntoken_header = Authorization: Basic\n",
	LINES_ "token_header =\nclient_key =\n", /* as a later file takes back what an earlier one says */
	LINES_ "stale_on = unavailable\n",
	LINES_ "not_found =\n",
	LINES_ "max_stale = 0\n",
	LINES_ "headers = X-A: a  |  X-B: b, c\n",
	LINES_ "headers = X-Vault-Namespace: a | Metadata-Flavor: Google\n",
	SIGNED_ "stale_on = unavailable refused\n",
	SIGNED_ "require_revoked_list = no\n",
	SIGNED_ "index_url = https://h/i\nusers = index\n",
	JSON_ "where = a == \"x # y\"\n",
	"url = https://h/%u?f=%f&n=%n&p=%%2F\nformat = lines\n",
};

static void finish__wrong__says_exactly_what(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(wrong); i++) {
		assert_string_equal(error_of(wrong[i].text), wrong[i].error);
		assert_int_equal(confsample_errors.count, 1);
	}
}

static void finish__neighbours__are_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(right); i++)
		assert_string_equal(error_of(right[i]), "");
}

/* a source that is not asked is checked like any other */
static void finish__source_that_is_not_asked__is_checked(void **state)
{
	(void)state;
	assert_string_equal(confsample_whole_error(CONFSAMPLE_LOCAL "[source b]\ntype = http\nurl = https://h/all\nformat = lines\n"),
			    "f:8: url: \"https://h/all\" has no %u, so every user would get the same keys; put the user name (%u) into it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finish__wrong__says_exactly_what),
		cmocka_unit_test(finish__neighbours__are_right),
		cmocka_unit_test(finish__source_that_is_not_asked__is_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
