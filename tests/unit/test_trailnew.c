/* audit/trailnew: names, renames, and a file that is there whole or not at all. */
#include "audit/trailnew.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "audit/trailscan.h"
#include "base/cleanup.h"
#include "tests/unit/lib/trailplace.h"

#include "base/poison.h"

#define AT 1787480142123456 /* 2026-08-23T10:15:42 */
#define DATED "audit.jsonl-20260823T101542Z"

static int folder(const struct trailplace *p)
{
	int dir;

	(void)mkdir(p->folder, 0750);
	dir = open(p->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(dir >= 0);
	return dir;
}

static void put(const struct trailplace *p, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", p->folder, name);
	trailplace_put(path, "x", 0640);
}

static void name__dated__and_never_one_that_is_there(void **state)
{
	const struct trailplace *p = *state;
	KA_AUTOCLOSE int dir = folder(p);
	char name[KA_TRAIL_NAME_MAX], more[KA_TRAIL_NAME_MAX];

	assert_int_equal(ka_trailnew_name(dir, "audit.jsonl", "", AT, name), KA_ERR_OK);
	assert_string_equal(name, DATED);
	put(p, DATED);
	assert_int_equal(ka_trailnew_name(dir, "audit.jsonl", "", AT, name), KA_ERR_OK);
	assert_string_equal(name, DATED "-2");
	assert_int_equal(ka_trailnew_name(dir, "audit.jsonl", "-unchained", AT, name), KA_ERR_OK);
	assert_string_equal(name, "audit.jsonl-unchained-20260823T101542Z");
	for (unsigned i = 2; i <= KA_TRAIL_DATED_MAX; i++) {
		snprintf(more, sizeof(more), DATED "-%u", i);
		put(p, more);
	}
	assert_int_equal(ka_trailnew_name(dir, "audit.jsonl", "", AT, name), KA_ERR_LIMIT);
	memset(more, 'n', sizeof(more) - 1);
	more[sizeof(more) - 1] = '\0';
	assert_int_equal(ka_trailnew_name(dir, more, "", AT, name), KA_ERR_LIMIT);
}

static void aside__nothing_is_replaced(void **state)
{
	const struct trailplace *p = *state;
	KA_AUTOCLOSE int dir = folder(p);

	put(p, "audit.jsonl");
	put(p, "audit.jsonl-a");
	errno = 0;
	assert_int_equal(ka_trailnew_aside(dir, "audit.jsonl", "audit.jsonl-a"), KA_ERR_SYS);
	assert_int_equal(errno, EEXIST);
	assert_int_equal(ka_trailnew_aside(dir, "audit.jsonl", "audit.jsonl-b"), KA_ERR_OK);
	assert_int_equal(access(p->path, F_OK), -1);
}

static bool make(const struct trailplace *p, int dir, enum ka_err want)
{
	KA_AUTOFREE char *block = malloc(KA_TRAILSCAN_BLOCK);
	struct ka_trailorigin origin = { .begin = KA_TRAIL_FIRST };
	bool full = true;

	assert_non_null(block);
	(void)p;
	assert_int_equal(ka_trailnew_make(dir, "audit.jsonl", &origin, block, &full), want);
	return !full;
}

static void make__missing_or_empty__has_one_line(void **state)
{
	const struct trailplace *p = *state;
	KA_AUTOCLOSE int dir = folder(p);
	struct trailplace_walk w = { .hash = KA_CHAIN_ZEROS };
	struct stat st;

	assert_true(make(p, dir, KA_ERR_OK));
	trailplace_walk(p->path, &w);
	assert_int_equal(w.seq, 1);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(truncate(p->path, 0), 0);
	put(p, ".audit.jsonl.new"); /* of somebody who was killed */
	assert_true(make(p, dir, KA_ERR_OK));
	assert_int_equal(trailplace_whole(p), 0);
	assert_int_equal(faccessat(dir, ".audit.jsonl.new", F_OK, AT_SYMLINK_NOFOLLOW), -1);
	errno = 0;
	assert_true(make(p, dir, KA_ERR_SYS)); /* it has something in it: left as it is */
	assert_int_equal(errno, EEXIST);
	assert_int_equal(trailplace_whole(p), 0);
	assert_int_equal(faccessat(dir, ".audit.jsonl.new", F_OK, AT_SYMLINK_NOFOLLOW), -1);
}

static void make__no_room__changes_nothing(void **state)
{
	const struct trailplace *p = *state;
	KA_AUTOCLOSE int dir = folder(p);
	struct rlimit room = { 0, RLIM_INFINITY }, all = { RLIM_INFINITY, RLIM_INFINITY };

	signal(SIGXFSZ, SIG_IGN);
	for (room.rlim_cur = 0; room.rlim_cur < 600; room.rlim_cur += 100) {
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &room), 0);
		assert_false(make(p, dir, KA_ERR_OK));
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
		assert_int_equal(access(p->path, F_OK), -1);
		assert_int_equal(faccessat(dir, ".audit.jsonl.new", F_OK, AT_SYMLINK_NOFOLLOW), -1);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, trailplace_setup, trailplace_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(name__dated__and_never_one_that_is_there), T(aside__nothing_is_replaced), T(make__missing_or_empty__has_one_line),
		T(make__no_room__changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
