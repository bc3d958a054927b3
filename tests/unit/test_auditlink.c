/* sink/auditlink: a message and its answer over a pair of sockets; the kernel's audit is left alone. */
#include "keyaudit/sink/auditlink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#include "base/poison.h"

static void ask__answer_and_none(void **state)
{
	char got[16];
	int fd[2];
	int64_t begin;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, fd), 0);
	assert_int_equal(send(fd[1], "answer", 6, 0), 6);
	assert_int_equal(ka_auditlink_ask(fd[0], "ask", 3, got, sizeof(got)), 6);
	assert_memory_equal(got, "answer", 6);
	assert_int_equal(recv(fd[1], got, sizeof(got), 0), 3);
	begin = ka_clock_boot_ms();
	assert_int_equal(ka_auditlink_ask(fd[0], "ask", 3, got, sizeof(got)), -1);
	assert_int_equal(errno, ETIMEDOUT);
	assert_true(ka_clock_boot_ms() - begin < 5000);
	close(fd[1]);
	assert_int_equal(ka_auditlink_ask(fd[0], "ask", 3, got, sizeof(got)), -1);
	close(fd[0]);
	assert_int_equal(ka_auditlink_ask(-1, "ask", 3, got, sizeof(got)), -1);
	assert_int_equal(errno, EBADF);
}

static void open__a_socket_or_no_audit_here(void **state)
{
	int fd = ka_auditlink_open();

	(void)state;
	if (fd < 0)
		assert_true(errno == EINVAL || errno == EPROTONOSUPPORT || errno == EAFNOSUPPORT || errno == EPERM || errno == EACCES || errno == ECONNREFUSED);
	else
		close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ask__answer_and_none),
		cmocka_unit_test(open__a_socket_or_no_audit_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
