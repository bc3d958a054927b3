/* diag/userlook: what the child writes, record by record. Rights, links and modes are tested in test_userfiles, through the child. */
#include "diag/userlook.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "keyaudit/case/removal.h"
#include "tests/unit/lib/keyscansample.h"

#include "base/poison.h"

static char home[64];
static char paths[KA_DIAG_FILES_MAX][KA_TEXT_PATH_MAX];
static struct ka_keyscan_query scan;
static struct ka_userfiles_query query;
static struct ka_userfiles_home home_seen;
static struct ka_userfile *seen;
static size_t count;

static void put_path(char out[static KA_TEXT_PATH_MAX], const char *below)
{
	assert_true(snprintf(out, KA_TEXT_PATH_MAX, "%s%s", home, below) < KA_TEXT_PATH_MAX);
}

static int make(void **state)
{
	static const char pattern[] = "/tmp/ka-look-XXXXXX";
	char dir[KA_TEXT_PATH_MAX];

	keyscansample_alice(state);
	memcpy(home, pattern, sizeof(pattern));
	if (mkdtemp(home) == NULL)
		return -1;
	put_path(dir, "/.ssh");
	assert_int_equal(mkdir(dir, 0700), 0);
	put_path(paths[0], "/.ssh/authorized_keys");
	put_path(paths[1], "/.ssh/authorized_keys2");
	scan = (struct ka_keyscan_query){ .offers = keyscansample.offers, .offers_count = 1, .address = "" };
	query = (struct ka_userfiles_query){ .user = "alice", .uid = geteuid(), .gid = getegid(), .home = home,
					     .paths = (const char (*)[KA_TEXT_PATH_MAX])paths, .paths_count = 2, .strict_modes = true,
					     .rule = KA_PERM_RULE_UPSTREAM, .scan = &scan };
	seen = calloc(KA_USERFILES_MAX, sizeof(*seen));
	return seen == NULL;
}

static int drop(void **state)
{
	(void)state;
	free(seen);
	return ka_removal_entry(AT_FDCWD, home) ? 0 : -1;
}

static void write_file(const char *below, const char *text)
{
	char path[KA_TEXT_PATH_MAX];
	KA_AUTOCLOSE int fd = -1;

	put_path(path, below);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_int_equal(ka_fd_write_all(fd, text, strlen(text)), KA_ERR_OK);
}

/* a whole look; each record must be one */
static void look(void)
{
	KA_AUTOCLOSE int fd = memfd_create("facts", MFD_CLOEXEC);
	size_t len;

	assert_int_equal(ka_userlook_all(&query, fd), KA_ERR_OK);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(read(fd, &home_seen, sizeof(home_seen)), sizeof(home_seen));
	assert_int_equal(ka_fd_read_all(fd, seen, KA_USERFILES_MAX * sizeof(*seen), &len), KA_ERR_OK);
	assert_int_equal(len % sizeof(*seen), 0);
	count = len / sizeof(*seen);
	for (size_t i = 0; i < count; i++)
		assert_true(ka_userfiles_check(&seen[i], &query));
}

static void all__home_first__then_each_file_in_order(void **state)
{
	(void)state;
	write_file("/.ssh/authorized_keys2", A "\n");
	look();
	assert_int_equal(home_seen.errnum, 0);
	assert_true(S_ISDIR(home_seen.mode));
	assert_int_equal(home_seen.uid, geteuid());
	assert_int_equal(count, 2);
	assert_int_equal(seen[0].entry, 0);
	assert_int_equal(seen[0].errnum, ENOENT);
	assert_int_equal(seen[0].is_read, 0);
	assert_int_equal(seen[1].entry, 1);
	assert_string_equal(seen[1].path, paths[1]);
	assert_int_equal(seen[1].is_read, 1);
	assert_int_equal(ka_keyscan_hit(&seen[1].scan, 0)->fit, KA_KEYSCAN_LISTED);
	assert_string_equal(seen[1].real, "");
}

/* nothing of one file stands in the record of the next */
static void all__record_by_record__nothing_is_left_over(void **state)
{
	(void)state;
	write_file("/.ssh/authorized_keys", "from=\"10.0.0.0/8\" " A "\n# c\n");
	look();
	assert_int_equal(seen[0].scan.usable, 1);
	assert_int_equal(seen[1].scan.usable + seen[1].scan.comments + seen[1].scan.hits_count, 0);
	assert_string_equal(seen[1].own.path, "");
	assert_int_equal(seen[1].own.mode, 0);
}

static void home__missing_or_no_folder__errno(void **state)
{
	char path[KA_TEXT_PATH_MAX];

	(void)state;
	put_path(path, "/absent");
	query.home = path;
	query.paths_count = 0;
	look();
	assert_int_equal(home_seen.errnum, ENOENT);
	assert_int_equal(count, 0);
	write_file("/file", "");
	put_path(path, "/file");
	look();
	assert_int_equal(home_seen.errnum, ENOTDIR);
}

/* a file of a similar name is worth a word only when a key stands in it that stands nowhere else */
static void near__only_with_a_key_that_is_nowhere_else(void **state)
{
	static const struct { const char *proper, *near; bool told; } rows[] = {
		{ NULL, A "\n", true }, { A "\n", A "\n", false }, { B "\n", A "\n", true }, { NULL, B "\n", false }, { NULL, "", false },
		{ "# " A "\n", A "\n", false },      /* what is wrong there is the better answer */
		{ NULL, "# " A "\n", false },        /* nor is a comment worth it */
		{ NULL, "no-such-option " A "\n", true },
	};
	char path[KA_TEXT_PATH_MAX];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		unlink(paths[0]);
		if (rows[i].proper != NULL)
			write_file("/.ssh/authorized_keys", rows[i].proper);
		write_file("/.ssh/authorised_keys", rows[i].near);
		look();
		if ((count == 3) != rows[i].told)
			fail_msg("row %zu: %zu records", i, count);
		if (!rows[i].told)
			continue;
		put_path(path, "/.ssh/authorised_keys");
		assert_string_equal(seen[2].path, path);
		assert_string_equal(seen[2].expected, paths[0]);
		assert_int_equal(seen[2].entry, UINT32_MAX);
		assert_int_equal(seen[2].expected_exists, rows[i].proper != NULL);
	}
}

static void link__where_it_leads__raw_and_bounded(void **state)
{
	char target[KA_TEXT_PATH_MAX];

	(void)state;
	assert_int_equal(symlink("a\nb\x1b[2J", paths[0]), 0);
	look();
	assert_int_equal(seen[0].is_link, 1);
	assert_string_equal(seen[0].real, "a\nb\x1b[2J");
	unlink(paths[0]);
	for (size_t n = KA_TEXT_PATH_MAX - 2; n <= KA_TEXT_PATH_MAX - 1; n++) {
		memset(target, 'x', n);
		target[n] = '\0';
		assert_int_equal(symlink(target, paths[0]), 0);
		look();
		assert_int_equal(strlen(seen[0].real), n);
		unlink(paths[0]);
	}
	write_file("/.ssh/target", A "\n");
	put_path(target, "/.ssh/target");
	assert_int_equal(symlink("target", paths[0]), 0);
	look();
	assert_string_equal(seen[0].real, target); /* what was read, not what the link says */
	assert_int_equal(seen[0].is_read, 1);
}

static void file__no_plain_one__is_not_read(void **state)
{
	(void)state;
	assert_int_equal(mkdir(paths[0], 0700), 0);
	assert_int_equal(mkfifo(paths[1], 0600), 0);
	look();
	assert_true(S_ISDIR(seen[0].own.mode) && S_ISFIFO(seen[1].own.mode));
	assert_int_equal(seen[0].is_read + seen[1].is_read, 0);
	assert_int_equal(seen[0].errnum + seen[1].errnum, 0);
}

/* whoever reads has gone: a fault, and no file is opened for nobody */
static void write__nobody_listens__is_a_fault(void **state)
{
	int ends[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	assert_int_equal(ka_userlook_all(&query, ends[1]), KA_ERR_SYS);
	close(ends[1]);
	signal(SIGPIPE, SIG_DFL);
}

#define LOOK(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOOK(all__home_first__then_each_file_in_order),
		LOOK(all__record_by_record__nothing_is_left_over),
		LOOK(home__missing_or_no_folder__errno),
		LOOK(near__only_with_a_key_that_is_nowhere_else),
		LOOK(link__where_it_leads__raw_and_bounded),
		LOOK(file__no_plain_one__is_not_read),
		LOOK(write__nobody_listens__is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
