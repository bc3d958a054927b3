/* diag/nearname: names a slip or an ending away, in the user's own directories and nowhere else. */
#include "diag/nearname.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/limits.h"
#include "keyaudit/case/removal.h"

#include "base/poison.h"

static char home[64];
static char paths[3][KA_TEXT_PATH_MAX];
static struct ka_userfiles_query query;
static struct ka_nearname near[KA_DIAG_NEAR_MAX];

static void nearname__names__slips_and_endings(void **state)
{
	static const struct { const char *name; bool near; } rows[] = {
		{ "authorized_key", true }, { "authorised_keys", true }, { "authorised_key", true }, { "authorized_keys.pub", true },
		{ "authorized_keys2", true }, { "autorized_keys", true }, { "Authorized_Keys", true }, { "authroized_keys", true },
		{ "authorized-keys", true }, { "authorized_keys~", true }, { "authorized_keys.old", true }, { "authorizedkeys", true },
		{ "authorized_keys", false }, { "known_hosts", false }, { "id_ed25519.pub", false }, { "config", false }, { "", false },
		{ "auth", false }, { "old_authorized_keys", false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		assert_int_equal(ka_nearname_is(rows[i].name, "authorized_keys"), rows[i].near);
	assert_false(ka_nearname_is("bob", "alice")); /* short names are all alike */
}

/* a name of @n letters that is one slip away from another one of that length */
static bool is_near_of_length(size_t n)
{
	char wanted[KA_NEARNAME_LEN_MAX + 2], name[KA_NEARNAME_LEN_MAX + 2];

	memset(wanted, 'a', n);
	wanted[n] = '\0';
	memcpy(name, wanted, n + 1);
	name[n / 2] = 'b';
	return ka_nearname_is(name, wanted);
}

static void nearname__lengths__from_six_to_the_limit(void **state)
{
	char wanted[2 * KA_NEARNAME_LEN_MAX], name[3 * KA_NEARNAME_LEN_MAX];

	(void)state;
	assert_false(is_near_of_length(5)); /* short names are all alike */
	assert_true(is_near_of_length(6));
	assert_true(is_near_of_length(KA_NEARNAME_LEN_MAX - 1));
	assert_true(is_near_of_length(KA_NEARNAME_LEN_MAX));
	assert_false(is_near_of_length(KA_NEARNAME_LEN_MAX + 1));
	memset(wanted, 'a', sizeof(wanted)); /* an ending is seen at any length */
	wanted[KA_NEARNAME_LEN_MAX + 10] = '\0';
	snprintf(name, sizeof(name), "%s.pub", wanted);
	assert_true(ka_nearname_is(name, wanted));
}

/* slips are counted as people make them: a pair of letters swapped is one */
static void nearname__slips__two_are_near_three_are_not(void **state)
{
	static const struct { const char *name; bool near; } rows[] = {
		{ "keyfile", true }, { "keyfiles_", true }, { "kefyilse", true }, { "kyeflies", true }, { "xyzfiles", false }, { "KEYFILES", true }, { "kfiles", true },
		{ "kfile", false }, { "xxkeyfiles", true }, { "xxxkeyfiles", false }, { "keyfixxs", true }, { "keyfxxxs", false },
		{ "keyfiles\x1b[2J", true }, { "\xff\xffyfiles", true },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		if (ka_nearname_is(rows[i].name, "keyfiles") != rows[i].near)
			fail_msg("%s", rows[i].name);
}

static void put_path(char out[static KA_TEXT_PATH_MAX], const char *below)
{
	assert_true(snprintf(out, KA_TEXT_PATH_MAX, "%s%s", home, below) < KA_TEXT_PATH_MAX);
}

static void touch(const char *below)
{
	char path[KA_TEXT_PATH_MAX];
	int fd;

	put_path(path, below);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
}

static int make(void **state)
{
	static const char pattern[] = "/tmp/ka-near-XXXXXX";
	char path[KA_TEXT_PATH_MAX];

	(void)state;
	memcpy(home, pattern, sizeof(pattern));
	assert_non_null(mkdtemp(home));
	put_path(path, "/.ssh");
	assert_int_equal(mkdir(path, 0700), 0);
	put_path(paths[0], "/.ssh/authorized_keys");
	put_path(paths[1], "/.ssh/authorized_keys2");
	query = (struct ka_userfiles_query){ .user = "alice", .home = home, .paths = (const char (*)[KA_TEXT_PATH_MAX])paths, .paths_count = 2 };
	return 0;
}

static int drop(void **state)
{
	(void)state;
	return ka_removal_entry(AT_FDCWD, home) ? 0 : -1;
}

static size_t find(void)
{
	memset(near, 0xa5, sizeof(near));
	return ka_nearname_find(&query, near);
}

static void find__beside_the_configured__with_what_was_meant(void **state)
{
	char want[KA_TEXT_PATH_MAX];

	(void)state;
	touch("/.ssh/authorized_keys");
	touch("/.ssh/known_hosts");
	assert_int_equal(find(), 0);
	touch("/.ssh/authorised_keys");
	assert_int_equal(find(), 1); /* near both of them, told once */
	put_path(want, "/.ssh/authorised_keys");
	assert_string_equal(near[0].path, want);
	assert_string_equal(near[0].expected, paths[0]);
	query.paths_count = 0;
	assert_int_equal(find(), 0);
}

static void find__usual_names__when_sshd_is_configured_for_others(void **state)
{
	char want[KA_TEXT_PATH_MAX];

	(void)state;
	put_path(paths[0], "/keys/mine");
	query.paths_count = 1;
	assert_int_equal(find(), 2); /* whether they are there is seen by whoever opens them */
	put_path(want, "/.ssh/authorized_keys");
	assert_string_equal(near[0].path, want);
	assert_string_equal(near[0].expected, paths[0]);
	put_path(want, "/.ssh/authorized_keys2");
	assert_string_equal(near[1].path, want);
}

/* the directory of a configured file is the user's only below the home: /home/al is not the way to /home/alice */
static void find__outside_of_the_home__is_not_looked_at(void **state)
{
	char shorter[64];

	(void)state;
	touch("/.ssh/authorised_keys");
	memcpy(shorter, home, sizeof(home));
	shorter[strlen(shorter) - 1] = '\0';
	query.home = shorter;
	assert_int_equal(find(), 2); /* the usual ones of that home */
	assert_int_equal(strncmp(near[0].path, shorter, strlen(shorter)), 0);
	assert_int_equal(near[0].path[strlen(shorter)], '/');
}

static void find__more_than_are_told__the_first(void **state)
{
	(void)state;
	for (int i = 0; i <= KA_DIAG_NEAR_MAX; i++) {
		char name[64];

		assert_int_equal(find(), i < KA_DIAG_NEAR_MAX ? i : KA_DIAG_NEAR_MAX);
		snprintf(name, sizeof(name), "/.ssh/authorized_keys.%d", i);
		touch(name);
	}
	assert_int_equal(find(), KA_DIAG_NEAR_MAX);
}

static void find__hostile_names__stay_raw(void **state)
{
	char want[KA_TEXT_PATH_MAX];

	(void)state;
	touch("/.ssh/authorized_keys\n\x1b[2J\xff");
	assert_int_equal(find(), 1);
	put_path(want, "/.ssh/authorized_keys\n\x1b[2J\xff");
	assert_string_equal(near[0].path, want);
}

static void find__no_files_at_all__the_usual_names(void **state)
{
	(void)state;
	query.paths_count = 0;
	assert_int_equal(find(), 0); /* patterns: they may be read */
	query.is_none = true;
	assert_int_equal(find(), 2);
	assert_string_equal(near[0].expected, "");
	query.is_none = false;
}

/* a path that is longer than a record holds is left out, not cut to another one */
static void find__path_too_long__is_left_out(void **state)
{
	static char far[KA_TEXT_PATH_MAX];
	size_t n;

	(void)state;
	memset(far, 'x', sizeof(far) - 1);
	far[0] = '/';
	for (n = 0; n < 3; n++) {
		size_t at = sizeof(far) - 1 - strlen("/.ssh/authorized_keys") - 1 + n;

		far[at] = '\0';
		query.home = far;
		query.paths_count = 1;
		assert_int_equal(find(), 2 - n); /* the longer of the usual names goes first */
		if (n < 2)
			assert_int_equal(strlen(near[0].path), KA_TEXT_PATH_MAX - 2 + n);
		far[at] = 'x';
	}
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nearname__names__slips_and_endings),
		cmocka_unit_test(nearname__lengths__from_six_to_the_limit),
		cmocka_unit_test(nearname__slips__two_are_near_three_are_not),
		T(find__beside_the_configured__with_what_was_meant),
		T(find__usual_names__when_sshd_is_configured_for_others),
		T(find__outside_of_the_home__is_not_looked_at),
		T(find__more_than_are_told__the_first),
		T(find__hostile_names__stay_raw),
		T(find__no_files_at_all__the_usual_names),
		T(find__path_too_long__is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
