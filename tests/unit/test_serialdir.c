/* store/serialdir: whose directory, whose file, which name; and a file is replaced whole or not at all. */
#include "store/serialdir.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "tests/unit/lib/serialplace.h"

#include "base/poison.h"

static void directory__not_ours_alone__refused(void **state)
{
	struct ka_serialdir d;

	(void)state;
	assert_int_equal(ka_serialdir_open("/nowhere/at/all", &d), KA_ERR_SYS);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(d.fd, -1);
	ka_serialdir_close(&d);
	assert_int_equal(chmod(serialplace_path, 0770), 0);
	assert_int_equal(ka_serialdir_open(serialplace_path, &d), KA_ERR_SYS);
	assert_int_equal(errno, EPERM);
	assert_int_equal(chmod(serialplace_path, 0702), 0);
	assert_int_equal(ka_serialdir_open(serialplace_path, &d), KA_ERR_SYS);
	assert_int_equal(chmod(serialplace_path, 0755), 0);
	assert_int_equal(ka_serialdir_open(serialplace_path, &d), KA_ERR_OK);
	assert_int_equal(d.owner, geteuid());
	ka_serialdir_close(&d);
	assert_int_equal(d.fd, -1);
}

static void directory__a_link__refused(void **state)
{
	struct ka_serialdir d;
	char link[80];

	(void)state;
	assert_true(strlen(serialplace_path) < sizeof(link) - 8);
	memcpy(link, serialplace_path, strlen(serialplace_path) + 1);
	memcpy(link + strlen(link), ".link", 6);
	assert_int_equal(symlink(serialplace_path, link), 0);
	assert_int_equal(ka_serialdir_open(link, &d), KA_ERR_SYS);
	assert_int_equal(unlink(link), 0);
}

static void name__parts__only_what_may_be_in_one(void **state)
{
	static const struct { const char *source, *what, *name; } rows[] = {
		{ "corp", "index", "corp.index" }, { "corp.eu-1_x", "revoked", "corp.eu-1_x.revoked" }, { "9", "00ff", "9.00ff" },
		{ "", "index", "" }, { "../x", "index", "" }, { ".corp", "index", "" }, { "corp", "", "" }, { "corp", "a/b", "" },
		{ "corp", "a.b", "" }, { "corp", "..", "" }, { "a b", "index", "" }, { "-corp", "index", "" },
	};
	char name[KA_SERIAL_NAME_MAX], longest[KA_SERIAL_NAME_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(ka_serialdir_name(rows[i].source, rows[i].what, name), rows[i].name[0] != '\0');
		assert_string_equal(name, rows[i].name);
	}
	memset(longest, 'a', sizeof(longest));
	longest[KA_SERIAL_NAME_MAX - 3] = '\0';
	assert_true(ka_serialdir_name(longest, "b", name));
	longest[KA_SERIAL_NAME_MAX - 3] = 'a';
	longest[KA_SERIAL_NAME_MAX - 2] = '\0';
	assert_false(ka_serialdir_name(longest, "b", name));
}

static void name__of_a_source__not_of_its_namesake(void **state)
{
	(void)state;
	assert_true(ka_serialdir_is_of("corp.00ff", "corp"));
	assert_true(ka_serialdir_is_of("corp.eu.00ff", "corp.eu"));
	assert_false(ka_serialdir_is_of("corp.eu.00ff", "corp"));
	assert_false(ka_serialdir_is_of("corp2.00ff", "corp"));
	assert_false(ka_serialdir_is_of("corp", "corp"));
	assert_false(ka_serialdir_is_of("corp.", "corp"));
	assert_false(ka_serialdir_is_of(".new", "corp"));
}

static bool opens(const char *name)
{
	KA_AUTOCLOSE int fd = -1;
	size_t size;
	bool is_ours;

	assert_int_equal(ka_serialdir_file(&serialplace, name, &fd, &size, &is_ours), KA_ERR_OK);
	assert_true(is_ours || fd < 0);
	if (fd < 0 && is_ours)
		fail_msg("%s is not there", name);
	return fd >= 0;
}

static void file__not_the_owners_alone__not_read(void **state)
{
	(void)state;
	serialplace_put("a.x", "x", 1, 0600);
	assert_true(opens("a.x"));
	serialplace_put("a.x", "x", 1, 0644);
	assert_true(opens("a.x"));
	serialplace_put("a.x", "x", 1, 0620);
	assert_false(opens("a.x"));
	serialplace_put("a.x", "x", 1, 0602);
	assert_false(opens("a.x"));
	serialplace_put("a.x", "x", 1, 0600);
	assert_int_equal(symlinkat("a.x", serialplace.fd, "a.l"), 0);
	assert_false(opens("a.l"));
	assert_int_equal(mkfifoat(serialplace.fd, "a.f", 0600), 0);
	assert_false(opens("a.f"));
	assert_int_equal(mkdirat(serialplace.fd, "a.d", 0700), 0);
	assert_false(opens("a.d"));
	if (geteuid() == 0) {
		serialplace_put("a.u", "x", 1, 0600);
		assert_int_equal(fchownat(serialplace.fd, "a.u", 65534, (gid_t)-1, 0), 0);
		assert_false(opens("a.u"));
	}
}

static void file__absent__no_fault(void **state)
{
	size_t size;
	bool is_ours;
	int fd;

	(void)state;
	assert_int_equal(ka_serialdir_file(&serialplace, "a.x", &fd, &size, &is_ours), KA_ERR_OK);
	assert_true(is_ours && fd == -1);
}

static void bytes__fewer_than_wanted__syntax(void **state)
{
	KA_AUTOCLOSE int fd = -1;
	char got[4];
	size_t size;
	bool is_ours;

	(void)state;
	serialplace_put("a.x", "abc", 3, 0600);
	assert_int_equal(ka_serialdir_file(&serialplace, "a.x", &fd, &size, &is_ours), KA_ERR_OK);
	assert_int_equal(size, 3);
	assert_int_equal(ka_serialdir_bytes(fd, 1, got, 2), KA_ERR_OK);
	assert_memory_equal(got, "bc", 2);
	assert_int_equal(ka_serialdir_bytes(fd, 0, got, 4), KA_ERR_SYNTAX);
	assert_int_equal(ka_serialdir_bytes(-1, 0, got, 1), KA_ERR_SYS);
}

static void replace__by_a_new_file__whole_and_private(void **state)
{
	struct stat st;
	size_t len;
	char *got;

	(void)state;
	serialplace_put("a.x", "old", 3, 0644);
	serialplace_put(".new", "left by a killed one", 20, 0600);
	assert_int_equal(ka_serialdir_replace(&serialplace, "a.x", ka_span_of("newer")), KA_ERR_OK);
	got = serialplace_get("a.x", &len);
	assert_string_equal(got, "newer");
	free(got);
	assert_int_equal(fstatat(serialplace.fd, "a.x", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(serialplace_count(), 1);
}

/* a full disk, as far as a process can have one of its own */
static void replace__no_room__old_one_stays(void **state)
{
	static char big[8192];
	struct rlimit before, small;
	size_t len;
	char *got;

	(void)state;
	serialplace_put("a.x", "old", 3, 0600);
	memset(big, 'n', sizeof(big));
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 4096;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(ka_serialdir_replace(&serialplace, "a.x", (struct ka_span){ (const uint8_t *)big, sizeof(big) }), KA_ERR_SYS);
	assert_int_equal(errno, EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	got = serialplace_get("a.x", &len);
	assert_string_equal(got, "old");
	free(got);
	assert_int_equal(serialplace_count(), 1);
}

static void lock__held_by_another__given_up_in_time(void **state)
{
	struct ka_serialdir other;
	int64_t begin;

	(void)state;
	assert_int_equal(ka_serialdir_open(serialplace_path, &other), KA_ERR_OK);
	assert_int_equal(ka_serialdir_lock(&other), KA_ERR_OK);
	begin = ka_clock_boot_ms();
	assert_int_equal(ka_serialdir_lock(&serialplace), KA_ERR_TIMEOUT);
	assert_true(ka_clock_boot_ms() - begin >= KA_SERIAL_LOCK_MS);
	ka_serialdir_unlock(&other);
	assert_int_equal(ka_serialdir_lock(&serialplace), KA_ERR_OK);
	ka_serialdir_unlock(&serialplace);
	ka_serialdir_close(&other);
	assert_int_equal(ka_serialdir_lock(&other), KA_ERR_SYS);
}

static void begin__of_a_source__said_once(void **state)
{
	(void)state;
	assert_true(ka_serialdir_begin(&serialplace, "corp"));
	assert_false(ka_serialdir_begin(&serialplace, "corp"));
	assert_true(ka_serialdir_begin(&serialplace, "corp.eu"));
	assert_false(ka_serialdir_begin(&serialplace, "../corp"));
}

int main(void)
{
#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, serialplace_make, serialplace_drop)
	const struct CMUnitTest tests[] = {
		IN_PLACE(directory__not_ours_alone__refused),
		IN_PLACE(directory__a_link__refused),
		cmocka_unit_test(name__parts__only_what_may_be_in_one),
		cmocka_unit_test(name__of_a_source__not_of_its_namesake),
		IN_PLACE(file__not_the_owners_alone__not_read),
		IN_PLACE(file__absent__no_fault),
		IN_PLACE(bytes__fewer_than_wanted__syntax),
		IN_PLACE(replace__by_a_new_file__whole_and_private),
		IN_PLACE(replace__no_room__old_one_stays),
		IN_PLACE(lock__held_by_another__given_up_in_time),
		IN_PLACE(begin__of_a_source__said_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
