/* keyaudit/mend/fixstat: what counts as changed, and who could have written. */
#include "keyaudit/mend/fixstat.h"

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

#include "base/poison.h"

static const struct ka_fixstat plain = { .dev = 1, .ino = 2, .mount = 3, .mode = S_IFREG | 0600, .uid = 1001, .gid = 1001, .links = 1, .size = 10,
					 .mtime_ns = 5, .ctime_ns = 6 };

static void unchanged__each_field__counts(void **state)
{
	struct ka_fixstat s[10];

	(void)state;
	for (size_t i = 0; i < 10; i++)
		s[i] = plain;
	assert_true(ka_fixstat_is_unchanged(&plain, &s[0]));
	s[0].dev++;
	s[1].ino++;
	s[2].mode ^= 1;
	s[3].uid++;
	s[4].gid++;
	s[5].links++;
	s[6].size++;
	s[7].mtime_ns++;
	s[8].ctime_ns++;
	s[9].mount++;
	for (size_t i = 0; i < 10; i++)
		if (ka_fixstat_is_unchanged(&plain, &s[i]))
			fail_msg("field %zu", i);
	assert_false(ka_fixstat_is_same(&plain, &s[0]));
	assert_false(ka_fixstat_is_same(&plain, &s[1]));
	assert_true(ka_fixstat_is_same(&plain, &s[2]));
	s[0] = s[1] = plain; /* the times of a directory move with every login */
	s[0].mode = s[1].mode = S_IFDIR | 0700;
	s[1].mtime_ns++;
	s[1].ctime_ns++;
	s[1].size++;
	s[1].links++;
	assert_true(ka_fixstat_is_unchanged(&s[0], &s[1]));
}

static void others__modes_owners_lists__table(void **state)
{
	static const struct { unsigned mode, uid; uint32_t acl; bool others; } rows[] = {
		{ 0600, 1001, 0, false }, { 0644, 1001, 0, false }, { 0755, 1001, 0, false }, { 0644, 0, 0, false },
		{ 0620, 1001, 0, true }, { 0602, 1001, 0, true }, { 0666, 0, 0, true }, { 0600, 1002, 0, true }, { 0600, 1001, 1, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct ka_fixstat st = { .mode = S_IFREG | rows[i].mode, .uid = rows[i].uid, .acl_writes = rows[i].acl };

		if (ka_fixstat_others(&st, 1001) != rows[i].others)
			fail_msg("row %zu", i);
	}
}

static void acl__who_is_named_and_may_write__table(void **state)
{
#define HEAD "\2\0\0\0"
#define OWNER "\1\0\6\0\xff\xff\xff\xff"
#define BOB(p) "\2\0" p "\0\xea\3\0\0"
#define GROUP(p) "\x8\0" p "\0\xea\3\0\0"
#define MASK(p) "\x10\0" p "\0\xff\xff\xff\xff"
#define ROW(text, writes) { (const uint8_t *)(text), sizeof(text) - 1, writes }
	static const struct { const uint8_t *p; size_t len; bool writes; } rows[] = {
		ROW(HEAD, false), ROW(HEAD OWNER, false), ROW(HEAD OWNER BOB("\6"), true), ROW(HEAD OWNER BOB("\4") MASK("\6"), false),
		ROW(HEAD OWNER BOB("\6") MASK("\4"), false), ROW(HEAD OWNER GROUP("\2") MASK("\6"), true),
		ROW(HEAD OWNER "\4\0\6\0\xff\xff\xff\xff", false), /* the owning group: the mode says it */
		ROW("\1\0\0\0", true), ROW("\2", true), ROW(HEAD "x", true), ROW("", true),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (ka_fixstat_acl_writes(rows[i].p, rows[i].len) != rows[i].writes)
			fail_msg("row %zu", i);
}

static void take__a_descriptor_that_opens_nothing__is_enough(void **state)
{
	char path[] = "/tmp/fixstat.XXXXXX";
	struct ka_fixstat a, b;
	int fd = mkstemp(path), way = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0 && way >= 0);
	assert_int_equal(fchmod(fd, 0640), 0);
	assert_int_equal(ka_fixstat_take(fd, &a), KA_ERR_OK);
	assert_int_equal(ka_fixstat_take(way, &b), KA_ERR_OK);
	assert_true(ka_fixstat_is_unchanged(&a, &b));
	assert_int_equal(b.mode, S_IFREG | 0640);
	assert_int_equal(b.links, 1);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(ka_fixstat_take(way, &b), KA_ERR_OK);
	assert_int_equal(b.links, 0);
	close(fd);
	close(way);
	assert_int_equal(ka_fixstat_take(-1, &b), KA_ERR_SYS);
}

/* of a file system with access lists, as /tmp usually is */
static void take__an_access_list__is_seen(void **state)
{
	static const uint8_t lists[3][44] = { /* owner, bob rw-, group r--, mask, others */
		HEAD OWNER BOB("\6") "\4\0\4\0\xff\xff\xff\xff" MASK("\6") "\x20\0\0\0\xff\xff\xff\xff",
		HEAD OWNER BOB("\4") "\4\0\4\0\xff\xff\xff\xff" MASK("\4") "\x20\0\0\0\xff\xff\xff\xff",
	};
	char path[] = "/tmp/fixstat.XXXXXX";
	struct ka_fixstat st;
	int fd = mkstemp(path), way = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0 && way >= 0);
	assert_int_equal(ka_fixstat_take(way, &st), KA_ERR_OK);
	assert_int_equal(st.has_acl, 0);
	assert_int_equal(st.acl_writes, 0);
	for (unsigned i = 0; i < 2; i++) {
		if (setxattr(path, "system.posix_acl_access", lists[i], 44, 0) != 0)
			break; /* none here */
		assert_int_equal(ka_fixstat_take(way, &st), KA_ERR_OK);
		assert_int_equal(st.has_acl, 1);
		assert_int_equal(st.acl_writes, i == 0);
	}
	assert_int_equal(unlink(path), 0);
	close(fd);
	close(way);
}

static uint64_t mount_of(int fd)
{
	char path[64], text[512];
	const char *at;
	int info;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = open(path, O_RDONLY | O_CLOEXEC);
	n = read(info, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	close(info);
	at = strstr(text, "mnt_id:");
	return at != NULL ? strtoull(at + 7, NULL, 10) : 0;
}

/* every field is the kernel's */
static void take__each_field__as_stat_has_it(void **state)
{
	char path[] = "/tmp/fixstat.XXXXXX";
	struct ka_fixstat got;
	struct stat st;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "12345", 5), 5);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(ka_fixstat_take(fd, &got), KA_ERR_OK);
	assert_true(got.dev == st.st_dev && got.ino == st.st_ino);
	assert_int_equal(got.size, 5);
	assert_int_equal(got.uid, st.st_uid);
	assert_int_equal(got.gid, st.st_gid);
	assert_int_equal(got.mtime_ns, (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec);
	assert_int_equal(got.ctime_ns, (int64_t)st.st_ctim.tv_sec * 1000000000 + st.st_ctim.tv_nsec);
	if (got.mount != 0) /* a kernel that says it */
		assert_int_equal(got.mount, mount_of(fd));
	assert_int_equal(unlink(path), 0);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unchanged__each_field__counts),
		cmocka_unit_test(others__modes_owners_lists__table),
		cmocka_unit_test(acl__who_is_named_and_may_write__table),
		cmocka_unit_test(take__an_access_list__is_seen),
		cmocka_unit_test(take__each_field__as_stat_has_it),
		cmocka_unit_test(take__a_descriptor_that_opens_nothing__is_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
