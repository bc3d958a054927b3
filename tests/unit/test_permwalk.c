/* perm/permwalk: the trusted open, on real trees in a root of our own. */
#include "perm/permwalk.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

enum { USER = 1000, OTHER = 1001 };

static const struct ka_permwalk_trust roots = { .owner = 0 };
static const struct ka_permwalk_trust users = { .owner = USER };
static const struct ka_permwalk_trust dirs = { .owner = 0, .is_dir = true };
static const struct ka_permwalk_trust secret = { .owner = 0, .private_ = true };
static struct ka_permwalk_refusal why;

/* opens, closes; true when it was opened */
static bool opens(const char *path, const struct ka_permwalk_trust *trust)
{
	int fd = -2;

	assert_int_equal(ka_permwalk_open(path, trust, &fd, &why), KA_ERR_OK);
	if (fd < 0) {
		assert_int_equal(fd, -1);
		assert_true((why.reason == KA_REASON_CONF_UNSAFE) != (why.errnum != 0));
		return false;
	}
	assert_int_equal(why.reason, KA_REASON_NONE);
	assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	assert_true((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY);
	close(fd);
	return true;
}

static void refused_at(const char *path, const struct ka_permwalk_trust *trust, const char *at)
{
	assert_false(opens(path, trust));
	assert_int_equal(why.reason, KA_REASON_CONF_UNSAFE);
	assert_string_equal(why.path, at);
}

static void fails_with(const char *path, const struct ka_permwalk_trust *trust, int errnum)
{
	assert_false(opens(path, trust));
	assert_int_equal(why.reason, KA_REASON_NONE);
	assert_int_equal(why.errnum, errnum);
}

static int make_tree(void **state)
{
	(void)state;
	trustroot_dir("/etc", 0755, 0);
	trustroot_dir("/etc/a", 0755, 0);
	trustroot_file("/etc/a/good", 0644, 0, "x");
	trustroot_file("/etc/a/private", 0600, 0, "x");
	return 0;
}

static void open__modes_of_the_file__table(void **state)
{
	(void)state;
	for (mode_t mode = 0; mode <= 0777; mode++) {
		trustroot_file("/etc/a/f", mode, 0, "x");
		if ((mode & 022) == 0) {
			assert_true(opens("/etc/a/f", &roots));
			assert_int_equal(opens("/etc/a/f", &secret), (mode & 044) == 0);
		} else {
			refused_at("/etc/a/f", &roots, "/etc/a/f");
			assert_int_equal(why.mode, S_IFREG | mode);
		}
	}
}

static void open__writable_parent__is_refused_at_the_parent(void **state)
{
	static const mode_t bad[] = { 0775, 0777, 01777, 0757, 02775, 0722 };

	(void)state;
	trustroot_dir("/etc/b", 0755, 0);
	trustroot_dir("/etc/b/c", 0755, 0);
	trustroot_file("/etc/b/c/f", 0644, 0, "x");
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		trustroot_dir("/etc/b", bad[i], 0);
		refused_at("/etc/b/c/f", &roots, "/etc/b");
		refused_at("/etc/b/c/none", &roots, "/etc/b"); /* before anything behind it is looked at */
	}
	trustroot_dir("/etc/b", 0711, 0);
	assert_true(opens("/etc/b/c/f", &roots));
	trustroot_dir("/", 0777, 0);
	refused_at("/etc/b/c/f", &roots, "/");
	trustroot_dir("/", 0755, 0);
	assert_true(opens("/etc/b/c/f", &roots));
}

static void open__missing_or_odd_paths__errnum(void **state)
{
	char name[600];

	(void)state;
	fails_with("/etc/a/none", &roots, ENOENT);
	assert_string_equal(why.path, "/etc/a/none");
	fails_with("/etc/none/x", &roots, ENOENT);
	assert_string_equal(why.path, "/etc/none");
	fails_with("/etc/a/good/x", &roots, ENOTDIR);
	fails_with("/etc/a/good/", &roots, ENOTDIR);
	fails_with("etc/a/good", &roots, EINVAL);
	fails_with("", &roots, EINVAL);
	memset(name, 'n', sizeof(name));
	name[0] = '/';
	name[300] = '\0';
	fails_with(name, &roots, ENAMETOOLONG);
	assert_true(opens("//etc/./a/../a//good", &roots));
}

static void open__beyond_limits__is_a_fault(void **state)
{
	char deep[KA_PATH_TRUSTED_MAX + 8];
	int fd;

	(void)state;
	memset(deep, '/', sizeof(deep));
	for (size_t i = 1; i < 2 * (KA_PATH_DEPTH_MAX + 1); i += 2)
		deep[i] = '.';
	deep[2 * (KA_PATH_DEPTH_MAX + 1)] = '\0';
	assert_int_equal(ka_permwalk_open(deep, &roots, &fd, &why), KA_ERR_LIMIT);
	memset(deep, '/', sizeof(deep));
	deep[sizeof(deep) - 1] = '\0';
	assert_int_equal(ka_permwalk_open(deep, &roots, &fd, &why), KA_ERR_LIMIT);
	assert_int_equal(fd, -1);
}

static void open__last_component_is_a_link__refused_as_a_link(void **state)
{
	(void)state;
	assert_int_equal(symlink("good", "/etc/a/link"), 0);
	assert_int_equal(symlink("/etc/a", "/etc/dirlink"), 0);
	refused_at("/etc/a/link", &roots, "/etc/a/link");
	assert_true(S_ISLNK(why.mode));
	refused_at("/etc/dirlink", &dirs, "/etc/dirlink");
	assert_true(S_ISLNK(why.mode));
}

static void open__link_on_the_way__its_target_is_judged(void **state)
{
	(void)state;
	trustroot_dir("/srv", 0755, 0);
	trustroot_dir("/srv/open", 0777, 0);
	trustroot_dir("/srv/open/d", 0755, 0);
	trustroot_file("/srv/open/d/f", 0644, 0, "x");
	assert_int_equal(symlink("a", "/etc/rel"), 0);
	assert_int_equal(symlink("../etc/./a", "/srv/updown"), 0);
	assert_int_equal(symlink("/srv/open/d", "/etc/bad"), 0);
	assert_int_equal(symlink("loop", "/etc/loop"), 0);
	assert_int_equal(symlink("gone", "/etc/dangling"), 0);
	assert_int_equal(symlink("/etc/a", "/srv/open/planted"), 0);
	assert_true(opens("/etc/rel/good", &roots));
	assert_true(opens("/srv/updown/good", &roots));
	refused_at("/etc/bad/f", &roots, "/srv/open");
	refused_at("/srv/open/planted/good", &roots, "/srv/open"); /* a link that anybody may have made */
	fails_with("/etc/loop/good", &roots, ELOOP);
	fails_with("/etc/dangling/good", &roots, ENOENT);
}

static void open__chain_of_links__eight_at_most(void **state)
{
	char from[32], to[32];
	struct ka_buf b;

	(void)state;
	trustroot_dir("/l", 0755, 0);
	for (unsigned i = 0; i <= KA_PATH_LINKS_MAX; i++) {
		ka_buf_init_array(&b, from);
		ka_buf_text(&b, "/l/");
		ka_buf_u64(&b, i + 1);
		ka_buf_init_array(&b, to);
		ka_buf_text(&b, i == 0 ? "/etc/a" : "/l/");
		if (i > 0)
			ka_buf_u64(&b, i);
		assert_int_equal(symlink(to, from), 0);
	}
	assert_true(opens("/l/8/good", &roots));
	fails_with("/l/9/good", &roots, ELOOP);
}

static void open__not_a_regular_file__never_blocks(void **state)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX, .sun_path = "/etc/a/sock" };
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	assert_int_equal(mkfifo("/etc/a/fifo", 0600), 0);
	assert_int_equal(bind(s, (struct sockaddr *)&sun, sizeof(sun)), 0);
	close(s);
	assert_int_equal(chmod("/etc/a/sock", 0600), 0);
	refused_at("/etc/a/fifo", &roots, "/etc/a/fifo");
	assert_true(S_ISFIFO(why.mode));
	refused_at("/etc/a/sock", &roots, "/etc/a/sock");
	refused_at("/etc/a", &roots, "/etc/a");
	refused_at("/etc/a/good", &dirs, "/etc/a/good");
	assert_true(opens("/etc/a", &dirs) && opens("/etc/a/", &dirs) && opens("/", &dirs));
}

static void open__owner__root_or_the_one_user(void **state)
{
	(void)state;
	if (!trustroot_has_uids())
		skip(); /* giving files away needs root */
	trustroot_dir("/h", 0755, 0);
	trustroot_dir("/h/user", 0755, USER);
	trustroot_dir("/h/user/roots", 0755, 0);
	trustroot_file("/h/user/f", 0644, USER, "x");
	trustroot_file("/h/user/roots/f", 0644, 0, "x");
	trustroot_file("/etc/a/users", 0644, USER, "x");
	trustroot_file("/etc/a/others", 0644, OTHER, "x");
	refused_at("/h/user/f", &roots, "/h/user");
	assert_int_equal(why.uid, USER);
	refused_at("/h/user/roots/f", &roots, "/h/user");
	refused_at("/etc/a/users", &roots, "/etc/a/users");
	assert_true(opens("/h/user/f", &users));
	assert_true(opens("/h/user/roots/f", &users));
	assert_true(opens("/etc/a/users", &users));
	refused_at("/etc/a/others", &users, "/etc/a/others");
}

static void open_in__one_name_only(void **state)
{
	static const char *const bad[] = { "", ".", "..", "a/b", "/etc" };
	int dir, fd;

	(void)state;
	assert_int_equal(ka_permwalk_open("/etc/a", &dirs, &dir, &why), KA_ERR_OK);
	assert_int_equal(ka_permwalk_open_in(dir, "/etc/a", "good", &roots, &fd, &why), KA_ERR_OK);
	assert_true(fd >= 0);
	close(fd);
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		assert_int_equal(ka_permwalk_open_in(dir, "/etc/a", bad[i], &roots, &fd, &why), KA_ERR_OK);
		assert_int_equal(fd, -1);
		assert_int_equal(why.errnum, EINVAL);
	}
	assert_int_equal(ka_permwalk_open_in(dir, "/etc/a/", "none", &roots, &fd, &why), KA_ERR_OK);
	assert_int_equal(why.errnum, ENOENT);
	assert_string_equal(why.path, "/etc/a/none");
	close(dir);
}

static void open__known_directory__begins_there_and_judges_what_is_below(void **state)
{
	struct ka_permwalk_known known = { .path = ka_span_of("/known/a") };
	struct ka_permwalk_trust trust = { .owner = 0, .known = &known };
	struct ka_permwalk_trust dir = { .owner = 0, .is_dir = true, .known = &known };

	(void)state;
	trustroot_dir("/known", 0755, 0);
	trustroot_dir("/known/a", 0755, 0);
	trustroot_dir("/known/ab", 0755, 0);
	trustroot_dir("/known/a/loose", 0777, 0);
	trustroot_file("/known/a/f", 0644, 0, "x");
	trustroot_file("/known/a/bad", 0666, 0, "x");
	trustroot_file("/known/ab/f", 0644, 0, "x");
	trustroot_file("/known/a/loose/f", 0644, 0, "x");
	assert_int_equal(ka_permwalk_open("/known/a", &dirs, &known.fd, &why), KA_ERR_OK);
	assert_int_equal(chmod("/known", 0777), 0); /* so that a walk from / is noticed */
	assert_true(opens("/known/a/f", &trust));
	assert_true(opens("/known/a//f", &trust));
	assert_true(opens("/known/a/", &dir));
	refused_at("/known/a/bad", &trust, "/known/a/bad");
	refused_at("/known/a/loose/f", &trust, "/known/a/loose");
	fails_with("/known/a/none", &trust, ENOENT);
	fails_with("/known/a/f/g", &trust, ENOTDIR);
	refused_at("/known/ab/f", &trust, "/known");
	refused_at("/known/a", &dir, "/known");
	refused_at("//known/a/f", &trust, "//known");
	refused_at("/known/a/f", &roots, "/known");
	assert_int_equal(symlink("/known/a/f", "/known/a/link"), 0);
	refused_at("/known/a/link", &trust, "/known/a/link");
	assert_int_equal(symlink("/etc/a", "/known/a/way"), 0);
	assert_true(opens("/known/a/way/good", &trust));
	assert_int_equal(symlink("../ab", "/known/a/up"), 0);
	refused_at("/known/a/up/f", &trust, "/known/a/..");
	assert_int_equal(fcntl(known.fd, F_GETFD), FD_CLOEXEC); /* nobody closed it */
	close(known.fd);
	known.fd = -1;
	refused_at("/known/a/f", &trust, "/known");
}

/* for somebody who may not read it: what is closed, and its facts */
static void closed_at(const char *path, const struct ka_permwalk_trust *trust, const char *at, mode_t mode)
{
	fails_with(path, trust, EACCES);
	assert_string_equal(why.path, at);
	assert_int_equal(why.mode, mode);
	assert_int_equal(why.uid, 0);
}

static void open__permission_denied__names_what_is_closed(void **state)
{
	int fd, dir;

	(void)state;
	if (!trustroot_has_uids())
		skip();
	trustroot_dir("/etc/shut", 0700, 0);
	trustroot_dir("/etc/shut/in", 0755, 0);
	trustroot_file("/etc/shut/f", 0644, 0, "x");
	dir = open("/etc/shut", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(seteuid(USER), 0);
	closed_at("/etc/a/private", &roots, "/etc/a/private", S_IFREG | 0600);
	closed_at("/etc/shut/f", &roots, "/etc/shut", S_IFDIR | 0700);
	closed_at("/etc/shut/in/f", &roots, "/etc/shut", S_IFDIR | 0700);
	closed_at("/etc/shut", &dirs, "/etc/shut", S_IFDIR | 0700);
	assert_int_equal(ka_permwalk_open_in(dir, "/etc/shut", "f", &roots, &fd, &why), KA_ERR_OK);
	assert_int_equal(seteuid(0), 0);
	close(dir);
	assert_int_equal(fd, -1);
	assert_int_equal(why.errnum, EACCES);
	assert_string_equal(why.path, "/etc/shut");
	assert_int_equal(why.mode, S_IFDIR | 0700);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(open__modes_of_the_file__table),
		cmocka_unit_test(open__writable_parent__is_refused_at_the_parent),
		cmocka_unit_test(open__missing_or_odd_paths__errnum), cmocka_unit_test(open__beyond_limits__is_a_fault),
		cmocka_unit_test(open__last_component_is_a_link__refused_as_a_link),
		cmocka_unit_test(open__link_on_the_way__its_target_is_judged),
		cmocka_unit_test(open__chain_of_links__eight_at_most),
		cmocka_unit_test(open__not_a_regular_file__never_blocks),
		cmocka_unit_test(open__owner__root_or_the_one_user), cmocka_unit_test(open_in__one_name_only),
		cmocka_unit_test(open__known_directory__begins_there_and_judges_what_is_below),
		cmocka_unit_test(open__permission_denied__names_what_is_closed),
	};

	return trustroot_run(tests, make_tree);
}
