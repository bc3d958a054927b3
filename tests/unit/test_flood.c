/* keyaudit/flood: what has an event of its own, what is counted with others, and who waits. Memory is bounded. */
#include "keyaudit/collect/flood.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static void flood__above_the_limit__is_held_per_net(void **state)
{
	static struct ka_flood f = { .limit = 3 };
	const struct ka_conn conn = { 5, 5 };
	char net[48];

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(ka_flood_take(&f, "203.0.113.7", &conn, 1000), KA_FLOOD_PASS);
	assert_int_equal(ka_flood_take(&f, "203.0.113.200", &conn, 1999), KA_FLOOD_HELD); /* the same /24 */
	assert_int_equal(ka_flood_take(&f, "203.0.114.7", &conn, 1999), KA_FLOOD_PASS);       /* another one */
	assert_null(ka_flood_due(&f, 2500, false));
	assert_int_equal(ka_flood_due(&f, 3000, false)->held, 1);
	ka_flood_due(&f, 3000, false)->held = 0;
	assert_int_equal(ka_flood_take(&f, "203.0.113.7", &conn, 3000), KA_FLOOD_PASS); /* a new second */
	ka_flood_net_of("2001:db8:1:22ff::1", net);
	assert_string_equal(net, "2001:db8:1:2200::/56");
	ka_flood_net_of("", net);
	assert_string_equal(net, "unknown");
	ka_flood_net_of(NULL, net);
	assert_string_equal(net, "claimed");
	ka_flood_net_of("claimed", net); /* a name that PAM was given (UseDNS) is no claim of the command's */
	assert_string_equal(net, "unknown");
	f.limit = 0;
	for (int i = 0; i < 100; i++)
		assert_int_equal(ka_flood_take(&f, "203.0.113.7", &conn, 9000), KA_FLOOD_PASS);
}

static void flood__sum_is_full__waits(void **state)
{
	static struct ka_flood f = { .limit = 1 };
	struct ka_conn conn = { 5, 0 };

	(void)state;
	assert_int_equal(ka_flood_take(&f, "203.0.113.7", &conn, 0), KA_FLOOD_PASS);
	for (; conn.start < KA_FLOOD_HELD_MAX; conn.start++)
		assert_int_equal(ka_flood_take(&f, "203.0.113.7", &conn, 0), KA_FLOOD_HELD);
	assert_int_equal(ka_flood_take(&f, "203.0.113.7", &conn, 0), KA_FLOOD_FULL); /* never an event of its own */
	assert_int_equal(ka_flood_due(&f, 0, false)->held, KA_FLOOD_HELD_MAX);
}

/* a net that holds connections keeps its place: whoever comes later waits */
static void flood__every_net_holds__none_gives_way(void **state)
{
	static struct ka_flood f = { .limit = 1 };
	struct ka_conn conn = { 5, 5 };
	char address[32];

	(void)state;
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < KA_FLOOD_NETS_MAX; i++) {
			snprintf(address, sizeof(address), "10.0.%d.1", i);
			assert_int_equal(ka_flood_take(&f, address, &conn, 1000), round == 0 ? KA_FLOOD_PASS : KA_FLOOD_HELD);
		}
	assert_int_equal(ka_flood_take(&f, "203.0.113.7", &conn, 5000), KA_FLOOD_FULL);
	for (int i = 0; i < KA_FLOOD_NETS_MAX; i++)
		assert_int_equal(f.nets[i].held, 1);
	f.nets[7].held = 0;
	assert_int_equal(ka_flood_take(&f, "203.0.113.7", &conn, 5000), KA_FLOOD_PASS);
	assert_string_equal(f.nets[7].net, "203.0.113.0/24");
}

static void flood__merely_claimed__has_a_limit_of_its_own(void **state)
{
	static struct ka_flood f = { .limit = 0, .claimed_limit = 2 };
	const struct ka_conn conn = { 5, 5 };

	(void)state;
	assert_int_equal(ka_flood_take(&f, NULL, &conn, 1000), KA_FLOOD_PASS);
	assert_int_equal(ka_flood_take(&f, NULL, &conn, 1000), KA_FLOOD_PASS);
	assert_int_equal(ka_flood_take(&f, NULL, &conn, 1000), KA_FLOOD_HELD);
	assert_int_equal(ka_flood_take(&f, "203.0.113.7", &conn, 1000), KA_FLOOD_PASS);
	assert_string_equal(ka_flood_due(&f, 2000, false)->net, "claimed");
}

static void net_of__addresses__table(void **state)
{
	static const struct { const char *address, *net; } rows[] = {
		{ "0.0.0.0", "0.0.0.0/24" }, { "255.255.255.255", "255.255.255.0/24" }, { "10.0.0.7", "10.0.0.0/24" },
		{ "2001:db8::1", "2001:db8::/56" }, { "2001:db8:0:ff::1", "2001:db8::/56" }, { "2001:db8:0:100::1", "2001:db8:0:100::/56" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ff00::/56" }, { "::", "::/56" },
		{ "2001:db8::1%eth0", "unknown" }, { "10.0.0.7 ", "unknown" }, { "010.0.0.7", "unknown" }, { "10.0.0", "unknown" },
		{ "10.0.0.256", "unknown" }, { "client.example", "unknown" }, { "\x1b[2J", "unknown" }, { "10.0.0.7\n", "unknown" },
		{ "claimed", "unknown" }, { "10.0.0.0/24", "unknown" },
	};
	char net[48];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		ka_flood_net_of(rows[i].address, net);
		assert_string_equal(net, rows[i].net);
	}
}

/* exactly as many as the limit have events of their own, in each second anew */
static void take__limit__one_below_at_and_above(void **state)
{
	static struct ka_flood f;
	const struct ka_conn conn = { 5, 5 };

	(void)state;
	for (unsigned limit = 1; limit <= 3; limit++) {
		memset(&f, 0, sizeof(f));
		f.limit = limit;
		for (int64_t second = 1; second < 4; second++)
			for (unsigned i = 1; i <= limit + 1; i++)
				assert_int_equal(ka_flood_take(&f, "10.0.0.1", &conn, second * 1000 + 999 * (i > 1)),
						 i <= limit ? KA_FLOOD_PASS : KA_FLOOD_HELD);
		assert_int_equal(ka_flood_due(&f, 0, true)->held, 3);
	}
}

/* its writer has closed the sum: whoever comes waits, and is not counted twice when it opens again */
static void take__sealed__nobody_is_added(void **state)
{
	static struct ka_flood f = { .limit = 1 };
	struct ka_conn conn = { 5, 5 };
	struct ka_flood_net *n;

	(void)state;
	assert_int_equal(ka_flood_take(&f, "10.0.0.1", &conn, 1000), KA_FLOOD_PASS);
	assert_int_equal(ka_flood_take(&f, "10.0.0.2", &conn, 1000), KA_FLOOD_HELD);
	n = ka_flood_due(&f, 2000, false);
	assert_non_null(n);
	n->sealed = true;
	assert_int_equal(ka_flood_take(&f, "10.0.0.3", &conn, 1000), KA_FLOOD_FULL);
	assert_int_equal(ka_flood_take(&f, "10.0.0.3", &conn, 5000), KA_FLOOD_FULL);
	assert_int_equal(n->held, 1);
	n->held = 0;
	n->sealed = false;
	assert_null(ka_flood_due(&f, 9000, true));
	assert_int_equal(ka_flood_take(&f, "10.0.0.3", &conn, 5000), KA_FLOOD_PASS);
}

/* of the nets that hold nothing the oldest gives way, and takes its count with it */
static void take__no_slot_free__the_oldest_gives_way(void **state)
{
	static struct ka_flood f = { .limit = 1 };
	const struct ka_conn conn = { 5, 5 };
	char address[32];

	(void)state;
	for (int i = 0; i < KA_FLOOD_NETS_MAX; i++) {
		snprintf(address, sizeof(address), "10.0.%d.1", i);
		assert_int_equal(ka_flood_take(&f, address, &conn, 100000 - 1000 * i), KA_FLOOD_PASS);
	}
	assert_int_equal(ka_flood_take(&f, "203.0.113.7", &conn, 100000), KA_FLOOD_PASS);
	assert_string_equal(f.nets[KA_FLOOD_NETS_MAX - 1].net, "203.0.113.0/24");
	assert_int_equal(ka_flood_take(&f, "10.0.0.1", &conn, 100000), KA_FLOOD_HELD); /* the youngest is there still */
}

/* the sum of a second is due when that second is over, of several nets each in its turn */
static void due__a_second_after_the_first_was_held(void **state)
{
	static struct ka_flood f = { .limit = 1 };
	const struct ka_conn conn = { 5, 5 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		ka_flood_take(&f, "10.0.0.1", &conn, 5500);
		ka_flood_take(&f, "10.0.1.1", &conn, 5700);
	}
	assert_null(ka_flood_due(&f, 6499, false));
	assert_string_equal(ka_flood_due(&f, 6500, false)->net, "10.0.0.0/24");
	ka_flood_due(&f, 6500, false)->held = 0;
	assert_null(ka_flood_due(&f, 6699, false));
	assert_string_equal(ka_flood_due(&f, 6699, true)->net, "10.0.1.0/24");
	assert_string_equal(ka_flood_due(&f, 6700, false)->net, "10.0.1.0/24");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flood__above_the_limit__is_held_per_net),
		cmocka_unit_test(flood__sum_is_full__waits),
		cmocka_unit_test(flood__every_net_holds__none_gives_way),
		cmocka_unit_test(flood__merely_claimed__has_a_limit_of_its_own),
		cmocka_unit_test(net_of__addresses__table),
		cmocka_unit_test(take__limit__one_below_at_and_above),
		cmocka_unit_test(take__sealed__nobody_is_added),
		cmocka_unit_test(take__no_slot_free__the_oldest_gives_way),
		cmocka_unit_test(due__a_second_after_the_first_was_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
