/* keyaudit/casesaid: whose address is believed. One of two lines that differ is forged; what is sure is above all others. */
#include "keyaudit/case/casesaid.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/runplace.h"

#include "base/poison.h"

#define FROM(client, port, server) "Connection%20from%20" client "%20port%20" port "%20on%20" server "%20port%2022"
#define A FROM("192.0.2.1", "5", "10.0.0.1")
#define ACCEPTED_A "Accepted%20publickey%20for%20alice%20from%20192.0.2.1%20port%205%20ssh2:%20ED25519%20SHA256:x"

static struct ka_case *c;

static int begin(void **state)
{
	(void)state;
	free(c);
	c = calloc(1, sizeof(*c));
	return c == NULL;
}

static int end(void **state)
{
	(void)state;
	free(c);
	c = NULL;
	return 0;
}

static void hear(bool is_sure, const char *message)
{
	char text[512];

	assert_true(snprintf(text, sizeof(text), "ka1 said at=1000000 by=journal sure=%d msg=%s\n", is_sure, message) < (int)sizeof(text));
	ka_casesaid_lines(c, ka_span_of(text));
}

static void peer__the_same_again__is_one(void **state)
{
	(void)state;
	hear(false, ACCEPTED_A);
	assert_true(c->said_peer.seen);
	assert_string_equal(c->said_peer.client, "192.0.2.1");
	assert_int_equal(c->said_peer.client_port, 5);
	assert_string_equal(c->said_peer.server, "");
	hear(false, A);
	assert_string_equal(c->said_peer.server, "10.0.0.1"); /* who says more is taken */
	hear(false, ACCEPTED_A);
	assert_string_equal(c->said_peer.server, "10.0.0.1"); /* and nothing is lost */
	assert_false(c->said_peer_torn || c->said_peer_sure);
}

static void peer__another_one__is_torn_for_good(void **state)
{
	static const char *const others[] = { FROM("192.0.2.2", "5", "10.0.0.1"), FROM("192.0.2.1", "6", "10.0.0.1"), FROM("192.0.2.1", "5", "10.0.0.2") };

	for (size_t i = 0; i < KA_ARRAY_LEN(others); i++)
		for (unsigned sure = 0; sure < 2; sure++) {
			begin(state);
			hear(sure != 0, A);
			assert_false(c->said_peer_torn);
			hear(sure != 0, others[i]);
			assert_true(c->said_peer_torn);
			hear(sure != 0, A);
			assert_true(c->said_peer_torn);
			assert_string_equal(c->said_peer.client, "192.0.2.1");
			assert_string_equal(c->said_peer.server, "10.0.0.1");
		}
}

static void peer__a_sure_line__is_above_all_others(void **state)
{
	(void)state;
	hear(false, FROM("192.0.2.9", "5", "10.0.0.1"));
	hear(false, FROM("192.0.2.8", "5", "10.0.0.1"));
	assert_true(c->said_peer_torn);
	hear(true, A);
	assert_false(c->said_peer_torn);
	assert_true(c->said_peer_sure);
	assert_string_equal(c->said_peer.client, "192.0.2.1");
	hear(false, FROM("192.0.2.9", "5", "10.0.0.1")); /* a forger speaks last */
	assert_false(c->said_peer_torn);
	assert_true(c->said_peer_sure);
	assert_string_equal(c->said_peer.client, "192.0.2.1");
}

/* a line is kept twice only when one of the two is sure */
static void lines__the_same_words__by_witness(void **state)
{
	(void)state;
	hear(false, ACCEPTED_A);
	hear(false, ACCEPTED_A);
	assert_int_equal(c->said_count, 1);
	hear(true, ACCEPTED_A);
	assert_int_equal(c->said_count, 2);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		T(peer__the_same_again__is_one),
		T(peer__another_one__is_torn_for_good),
		T(peer__a_sure_line__is_above_all_others),
		T(lines__the_same_words__by_witness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
