/* keyaudit/blocklist/blockbring: files as they are, what xz has packed unpacked, and no network without the fetcher. */
#include "keyaudit/blocklist/blockbring.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/spawn.h"
#include "keyaudit/cache/fetchuser.h"
#include "keyaudit/screen/exit.h"
#include "tests/unit/lib/blocksample.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/tmptree.h"

#include "base/poison.h"

static const struct ka_blockbring_from how = { .ca_file = "", .pins = "" };

/* these stand before the ones in the archive: the machine has no such user, and nothing here needs its rights */
enum ka_fetchuser_answer ka_fetchuser_become(bool with_command_group)
{
	(void)with_command_group;
	return KA_FETCHUSER_IS;
}

int ka_fetchuser_say(const char *verb, enum ka_fetchuser_answer a)
{
	(void)verb;
	return a == KA_FETCHUSER_MAY_NOT ? KA_EXIT_NOPERM : KA_EXIT_UNDECIDED;
}

static int bring(const char *from, uint64_t max, int *fd)
{
	int status;

	caught_begin();
	status = ka_blockbring(from, &how, max, fd);
	caught_end();
	return status;
}

static const char *unpack(const char *path, bool *good)
{
	static char text[64];
	struct ka_blockbring_open o;
	KA_AUTOCLOSE int raw = -1;
	size_t len = 0;

	assert_int_equal(bring(path, 100000, &raw), KA_EXIT_FINE);
	assert_int_equal(ka_blockbring_unpack(raw, &o), KA_ERR_OK);
	assert_int_equal(ka_fd_read_all(o.fd, text, sizeof(text) - 1, &len), KA_ERR_OK);
	text[len] = '\0';
	*good = ka_blockbring_end(&o);
	return text;
}

static void bring__file__within_its_cap(void **state)
{
	const char *path = blocksample_write("list", "0123456789", 10);
	int fd;

	(void)state;
	assert_int_equal(bring(path, 10, &fd), KA_EXIT_FINE);
	close(fd);
	assert_int_equal(bring(path, 9, &fd), KA_EXIT_UNDECIDED);
	assert_int_equal(fd, -1);
	assert_int_equal(bring("/nonexistent/list", 10, &fd), KA_EXIT_UNDECIDED);
	assert_int_equal(bring(tmptree, 10, &fd), KA_EXIT_UNDECIDED);
}

static void bring__address__by_the_fetcher_alone(void **state)
{
	int fd;

	(void)state;
	assert_true(ka_blockbring_is_url("https://x/") && ka_blockbring_is_url("http://localhost/"));
	assert_false(ka_blockbring_is_url("/https://x/") || ka_blockbring_is_url("ftp://x/"));
	/* it is not installed here; an ordinary user may not ask it at all */
	assert_int_equal(bring("https://x.example/", 10, &fd), geteuid() == 0 ? KA_EXIT_UNDECIDED : KA_EXIT_NOPERM);
	assert_int_equal(fd, -1);
}

/* packed -> packed.xz, and torn, which is less of it */
static void run_xz(void)
{
	char script[300];
	const char *const argv[] = { "/bin/sh", "-c", script, NULL };
	const struct ka_spawn what = { .argv = argv, .output_max = 100, .deadline_ms = 20000 };
	struct ka_spawn_out out;

	snprintf(script, sizeof(script), "cd %s && xz packed && cp packed.xz torn && truncate -s -4 torn", tmptree);
	assert_int_equal(ka_spawn_run(&what, &out), KA_ERR_OK);
	assert_int_equal(out.status, 0);
	free(out.output);
}

static void unpack__packed_plain_torn__as_they_are(void **state)
{
	char command[256];
	const char *path;
	bool good;

	(void)state;
	path = blocksample_write("plain", "hello", 5);
	assert_string_equal(unpack(path, &good), "hello");
	assert_true(good);
	if (access("/usr/bin/xz", X_OK) != 0)
		return;
	snprintf(command, sizeof(command), "%s/packed.xz", tmptree);
	blocksample_write("packed", "hello", 5);
	run_xz();
	assert_string_equal(unpack(command, &good), "hello");
	assert_true(good);
	snprintf(command, sizeof(command), "%s/torn", tmptree);
	(void)unpack(command, &good);
	assert_false(good);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(bring__file__within_its_cap, tmptree_make, tmptree_remove),
		cmocka_unit_test(bring__address__by_the_fetcher_alone),
		cmocka_unit_test_setup_teardown(unpack__packed_plain_torn__as_they_are, tmptree_make, tmptree_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
