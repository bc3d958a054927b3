/* source/confwhy: what was seen and how to mend it; a command only where it can be pasted as it stands. */
#include "source/confwhy.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

static char text[KA_CONF_ERROR_MAX];

static const char *say(struct ka_permwalk_refusal why, const char *path, bool is_dir)
{
	struct ka_buf b;

	assert_true(ka_span_copy(ka_span_of(path), why.path, sizeof(why.path)));
	ka_buf_init_array(&b, text);
	ka_confwhy_write(&why, is_dir, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	assert_true(ka_text_is_plain(ka_buf_as_span(&b)));
	return text;
}

static const char *unsafe(mode_t mode, uid_t uid, const char *path, bool is_dir)
{
	return say((struct ka_permwalk_refusal){ .reason = KA_REASON_CONF_UNSAFE, .mode = mode, .uid = uid }, path, is_dir);
}

static const char *closed(mode_t mode, const char *path)
{
	return say((struct ka_permwalk_refusal){ .errnum = EACCES, .mode = mode, .uid = 5, .gid = 6 }, path, false);
}

static void unsafe__owner_and_modes__each_with_its_command(void **state)
{
	(void)state;
	assert_string_equal(unsafe(S_IFREG | 0644, 1000, "/etc/k", false),
			    "/etc/k: mode 0644, owner 1000: must belong to root; mend: chown root /etc/k");
	assert_string_equal(unsafe(S_IFREG | 0664, 0, "/etc/k", false),
			    "/etc/k: mode 0664, owner 0: others may write to it, so it is not believed; mend: chmod go-w /etc/k");
	assert_string_equal(unsafe(S_IFDIR | 01777, 0, "/tmp", false),
			    "/tmp: mode 1777, owner 0: others may write to it, so it is not believed; mend: chmod go-w /tmp");
	assert_string_equal(unsafe(S_IFREG | 0644, 0, "/etc/k", false),
			    "/etc/k: mode 0644, owner 0: others may read it; mend: chmod go-rwx /etc/k");
}

static void unsafe__wrong_kind_of_thing__no_command(void **state)
{
	(void)state;
	assert_string_equal(unsafe(S_IFLNK | 0777, 0, "/k", false),
			    "/k: is a symbolic link, which is not followed here; put the thing itself in its place");
	assert_string_equal(unsafe(S_IFSOCK | 0644, 0, "/k", false), "/k: is no regular file");
	assert_string_equal(unsafe(S_IFREG | 0644, 0, "/k", true), "/k: is no directory");
	assert_string_equal(unsafe(S_IFDIR | 0755, 0, "/k", false), "/k: is a directory, not a file");
}

static void closed__file_or_directory__who_may_not_and_what_lets_him(void **state)
{
	(void)state;
	assert_string_equal(closed(S_IFREG | 0600, "/etc/k"), "/etc/k: mode 0600, owner 5, group 6: sshd's command may not read it; "
							      "mend: chmod a+r /etc/k (or chgrp _keyaudit and chmod g+r)");
	assert_string_equal(closed(S_IFDIR | 0700, "/etc/d"), "/etc/d: mode 0700, owner 5, group 6: sshd's command may not look into it; "
							      "mend: chmod a+rx /etc/d (or chgrp _keyaudit and chmod g+rx)");
	assert_non_null(strstr(closed(S_IFREG | 0644, "/etc/k"), "an access list or a security module"));
	assert_non_null(strstr(closed(0, "/etc/k"), ": cannot be read: permission denied; "));
}

static void errors__of_open__in_words(void **state)
{
	static const struct { int errnum; const char *said; } cases[] = {
		{ ENOENT, "/k: is not there" },
		{ ENOTDIR, "/k: is no directory, or a file where a directory must be" },
		{ ELOOP, "/k: leads through too many symbolic links" },
		{ ENAMETOOLONG, "/k: has too long a name" },
		{ EINVAL, "/k: is not an absolute path" },
		{ EPERM, "/k: cannot be read: operation not permitted" },
		{ EIO, "/k: cannot be opened, error 5" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(say((struct ka_permwalk_refusal){ .errnum = cases[i].errnum }, "/k", false), cases[i].said);
}

/* nothing that a shell would read differently is offered for pasting */
static void mend__path_that_needs_quotes__advice_and_no_command(void **state)
{
	static const char *const paths[] = { "/etc/a b", "/etc/$(id)", "/etc/a;b", "/etc/a'b", "/etc/\x1b[31m", "/etc/a\nb", "/etc/*", "-k" };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		assert_non_null(strstr(unsafe(S_IFREG | 0644, 1000, paths[i], false), "; mend: make root its owner"));
		assert_null(strstr(text, "chown"));
		assert_null(strstr(closed(S_IFREG | 0600, paths[i]), "mend: chmod"));
	}
}

static void path__too_long_to_show__its_end(void **state)
{
	char path[KA_CONFWHY_PATH_SHOWN_MAX + 2];

	(void)state;
	memset(path, 'p', sizeof(path) - 1);
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	unsafe(S_IFREG | 0644, 1000, path, false);
	assert_memory_equal(text, "...ppp", 6);
	assert_int_equal(strspn(text + 3, "p"), KA_CONFWHY_PATH_SHOWN_MAX);
	assert_non_null(strstr(text, "; mend: make root its owner"));
	path[sizeof(path) - 2] = '\0';
	unsafe(S_IFREG | 0644, 1000, path, false);
	assert_non_null(strstr(text, "; mend: chown root /ppp"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unsafe__owner_and_modes__each_with_its_command),
		cmocka_unit_test(unsafe__wrong_kind_of_thing__no_command),
		cmocka_unit_test(closed__file_or_directory__who_may_not_and_what_lets_him),
		cmocka_unit_test(errors__of_open__in_words),
		cmocka_unit_test(mend__path_that_needs_quotes__advice_and_no_command),
		cmocka_unit_test(path__too_long_to_show__its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
