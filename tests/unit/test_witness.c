/* keyaudit/witness: endpoints of /proc/net/tcp, and looks at processes that are no sshd. The rest is for the real sshd. */
#include "keyaudit/witness.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cursor.h"
#include "base/proc.h"

#include "base/poison.h"

static void endpoint__good__is_an_address(void **state)
{
	static const struct { const char *text, *address; unsigned port; } good[] = {
		{ "0100007F:08AE", "127.0.0.1", 2222 },
		{ "0771CBCB:C552", "203.203.113.7", 50514 },
		{ "0100007f:08ae", "127.0.0.1", 2222 },
		{ "00000000:0000", "0.0.0.0", 0 },
		{ "00000000000000000000000001000000:0016", "::1", 22 },
		{ "B80D0120000000000000000001000000:FFFF", "2001:db8::1", 65535 },
		{ "0000000000000000FFFF00000100007F:0016", "127.0.0.1", 22 }, /* IPv4 at a socket of IPv6 */
	};
	char address[64];
	unsigned port;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(good); i++) {
		assert_true(ka_witness_endpoint(ka_span_of(good[i].text), address, &port));
		assert_string_equal(address, good[i].address);
		assert_int_equal(port, good[i].port);
	}
}

static void endpoint__malformed__is_none(void **state)
{
	static const char *const bad[] = {
		"", ":", "0100007F", "0100007F:", "0100007F:08A", "0100007F:08AEE", "010000F:08AE", "0100007G:08AE", "0100007F:08 E",
		"0100007F 08AE", "0100007F::8AE", "00000000000000000000000001000000:16", "local_address", "0100007F:-8AE", "\xff\xff\xff\xff\xff\xff\xff\xff:0000",
	};
	char address[64];
	unsigned port;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++)
		assert_false(ka_witness_endpoint(ka_span_of(bad[i]), address, &port));
	for (size_t n = 0; n < 13; n++)
		assert_false(ka_witness_endpoint((struct ka_span){ (const uint8_t *)"0100007F:08AE", n }, address, &port));
}

static void look__no_such_process__is_gone(void **state)
{
	struct ka_conn conn = { 2147483646, 5 };
	struct ka_witness seen;
	int pidfd = 9;

	(void)state;
	assert_int_equal(ka_witness_look(&conn, &seen, &pidfd), KA_WITNESS_GONE);
	assert_int_equal(pidfd, -1);
	assert_false(seen.seen);
}

static void look__ourselves__is_an_impostor_or_gone(void **state)
{
	struct ka_proc_stat self;
	struct ka_conn conn;
	struct ka_witness seen;

	(void)state;
	assert_true(ka_proc_stat(getpid(), &self));
	conn = (struct ka_conn){ getpid(), self.start };
	assert_int_equal(ka_witness_look(&conn, &seen, NULL), KA_WITNESS_IMPOSTOR);
	assert_false(seen.seen);
	conn.start++; /* our pid, but another process's time: that one is gone */
	assert_int_equal(ka_witness_look(&conn, &seen, NULL), KA_WITNESS_GONE);
	conn = (struct ka_conn){ getpid(), 0 };
	assert_int_equal(ka_witness_look(&conn, &seen, NULL), KA_WITNESS_IMPOSTOR);
	assert_int_equal(conn.start, 0); /* an impostor's start is nobody's */
}

/* a process on its way out has lost its executable; taken for an impostor, its record would be thrown away */
static void look__ending_processes__are_never_impostors_once_ended(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		struct ka_proc_stat stat;
		struct ka_witness seen;
		struct ka_conn conn;
		pid_t child = fork();

		if (child == 0)
			_exit(0);
		while (ka_proc_stat(child, &stat) && stat.state != 'Z')
			;
		conn = (struct ka_conn){ child, stat.start };
		assert_int_equal(ka_witness_look(&conn, &seen, NULL), KA_WITNESS_GONE);
		waitpid(child, NULL, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(endpoint__good__is_an_address),
		cmocka_unit_test(endpoint__malformed__is_none),
		cmocka_unit_test(look__no_such_process__is_gone),
		cmocka_unit_test(look__ourselves__is_an_impostor_or_gone),
		cmocka_unit_test(look__ending_processes__are_never_impostors_once_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
