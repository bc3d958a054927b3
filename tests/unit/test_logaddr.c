/* keyaudit/logaddr: a syslog file, and which of its lines are about this monitor. The journal is asked in tests/e2e. */
#include "keyaudit/case/logaddr.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"

#define FROM(a) "sshd[4240]: Connection from " a " port 40000 on 127.0.0.1 port 22 rdomain \"\""

static char path[] = "/tmp/ka-logaddr-XXXXXX";
static struct ka_conf conf;

static bool has_address(const char *message)
{
	struct ka_witness w;
	bool yes = ka_logaddr_read(ka_span_of(message), &w);

	assert_int_equal(w.client[0] != '\0', yes);
	assert_int_equal(w.server[0] != '\0', yes);
	return yes;
}

/* a monitor that began ten seconds ago */
static struct ka_conn monitor(void)
{
	return (struct ka_conn){ .m = 4240, .start = (uint64_t)((ka_clock_boot_ms() - 10000) * sysconf(_SC_CLK_TCK) / 1000) };
}

static void empty(void)
{
	assert_int_equal(truncate(path, 0), 0);
}

static void add(const char *bytes, size_t n)
{
	int fd = open(path, O_WRONLY | O_APPEND);

	assert_true(fd >= 0);
	assert_int_equal(ka_fd_write_all(fd, bytes, n), KA_ERR_OK);
	close(fd);
}

/* a line, @ago seconds before now */
static void say(int64_t ago, const char *text)
{
	char line[512], when[KA_CLOCK_TEXT_MAX];
	struct ka_buf b;

	ka_clock_text(ka_clock_wall_us() - ago * 1000000, when);
	ka_buf_init_array(&b, line);
	ka_buf_text(&b, when);
	ka_buf_text(&b, " world ");
	ka_buf_text(&b, text);
	ka_buf_char(&b, '\n');
	add(b.p, b.len);
}

/* the client's address that is found, "" for none; always unverified */
static const char *found(const struct ka_conn *conn)
{
	static struct ka_witness w;
	bool verified = true;
	bool any = ka_logaddr_find(&conf, conn, &w, &verified);

	assert_false(verified);
	assert_int_equal(any, w.client[0] != '\0');
	return w.client;
}

static void find__its_line__gives_the_address(void **state)
{
	struct ka_conn m = monitor();

	(void)state;
	empty();
	say(11, "sshd[4241]: Connection from 10.0.0.1 port 1 on 127.0.0.1 port 22");
	say(10, FROM("10.0.0.7"));
	say(9, "sshd[4240]: Failed publickey for alice from 10.0.0.9 port 1 ssh2");
	assert_string_equal(found(&m), "10.0.0.7");
	say(8, FROM("10.0.0.7")); /* said twice is not contradicted */
	assert_string_equal(found(&m), "10.0.0.7");
}

static void find__another_process_of_that_number__gives_none(void **state)
{
	struct ka_conn m = monitor();

	(void)state;
	empty();
	say(13, FROM("10.0.0.8"));
	assert_string_equal(found(&m), "");
	m.start -= 3600u * (uint64_t)sysconf(_SC_CLK_TCK); /* it came later than M can have said it */
	assert_string_equal(found(&m), "");
	m.start = 0;
	assert_string_equal(found(&m), "");
}

/* the form without a year: last month's process is not ours */
static void find__old_line_without_year__gives_none(void **state)
{
	static const char old[] = "Jan  1 00:00:00 world " FROM("10.0.0.7") "\nJul  1 00:00:00 world " FROM("10.0.0.7") "\n";
	struct ka_conn m = monitor();

	(void)state;
	empty();
	add(old, strlen(old));
	assert_string_equal(found(&m), "");
}

static void find__contradiction__gives_none(void **state)
{
	struct ka_conn m = monitor();

	(void)state;
	empty();
	say(10, FROM("6.6.6.6"));
	assert_string_equal(found(&m), "6.6.6.6");
	say(10, FROM("10.0.0.7"));
	assert_string_equal(found(&m), "");
	say(10, FROM("6.6.6.6"));
	assert_string_equal(found(&m), "");
}

static void find__long_file__is_read_from_a_whole_line_on(void **state)
{
	static char text[KA_LOG_TAIL_MAX];
	struct ka_conn m = monitor();
	char when[KA_CLOCK_TEXT_MAX];
	struct ka_buf b;

	(void)state;
	/* a line of one's own that, cut where the reading begins, looks like one of sshd */
	empty();
	add("x", 1);
	ka_clock_text(ka_clock_wall_us() - 10000000, when);
	ka_buf_init_array(&b, text);
	ka_buf_text(&b, when);
	ka_buf_text(&b, " world " FROM("6.6.6.6") "\n");
	memset(text + b.len, '\n', sizeof(text) - b.len);
	add(text, sizeof(text));
	assert_string_equal(found(&m), "");
	say(10, FROM("10.0.0.7"));
	assert_string_equal(found(&m), "10.0.0.7");
}

static void find__no_such_file__gives_none(void **state)
{
	struct ka_conn m = monitor();
	struct ka_witness w;
	bool verified;

	(void)state;
	conf.sshd_log_file = "/nonexistent/auth.log";
	assert_string_equal(found(&m), "");
	conf.sshd_log_file = "/dev/null";
	assert_string_equal(found(&m), "");
	conf.sshd_log_file = path;
	conf.sshd_log = KA_CONF_LOG_NONE;
	assert_false(ka_logaddr_find(&conf, &m, &w, &verified));
	conf.sshd_log = KA_CONF_LOG_FILE;
}

/* sshd -E: neither pid nor time */
static void find__file_without_pids__gives_none(void **state)
{
	static const char line[] = "Connection from 10.0.0.7 port 40000 on 127.0.0.1 port 22 rdomain \"\"\n";
	struct ka_conn m = monitor();

	(void)state;
	empty();
	add(line, strlen(line));
	assert_string_equal(found(&m), "");
}

static void read__anything_around_it__is_none(void **state)
{
#define PLAIN "Connection from 10.0.0.7 port 1 on 1.1.1.1 port 22"
	(void)state;
	assert_true(has_address(PLAIN));
	assert_true(has_address(PLAIN " rdomain \"\""));
	assert_true(has_address(PLAIN " rdomain \"vrf-blue\""));
	assert_true(has_address("Connection from 2001:db8::7 port 65535 on ::1 port 22"));
	assert_false(has_address(PLAIN " rdomain \""));
	assert_false(has_address(PLAIN " rdomain \"\" from 10.0.0.9 port 2"));
	assert_false(has_address(PLAIN " rdomain \"x\"\""));
	assert_false(has_address(PLAIN " rdomain"));
	assert_false(has_address(PLAIN " user Connection"));
	assert_false(has_address("Invalid user " PLAIN));
	assert_false(has_address("Connection from evil port 1 on 1.1.1.1 port 22"));
	assert_false(has_address("Connection from UNKNOWN port 65535 on 1.1.1.1 port 22"));
	assert_false(has_address("Connection from 10.0.0.7 port 1 on UNKNOWN port 22"));
	assert_false(has_address("Connection from 10.0.0.7 port 65536 on 1.1.1.1 port 22"));
	assert_false(has_address("Connection from 10.0.0.7 port -1 on 1.1.1.1 port 22"));
	assert_false(has_address("Connection from 10.0.0.7 port 1 on 1.1.1.1 port"));
	assert_false(has_address("Connection from 10.0.0.7 port 1"));
	assert_false(has_address("Connection closed by 10.0.0.7 port 1"));
	assert_false(has_address(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__anything_around_it__is_none),
		cmocka_unit_test(find__its_line__gives_the_address),
		cmocka_unit_test(find__another_process_of_that_number__gives_none),
		cmocka_unit_test(find__old_line_without_year__gives_none),
		cmocka_unit_test(find__contradiction__gives_none),
		cmocka_unit_test(find__long_file__is_read_from_a_whole_line_on),
		cmocka_unit_test(find__no_such_file__gives_none),
		cmocka_unit_test(find__file_without_pids__gives_none),
	};
	int fd = mkstemp(path), failed;

	if (fd < 0)
		return 1;
	close(fd);
	ka_conf_default(&conf);
	conf.sshd_log = KA_CONF_LOG_FILE;
	conf.sshd_log_file = path;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
