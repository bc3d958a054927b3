/* authkeys-fetch/fetchfiles: which files are trusted, and which are secret enough, in a root of our own. */
#include "authkeys-cmd/fetch/fetchfiles.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

enum { FETCHER = 4711, OTHER = 4712 };

static struct ka_conf_source source;

static int make_tree(void **state)
{
	(void)state;
	trustroot_dir("/k", 0755, 0);
	trustroot_dir("/open", 0777, 0);
	return 0;
}

static const char *wrong(const char *ca, const char *cert, const char *key)
{
	source = (struct ka_conf_source){ .ca_file = ca, .client_cert = cert, .client_key = key };
	return ka_fetchfiles_wrong(&source);
}

static void files__none_or_good_ones__are_good(void **state)
{
	(void)state;
	trustroot_file("/k/ca", 0644, 0, "x");
	trustroot_file("/k/cert", 0644, 0, "x");
	trustroot_file("/k/key", 0400, 0, "x");
	assert_null(wrong("", "", ""));
	assert_null(wrong("/k/ca", "/k/cert", "/k/key"));
	assert_null(wrong("/k/ca", "/k/key", ""));
}

static void files__that_others_may_change_or_read__are_named(void **state)
{
	(void)state;
	trustroot_file("/k/cert", 0644, 0, "x");
	trustroot_file("/k/key", 0400, 0, "x");
	trustroot_file("/k/wide", 0664, 0, "x");
	trustroot_file("/open/ca", 0644, 0, "x");
	assert_non_null(strstr(wrong("/k/wide", "", ""), "ca_file"));
	assert_non_null(strstr(wrong("/open/ca", "", ""), "ca_file"));
	assert_non_null(strstr(wrong("/k/missing", "", ""), "ca_file"));
	assert_non_null(strstr(wrong("", "/k/wide", "/k/key"), "client_cert"));
	assert_non_null(strstr(wrong("", "/k/cert", "/k/cert"), "client_key"));
	/* a certificate that holds its key is a secret */
	assert_non_null(strstr(wrong("", "/k/cert", ""), "client_cert"));
}

/* every mode of a secret: nothing for others, and no writing by the group */
static void secret__every_mode__table(void **state)
{
	(void)state;
	for (mode_t mode = 0; mode <= 0777; mode++) {
		bool wanted = (mode & 0027) == 0, good;
		int fd;

		trustroot_file("/k/secret", mode, 0, "x");
		fd = ka_fetchfiles_secret("/k/secret");
		good = fd >= 0;
		if (good) {
			if (fcntl(fd, F_GETFD) != FD_CLOEXEC)
				fail_msg("mode %03o: handed on to programs", mode);
			close(fd);
		}
		if (good != wanted && !(geteuid() != 0 && (mode & 0400) == 0))
			fail_msg("mode %03o: %d", mode, good);
	}
}

static void secret__what_is_no_plain_file__is_not_opened(void **state)
{
	(void)state;
	trustroot_file("/k/secret", 0400, 0, "x");
	unlink("/k/link");
	assert_int_equal(symlink("secret", "/k/link"), 0);
	assert_int_equal(ka_fetchfiles_secret("/k/link"), -1);
	unlink("/k/fifo");
	assert_int_equal(mkfifo("/k/fifo", 0600), 0);
	assert_int_equal(ka_fetchfiles_secret("/k/fifo"), -1); /* and nobody is waited for */
	trustroot_dir("/k/dir", 0700, 0);
	assert_int_equal(ka_fetchfiles_secret("/k/dir"), -1);
	assert_int_equal(ka_fetchfiles_secret("k/secret"), -1);
	assert_int_equal(ka_fetchfiles_secret(""), -1);
	assert_int_equal(ka_fetchfiles_secret("/k/../open/x"), -1);
}

static void files__owner__root_or_the_fetcher(void **state)
{
	(void)state;
	if (!trustroot_has_uids())
		skip();
	trustroot_file("/k/key", 0400, FETCHER, "x");
	assert_non_null(wrong("", "", "/k/key"));
	assert_int_equal(seteuid(FETCHER), 0);
	assert_null(wrong("", "", "/k/key"));
	assert_int_equal(seteuid(0), 0);
	trustroot_file("/k/ca", 0644, OTHER, "x");
	assert_int_equal(seteuid(FETCHER), 0);
	assert_non_null(wrong("/k/ca", "", ""));
	assert_int_equal(seteuid(0), 0);
	trustroot_dir("/k/theirs", 0755, OTHER);
	trustroot_file("/k/theirs/ca", 0644, 0, "x");
	assert_non_null(wrong("/k/theirs/ca", "", ""));
}

/* of several faults the first is told, in the order of the names */
static void files__several_wrong__the_first_is_told(void **state)
{
	(void)state;
	assert_string_equal(wrong("/none", "/none", "/none"), "ca_file cannot be read or is not root's alone");
	assert_string_equal(wrong("", "/none", "/none"), "client_cert cannot be read or is not root's alone");
	assert_string_equal(wrong("", "", "/none"), "client_key cannot be read or is open to others");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files__none_or_good_ones__are_good),
		cmocka_unit_test(files__that_others_may_change_or_read__are_named),
		cmocka_unit_test(secret__every_mode__table),
		cmocka_unit_test(secret__what_is_no_plain_file__is_not_opened),
		cmocka_unit_test(files__owner__root_or_the_fetcher),
		cmocka_unit_test(files__several_wrong__the_first_is_told),
	};

	return trustroot_run(tests, make_tree);
}
