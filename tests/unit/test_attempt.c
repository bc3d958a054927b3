/* spool/attempt: what the records of this connection say already. Opening and appending are tried with sshd's own parentage in tests/e2e/100-command.sh. */
#include "spool/attempt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"

#include "base/poison.h"

static struct ka_attempt attempt;

static void put(const char *bytes, size_t len)
{
	assert_int_equal(ka_fd_write_all(attempt.fd, bytes, len), KA_ERR_OK);
}

static void put_record(const char *src)
{
	static struct ka_record r;
	char line[KA_RECORD_MAX + 64];
	struct ka_buf b;

	memset(&r, 0, sizeof(r));
	assert_true(ka_span_copy(ka_span_of(src), r.src, sizeof(r.src)));
	ka_buf_init_array(&b, line);
	ka_record_write(&r, &b);
	put(b.p, b.len);
}

static void put_wait(int net_ms, bool is_overflow)
{
	static struct ka_record r;
	char line[KA_RECORD_MAX + 64];
	struct ka_buf b;

	memset(&r, 0, sizeof(r));
	r.net_ms = net_ms;
	r.is_overflow = is_overflow;
	ka_buf_init_array(&b, line);
	ka_record_write(&r, &b);
	put(b.p, b.len);
}

static int open_file(void **state)
{
	char path[] = "/tmp/keyaudit-attempt-XXXXXX";

	(void)state;
	attempt.fd = mkstemp(path);
	unlink(path);
	return attempt.fd < 0;
}

static int close_file(void **state)
{
	(void)state;
	return close(attempt.fd);
}

static void has_said__a_record_says_so__true(void **state)
{
	(void)state;
	assert_false(ka_attempt_has_said(&attempt, "sss", KA_REASON_STORE_TIMEOUT));
	put_record("local:found:-,sss:found:-");
	assert_false(ka_attempt_has_said(&attempt, "sss", KA_REASON_STORE_TIMEOUT));
	put_record("local:found:-,sss:unavailable:store.timeout");
	put_record("local:found:-");
	assert_true(ka_attempt_has_said(&attempt, "sss", KA_REASON_STORE_TIMEOUT));
	assert_false(ka_attempt_has_said(&attempt, "local", KA_REASON_STORE_TIMEOUT));
	assert_false(ka_attempt_has_said(&attempt, "ss", KA_REASON_STORE_TIMEOUT));
	assert_false(ka_attempt_has_said(&attempt, "sss", KA_REASON_STORE_UNREACHABLE));
}

/* torn lines, noise, and lines over the end of a block: what is no record says nothing, and hides none behind it */
static void has_said__noise_around_it__is_found_all_the_same(void **state)
{
	char noise[3000];

	(void)state;
	memset(noise, 'x', sizeof(noise));
	for (int i = 0; i < 5; i++) {
		put(noise, sizeof(noise));
		put("\nka1 attempt at=1\n\0\n", 20);
	}
	assert_false(ka_attempt_has_said(&attempt, "sss", KA_REASON_STORE_TIMEOUT));
	put_record("sss:unavailable:store.timeout");
	put("ka1 att", 7);
	assert_true(ka_attempt_has_said(&attempt, "sss", KA_REASON_STORE_TIMEOUT));
}

static void has_said__nothing_to_read__false(void **state)
{
	struct ka_attempt none = { .fd = -1 };

	(void)state;
	assert_false(ka_attempt_has_said(&none, "sss", KA_REASON_STORE_TIMEOUT));
	put_record("sss:unavailable:store.timeout");
	assert_int_equal(ftruncate(attempt.fd, KA_SPOOL_FILE_MAX + 1), 0);
	assert_false(ka_attempt_has_said(&attempt, "sss", KA_REASON_STORE_TIMEOUT)); /* no file of ours is so large */
}

static void net_ms__what_the_records_say__added_up(void **state)
{
	const int fd = attempt.fd;

	(void)state;
	assert_int_equal(ka_attempt_net_ms(&attempt), 0);
	put_wait(1500, false);
	put("net=9\n", 6);
	put_wait(250, false);
	assert_int_equal(ka_attempt_net_ms(&attempt), 1750);
	put_wait(KA_RECORD_NET_MAX_MS, false);
	assert_int_equal(ka_attempt_net_ms(&attempt), KA_RECORD_NET_MAX_MS);
	attempt.fd = -1; /* no spool: nobody has counted */
	assert_int_equal(ka_attempt_net_ms(&attempt), 0);
	attempt.fd = fd;
}

/* what ran behind the overflow line left nothing, however long it waited */
static void net_ms__more_runs_than_records__all_of_it(void **state)
{
	(void)state;
	put_wait(10, false);
	put_wait(0, true);
	assert_int_equal(ka_attempt_net_ms(&attempt), KA_RECORD_NET_MAX_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(has_said__a_record_says_so__true, open_file, close_file),
		cmocka_unit_test_setup_teardown(has_said__noise_around_it__is_found_all_the_same, open_file, close_file),
		cmocka_unit_test_setup_teardown(has_said__nothing_to_read__false, open_file, close_file),
		cmocka_unit_test_setup_teardown(net_ms__what_the_records_say__added_up, open_file, close_file),
		cmocka_unit_test_setup_teardown(net_ms__more_runs_than_records__all_of_it, open_file, close_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
