/* keyaudit/witnessnote: what was seen first stays seen. */
#include "keyaudit/case/witnessnote.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/runplace.h"

#include "base/poison.h"

static const struct ka_conn conn = { 4242, 77 };
static void note(const char *client)
{
	struct ka_witness seen = { .seen = true, .client_port = 5, .server_port = 22 };

	assert_true(ka_span_copy(ka_span_of(client), seen.client, sizeof(seen.client)));
	ka_witness_note(&runplace.r, &conn, &seen);
}

static void assert_noted(const char *client)
{
	struct ka_witness back;

	ka_witness_recall(&runplace.r, &conn, &back);
	assert_true(back.seen);
	assert_string_equal(back.client, client);
}

/* the socket of a later look may be closed, or another's */
static void note__again__the_first_address_counts(void **state)
{
	struct ka_witness back;

	(void)state;
	ka_witness_recall(&runplace.r, &conn, &back);
	assert_false(back.seen);
	note("");
	assert_noted("");
	note("203.0.113.7"); /* the recorder saw more than the collector did */
	assert_noted("203.0.113.7");
	note("198.51.100.9");
	assert_noted("203.0.113.7");
	note("");
	assert_noted("203.0.113.7");
}

/* it is root's word that there is a note at all; what it says must be whole */
static void recall__cut_short__is_seen_without_an_address(void **state)
{
	static const char *const texts[] = {
		"", "ka1", "ka1 seen client=203.0.113.7", "ka1 seen client=203.0.113.7 cport=5 server=192.0.2.1",
		"ka1 seen client=203.0.113.7 cport=5 server=192.0.2.1 sport=99999", "ka1 seen client=203.0.113.7 cport=5 server=192.0.2.1 sport=22 x=1",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(texts); i++) {
		runplace_put(runplace.r.seen, "4242.77", texts[i]);
		assert_noted("");
	}
	runplace_put(runplace.r.seen, "4242.77", "ka1 seen client=203.0.113.7 cport=5 server=192.0.2.1 sport=22");
	assert_noted("203.0.113.7");
}

static void note__a_link_in_its_place__is_not_followed(void **state)
{
	struct ka_witness back;

	(void)state;
	runplace_put(runplace.r.seen, "elsewhere", "ka1 seen client=203.0.113.7 cport=5 server=192.0.2.1 sport=22");
	assert_int_equal(symlinkat("elsewhere", runplace.r.seen, "4242.77"), 0);
	ka_witness_recall(&runplace.r, &conn, &back);
	assert_false(back.seen);
	note("198.51.100.9");
	ka_witness_recall(&runplace.r, &conn, &back);
	assert_false(back.seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUNPLACE_TEST(note__again__the_first_address_counts),
		RUNPLACE_TEST(recall__cut_short__is_seen_without_an_address),
		RUNPLACE_TEST(note__a_link_in_its_place__is_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
