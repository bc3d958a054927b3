/* diag/ports: lines of the kernel's tables, and a socket of the test's own. */
#include "diag/ports.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/poison.h"

#define LISTENS "   0: 0100007F:08AE 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 23157373 1 0 100 0 0 10 0"

static void line__listening__port_and_socket(void **state)
{
	struct ka_port p;

	(void)state;
	assert_true(ka_ports_line(ka_span_of(LISTENS), &p));
	assert_int_equal(p.number, 2222);
	assert_int_equal(p.inode, 23157373);
	assert_true(ka_ports_line(ka_span_of("1: 00000000000000000000000000000000:0016 0:0 0A x x x 0 0 5"), &p));
	assert_int_equal(p.number, 22);
}

static void line__anything_else__no(void **state)
{
	static const char *const rows[] = {
		"", "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
		"0: 0100007F:08AE 0100007F:1234 01 0:0 0:0 0 0 0 5",
		"0: 0100007F:08A 00000000:0000 0A 0 0 0 0 0 5", "0: 0100007F08AE 00000000:0000 0A 0 0 0 0 0 5",
		"0: 0100007F:08AX 00000000:0000 0A 0 0 0 0 0 5", "0: 0100007F:08AE 00000000:0000 0A 0 0 0 0 0 x",
		"0: 0100007F:08AE 00000000:0000 0A 0 0 0 0 0",
	};
	struct ka_port p;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_false(ka_ports_line(ka_span_of(rows[i]), &p));
}

static void look__own_socket__is_found_and_marked(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	static struct ka_ports p;

	(void)state;
	assert_true(s >= 0);
	assert_int_equal(bind(s, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(s, 1), 0);
	assert_int_equal(getsockname(s, (struct sockaddr *)&at, &len), 0);
	ka_ports_look(getpid(), &p);
	assert_true(p.is_known);
	assert_true(ka_ports_has(&p, ntohs(at.sin_port), false));
	assert_true(ka_ports_has(&p, ntohs(at.sin_port), true));
	ka_ports_look(0, &p);
	assert_true(ka_ports_has(&p, ntohs(at.sin_port), false));
	assert_false(ka_ports_has(&p, ntohs(at.sin_port), true));
	close(s);
	ka_ports_look(getpid(), &p);
	assert_false(ka_ports_has(&p, ntohs(at.sin_port), true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line__listening__port_and_socket),
		cmocka_unit_test(line__anything_else__no),
		cmocka_unit_test(look__own_socket__is_found_and_marked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
