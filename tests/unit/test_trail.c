/* audit/trail: what it writes, what it finds there already, and what it refuses to write into. */
#include "audit/trail.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "tests/unit/lib/trailplace.h"

#include "base/poison.h"

static void append__first_event__makes_folder_and_file(void **state)
{
	struct trailplace *p = *state;
	char id[KA_EVENT_ID_MAX];
	struct stat st;
	mode_t old = umask(0);

	trailplace_id(1, 1, id);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
	umask(old);
	assert_int_equal(stat(p->folder, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(st.st_size, ka_trail_offset(p->path));
	assert_int_equal(stat(p->lock, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void append__repeat__is_already(void **state)
{
	struct trailplace *p = *state;
	char id[KA_EVENT_ID_MAX], other[KA_EVENT_ID_MAX];
	enum ka_trail_answer answer;
	int64_t size;

	trailplace_id(1, 1, id);
	trailplace_id(1, 2, other);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
	size = ka_trail_offset(p->path);
	trailplace_append_ok(p, id, KA_TRAIL_ALREADY);
	assert_int_equal(ka_trail_offset(p->path), size);
	trailplace_append_ok(p, other, KA_TRAIL_WRITTEN);
	assert_int_equal(trailplace_append(p, id, 1, 1 << 30, &answer), KA_ERR_OK);
	assert_int_equal(answer, KA_TRAIL_ALREADY);
	/* whoever begins to look behind the event does not see it */
	assert_int_equal(trailplace_append(p, id, 1, size, &answer), KA_ERR_OK);
	assert_int_equal(answer, KA_TRAIL_WRITTEN);
}

static bool stands_there(const struct trailplace *p, const char *text)
{
	size_t len;
	KA_AUTOFREE char *all = trailplace_slurp(p->path, &len);

	return strstr(all, text) != NULL;
}

static void append__torn_tail__is_ended_and_described(void **state)
{
	struct trailplace *p = *state;
	char id[KA_EVENT_ID_MAX], other[KA_EVENT_ID_MAX], torn[64];

	/* the fragment holds our id: once it is ended it looks like a line, and still is no event */
	trailplace_id(1, 1, id);
	trailplace_id(1, 2, other);
	trailplace_append_ok(p, other, KA_TRAIL_WRITTEN);
	snprintf(torn, sizeof(torn), "{\"event\":{\"id\":\"%s\"},\"pa", id);
	trailplace_put(p->path, torn, 0640);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
	trailplace_append_ok(p, id, KA_TRAIL_ALREADY);
	assert_true(stands_there(p, torn));
	assert_int_equal(trailplace_whole(p), 1);
}

/* whoever described a fragment was killed, too, or wrote nothing but the newline */
static void append__fragment_of_a_recovery__is_one_fragment(void **state)
{
	static const char *const torn[] = { "{\"a\":\n", "{\"a\":\n{\"@timestamp\":\"2026", "{\"a\":\n\n", "\n", "{\"event\":{\"id\":\"%s\"}\n" };
	struct trailplace *p = *state;
	char id[KA_EVENT_ID_MAX];

	for (unsigned i = 0; i < KA_ARRAY_LEN(torn); i++) {
		trailplace_id(1, i, id);
		trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
		trailplace_put(p->path, torn[i], 0640);
	}
	trailplace_id(2, 1, id);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
	assert_int_equal(trailplace_whole(p), KA_ARRAY_LEN(torn));
}

static void append__only_the_newline_is_missing__the_line_counts(void **state)
{
	struct trailplace *p = *state;
	char id[KA_EVENT_ID_MAX], other[KA_EVENT_ID_MAX];
	struct stat st;

	trailplace_id(1, 1, id);
	trailplace_id(1, 2, other);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(truncate(p->path, st.st_size - 1), 0);
	trailplace_append_ok(p, id, KA_TRAIL_ALREADY);
	assert_int_equal(truncate(p->path, st.st_size - 1), 0);
	trailplace_append_ok(p, other, KA_TRAIL_WRITTEN);
	assert_int_equal(trailplace_whole(p), 0);
}

/* cut anywhere: the next one goes on, and nothing is in doubt */
static void append__cut_at_any_byte__goes_on(void **state)
{
	struct trailplace *p = *state;
	char id[KA_EVENT_ID_MAX];
	struct stat first, st;

	trailplace_id(1, 1, id);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
	assert_int_equal(stat(p->path, &first), 0);
	trailplace_id(1, 2, id);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
	assert_int_equal(stat(p->path, &st), 0);
	for (off_t n = st.st_size; n >= first.st_size; n--) {
		assert_int_equal(truncate(p->path, n), 0);
		trailplace_append_ok(p, id, n >= st.st_size - 1 ? KA_TRAIL_ALREADY : KA_TRAIL_WRITTEN);
		assert_int_equal(trailplace_whole(p), n >= st.st_size - 1 || n == first.st_size ? 0 : 1);
	}
}

static void append__unchained_from_before__is_set_aside_and_still_looked_into(void **state)
{
	struct trailplace *p = *state;
	char id[KA_EVENT_ID_MAX], other[KA_EVENT_ID_MAX], line[128];
	int64_t end;
	enum ka_trail_answer answer;

	trailplace_id(1, 1, id);
	trailplace_id(1, 2, other);
	assert_int_equal(mkdir(p->folder, 0750), 0);
	trailplace_line(id, 1, line, sizeof(line));
	trailplace_put(p->path, line, 0640);
	end = ka_trail_offset(p->path);
	assert_int_equal(end, strlen(line));
	assert_int_equal(trailplace_append(p, other, 1, end, &answer), KA_ERR_OK);
	assert_int_equal(answer, KA_TRAIL_WRITTEN);
	assert_true(stands_there(p, "\"begin\":\"unchained\",\"previous\":{\"file\":\"audit.jsonl-unchained-2"));
	assert_true(ka_trail_offset(p->path) > end); /* positions go on growing */
	assert_int_equal(trailplace_whole(p), 0);
	assert_int_equal(trailplace_append(p, id, 1, 0, &answer), KA_ERR_OK);
	assert_int_equal(answer, KA_TRAIL_ALREADY);
	assert_int_equal(trailplace_append(p, id, 1, end, &answer), KA_ERR_OK); /* whoever begins behind it does not see it */
	assert_int_equal(answer, KA_TRAIL_WRITTEN);
}

static void append__number__is_told(void **state)
{
	struct trailplace *p = *state;
	char id[KA_EVENT_ID_MAX], line[128];
	const char *const ids[] = { id, NULL };
	uint64_t seq = 0;
	struct ka_trail_job job = { .path = p->path, .lock_path = p->lock, .ids = ids, .line = line, .is_synced = true, .seq = &seq };
	enum ka_trail_answer answer;

	trailplace_id(1, 1, id);
	job.len = trailplace_line(id, 1, line, sizeof(line));
	assert_int_equal(ka_trail_append(&job, &answer), KA_ERR_OK);
	assert_int_equal(seq, 2); /* behind the genesis */
	seq = 0;
	assert_int_equal(ka_trail_append(&job, &answer), KA_ERR_OK);
	assert_int_equal(answer, KA_TRAIL_ALREADY);
	assert_int_equal(seq, 0);
}

static void append__below_the_floor__is_full(void **state)
{
	struct trailplace *p = *state;
	char id[KA_EVENT_ID_MAX], line[256];
	const char *const ids[] = { id, NULL };
	struct ka_trail_job job = { .path = p->path, .lock_path = p->lock, .ids = ids, .line = line, .min_free_mib = UINT32_MAX };
	enum ka_trail_answer answer;

	trailplace_id(1, 1, id);
	job.len = trailplace_line(id, 1, line, sizeof(line));
	assert_int_equal(ka_trail_append(&job, &answer), KA_ERR_OK);
	assert_int_equal(answer, KA_TRAIL_FULL);
	assert_int_equal(ka_trail_offset(p->path), 0);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
	assert_int_equal(ka_trail_append(&job, &answer), KA_ERR_OK); /* a claim can be given back also on a full disk */
	assert_int_equal(answer, KA_TRAIL_ALREADY);
}

static void writable__ours_and_room__or_not(void **state)
{
	struct trailplace *p = *state;
	char id[KA_EVENT_ID_MAX];

	assert_true(ka_trail_is_writable(p->path, 0)); /* not there yet */
	trailplace_id(1, 1, id);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
	assert_true(ka_trail_is_writable(p->path, 0));
	assert_false(ka_trail_is_writable(p->path, UINT32_MAX));
	assert_int_equal(chmod(p->path, 0666), 0);
	assert_false(ka_trail_is_writable(p->path, 0));
	assert_int_equal(unlink(p->path), 0);
	assert_int_equal(symlink("/etc/passwd", p->path), 0);
	assert_false(ka_trail_is_writable(p->path, 0));
	assert_false(ka_trail_is_writable("relative", 0));
}

static void near_end__is_where_a_line_begins(void **state)
{
	struct trailplace *p = *state;
	char id[KA_EVENT_ID_MAX], line[256];
	enum ka_trail_answer answer;
	int64_t size, near;

	assert_int_equal(ka_trail_near_end(p->path, 10), 0);
	for (unsigned i = 1; i <= 40; i++) {
		trailplace_id(i, i, id);
		trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
	}
	size = ka_trail_offset(p->path);
	assert_int_equal(ka_trail_near_end(p->path, size), 0);
	assert_int_equal(ka_trail_near_end(p->path, 2 * size), 0);
	near = ka_trail_near_end(p->path, 3 * (int64_t)(trailplace_line(id, 1, line, sizeof(line)) + KA_CHAIN_TAIL_MAX));
	assert_in_range(near, size / 2, size - 1);
	assert_int_equal(trailplace_append(p, id, 1, near, &answer), KA_ERR_OK);
	assert_int_equal(answer, KA_TRAIL_ALREADY);
	trailplace_id(1, 1, id); /* far back: not looked for from there */
	assert_int_equal(trailplace_append(p, id, 1, near, &answer), KA_ERR_OK);
	assert_int_equal(answer, KA_TRAIL_WRITTEN);
}

static void find__whole_lines_behind_the_offset__count(void **state)
{
	struct trailplace *p = *state;
	char id[KA_EVENT_ID_MAX], other[KA_EVENT_ID_MAX];
	const char *const ids[] = { other, id, NULL };
	bool found = true;

	trailplace_id(1, 1, id);
	trailplace_id(1, 2, other);
	assert_int_equal(ka_trail_find(p->path, 0, ids, &found), KA_ERR_OK); /* no trail yet */
	assert_false(found);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
	assert_int_equal(ka_trail_find(p->path, 0, ids, &found), KA_ERR_OK);
	assert_true(found);
	assert_int_equal(ka_trail_find(p->path, ka_trail_offset(p->path), ids, &found), KA_ERR_OK);
	assert_false(found);
	assert_int_equal(ka_trail_find(p->path, 1 << 30, ids, &found), KA_ERR_OK); /* it was rotated */
	assert_true(found);
	trailplace_put(p->path, "{\"event\":{\"id\":\"", 0640);
	trailplace_put(p->path, other, 0640);
	trailplace_put(p->path, "\"}}", 0640);
	assert_int_equal(ka_trail_find(p->path, ka_trail_offset(p->path) - 5, ids + 1, &found), KA_ERR_OK);
	assert_true(found); /* the offset is inside a line: everything is looked through */
	assert_int_equal(ka_trail_find(p->path, 0, (const char *const[]){ other, NULL }, &found), KA_ERR_OK);
	assert_false(found); /* torn */
	assert_int_equal(chmod(p->path, 0666), 0);
	assert_int_equal(ka_trail_find(p->path, 0, ids, &found), KA_ERR_SYS);
	assert_false(found);
}

static void append__not_a_line__is_a_fault(void **state)
{
	static const char *const bad[] = { "", "\n", "{}", "{}\n{}", "{\n}\n", "{}\n", "{\"a\":{}}\n", "{\"a\":1}\n" };
	struct trailplace *p = *state;
	enum ka_trail_answer answer;
	static char big[KA_EVENT_LINE_MAX + 2];
	struct ka_trail_job job = { .path = p->path, .lock_path = p->lock };

	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		job.line = bad[i];
		job.len = strlen(bad[i]);
		assert_int_equal(ka_trail_append(&job, &answer), KA_ERR_SYNTAX);
	}
	memset(big, 'x', sizeof(big));
	big[KA_EVENT_BARE_MAX] = '\n';
	job.line = big;
	job.len = KA_EVENT_BARE_MAX + 1;
	assert_int_equal(ka_trail_append(&job, &answer), KA_ERR_LIMIT);
	assert_int_equal(trailplace_whole(p), 0); /* no more than a genesis */
}

static void expect_refused(const struct trailplace *p)
{
	enum ka_trail_answer answer;
	char id[KA_EVENT_ID_MAX];

	trailplace_id(9, 9, id);
	assert_int_equal(trailplace_append(p, id, 1, 0, &answer), KA_ERR_SYS);
	assert_int_equal(answer, KA_TRAIL_FULL);
}

static void append__hostile_places__are_refused(void **state)
{
	struct trailplace *p = *state;
	char other[160];

	snprintf(other, sizeof(other), "%s/other", p->dir);
	assert_int_equal(mkdir(p->folder, 0750), 0);
	trailplace_put(other, "", 0640);
	assert_int_equal(symlink(other, p->path), 0); /* a symbolic link */
	expect_refused(p);
	unlink(p->path);
	assert_int_equal(link(other, p->path), 0);    /* a second name */
	expect_refused(p);
	unlink(p->path);
	assert_int_equal(mkfifo(p->path, 0640), 0);   /* must not hang either */
	expect_refused(p);
	unlink(p->path);
	assert_int_equal(mkdir(p->path, 0750), 0);
	expect_refused(p);
	rmdir(p->path);
	trailplace_put(p->path, "", 0660);                       /* others may write it */
	expect_refused(p);
	unlink(p->path);
	assert_int_equal(chmod(p->folder, 0770), 0);  /* others may write the folder */
	expect_refused(p);
	assert_int_equal(chmod(p->folder, 0750), 0);
	if (geteuid() == 0) {
		trailplace_put(p->path, "", 0640);
		assert_int_equal(chown(p->path, 12345, 0), 0);
		expect_refused(p);
	}
	assert_int_equal(ka_trail_offset(other), 0);
}

static void append__folder_is_a_link__is_refused(void **state)
{
	struct trailplace *p = *state;
	char other[160];

	snprintf(other, sizeof(other), "%s/other", p->dir);
	assert_int_equal(mkdir(other, 0750), 0);
	assert_int_equal(symlink(other, p->folder), 0);
	expect_refused(p);
	unlink(p->folder);
}

static void append__lock_not_ours__is_refused(void **state)
{
	struct trailplace *p = *state;

	trailplace_put(p->lock, "", 0644);
	expect_refused(p);
	unlink(p->lock);
	assert_int_equal(symlink("/dev/null", p->lock), 0);
	expect_refused(p);
}

static void append__held_lock__times_out_and_nothing_is_written(void **state)
{
	struct trailplace *p = *state;
	KA_AUTOCLOSE int held = open(p->lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	enum ka_trail_answer answer;
	char id[KA_EVENT_ID_MAX];

	trailplace_id(1, 1, id);
	assert_int_equal(flock(held, LOCK_EX), 0);
	assert_int_equal(trailplace_append(p, id, 1, 0, &answer), KA_ERR_TIMEOUT);
	assert_int_equal(ka_trail_offset(p->path), 0);
	assert_int_equal(flock(held, LOCK_UN), 0);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
}

static void append__a_reader_locks_the_trail__does_not_matter(void **state)
{
	struct trailplace *p = *state;
	KA_AUTOCLOSE int reader = -1;
	char id[KA_EVENT_ID_MAX];

	trailplace_id(1, 1, id);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
	reader = open(p->path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(reader, LOCK_EX), 0);
	trailplace_id(1, 2, id);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
}

/* what was written into the old file is no event again in the new one, and the chain goes over from one to the other */
static void append__renamed_by_somebody__goes_on_in_a_new_file(void **state)
{
	struct trailplace *p = *state;
	struct trailplace_walk w = { .hash = KA_CHAIN_ZEROS };
	char id[KA_EVENT_ID_MAX], old[160];
	enum ka_trail_answer answer;
	int64_t end;

	snprintf(old, sizeof(old), "%s.1", p->path);
	trailplace_id(1, 1, id);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
	end = ka_trail_offset(p->path);
	assert_int_equal(rename(p->path, old), 0);
	trailplace_append_ok(p, id, KA_TRAIL_ALREADY);
	trailplace_id(1, 2, id);
	assert_int_equal(trailplace_append(p, id, 1, end, &answer), KA_ERR_OK);
	assert_int_equal(answer, KA_TRAIL_WRITTEN);
	assert_true(ka_trail_offset(p->path) > end);
	assert_true(stands_there(p, "\"begin\":\"renamed\",\"previous\":{\"file\":\"audit.jsonl.1\",\"seq\":2,"));
	trailplace_walk(old, &w);
	trailplace_walk(p->path, &w);
	assert_int_equal(w.seq, 4);
	assert_int_equal(ka_trail_near_end(p->path, 1 << 20), 0);
	assert_in_range(ka_trail_near_end(p->path, ka_trail_offset(p->path) - end + 10), end - 10, end); /* in the old file */
	assert_int_equal(unlink(old), 0); /* expired: what stood there cannot be seen any more */
	trailplace_id(1, 1, id);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
}

/* RLIMIT_FSIZE stands in for a full disk: the write is cut short, then refused */
static void append__cut_short_by_a_full_disk__is_full_and_mended_later(void **state)
{
	struct trailplace *p = *state;
	char id[KA_EVENT_ID_MAX];
	enum ka_trail_answer answer;
	struct rlimit room = { 50, RLIM_INFINITY }, all = { RLIM_INFINITY, RLIM_INFINITY };
	int64_t size;

	signal(SIGXFSZ, SIG_IGN);
	trailplace_id(1, 1, id);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &room), 0);
	assert_int_equal(trailplace_append(p, id, 60, 0, &answer), KA_ERR_OK);
	assert_int_equal(answer, KA_TRAIL_FULL);
	assert_int_equal(access(p->path, F_OK), -1); /* no half a genesis */
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
	trailplace_id(1, 2, id);
	size = ka_trail_offset(p->path);
	for (rlim_t more = 0; more < 3; more++) { /* and again while the fragment is described */
		room.rlim_cur = (rlim_t)size + 100 + 200 * more;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &room), 0);
		assert_int_equal(trailplace_append(p, id, 60, 0, &answer), KA_ERR_OK);
		assert_int_equal(answer, KA_TRAIL_FULL);
		assert_int_equal(ka_trail_offset(p->path), room.rlim_cur);
		assert_int_equal(trailplace_append(p, id, 60, 0, &answer), KA_ERR_OK);
		assert_int_equal(answer, KA_TRAIL_FULL);
		assert_int_equal(ka_trail_offset(p->path), room.rlim_cur);
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
	trailplace_append_ok(p, id, KA_TRAIL_ALREADY);
	assert_int_equal(trailplace_whole(p), 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, trailplace_setup, trailplace_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(append__first_event__makes_folder_and_file), T(append__repeat__is_already),
		T(append__torn_tail__is_ended_and_described), T(append__fragment_of_a_recovery__is_one_fragment),
		T(append__only_the_newline_is_missing__the_line_counts), T(append__cut_at_any_byte__goes_on),
		T(append__unchained_from_before__is_set_aside_and_still_looked_into), T(append__number__is_told),
		T(append__below_the_floor__is_full), T(writable__ours_and_room__or_not), T(near_end__is_where_a_line_begins),
		T(find__whole_lines_behind_the_offset__count),
		T(append__not_a_line__is_a_fault), T(append__hostile_places__are_refused),
		T(append__folder_is_a_link__is_refused), T(append__lock_not_ours__is_refused),
		T(append__held_lock__times_out_and_nothing_is_written), T(append__a_reader_locks_the_trail__does_not_matter),
		T(append__renamed_by_somebody__goes_on_in_a_new_file), T(append__cut_short_by_a_full_disk__is_full_and_mended_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
