/* diag/userfiles: the child and its rights, on temporary trees; what comes through the pipe is checked. */
#include "diag/userfiles.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "key/keyb64.h"

#include "base/poison.h"

#define A64 "AAAAC3NzaC1lZDI1NTE5AAAAIH5o6oOJv2e/nXMrxcsqmLT1EqRGkU7CtG7sA7DzTGQu"
#define NOBODY 65534

static struct ka_userfiles out;
static struct ka_keyscan_offer offer;
static struct ka_keyscan_query scan = { .offers = &offer, .offers_count = 1, .address = "" };
static char paths[2][KA_TEXT_PATH_MAX];
static struct ka_userfiles_query query;
static char home[64];

static void put_path(char out_path[static KA_TEXT_PATH_MAX], const char *name)
{
	struct ka_buf b;

	ka_buf_init(&b, out_path, KA_TEXT_PATH_MAX);
	ka_buf_text(&b, home);
	ka_buf_text(&b, name);
}

/* our own files as an ordinary user, nobody's as root: then rights really change */
static int make(void **state)
{
	struct ka_offer from = { .type = "ssh-ed25519", .key = A64 };
	static const char pattern[] = "/tmp/ka-userfiles-XXXXXX";
	char dir[KA_TEXT_PATH_MAX];

	(void)state;
	memcpy(home, pattern, sizeof(pattern));
	assert_non_null(mkdtemp(home));
	ka_keyscan_offer(&from, &offer);
	put_path(dir, "/.ssh");
	assert_int_equal(mkdir(dir, 0700), 0);
	put_path(paths[0], "/.ssh/authorized_keys");
	put_path(paths[1], "/.ssh/authorized_keys2");
	query = (struct ka_userfiles_query){ .user = "nobody", .uid = geteuid() == 0 ? NOBODY : geteuid(),
					     .gid = geteuid() == 0 ? NOBODY : getegid(), .home = home,
					     .paths = (const char (*)[KA_TEXT_PATH_MAX])paths, .paths_count = 2,
					     .strict_modes = true, .rule = KA_PERM_RULE_UPSTREAM, .scan = &scan, .deadline_ms = 5000 };
	assert_int_equal(chown(home, query.uid, query.gid), 0);
	assert_int_equal(chown(dir, query.uid, query.gid), 0);
	return 0;
}

static int drop(void **state)
{
	static const char *const names[] = { "/.ssh/authorized_keys", "/.ssh/authorized_keys2", "/.ssh/authorised_keys", "/.ssh/big" };
	char path[KA_TEXT_PATH_MAX];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++) {
		put_path(path, names[i]);
		unlink(path);
	}
	put_path(path, "/.ssh");
	rmdir(path);
	return rmdir(home);
}

static void write_file(const char *name, const char *text, mode_t mode)
{
	char path[KA_TEXT_PATH_MAX];
	int fd;

	put_path(path, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(fchown(fd, query.uid, query.gid), 0);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void look(void)
{
	assert_int_equal(ka_userfiles_look(&query, &out), KA_ERR_OK);
	assert_false(out.failed);
	assert_false(out.hung);
	assert_false(out.limited);
	assert_true(out.has_home);
}

static void look__sound_file__facts_of_both(void **state)
{
	(void)state;
	write_file("/.ssh/authorized_keys", "ssh-ed25519 " A64 "\n", 0600);
	look();
	assert_int_equal(out.home.errnum, 0);
	assert_int_equal(out.count, 2);
	assert_string_equal(out.files[0].path, paths[0]);
	assert_int_equal(out.files[0].is_read, 1);
	assert_int_equal(out.files[0].perm_reason, KA_REASON_NONE);
	assert_int_equal(out.files[0].own.uid, query.uid);
	assert_int_equal(ka_keyscan_hit(&out.files[0].scan, 0)->fit, KA_KEYSCAN_LISTED);
	assert_int_equal(out.files[1].errnum, ENOENT);
}

static void look__mode_0666__is_judged_on_the_file(void **state)
{
	(void)state;
	write_file("/.ssh/authorized_keys", "ssh-ed25519 " A64 "\n", 0666);
	look();
	assert_int_equal(out.files[0].perm_reason, KA_REASON_PERM_WORLD_WRITABLE);
	assert_string_equal(out.files[0].perm.path, paths[0]);
	query.strict_modes = false;
	look();
	assert_int_equal(out.files[0].perm_reason, KA_REASON_NONE);
}

/* deeper than what is walked: a StrictModes without a verdict must not read as one that passed */
static void look__way_that_cannot_be_walked__is_not_judged(void **state)
{
	enum { DEEP = KA_PATH_DEPTH_MAX + 2 };
	char path[KA_TEXT_PATH_MAX], name[2 * DEEP + 8], link[KA_TEXT_PATH_MAX];

	(void)state;
	name[0] = '\0';
	for (size_t i = 0; i < DEEP; i++) {
		memcpy(name + 2 * i, "/d", 3);
		put_path(path, name);
		assert_int_equal(mkdir(path, 0755), 0);
	}
	memcpy(name + (size_t)2 * DEEP, "/k", 3);
	write_file(name, "ssh-ed25519 " A64 "\n", 0666);
	put_path(path, name);
	put_path(link, "/.ssh/authorized_keys2");
	assert_int_equal(symlink(path, link), 0);
	look();
	assert_int_equal(out.files[1].is_read, 1);
	assert_int_equal(out.files[1].perm_reason, KA_REASON_NONE);
	assert_int_equal(out.files[1].perm_unjudged, 1);
	assert_int_equal(out.files[0].perm_unjudged, 0);
	query.strict_modes = false;
	look();
	assert_int_equal(out.files[1].perm_unjudged, 0);
	unlink(path);
	for (size_t i = DEEP; i > 0; i--) {
		name[2 * i] = '\0';
		put_path(path, name);
		assert_int_equal(rmdir(path), 0);
	}
}

/* the whole point: root sees it, the user does not */
static void look__roots_file__is_unreadable_for_the_user(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	write_file("/.ssh/authorized_keys", "ssh-ed25519 " A64 "\n", 0600);
	assert_int_equal(chown(paths[0], 0, 0), 0);
	look();
	assert_int_equal(out.files[0].errnum, EACCES);
	assert_int_equal(out.files[0].is_read, 0);
	assert_string_equal(out.files[0].blocked.path, "");
	assert_int_equal(out.files[0].own.uid, 0);
}

static void look__roots_directory__is_named(void **state)
{
	char dir[KA_TEXT_PATH_MAX];

	(void)state;
	if (geteuid() != 0)
		skip();
	put_path(dir, "/.ssh");
	assert_int_equal(chown(dir, 0, 0), 0);
	look();
	assert_int_equal(out.files[0].errnum, EACCES);
	assert_string_equal(out.files[0].blocked.path, dir);
	assert_int_equal(out.files[0].blocked.mode & 07777, 0700);
}

static void look__fifo_and_link__do_not_hang(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(paths[0], 0600), 0);
	assert_int_equal(chown(paths[0], query.uid, query.gid), 0);
	assert_int_equal(symlink("/nonexistent/x", paths[1]), 0);
	look();
	assert_int_equal(out.files[0].errnum, 0);
	assert_true(S_ISFIFO(out.files[0].own.mode));
	assert_int_equal(out.files[0].is_read, 0);
	assert_int_equal(out.files[1].errnum, ENOENT);
	assert_int_equal(out.files[1].is_link, 1);
	assert_string_equal(out.files[1].real, "/nonexistent/x");
}

static void look__similar_name__is_told_when_it_holds_the_key(void **state)
{
	(void)state;
	write_file("/.ssh/authorised_keys", "ssh-ed25519 " A64 "\n", 0600);
	look();
	assert_int_equal(out.count, 3);
	assert_int_equal(out.files[2].entry, UINT32_MAX);
	assert_string_equal(out.files[2].expected, paths[0]);
	assert_int_equal(out.files[2].expected_exists, 0);
	write_file("/.ssh/authorized_keys", "ssh-ed25519 " A64 "\n", 0600); /* the neighbour: it stands where it should */
	look();
	assert_int_equal(out.count, 2);
}

static void look__home_missing__errno(void **state)
{
	(void)state;
	query.home = "/nonexistent/home";
	look();
	assert_int_equal(out.home.errnum, ENOENT);
}

static void look__deadline__hung_and_over(void **state)
{
	int64_t begin = ka_clock_boot_ms();

	(void)state;
	query.deadline_ms = 0;
	assert_int_equal(ka_userfiles_look(&query, &out), KA_ERR_OK);
	assert_true(out.hung);
	assert_int_equal(out.count, 0);
	assert_true(ka_clock_boot_ms() - begin < 2000);
}

static void look__file_of_20_mib__is_cut_and_said(void **state)
{
	size_t n = KA_DIAG_FILE_MAX + 100;
	char *text = malloc(n + 1);

	(void)state;
	assert_non_null(text);
	memset(text, '#', n);
	text[n] = '\0';
	write_file("/.ssh/authorized_keys", text, 0600);
	free(text);
	look();
	assert_int_equal(out.files[0].is_read, 1);
	assert_int_equal(out.files[0].scan.cut, 1);
}

static void check__foreign_record__is_refused(void **state)
{
	static struct ka_userfile f;

	(void)state;
	look();
	f = out.files[0];
	assert_true(ka_userfiles_check(&f, &query));
	f.entry = 2;
	assert_false(ka_userfiles_check(&f, &query));
	f.entry = 0;
	f.perm_reason = KA_REASON_COUNT;
	assert_false(ka_userfiles_check(&f, &query));
	f.perm_reason = 0;
	f.perm_object = 17;
	assert_false(ka_userfiles_check(&f, &query));
	f.perm_object = 0;
	f.path[0] = 'x';
	assert_false(ka_userfiles_check(&f, &query));
	f.path[0] = '/';
	memset(f.real, 'x', sizeof(f.real));
	assert_false(ka_userfiles_check(&f, &query));
	f.real[0] = '\0';
	memset(f.blocked.path, 'x', sizeof(f.blocked.path));
	assert_false(ka_userfiles_check(&f, &query));
	f.blocked.path[0] = '\0';
	f.scan.hits_count = UINT32_MAX;
	assert_false(ka_userfiles_check(&f, &query));
}

/* the lines of both files, each with the number of its file */
static void look__rows_wanted__come_behind_their_files(void **state)
{
	static struct ka_keyrows rows;

	(void)state;
	write_file("/.ssh/authorized_keys", "# x\nssh-ed25519 " A64 " alice\nssh-ed25519 AAAA*\n", 0600);
	write_file("/.ssh/authorized_keys2", "ssh-ed25519 " A64 "\n", 0600);
	scan.rows = &rows;
	look();
	scan.rows = NULL;
	assert_false(out.failed);
	assert_int_equal(out.count, 2);
	assert_int_equal(out.rows_count, 3);
	assert_int_equal(out.rows[0].file, 0);
	assert_int_equal(out.rows[0].line, 2);
	assert_string_equal(out.rows[0].comment, "alice");
	assert_int_equal(out.rows[1].line, 3);
	assert_int_equal(out.rows[2].file, 1);
	/* each with its key, whichever file it came from */
	assert_int_equal(out.rows[0].key_len, 51);
	assert_int_equal(out.rows[1].key_len, 0);
	assert_int_equal(out.rows[2].key_at, 51);
	assert_int_equal(out.keys_len, 102);
	assert_memory_equal(out.keys, out.keys + 51, 51);
	assert_memory_equal(out.keys, "\0\0\0\013ssh-ed25519", 15);
	look();
	assert_int_equal(out.rows_count, 0);
}

/* more keys than there is room for, in two files: the lines are all there, and the keys of the second are not */
static void look__rows_wanted__no_room_for_all_keys(void **state)
{
	static const uint8_t head[] = { 0, 0, 0, 7, 's', 's', 'h', '-', 'r', 's', 'a', 0, 0, 0, 3, 1, 0, 1, 0, 0, 8, 1, 0 };
	enum { LINES = 90 };
	static struct ka_keyrows rows;
	static uint8_t big[sizeof(head) + 2048];
	static char line[4096], text[LINES * 4096];
	struct ka_buf b;

	(void)state;
	memset(big, 0xab, sizeof(big));
	memcpy(big, head, sizeof(head));
	ka_buf_init_array(&b, line);
	ka_buf_text(&b, "ssh-rsa ");
	ka_keyb64_encode(&b, (struct ka_span){ big, sizeof(big) });
	ka_buf_char(&b, '\n');
	ka_buf_init_array(&b, text);
	for (unsigned i = 0; i < LINES; i++)
		ka_buf_text(&b, line);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	write_file("/.ssh/authorized_keys", text, 0600);
	write_file("/.ssh/authorized_keys2", text, 0600);
	scan.rows = &rows;
	look();
	scan.rows = NULL;
	assert_int_equal(out.rows_count, 2 * LINES);
	assert_int_equal(out.keys_len, LINES * sizeof(big));
	assert_int_equal(out.rows[LINES - 1].key_len, sizeof(big));
	assert_memory_equal(out.keys + out.rows[LINES - 1].key_at, big, sizeof(big));
	assert_int_equal(out.rows[LINES].key_len, 0);
	assert_int_equal(out.rows[2 * LINES - 1].key_len, 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

/* an entry for one more user, as setfacl -m u:1:r writes it (linux/posix_acl_xattr.h), where the file system has such */
static void acl__on_the_way__is_told_when_it_lets_write(void **state)
{
	uint8_t acl[] = { 2, 0, 0, 0, 1, 0, 7, 0, 255, 255, 255, 255, 2, 0, 4, 0, 1, 0, 0, 0, 4, 0, 0, 0, 255, 255, 255, 255,
			  16, 0, 4, 0, 255, 255, 255, 255, 32, 0, 0, 0, 255, 255, 255, 255 };
	char dir[KA_TEXT_PATH_MAX];

	(void)state;
	write_file("/.ssh/authorized_keys", "ssh-ed25519 " A64 "\n", 0600);
	put_path(dir, "/.ssh");
	if (setxattr(dir, "system.posix_acl_access", acl, sizeof(acl), 0) != 0)
		skip();
	look();
	assert_string_equal(out.files[0].acl, "");
	assert_string_equal(out.files[0].acl_open.path, "");
	acl[14] = acl[30] = 6; /* -m u:1:rw */
	assert_int_equal(setxattr(dir, "system.posix_acl_access", acl, sizeof(acl), 0), 0);
	look();
	assert_string_equal(out.files[0].acl_open.path, dir);
	assert_int_equal(out.files[0].acl_only_mask, 1);
	assert_memory_equal(out.files[0].acl_who, "user:", 5);
	assert_true(ka_userfiles_check(&out.files[0], &query));
	memset(out.files[0].acl_who, 'x', sizeof(out.files[0].acl_who));
	assert_false(ka_userfiles_check(&out.files[0], &query));
	out.files[0].acl_who[0] = '\0';
	memset(out.files[0].acl, 'x', sizeof(out.files[0].acl));
	assert_false(ka_userfiles_check(&out.files[0], &query));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(look__sound_file__facts_of_both),
		T(look__mode_0666__is_judged_on_the_file),
		T(look__way_that_cannot_be_walked__is_not_judged),
		T(look__roots_file__is_unreadable_for_the_user),
		T(look__roots_directory__is_named),
		T(look__fifo_and_link__do_not_hang), T(look__rows_wanted__come_behind_their_files),
		T(look__rows_wanted__no_room_for_all_keys),
		T(look__similar_name__is_told_when_it_holds_the_key),
		T(look__home_missing__errno),
		T(look__deadline__hung_and_over),
		T(acl__on_the_way__is_told_when_it_lets_write),
		T(look__file_of_20_mib__is_cut_and_said),
		T(check__foreign_record__is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
