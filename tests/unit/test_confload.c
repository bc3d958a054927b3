/* source/confload on temporary trees below /run or the build folder: trust, order, the kill switch, limits. Needs root. */
#include "source/confload.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/spawn.h"
#include "source/confwhy.h"

#include "base/poison.h"

#define LOCAL "[lookup]\nsources = local\n[source local]\ntype = file\npath = /etc/keyaudit/keys.d/%u\n"

static struct ka_conf conf;
static struct ka_confload_work work;
static struct ka_confload out;
static struct ka_conf_errors errors;
static char root[64]; /* "" when there is no place for a trusted tree */

static const char *path(const char *name)
{
	static char text[2][512];
	static unsigned turn;

	turn ^= 1u;
	(void)snprintf(text[turn], sizeof(text[turn]), "%s/%s", root, name);
	return text[turn];
}

static void put(const char *name, const char *text)
{
	KA_AUTOCLOSE int fd = open(path(name), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, 0644), 0);
	assert_int_equal(ka_fd_write_all(fd, text, strlen(text)), KA_ERR_OK);
}

static void load_path(const char *p)
{
	memset(&errors, 0, sizeof(errors));
	assert_int_equal(ka_confload(p, &conf, &out, &errors), KA_ERR_OK);
}

static const char *load(void)
{
	load_path(path("keyaudit.conf"));
	return ka_reason_id(out.reason);
}

/* out.text is the path of @name, then @after, then the path again when @again */
static void assert_told(const char *name, const char *after, bool again)
{
	char want[KA_CONF_ERROR_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, want);
	ka_buf_text(&b, path(name));
	ka_buf_text(&b, after);
	ka_buf_text(&b, again ? path(name) : "");
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	if (again) /* more advice may follow */
		assert_memory_equal(out.text, want, b.len);
	else
		assert_string_equal(out.text, want);
}

static void assert_text(const char *name, const char *after)
{
	assert_told(name, after, false);
}

static void remove_tree(void)
{
	const char *argv[] = { "/bin/rm", "-rf", "--", root, NULL };
	struct ka_spawn what = { .argv = argv, .output_max = 4096, .deadline_ms = 10000 };
	struct ka_spawn_out result;

	assert_int_equal(ka_spawn_run(&what, &result), KA_ERR_OK);
	free(result.output);
}

static int make_tree(void **state)
{
	static const char *const places[] = { "/run", "/var", "/root" };

	(void)state;
	for (size_t i = 0; geteuid() == 0 && i < KA_ARRAY_LEN(places); i++) {
		(void)snprintf(root, sizeof(root), "%s/ka-confload-XXXXXX", places[i]);
		if (mkdtemp(root) == NULL)
			continue;
		assert_int_equal(chmod(root, 0755), 0);
		put("keyaudit.conf", LOCAL);
		if (strcmp(load(), "conf.unsafe") != 0)
			return 0;
		remove_tree();
	}
	root[0] = '\0';
	return 0;
}

static int drop_tree(void **state)
{
	(void)state;
	if (root[0] != '\0')
		remove_tree();
	return 0;
}

static void need_tree(void)
{
	if (root[0] != '\0')
		return;
	print_message("skipped: not root, or no directory that only root may write to\n");
	skip();
}

static void load__missing_directory__is_invalid(void **state)
{
	(void)state;
	load_path("/nonexistent-keyaudit/keyaudit.conf");
	assert_int_equal(out.reason, KA_REASON_CONF_INVALID);
	assert_string_equal(out.text, "/nonexistent-keyaudit: is not there");
	assert_int_equal(errors.count, 1);
	assert_int_equal(out.files, 0);
}

static void load__no_absolute_path__is_invalid(void **state)
{
	(void)state;
	load_path("keyaudit.conf");
	assert_string_equal(out.text, "keyaudit.conf: is not the absolute path of a file");
	load_path("");
	assert_int_equal(out.reason, KA_REASON_CONF_INVALID);
	load_path("/");
	assert_int_equal(out.reason, KA_REASON_CONF_INVALID);
	load_path("/etc/x\x1b/");
	assert_string_equal(out.text, "/etc/x\\x1b/: is not the absolute path of a file");
}

static void load__very_long_path__is_invalid(void **state)
{
	char text[3000];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[0] = '/';
	text[sizeof(text) - 1] = '\0';
	load_path(text);
	assert_int_equal(out.reason, KA_REASON_CONF_INVALID);
	text[1500] = '/';
	load_path(text);
	assert_int_equal(out.reason, KA_REASON_CONF_INVALID);
	for (size_t i = 0; i < 1000; i += 2)
		text[i] = '/';
	text[1000] = '\0';
	load_path(text);
	assert_int_equal(out.reason, KA_REASON_CONF_INVALID);
}

static void load__sticky_tmp__is_unsafe(void **state)
{
	struct stat st;

	(void)state;
	if (stat("/tmp", &st) != 0 || (st.st_mode & S_IWOTH) == 0)
		skip();
	load_path("/tmp/keyaudit.conf");
	assert_int_equal(out.reason, KA_REASON_CONF_UNSAFE);
	assert_string_equal(out.text, "/tmp: mode 1777, owner 0: others may write to it, so it is not believed; mend: chmod go-w /tmp");
}

static void load__missing_file__is_invalid(void **state)
{
	(void)state;
	need_tree();
	load_path(path("other.conf"));
	assert_int_equal(out.reason, KA_REASON_CONF_INVALID);
	assert_text("other.conf", ": there is no configuration, so no key is served; write one, a commented example comes "
				      "with keyaudit");
}

static void load__writable_file__is_unsafe_with_its_mend(void **state)
{
	(void)state;
	need_tree();
	assert_int_equal(chmod(path("keyaudit.conf"), 0664), 0);
	assert_string_equal(load(), "conf.unsafe");
	assert_told("keyaudit.conf", ": mode 0664, owner 0: others may write to it, so it is not believed; mend: chmod go-w ", true);
	assert_int_equal(out.files, 0);
	assert_int_equal(chmod(path("keyaudit.conf"), 0644), 0);
	assert_string_equal(load(), "-");
}

static void load__foreign_owner__is_unsafe(void **state)
{
	(void)state;
	need_tree();
	assert_int_equal(chown(path("keyaudit.conf"), 65534, 0), 0);
	assert_string_equal(load(), "conf.unsafe");
	assert_told("keyaudit.conf", ": mode 0644, owner 65534: must belong to root; mend: chown root ", true);
	assert_int_equal(chown(path("keyaudit.conf"), 0, 0), 0);
	assert_int_equal(chown(root, 65534, 0), 0);
	assert_string_equal(load(), "conf.unsafe");
	assert_int_equal(chown(root, 0, 0), 0);
	assert_int_equal(chmod(root, 0777), 0);
	assert_string_equal(load(), "conf.unsafe");
	assert_int_equal(chmod(root, 0755), 0);
}

static void load__link_fifo_directory__are_unsafe(void **state)
{
	(void)state;
	need_tree();
	assert_int_equal(symlink(path("keyaudit.conf"), path("link.conf")), 0);
	load_path(path("link.conf"));
	assert_int_equal(out.reason, KA_REASON_CONF_UNSAFE);
	assert_text("link.conf", ": is a symbolic link, which is not followed here; put the thing itself in its place");
	assert_int_equal(mkfifo(path("fifo.conf"), 0644), 0);
	load_path(path("fifo.conf"));
	assert_text("fifo.conf", ": is no regular file");
	assert_int_equal(mkdir(path("dir.conf"), 0755), 0);
	load_path(path("dir.conf"));
	assert_text("dir.conf", ": is a directory, not a file");
}

static void load__error__has_file_and_line(void **state)
{
	(void)state;
	need_tree();
	put("keyaudit.conf", LOCAL "[policy]\nrsa_min_bit = 1\nx = y\n");
	assert_string_equal(load(), "conf.invalid");
	assert_text("keyaudit.conf", ":7: unknown key \"rsa_min_bit\" in [policy]; did you mean \"rsa_min_bits\"?");
	assert_int_equal(errors.count, 2);
	put("keyaudit.conf", "");
	assert_string_equal(load(), "conf.invalid");
	put("keyaudit.conf", LOCAL);
	assert_string_equal(load(), "-");
	assert_int_equal(out.files, 1);
	assert_string_equal(out.text, "");
	assert_int_equal(ka_confload(path("keyaudit.conf"), &conf, &out, NULL), KA_ERR_OK);
	assert_int_equal(out.reason, KA_REASON_NONE);
}

static void keep__directory_that_passed__stays_open(void **state)
{
	struct ka_permwalk_known dir;
	const char *p = path("keyaudit.conf");

	(void)state;
	need_tree();
	put("keyaudit.conf", LOCAL);
	memset(&errors, 0, sizeof(errors));
	assert_int_equal(ka_confload_keep(p, &conf, &out, &errors, &work, &dir), KA_ERR_OK);
	assert_int_equal(out.reason, KA_REASON_NONE);
	assert_true(dir.fd >= 0);
	assert_ptr_equal(dir.path.p, p);
	assert_int_equal(dir.path.len, strlen(p) - strlen("/keyaudit.conf"));
	close(dir.fd);
	assert_int_equal(ka_confload_keep("nowhere", &conf, &out, &errors, &work, &dir), KA_ERR_OK);
	assert_int_equal(dir.fd, -1);
	assert_int_equal(dir.path.len, 0);
}

static void load__large_file__is_refused_beyond_the_limit(void **state)
{
	size_t n = KA_CONF_FILE_MAX + 2;
	char *text = test_malloc(n);

	(void)state;
	need_tree();
	memset(text, '\n', n);
	memcpy(text, LOCAL, strlen(LOCAL));
	text[KA_CONF_FILE_MAX] = '\0';
	put("keyaudit.conf", text);
	assert_string_equal(load(), "-");
	text[KA_CONF_FILE_MAX] = '\n';
	text[KA_CONF_FILE_MAX + 1] = '\0';
	put("keyaudit.conf", text);
	assert_string_equal(load(), "conf.invalid");
	assert_text("keyaudit.conf", ": the file is larger than 64 KiB");
	put("keyaudit.conf", LOCAL);
	test_free(text);
}

static void load__conf_d__in_byte_order_last_wins(void **state)
{
	(void)state;
	need_tree();
	assert_int_equal(mkdir(path("conf.d"), 0755), 0);
	put("conf.d/20-b.conf", "[policy]\nrsa_min_bits = 3072\n");
	put("conf.d/10-a.conf", "[policy]\nrsa_min_bits = 4096\nrsa_max_bits = 5000\n");
	put("conf.d/B.conf", "[audit]\nflood_limit = 1\n");
	put("conf.d/a.conf", "[audit]\nflood_limit = 2\n");
	put("conf.d/.hidden.conf", "rubbish\n");
	put("conf.d/x.conf~", "rubbish\n");
	put("conf.d/.conf", "rubbish\n");
	assert_string_equal(load(), "-");
	assert_int_equal(out.files, 5);
	assert_int_equal(conf.rsa_min_bits, 3072);
	assert_int_equal(conf.rsa_max_bits, 5000);
	assert_int_equal(conf.flood_limit, 2);
	assert_string_equal(ka_conf_file(&conf, conf.at[KA_CONF_KEY_RSA_MIN_BITS]), path("conf.d/20-b.conf"));
}

static void load__bad_file_in_conf_d__refuses_everything(void **state)
{
	(void)state;
	need_tree();
	put("conf.d/bad.conf", "[audit]\n");
	assert_int_equal(chmod(path("conf.d/bad.conf"), 0646), 0);
	assert_string_equal(load(), "conf.unsafe");
	put("conf.d/a.conf", "[audit]\nflood_limt = 2\n");
	assert_string_equal(load(), "conf.unsafe"); /* goes first, both are counted */
	assert_int_equal(errors.count, 2);
	assert_int_equal(chmod(path("conf.d/bad.conf"), 0644), 0);
	put("conf.d/bad.conf", "[audit]\nflood_limit = x\n");
	put("conf.d/a.conf", "[audit]\nflood_limit = 2\n");
	assert_string_equal(load(), "conf.invalid");
	assert_text("conf.d/bad.conf", ":2: flood_limit: \"x\" is not a number from 0 to 1000000");
	assert_int_equal(unlink(path("conf.d/bad.conf")), 0);
	assert_int_equal(symlink("a.conf", path("conf.d/bad.conf")), 0);
	assert_string_equal(load(), "conf.unsafe");
	assert_int_equal(unlink(path("conf.d/bad.conf")), 0);
	assert_int_equal(mkdir(path("conf.d/bad.conf"), 0755), 0);
	assert_string_equal(load(), "conf.unsafe");
	assert_int_equal(rmdir(path("conf.d/bad.conf")), 0);
	assert_int_equal(chmod(path("conf.d"), 0775), 0);
	assert_string_equal(load(), "conf.unsafe");
	assert_int_equal(chmod(path("conf.d"), 0755), 0);
	assert_string_equal(load(), "-");
}

static void load__conf_d_is_no_directory__is_unsafe(void **state)
{
	(void)state;
	need_tree();
	assert_int_equal(rename(path("conf.d"), path("conf.d.away")), 0);
	put("conf.d", "");
	assert_string_equal(load(), "conf.unsafe");
	assert_text("conf.d", ": is no directory");
	assert_int_equal(unlink(path("conf.d")), 0);
	assert_int_equal(symlink("conf.d.away", path("conf.d")), 0);
	assert_string_equal(load(), "conf.unsafe");
	assert_int_equal(unlink(path("conf.d")), 0);
	assert_string_equal(load(), "-");
	assert_int_equal(rename(path("conf.d.away"), path("conf.d")), 0);
}

static void load__kill_switch__is_disabled_and_whole(void **state)
{
	(void)state;
	need_tree();
	put("disabled", "");
	assert_string_equal(load(), "conf.disabled");
	assert_text("disabled", " is there: no key is served until it is removed");
	assert_string_equal(out.why.path, path("disabled"));
	assert_int_equal(errors.count, 0);
	assert_int_equal(conf.sources_count, 1);
	put("keyaudit.conf", "rubbish\n");
	assert_string_equal(load(), "conf.invalid");
	put("keyaudit.conf", LOCAL);
	assert_int_equal(unlink(path("disabled")), 0);
	assert_int_equal(symlink("/nonexistent", path("disabled")), 0);
	assert_string_equal(load(), "conf.disabled");
	assert_int_equal(unlink(path("disabled")), 0);
	assert_string_equal(load(), "-");
}

/* what another user cannot read: conf.invalid, with what is closed and how it is mended */
static void load__closed_for_the_command__is_invalid_with_its_mend(void **state)
{
	(void)state;
	need_tree();
	assert_int_equal(chmod(path("keyaudit.conf"), 0600), 0);
	assert_int_equal(seteuid(65534), 0);
	assert_string_equal(load(), "conf.invalid");
	assert_int_equal(seteuid(0), 0);
	assert_told("keyaudit.conf", ": mode 0600, owner 0, group 0: sshd's command may not read it; mend: chmod a+r ", true);
	assert_string_equal(out.why.path, path("keyaudit.conf"));
	assert_int_equal(out.why.errnum, EACCES);
	assert_int_equal(out.why.mode, S_IFREG | 0600);
	assert_int_equal(chmod(path("keyaudit.conf"), 0644), 0);
	assert_int_equal(chmod(root, 0700), 0);
	assert_int_equal(seteuid(65534), 0);
	assert_string_equal(load(), "conf.invalid");
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(root, 0755), 0);
	assert_string_equal(out.why.path, root);
	assert_non_null(strstr(out.text, ": sshd's command may not look into it; mend: chmod a+rx "));
	assert_string_equal(load(), "-");
	assert_string_equal(out.why.path, "");
}

static void load__too_many_files__is_invalid(void **state)
{
	char name[64];

	(void)state;
	need_tree();
	for (unsigned i = 0; i < KA_CONF_FILES_MAX; i++) {
		(void)snprintf(name, sizeof(name), "conf.d/z%02u.conf", i);
		put(name, i == 5 ? "[audit]\nflood_limit = 77\n" : "");
	}
	assert_string_equal(load(), "conf.invalid");
	assert_text("conf.d", ": more than 63 files *.conf");
	for (unsigned i = 0; i < 5; i++) {
		(void)snprintf(name, sizeof(name), "conf.d/z%02u.conf", 63 - i);
		assert_int_equal(unlink(path(name)), 0);
	}
	assert_string_equal(load(), "-");
	assert_int_equal(out.files, KA_CONF_FILES_MAX);
	assert_int_equal(conf.flood_limit, 77);
}

static void why__hostile_path__is_escaped_and_gets_no_command(void **state)
{
	struct ka_permwalk_refusal why = { .reason = KA_REASON_CONF_UNSAFE, .path = "/etc/a\x1b[2J;rm", .mode = S_IFREG | 0666 };
	char text[KA_CONF_ERROR_MAX];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, text);
	ka_confwhy_write(&why, false, &b);
	assert_string_equal(text, "/etc/a\\x1b[2J;rm: mode 0666, owner 0: others may write to it, so it is not believed; "
				  "mend: take write permission from group and others");
	memset(why.path, '\x1b', sizeof(why.path) - 1);
	ka_buf_init_array(&b, text);
	ka_confwhy_write(&why, false, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
}

static void why__every_errno__says_something(void **state)
{
	static const int numbers[] = { EACCES, EPERM, ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG, EINVAL, ENXIO };
	char text[KA_CONF_ERROR_MAX];
	struct ka_buf b;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(numbers); i++) {
		struct ka_permwalk_refusal why = { .errnum = numbers[i], .path = "/x" };

		ka_buf_init_array(&b, text);
		ka_confwhy_write(&why, false, &b);
		assert_true(b.len > 10 && strncmp(text, "/x: ", 4) == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(load__missing_directory__is_invalid),
		cmocka_unit_test(load__no_absolute_path__is_invalid),
		cmocka_unit_test(load__very_long_path__is_invalid),
		cmocka_unit_test(load__sticky_tmp__is_unsafe),
		cmocka_unit_test(load__missing_file__is_invalid),
		cmocka_unit_test(load__writable_file__is_unsafe_with_its_mend),
		cmocka_unit_test(load__foreign_owner__is_unsafe),
		cmocka_unit_test(load__link_fifo_directory__are_unsafe),
		cmocka_unit_test(load__error__has_file_and_line),
		cmocka_unit_test(keep__directory_that_passed__stays_open),
		cmocka_unit_test(load__large_file__is_refused_beyond_the_limit),
		cmocka_unit_test(load__conf_d__in_byte_order_last_wins),
		cmocka_unit_test(load__bad_file_in_conf_d__refuses_everything),
		cmocka_unit_test(load__conf_d_is_no_directory__is_unsafe),
		cmocka_unit_test(load__kill_switch__is_disabled_and_whole),
		cmocka_unit_test(load__closed_for_the_command__is_invalid_with_its_mend),
		cmocka_unit_test(load__too_many_files__is_invalid),
		cmocka_unit_test(why__hostile_path__is_escaped_and_gets_no_command),
		cmocka_unit_test(why__every_errno__says_something),
	};

	return cmocka_run_group_tests(tests, make_tree, drop_tree);
}
