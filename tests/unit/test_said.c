/* diag/said: what is kept of a line of sshd's log. */
#include "diag/said.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static struct ka_said said;

static void make__cause__kept_with_its_words(void **state)
{
	struct ka_sshdsay words;

	(void)state;
	assert_true(ka_said_make(ka_span_of("Authentication key ED25519 SHA256:abc revoked by file /etc/ssh/revoked"), true, 17, &said));
	assert_int_equal(said.reason, KA_REASON_SSHD_KEY_REVOKED);
	assert_true(said.is_verified);
	assert_int_equal(said.at_us, 17);
	ka_said_words(&said, &words);
	assert_true(ka_span_is(words.fp, "SHA256:abc"));
	assert_true(ka_span_is(words.path, "/etc/ssh/revoked"));
}

static void make__nothing_of_a_login_or_too_long__not_kept(void **state)
{
	char text[KA_SAID_MESSAGE_MAX + 64] = "Invalid user ";
	const char *end = " from 192.0.2.7 port 4";

	(void)state;
	assert_false(ka_said_make(ka_span_of("Server listening on 0.0.0.0 port 22."), true, 0, &said));
	assert_int_equal(said.message[0], '\0');
	memset(text + strlen(text), 'x', KA_SAID_MESSAGE_MAX - strlen(text) - strlen(end));
	memcpy(text + KA_SAID_MESSAGE_MAX - strlen(end), end, strlen(end) + 1);
	assert_true(ka_said_make(ka_span_of(text), true, 0, &said));
	memcpy(text + KA_SAID_MESSAGE_MAX - strlen(end), "x from 192.0.2.7 port 4", strlen(end) + 2);
	assert_false(ka_said_make(ka_span_of(text), true, 0, &said));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(make__cause__kept_with_its_words),
		cmocka_unit_test(make__nothing_of_a_login_or_too_long__not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
