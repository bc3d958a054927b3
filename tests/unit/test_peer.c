/* keyaudit/peer: lines and endpoints of /proc/net/tcp, and our own sockets looked up in the real one. */
#include "keyaudit/case/peer.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cursor.h"
#include "base/err.h"

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
		assert_true(ka_peer_endpoint(ka_span_of(good[i].text), address, &port));
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
		assert_false(ka_peer_endpoint(ka_span_of(bad[i]), address, &port));
	for (size_t n = 0; n < 13; n++)
		assert_false(ka_peer_endpoint((struct ka_span){ (const uint8_t *)"0100007F:08AE", n }, address, &port));
}

#define ROW(state, inode) \
	" 7: 0100007F:08AE 0771CBCB:C552 " state " 00000000:00000000 00:00000000 00000000     0        0 " inode " 1 0 20 4 30"

static void line__of_ours__names_the_peer_or_the_listener(void **state)
{
	const struct ka_peer_sockets ours = { .is_known = true, .count = 2, .inode = { 5, 77 } };
	struct ka_peer p = { .inode = 0 };

	(void)state;
	assert_int_equal(ka_peer_line(ka_span_of(ROW("01", "77")), &ours, &p), KA_PEER_FOUND);
	assert_string_equal(p.client, "203.203.113.7");
	assert_int_equal(p.client_port, 50514);
	assert_string_equal(p.server, "127.0.0.1");
	assert_int_equal(p.inode, 77);
	assert_int_equal(ka_peer_line(ka_span_of(ROW("0A", "77")), &ours, &p), KA_PEER_LISTENS);
	assert_int_equal(ka_peer_line(ka_span_of(ROW("01", "78")), &ours, &p), KA_PEER_NONE);
	assert_int_equal(ka_peer_line(ka_span_of(ROW("01", "0x77")), &ours, &p), KA_PEER_NONE);
	assert_int_equal(ka_peer_line(ka_span_of("  sl  local_address rem_address st"), &ours, &p), KA_PEER_NONE);
	assert_int_equal(ka_peer_line(ka_span_of(""), &ours, &p), KA_PEER_NONE);
}

static int tcp(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	return fd;
}

/* whoever listens is no monitor, even while it holds a connection that it has just taken */
static void find__connection_and_listener__the_listener_counts(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(at);
	int listener = tcp(), client = tcp(), taken;
	struct ka_peer_sockets s;
	struct ka_peer p;

	(void)state;
	ka_peer_list(getpid(), &s);
	assert_true(s.is_known);
	assert_int_equal(ka_peer_find(getpid(), &s, &p), KA_PEER_NONE);
	assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &len), 0);
	assert_int_equal(connect(client, (struct sockaddr *)&at, sizeof(at)), 0);
	taken = accept(listener, NULL, NULL);
	ka_peer_list(getpid(), &s);
	assert_int_equal(ka_peer_find(getpid(), &s, &p), KA_PEER_LISTENS);
	assert_string_equal(p.client, "");
	close(listener);
	close(client);
	ka_peer_list(getpid(), &s);
	assert_int_equal(ka_peer_find(getpid(), &s, &p), KA_PEER_FOUND);
	assert_string_equal(p.client, "127.0.0.1");
	assert_int_equal(p.server_port, ntohs(at.sin_port));
	close(taken);
}

/* a connection that we have taken, and the socket it came to */
struct pair {
	int listener, taken;
	unsigned port; /* of the listener */
};

/* to a socket of @family; @mapped: by IPv4 to one of IPv6 */
static struct pair connect_to(int family, bool mapped)
{
	struct sockaddr_in6 at6 = { .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback };
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct pair p = { .listener = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	int client = socket(mapped ? AF_INET : family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr *to = family == AF_INET ? (struct sockaddr *)&at : (struct sockaddr *)&at6;
	socklen_t len = family == AF_INET ? sizeof(at) : sizeof(at6);

	if (mapped) {
		at6.sin6_addr = in6addr_any;
		assert_int_equal(setsockopt(p.listener, IPPROTO_IPV6, IPV6_V6ONLY, &(int){ 0 }, sizeof(int)), 0);
	}
	assert_int_equal(bind(p.listener, to, len), 0);
	assert_int_equal(listen(p.listener, 1), 0);
	assert_int_equal(getsockname(p.listener, to, &len), 0);
	p.port = ntohs(family == AF_INET ? at.sin_port : at6.sin6_port);
	if (mapped) {
		at.sin_port = at6.sin6_port;
		to = (struct sockaddr *)&at;
		len = sizeof(at);
	}
	assert_int_equal(connect(client, to, len), 0);
	p.taken = accept(p.listener, NULL, NULL);
	assert_true(p.taken >= 0);
	close(client); /* its own row would be one of ours, too */
	return p;
}

/* a machine may be without IPv6 */
static void need_v6(void)
{
	struct sockaddr_in6 at = { .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback };
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool has = fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0;

	if (fd >= 0)
		close(fd);
	if (!has)
		skip();
}

static void find__each_family__in_its_table(void **state)
{
	static const struct { int family; bool mapped; const char *client; unsigned tables; } rows[] = {
		{ AF_INET, false, "127.0.0.1", KA_PEER_TCP }, { AF_INET6, false, "::1", KA_PEER_TCP6 },
		{ AF_INET6, true, "127.0.0.1", KA_PEER_TCP6 },
	};

	(void)state;
	need_v6();
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		struct pair p = connect_to(rows[i].family, rows[i].mapped);
		struct ka_peer_sockets s;
		struct ka_peer peer;

		ka_peer_list(getpid(), &s);
		assert_int_equal(s.tables, rows[i].tables);
		assert_int_equal(ka_peer_find(getpid(), &s, &peer), KA_PEER_LISTENS);
		close(p.listener);
		ka_peer_list(getpid(), &s);
		assert_int_equal(ka_peer_find(getpid(), &s, &peer), KA_PEER_FOUND);
		assert_string_equal(peer.client, rows[i].client);
		assert_string_equal(peer.server, rows[i].client);
		assert_int_equal(peer.server_port, p.port);
		s.tables = KA_PEER_TCP | KA_PEER_TCP6; /* a kernel that does not tell */
		assert_int_equal(ka_peer_find(getpid(), &s, &peer), KA_PEER_FOUND);
		assert_string_equal(peer.client, rows[i].client);
		close(p.taken);
	}
}

/* sockets that are no connection at all: the agent's, the log's, the kernel's */
static void find__other_sockets__no_table_is_read(void **state)
{
	int unix_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ka_peer_sockets s;
	struct ka_peer peer;

	(void)state;
	ka_peer_list(getpid(), &s);
	assert_int_equal(s.count, 2);
	assert_int_equal(s.tables, 0);
	assert_int_equal(ka_peer_find(getpid(), &s, &peer), KA_PEER_NONE);
	close(unix_fd);
	close(udp);
}

/* descriptors are given out as they come free; these have an order */
static int moved(int fd, int to)
{
	assert_int_equal(dup3(fd, to, O_CLOEXEC), to);
	close(fd);
	return to;
}

/* the directory that a PAM module asks, ports that root's session forwards: whatever their family is, they came behind the login */
static void find__several_sockets__the_first_descriptor_counts(void **state)
{
	static const int families[] = { AF_INET, AF_INET6 };

	(void)state;
	need_v6();
	for (size_t i = 0; i < 4; i++) {
		struct pair login = connect_to(families[i / 2], false), other = connect_to(families[i % 2], false);
		struct ka_peer_sockets s;
		struct ka_peer peer;

		login.taken = moved(login.taken, 91);
		other.taken = moved(other.taken, 92);
		other.listener = moved(other.listener, 93);
		ka_peer_list(getpid(), &s);
		assert_int_equal(ka_peer_find(getpid(), &s, &peer), KA_PEER_LISTENS); /* as the listener does */
		assert_string_equal(peer.client, "");
		close(login.listener);
		ka_peer_list(getpid(), &s);
		assert_int_equal(s.count, 3);
		assert_int_equal(ka_peer_find(getpid(), &s, &peer), KA_PEER_FOUND);
		assert_int_equal(peer.server_port, login.port);
		close(login.taken);
		close(other.taken);
		close(other.listener);
	}
}

/* a busy server: its table is read in many blocks, and lines lie across their ends */
static void find__among_hundreds__each_is_found(void **state)
{
	enum { OTHERS = 150, LOOKS = 100 };
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } }, own;
	socklen_t len = sizeof(at), own_len = sizeof(own);
	int listener = tcp(), go[2];
	pid_t child;

	(void)state;
	assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(listener, OTHERS + LOOKS), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &len), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, go), 0);
	child = fork(); /* it holds the others, and both ends of them */
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (int i = 0; i < OTHERS; i++)
			if (connect(tcp(), (struct sockaddr *)&at, sizeof(at)) != 0 || accept(listener, NULL, NULL) < 0)
				_exit(1);
		if (write(go[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(go[0], &(char){ 0 }, 1), 1);
	close(listener);
	close(go[0]);
	close(go[1]);
	for (int i = 0; i < LOOKS; i++) {
		struct ka_peer_sockets s;
		struct ka_peer p;
		int mine = tcp();

		assert_int_equal(connect(mine, (struct sockaddr *)&at, sizeof(at)), 0);
		assert_int_equal(getsockname(mine, (struct sockaddr *)&own, &own_len), 0);
		ka_peer_list(getpid(), &s);
		assert_int_equal(ka_peer_find(getpid(), &s, &p), KA_PEER_FOUND);
		assert_int_equal(p.client_port, ntohs(at.sin_port));
		assert_int_equal(p.server_port, ntohs(own.sin_port));
		close(mine);
	}
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(endpoint__good__is_an_address),
		cmocka_unit_test(endpoint__malformed__is_none),
		cmocka_unit_test(line__of_ours__names_the_peer_or_the_listener),
		cmocka_unit_test(find__connection_and_listener__the_listener_counts),
		cmocka_unit_test(find__each_family__in_its_table),
		cmocka_unit_test(find__other_sockets__no_table_is_read),
		cmocka_unit_test(find__several_sockets__the_first_descriptor_counts),
		cmocka_unit_test(find__among_hundreds__each_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
