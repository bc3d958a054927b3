/* keyaudit/caseaddr: whose word an address is, and who is not believed. */
#include "keyaudit/case/caseaddr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static struct {
	struct ka_case c;
	struct ka_event e;
} x;

static void set(char *out, size_t size, const char *text)
{
	assert_true(ka_span_copy(ka_span_of(text), out, size));
}
#define SET(field, text) set((field), sizeof(field), (text))

static int make(void **state)
{
	(void)state;
	memset(&x, 0, sizeof(x));
	x.e.trust = KA_TRUST_SEEN;
	return 0;
}

static void assert_from(const char *from, const char *ip, unsigned port)
{
	memset(x.e.source_ip, 0, sizeof(x.e.source_ip));
	x.e.source_port = 0;
	x.e.source_from = NULL;
	ka_caseaddr_fill(&x.c, &x.e);
	assert_string_equal(x.e.source_ip, ip);
	assert_int_equal(x.e.source_port, port);
	if (from == NULL)
		assert_null(x.e.source_from);
	else
		assert_string_equal(x.e.source_from, from);
}

static void fill__in_the_order_of_trust(void **state)
{
	(void)state;
	assert_from(NULL, "", 0);
	SET(x.c.c, "198.51.100.2 22 203.0.113.9 40000");
	assert_from("command", "203.0.113.9", 40000);
	assert_true(x.e.is_unvouched);
	x.e.is_unvouched = false;
	SET(x.c.rhost, "203.0.113.8");
	assert_from("pam", "203.0.113.8", 0);
	SET(x.c.pam_conn, "203.0.113.8 40001 198.51.100.2 22");
	assert_from("pam", "203.0.113.8", 40001);
	assert_string_equal(x.e.destination_ip, "198.51.100.2");
	assert_int_equal(x.e.destination_port, 22);
	SET(x.c.witness.client, "2001:db8::7");
	x.c.witness.client_port = 40002;
	assert_from("socket", "2001:db8::7", 40002);
	assert_false(x.e.is_unvouched);
}

static void fill__only_claimed__has_no_address(void **state)
{
	(void)state;
	SET(x.c.c, "198.51.100.2 22 203.0.113.9 40000");
	x.e.trust = KA_TRUST_CLAIMED;
	assert_from(NULL, "", 0);
}

/* PAM's item is sshd's; its environment may be the user's (pam_env.so with user_readenv) */
static void fill__environment_against_item__the_item_counts(void **state)
{
	(void)state;
	SET(x.c.rhost, "203.0.113.8");
	SET(x.c.pam_conn, "6.6.6.6 40001 7.7.7.7 22");
	assert_from("pam", "203.0.113.8", 0);
	assert_string_equal(x.e.destination_ip, "");
	SET(x.c.rhost, "2001:DB8:0::8");
	SET(x.c.pam_conn, "2001:db8::8 40001 2001:db8::1 22"); /* the same, written otherwise */
	assert_from("pam", "2001:db8::8", 40001);
	SET(x.c.rhost, "client.example.com"); /* UseDNS yes */
	assert_from("pam", "2001:db8::8", 40001);
}

static void fill__no_address_at_all__is_passed_over(void **state)
{
	static const char *const conns[] = {
		"", "UNKNOWN 65535 UNKNOWN 65535", "203.0.113.8", "203.0.113.8 1 198.51.100.2", "203.0.113.8 65536 198.51.100.2 22",
		"203.0.113.8 -1 198.51.100.2 22", "\033[31m 1 2 3", "203.0.113.8. 1 198.51.100.2 22",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(conns); i++) {
		SET(x.c.pam_conn, conns[i]);
		assert_from(NULL, "", 0);
	}
	SET(x.c.rhost, "203.0.113.8 x");
	assert_from(NULL, "", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(fill__in_the_order_of_trust, make),
		cmocka_unit_test_setup(fill__only_claimed__has_no_address, make),
		cmocka_unit_test_setup(fill__environment_against_item__the_item_counts, make),
		cmocka_unit_test_setup(fill__no_address_at_all__is_passed_over, make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
