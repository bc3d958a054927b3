/* keyaudit/logpeer: the one line that names both ends of a connection, and everything that only looks like it. */
#include "keyaudit/case/logpeer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/poison.h"

static bool has_address(const char *message)
{
	struct ka_witness w;
	bool yes = ka_logpeer_read(ka_span_of(message), &w);

	assert_int_equal(w.client[0] != '\0', yes);
	assert_int_equal(w.server[0] != '\0', yes);
	return yes;
}

static void read__anything_around_it__is_none(void **state)
{
#define PLAIN "Connection from 10.0.0.7 port 1 on 1.1.1.1 port 22"
	(void)state;
	assert_true(has_address(PLAIN));
	assert_true(has_address(PLAIN " rdomain \"\""));
	assert_true(has_address(PLAIN " rdomain \"vrf-blue\""));
	assert_true(has_address("Connection from 2001:db8::7 port 65535 on ::1 port 22"));
	assert_false(has_address(PLAIN " rdomain \""));
	assert_false(has_address(PLAIN " rdomain \"\" from 10.0.0.9 port 2"));
	assert_false(has_address(PLAIN " rdomain \"x\"\""));
	assert_false(has_address(PLAIN " rdomain"));
	assert_false(has_address(PLAIN " user Connection"));
	assert_false(has_address("Invalid user " PLAIN));
	assert_false(has_address("Connection from evil port 1 on 1.1.1.1 port 22"));
	assert_false(has_address("Connection from UNKNOWN port 65535 on 1.1.1.1 port 22"));
	assert_false(has_address("Connection from 10.0.0.7 port 1 on UNKNOWN port 22"));
	assert_false(has_address("Connection from 10.0.0.7 port 65536 on 1.1.1.1 port 22"));
	assert_false(has_address("Connection from 10.0.0.7 port -1 on 1.1.1.1 port 22"));
	assert_false(has_address("Connection from 10.0.0.7 port 1 on 1.1.1.1 port"));
	assert_false(has_address("Connection from 10.0.0.7 port 1"));
	assert_false(has_address("Connection closed by 10.0.0.7 port 1"));
	assert_false(has_address(""));
}

static void read__the_four_parts__are_told(void **state)
{
	struct ka_witness w;

	(void)state;
	assert_true(ka_logpeer_read(ka_span_of("Connection from 10.0.0.7 port 4711 on 1.1.1.1 port 65535"), &w));
	assert_string_equal(w.client, "10.0.0.7");
	assert_int_equal(w.client_port, 4711);
	assert_string_equal(w.server, "1.1.1.1");
	assert_int_equal(w.server_port, 65535);
	assert_false(has_address("Connection from 10.0.0.7 port 1 on 1.1.1.1 port 65536"));
	assert_false(has_address("Connection from 10.0.0.7 sport 1 on 1.1.1.1 port 22"));
	assert_false(has_address("Connection from 10.0.0.7 port 1 at 1.1.1.1 port 22"));
	assert_false(has_address(PLAIN " xdomain \"\""));
	assert_false(has_address(PLAIN " rdomain \""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__the_four_parts__are_told),
		cmocka_unit_test(read__anything_around_it__is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
