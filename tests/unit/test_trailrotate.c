/* audit/trailrotate: a chain over its files, whatever comes between. */
#include "audit/trailrotate.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "tests/unit/lib/trailplace.h"

#include "base/poison.h"

static enum ka_trailrotate_answer rotate(const struct trailplace *p, int64_t larger, const char *older, struct ka_trailrotate_result *r)
{
	const struct ka_trailrotate_job job = { .path = p->path, .lock_path = p->lock, .larger = larger, .older = older };
	enum ka_trailrotate_answer answer;

	assert_int_equal(ka_trailrotate(&job, &answer, r), KA_ERR_OK);
	return answer;
}

static void append(const struct trailplace *p, unsigned n)
{
	char id[KA_EVENT_ID_MAX];

	trailplace_id(1, n, id);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
}

static void walk(const struct trailplace *p, const char *file, struct trailplace_walk *w)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", p->folder, file);
	trailplace_walk(path, w);
}

static void rotate__twice__is_one_chain(void **state)
{
	const struct trailplace *p = *state;
	struct trailplace_walk w = { .hash = KA_CHAIN_ZEROS };
	struct ka_trailrotate_result a, b;

	append(p, 1);
	assert_int_equal(rotate(p, 0, NULL, &a), KA_TRAILROTATE_DONE);
	assert_int_equal(a.last, 3); /* genesis, event, rotate */
	append(p, 2);
	assert_int_equal(rotate(p, 0, NULL, &b), KA_TRAILROTATE_DONE); /* in the same second: another name */
	append(p, 3);
	walk(p, a.file, &w);
	assert_int_equal(w.seq, a.last);
	assert_non_null(strstr(w.last, "\"action\":\"trail-rotate\""));
	assert_non_null(strstr(w.last, a.file));
	walk(p, b.file, &w);
	trailplace_walk(p->path, &w);
	assert_int_equal(w.seq, b.last + 2);
	assert_int_equal(w.recoveries, 0);
}

static void rotate__nothing_in_it__is_left_alone(void **state)
{
	const struct trailplace *p = *state;
	struct ka_trailrotate_result r;
	struct stat st;

	assert_int_equal(rotate(p, 0, NULL, &r), KA_TRAILROTATE_NOTHING);
	assert_int_equal(stat(p->path, &st), -1); /* and is not made */
	append(p, 1);
	assert_int_equal(rotate(p, 0, NULL, &r), KA_TRAILROTATE_DONE);
	assert_int_equal(rotate(p, 0, NULL, &r), KA_TRAILROTATE_NOTHING);
}

static void rotate__size_and_age__either_will_do(void **state)
{
	const struct trailplace *p = *state;
	char past[KA_CLOCK_TEXT_MAX], future[KA_CLOCK_TEXT_MAX];
	struct ka_trailrotate_result r;
	int64_t size;

	ka_clock_text(ka_clock_wall_us() - 3600000000, past);
	ka_clock_text(ka_clock_wall_us() + 3600000000, future);
	append(p, 1);
	size = ka_trail_offset(p->path);
	assert_int_equal(rotate(p, size + 1, NULL, &r), KA_TRAILROTATE_EARLY);
	assert_int_equal(rotate(p, 0, past, &r), KA_TRAILROTATE_EARLY);
	assert_int_equal(rotate(p, size + 1, past, &r), KA_TRAILROTATE_EARLY);
	assert_int_equal(rotate(p, size, past, &r), KA_TRAILROTATE_DONE);
	append(p, 2);
	assert_int_equal(rotate(p, INT64_MAX, future, &r), KA_TRAILROTATE_DONE);
}

static bool see_seal(void *ctx, const char *chain, uint64_t seq, const char *hash)
{
	struct trailplace_walk w = { .hash = KA_CHAIN_ZEROS };
	const struct trailplace *p = ctx;

	trailplace_walk(p->path, &w); /* the last line stands there, under the old name */
	assert_int_equal(w.seq, seq);
	assert_string_equal(w.hash, hash);
	assert_int_equal(strlen(chain), 32);
	assert_non_null(strstr(w.last, chain));
	return true;
}

static void rotate__seal__is_made_over_the_last_line(void **state)
{
	struct trailplace *p = *state;
	const struct ka_trailrotate_job job = { .path = p->path, .lock_path = p->lock, .seal = see_seal, .ctx = p };
	struct ka_trailrotate_result r;
	enum ka_trailrotate_answer answer;

	append(p, 1);
	assert_int_equal(ka_trailrotate(&job, &answer, &r), KA_ERR_OK);
	assert_int_equal(answer, KA_TRAILROTATE_DONE);
	assert_true(r.is_sealed);
}

static void rotate__a_torn_line__is_described_first(void **state)
{
	const struct trailplace *p = *state;
	struct trailplace_walk w = { .hash = KA_CHAIN_ZEROS };
	struct ka_trailrotate_result r;

	append(p, 1);
	trailplace_put(p->path, "{\"torn", 0640);
	assert_int_equal(rotate(p, 0, NULL, &r), KA_TRAILROTATE_DONE);
	walk(p, r.file, &w);
	assert_int_equal(w.recoveries, 1);
	assert_int_equal(w.seq, r.last);
	trailplace_walk(p->path, &w);
}

static void rotate__no_room__changes_no_name(void **state)
{
	const struct trailplace *p = *state;
	struct rlimit room = { 0, RLIM_INFINITY }, all = { RLIM_INFINITY, RLIM_INFINITY };
	struct ka_trailrotate_job job = { .path = p->path, .lock_path = p->lock, .min_free_mib = UINT32_MAX };
	struct trailplace_walk w = { .hash = KA_CHAIN_ZEROS };
	enum ka_trailrotate_answer answer;
	struct ka_trailrotate_result r;

	append(p, 1);
	assert_int_equal(ka_trailrotate(&job, &answer, &r), KA_ERR_OK);
	assert_int_equal(answer, KA_TRAILROTATE_FULL);
	signal(SIGXFSZ, SIG_IGN);
	room.rlim_cur = (rlim_t)ka_trail_offset(p->path) + 50;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &room), 0);
	assert_int_equal(rotate(p, 0, NULL, &r), KA_TRAILROTATE_FULL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
	append(p, 2);
	trailplace_walk(p->path, &w);
	assert_int_equal(w.recoveries, 1); /* the cut line of the rotation */
}

/* The seal's moment: from then on no file may be written. */
static bool take_room(void *ctx, const char *chain, uint64_t seq, const char *hash)
{
	const struct rlimit none = { 0, RLIM_INFINITY };

	(void)ctx;
	(void)chain;
	(void)seq;
	(void)hash;
	return setrlimit(RLIMIT_FSIZE, &none) == 0;
}

/* a folder without a trail would be one that the next writer has to understand, and that its readers do not */
static void rotate__no_room_for_the_next__the_name_comes_back(void **state)
{
	struct trailplace *p = *state;
	const struct ka_trailrotate_job job = { .path = p->path, .lock_path = p->lock, .seal = take_room };
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	struct trailplace_walk w = { .hash = KA_CHAIN_ZEROS };
	enum ka_trailrotate_answer answer;
	struct ka_trailrotate_result r;

	append(p, 1);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(ka_trailrotate(&job, &answer, &r), KA_ERR_OK);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
	assert_int_equal(answer, KA_TRAILROTATE_FULL);
	assert_int_equal(access(p->path, F_OK), 0);
	append(p, 2);
	trailplace_walk(p->path, &w);
	assert_int_equal(w.seq, 4); /* genesis, event, rotate, event */
	assert_int_equal(rotate(p, 0, NULL, &r), KA_TRAILROTATE_DONE);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strverscmp((*a)->d_name, (*b)->d_name);
}

static int is_old(const struct dirent *e)
{
	return strncmp(e->d_name, "audit.jsonl-", 12) == 0;
}

/* Takes away each file that was rotated, as soon as it sees one. */
static void grab_for_ever(const struct trailplace *p)
{
	for (;;) {
		struct dirent **old;
		int n = scandir(p->folder, &old, is_old, by_name);

		for (int i = 0; i < n; i++) {
			char from[512], to[520];

			snprintf(from, sizeof(from), "%s/%s", p->folder, old[i]->d_name);
			snprintf(to, sizeof(to), "%s/.grabbed", p->folder);
			(void)rename(from, to);
			free(old[i]);
		}
		if (n >= 0)
			free(old);
	}
}

/* somebody who compresses what was rotated does not wait until the next file stands there */
static void rotate__the_old_file_taken_at_once__is_one_chain(void **state)
{
	struct trailplace *p = *state;
	struct ka_trailrotate_result r;
	pid_t pid;
	char path[512];

	append(p, 1);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		grab_for_ever(p);
	for (unsigned i = 1; i <= 400; i++) {
		assert_int_equal(rotate(p, 0, NULL, &r), KA_TRAILROTATE_DONE);
		assert_int_equal(r.last, 3 * i); /* genesis, event, rotate, since the first one of all */
		append(p, i + 1);
	}
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	snprintf(path, sizeof(path), "%s/.grabbed", p->folder);
	(void)unlink(path);
}

/*
 * Writers and rotations, killed at random moments: the files, in the order of their numbers, are one chain, and each event
 * stands in one of them once.
 */
static void kill__rotations_and_writers__one_chain(void **state)
{
	struct trailplace *p = *state;
	volatile unsigned *done = mmap(NULL, sizeof(*done), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned seed = 20260823, rounds = 0, lines = 0;
	struct trailplace_walk w = { .hash = KA_CHAIN_ZEROS };
	struct dirent **old;
	int n;

	assert_true(done != MAP_FAILED);
	for (; *done < 120 && rounds < 2000; rounds++) {
		bool rotates = rounds % 3 == 2;
		pid_t pid = fork();
		int status;

		assert_true(pid >= 0);
		if (pid == 0 && rotates) {
			struct ka_trailrotate_result r;

			(void)rotate(p, 0, NULL, &r);
			_exit(0);
		}
		while (pid == 0) { /* each event is tried until it is known to stand there */
			char id[KA_EVENT_ID_MAX];
			enum ka_trail_answer answer;

			trailplace_id(1, *done, id);
			if (*done >= 120)
				_exit(0);
			if (trailplace_append(p, id, 3000, 0, &answer) == KA_ERR_OK && answer != KA_TRAIL_FULL)
				++*done;
		}
		usleep((useconds_t)rand_r(&seed) % (rotates ? 400 : 1200));
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
	}
	assert_int_equal(*done, 120);
	n = scandir(p->folder, &old, is_old, by_name);
	assert_true(n >= 0);
	for (int i = 0; i < n; i++) {
		walk(p, old[i]->d_name, &w);
		free(old[i]);
	}
	free(old);
	if (access(p->path, F_OK) == 0)
		trailplace_walk(p->path, &w);
	lines = (unsigned)w.seq - w.recoveries;
	assert_true(lines >= 120);
	munmap((void *)(uintptr_t)done, sizeof(*done));
	print_message("%u rounds, %d files, %u recoveries, number %u\n", rounds, n + 1, w.recoveries, (unsigned)w.seq);
}

#define T(f) cmocka_unit_test_setup_teardown(f, trailplace_setup, trailplace_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(rotate__twice__is_one_chain), T(rotate__nothing_in_it__is_left_alone), T(rotate__size_and_age__either_will_do),
		T(rotate__seal__is_made_over_the_last_line), T(rotate__a_torn_line__is_described_first), T(rotate__no_room__changes_no_name),
		T(rotate__no_room_for_the_next__the_name_comes_back), T(rotate__the_old_file_taken_at_once__is_one_chain),
		T(kill__rotations_and_writers__one_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
