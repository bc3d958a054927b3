/* audit/syslogsink: one datagram, and never a wait. */
#include "audit/syslogsink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "reason/reason.h"

#include "base/poison.h"

static void format__levels__are_authpriv(void **state)
{
	static const struct { int level; const char *want; } rows[] = {
		{ KA_LEVEL_INFO, "<86>Aug 23 10:15:42 keyaudit[42]: hello" }, { KA_LEVEL_NOTICE, "<85>Aug 23 10:15:42 keyaudit[42]: hello" },
		{ KA_LEVEL_WARNING, "<84>Aug 23 10:15:42 keyaudit[42]: hello" }, { KA_LEVEL_ALERT, "<81>Aug 23 10:15:42 keyaudit[42]: hello" },
		{ 77, "<84>Aug 23 10:15:42 keyaudit[42]: hello" }, { -1, "<84>Aug 23 10:15:42 keyaudit[42]: hello" },
	};
	char out[128];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, out);
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		ka_buf_cut(&b, 0);
		ka_syslogsink_format(rows[i].level, 1787480142123456, 42, "hello", &b);
		assert_string_equal(out, rows[i].want);
	}
}

static void format__control_characters__cannot_begin_a_line(void **state)
{
	char out[128];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, out);
	ka_syslogsink_format(KA_LEVEL_INFO, 0, 1, "a\n<0>b\x1b", &b);
	assert_string_equal(out, "<86>Jan  1 00:00:00 keyaudit[1]: a?<0>b?");
}

static int listen_at(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	memcpy(a.sun_path, path, strlen(path) + 1);
	assert_int_equal(bind(fd, (const struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

static void send__logger__gets_one_datagram(void **state)
{
	char dir[] = "/tmp/ka-syslog-XXXXXX", path[64], got[2048], tail[64];
	KA_AUTOCLOSE int fd = -1;
	ssize_t n;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/log", dir);
	fd = listen_at(path);
	assert_int_equal(ka_syslogsink_send_to(path, KA_LEVEL_NOTICE, "ssh key refused: reason=-"), KA_ERR_OK);
	n = recv(fd, got, sizeof(got) - 1, 0);
	assert_true(n > 0);
	got[n] = '\0';
	snprintf(tail, sizeof(tail), " keyaudit[%d]: ssh key refused: reason=-", (int)getpid());
	assert_memory_equal(got, "<85>", 4);
	assert_string_equal(got + n - strlen(tail), tail);
	unlink(path);
	rmdir(dir);
}

static void send__nobody_listens__is_a_fault_at_once(void **state)
{
	char dir[] = "/tmp/ka-syslog-XXXXXX", path[64];
	KA_AUTOCLOSE int fd = -1;
	int64_t begin = ka_clock_boot_ms();
	unsigned sent = 0;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/log", dir);
	assert_int_equal(ka_syslogsink_send_to(path, KA_LEVEL_INFO, "x"), KA_ERR_SYS);
	/* a logger that does not read: its queue fills up, and we do not wait */
	fd = listen_at(path);
	while (sent < 100000 && ka_syslogsink_send_to(path, KA_LEVEL_INFO, "x") == KA_ERR_OK)
		sent++;
	assert_in_range(sent, 1, 99999);
	assert_true(ka_clock_boot_ms() - begin < 5000);
	unlink(path);
	rmdir(dir);
}

static void send__path_too_long__is_refused(void **state)
{
	char path[300];

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(ka_syslogsink_send_to(path, KA_LEVEL_INFO, "x"), KA_ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(format__levels__are_authpriv), cmocka_unit_test(format__control_characters__cannot_begin_a_line),
		cmocka_unit_test(send__logger__gets_one_datagram), cmocka_unit_test(send__nobody_listens__is_a_fault_at_once),
		cmocka_unit_test(send__path_too_long__is_refused),
	};

	setenv("TZ", "UTC0", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
