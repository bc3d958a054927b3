/* keyaudit/earkeep: a position comes back as it was, or not at all. */
#include "keyaudit/ear/earkeep.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/paths.h"
#include "tests/unit/lib/runplace.h"

static struct ka_earposition back;

static bool reads(const char *text)
{
	runplace_put(runplace.r.run, KA_NAME_EAR, text);
	return ka_earkeep_read(runplace.r.run, &back);
}

static struct ka_earposition of_file(void)
{
	struct ka_earposition p;

	memset(&p, 0, sizeof(p));
	p.is_file = true;
	memcpy(p.path, "/var/log/a b=c\n%.log", 21);
	p.dev = 64769;
	p.ino = 131;
	p.offset = 1ull << 40;
	memset(p.mark, 0xa7, sizeof(p.mark));
	p.kind = 2;
	return p;
}

static void write__both_kinds__come_back(void **state)
{
	struct ka_earposition p = of_file();

	(void)state;
	assert_false(ka_earkeep_read(runplace.r.run, &back));
	assert_int_equal(ka_earkeep_write(runplace.r.run, &p), KA_ERR_OK);
	assert_true(ka_earkeep_read(runplace.r.run, &back));
	assert_memory_equal(&p, &back, sizeof(p));
	memset(&p, 0, sizeof(p));
	memcpy(p.cursor, "s=1;i=f", 8);
	p.at_us = 1795400075896973;
	runplace_put(runplace.r.run, KA_NAME_EAR ".new", "half"); /* of one who died */
	assert_int_equal(ka_earkeep_write(runplace.r.run, &p), KA_ERR_OK);
	assert_true(ka_earkeep_read(runplace.r.run, &back));
	assert_memory_equal(&p, &back, sizeof(p));
	assert_false(runplace_has(runplace.r.run, KA_NAME_EAR ".new"));
}

#define GOOD "ka1 ear log=file path=/x dev=1 ino=2 offset=3 mark=000102030405060708090a0b0c0d0e0f kind=1"

static void read__damaged__is_none(void **state)
{
	static const char *const bad[] = {
		"", "\n", GOOD, "ka1 ear\n", "ka2 ear log=journal cursor=s=1 at=1\n", "ka1 ear log=journal cursor=s=1\n",
		"ka1 ear log=journal cursor=- at=1\n", "ka1 ear log=journal cursor=s%201 at=1\n", "ka1 ear log=journal cursor=s=1 at=x\n",
		"ka1 ear log=journal cursor=s=1 at=1 more=1\n", "ka1 ear log=other cursor=s=1 at=1\n", GOOD GOOD "\n", GOOD "\n" GOOD "\n",
		"ka1 ear log=file path=/x dev=1 ino=2 offset=3 mark=000102030405060708090a0b0c0d0e0f kind=3\n",
		"ka1 ear log=file path=/x dev=1 ino=2 offset=-3 mark=000102030405060708090a0b0c0d0e0f kind=1\n",
		"ka1 ear log=file path=/x dev=1 ino=2 offset=3 mark=000102030405060708090a0b0c0d0e0 kind=1\n",
		"ka1 ear log=file path=/x dev=1 ino=2 offset=3 mark=000102030405060708090a0b0c0d0e0F kind=1\n",
		"ka1 ear log=file path=/x dev=1 ino=2 offset=3 mark=000102030405060708090a0b0c0d0e0z kind=1\n",
	};
	struct ka_earposition none;

	(void)state;
	memset(&none, 0, sizeof(none));
	assert_true(reads(GOOD "\n"));
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		if (reads(bad[i]))
			fail_msg("read: %s", bad[i]);
		assert_memory_equal(&back, &none, sizeof(none));
	}
}

static void read__not_our_file__is_none(void **state)
{
	(void)state;
	assert_true(reads(GOOD "\n"));
	assert_int_equal(fchmodat(runplace.r.run, KA_NAME_EAR, 0622, 0), 0);
	assert_false(ka_earkeep_read(runplace.r.run, &back));
	assert_int_equal(renameat(runplace.r.run, KA_NAME_EAR, runplace.r.run, "other"), 0);
	assert_int_equal(fchmodat(runplace.r.run, "other", 0600, 0), 0);
	assert_int_equal(symlinkat("other", runplace.r.run, KA_NAME_EAR), 0);
	assert_false(ka_earkeep_read(runplace.r.run, &back));
	assert_int_equal(unlinkat(runplace.r.run, KA_NAME_EAR, 0), 0);
	assert_int_equal(mkfifoat(runplace.r.run, KA_NAME_EAR, 0600), 0);
	assert_false(ka_earkeep_read(runplace.r.run, &back)); /* and does not hang */
}

static void write__no_room__leaves_the_old_one(void **state)
{
	struct ka_earposition p = of_file();

	(void)state;
	assert_true(reads(GOOD "\n"));
	memset(p.path, '\1', sizeof(p.path) - 1); /* tripled by %XX it fits ... */
	assert_int_equal(ka_earkeep_write(runplace.r.run, &p), KA_ERR_OK);
	assert_true(ka_earkeep_read(runplace.r.run, &back));
	assert_memory_equal(&p, &back, sizeof(p));
	assert_int_equal(mkdirat(runplace.r.run, KA_NAME_EAR ".new", 0700), 0);
	assert_int_equal(ka_earkeep_write(runplace.r.run, &p), KA_ERR_SYS);
	assert_true(ka_earkeep_read(runplace.r.run, &back));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUNPLACE_TEST(write__both_kinds__come_back),
		RUNPLACE_TEST(read__damaged__is_none),
		RUNPLACE_TEST(read__not_our_file__is_none),
		RUNPLACE_TEST(write__no_room__leaves_the_old_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
