/* audit/trail: exactly once, whatever is killed; and what it refuses to write into. */
#include "audit/trail.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/cleanup.h"
#include "base/fd.h"

#include "base/poison.h"

#define WRITERS 8
#define EVENTS 50

struct place {
	char dir[64], folder[96], path[128], lock[128];
};

static void make_id(unsigned writer, unsigned event, char out[static KA_EVENT_ID_MAX])
{
	snprintf(out, KA_EVENT_ID_MAX, "w%02uxxxxxxxxxxxxxxxxxxx%04u", writer % 100, event % 10000);
}

static size_t make_line(const char *id, size_t pad, char *out, size_t size)
{
	int n = snprintf(out, size, "{\"event\":{\"id\":\"%s\"},\"pad\":\"%0*d\"}\n", id, (int)pad, 0);

	assert_true(n > 0 && (size_t)n < size);
	return (size_t)n;
}

static enum ka_err append(const struct place *p, const char *id, size_t pad, int64_t since, enum ka_trail_answer *answer)
{
	const char *const ids[] = { id, NULL };
	static char line[KA_EVENT_LINE_MAX];
	struct ka_trail_job job = { .path = p->path, .lock_path = p->lock, .ids = ids, .since = since, .line = line };

	job.len = make_line(id, pad, line, sizeof(line));
	return ka_trail_append(&job, answer);
}

static void append_ok(const struct place *p, const char *id, enum ka_trail_answer want)
{
	enum ka_trail_answer answer;

	assert_int_equal(append(p, id, 1, 0, &answer), KA_ERR_OK);
	assert_int_equal(answer, want);
}

static char *slurp(const char *path, size_t *len)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text;

	assert_true(fd >= 0);
	assert_int_equal(ka_fd_slurp(fd, 64 << 20, &text, len), KA_ERR_OK);
	return text;
}

static void put(const char *path, const char *text, mode_t mode)
{
	KA_AUTOCLOSE int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, mode);

	assert_true(fd >= 0 && fchmod(fd, mode) == 0);
	assert_int_equal(ka_fd_write_all(fd, text, strlen(text)), KA_ERR_OK);
}

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	snprintf(p->dir, sizeof(p->dir), "/tmp/ka-trail-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->folder, sizeof(p->folder), "%s/log", p->dir);
	snprintf(p->path, sizeof(p->path), "%s/audit.jsonl", p->folder);
	snprintf(p->lock, sizeof(p->lock), "%s/lock", p->dir);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;
	char old[160];

	snprintf(old, sizeof(old), "%s.1", p->path);
	unlink(old);
	unlink(p->path);
	rmdir(p->path);
	unlink(p->lock);
	unlink(p->folder);
	rmdir(p->folder);
	snprintf(old, sizeof(old), "%s/other", p->dir);
	unlink(old);
	rmdir(old);
	assert_int_equal(rmdir(p->dir), 0);
	free(p);
	return 0;
}

static void append__first_event__makes_folder_and_file(void **state)
{
	struct place *p = *state;
	char id[KA_EVENT_ID_MAX];
	struct stat st;
	mode_t old = umask(0);

	make_id(1, 1, id);
	append_ok(p, id, KA_TRAIL_WRITTEN);
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
	struct place *p = *state;
	char id[KA_EVENT_ID_MAX], other[KA_EVENT_ID_MAX];
	enum ka_trail_answer answer;
	int64_t size;

	make_id(1, 1, id);
	make_id(1, 2, other);
	append_ok(p, id, KA_TRAIL_WRITTEN);
	size = ka_trail_offset(p->path);
	append_ok(p, id, KA_TRAIL_ALREADY);
	assert_int_equal(ka_trail_offset(p->path), size);
	append_ok(p, other, KA_TRAIL_WRITTEN);
	assert_int_equal(append(p, id, 1, 1 << 30, &answer), KA_ERR_OK);
	assert_int_equal(answer, KA_TRAIL_ALREADY);
	/* whoever begins to look behind the event does not see it */
	assert_int_equal(append(p, id, 1, size, &answer), KA_ERR_OK);
	assert_int_equal(answer, KA_TRAIL_WRITTEN);
}

static void append__torn_tail__is_ended_and_kept(void **state)
{
	struct place *p = *state;
	KA_AUTOFREE char *text = NULL;
	char id[KA_EVENT_ID_MAX], torn[64], want[256];
	size_t len;

	/* the fragment holds our id: once it is ended it looks like a line, and still is no event */
	make_id(1, 1, id);
	snprintf(torn, sizeof(torn), "{\"event\":{\"id\":\"%s\"},\"pa", id);
	assert_int_equal(mkdir(p->folder, 0750), 0);
	put(p->path, torn, 0640);
	append_ok(p, id, KA_TRAIL_WRITTEN);
	append_ok(p, id, KA_TRAIL_ALREADY);
	text = slurp(p->path, &len);
	snprintf(want, sizeof(want), "%s\n{\"event\":{\"id\":\"%s\"},\"pad\":\"0\"}\n", torn, id);
	assert_string_equal(text, want);
}

static void append__ended_fragment__is_no_event(void **state)
{
	struct place *p = *state;
	char id[KA_EVENT_ID_MAX], torn[64];

	make_id(1, 1, id);
	snprintf(torn, sizeof(torn), "{\"event\":{\"id\":\"%s\"}\n", id);
	assert_int_equal(mkdir(p->folder, 0750), 0);
	put(p->path, torn, 0640);
	append_ok(p, id, KA_TRAIL_WRITTEN);
}

static void append__below_the_floor__is_full(void **state)
{
	struct place *p = *state;
	char id[KA_EVENT_ID_MAX], line[256];
	const char *const ids[] = { id, NULL };
	struct ka_trail_job job = { .path = p->path, .lock_path = p->lock, .ids = ids, .line = line, .min_free_mib = UINT32_MAX };
	enum ka_trail_answer answer;

	make_id(1, 1, id);
	job.len = make_line(id, 1, line, sizeof(line));
	assert_int_equal(ka_trail_append(&job, &answer), KA_ERR_OK);
	assert_int_equal(answer, KA_TRAIL_FULL);
	assert_int_equal(ka_trail_offset(p->path), 0);
	append_ok(p, id, KA_TRAIL_WRITTEN);
	assert_int_equal(ka_trail_append(&job, &answer), KA_ERR_OK); /* a claim can be given back also on a full disk */
	assert_int_equal(answer, KA_TRAIL_ALREADY);
}

static void append__not_a_line__is_a_fault(void **state)
{
	static const char *const bad[] = { "", "\n", "{}", "{}\n{}", "{\n}\n" };
	struct place *p = *state;
	enum ka_trail_answer answer;
	static char big[KA_EVENT_LINE_MAX + 2];
	struct ka_trail_job job = { .path = p->path, .lock_path = p->lock };

	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		job.line = bad[i];
		job.len = strlen(bad[i]);
		assert_int_equal(ka_trail_append(&job, &answer), KA_ERR_SYNTAX);
	}
	memset(big, 'x', sizeof(big));
	big[KA_EVENT_LINE_MAX] = '\n';
	job.line = big;
	job.len = KA_EVENT_LINE_MAX + 1;
	assert_int_equal(ka_trail_append(&job, &answer), KA_ERR_LIMIT);
	assert_int_equal(ka_trail_offset(p->path), 0);
}

static void expect_refused(const struct place *p)
{
	enum ka_trail_answer answer;
	char id[KA_EVENT_ID_MAX];

	make_id(9, 9, id);
	assert_int_equal(append(p, id, 1, 0, &answer), KA_ERR_SYS);
	assert_int_equal(answer, KA_TRAIL_FULL);
}

static void append__hostile_places__are_refused(void **state)
{
	struct place *p = *state;
	char other[160];

	snprintf(other, sizeof(other), "%s/other", p->dir);
	assert_int_equal(mkdir(p->folder, 0750), 0);
	put(other, "", 0640);
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
	put(p->path, "", 0660);                       /* others may write it */
	expect_refused(p);
	unlink(p->path);
	assert_int_equal(chmod(p->folder, 0770), 0);  /* others may write the folder */
	expect_refused(p);
	assert_int_equal(chmod(p->folder, 0750), 0);
	if (geteuid() == 0) {
		put(p->path, "", 0640);
		assert_int_equal(chown(p->path, 12345, 0), 0);
		expect_refused(p);
	}
	assert_int_equal(ka_trail_offset(other), 0);
}

static void append__folder_is_a_link__is_refused(void **state)
{
	struct place *p = *state;
	char other[160];

	snprintf(other, sizeof(other), "%s/other", p->dir);
	assert_int_equal(mkdir(other, 0750), 0);
	assert_int_equal(symlink(other, p->folder), 0);
	expect_refused(p);
	unlink(p->folder);
}

static void append__lock_not_ours__is_refused(void **state)
{
	struct place *p = *state;

	put(p->lock, "", 0644);
	expect_refused(p);
	unlink(p->lock);
	assert_int_equal(symlink("/dev/null", p->lock), 0);
	expect_refused(p);
}

static void append__held_lock__times_out_and_nothing_is_written(void **state)
{
	struct place *p = *state;
	KA_AUTOCLOSE int held = open(p->lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	enum ka_trail_answer answer;
	char id[KA_EVENT_ID_MAX];

	make_id(1, 1, id);
	assert_int_equal(flock(held, LOCK_EX), 0);
	assert_int_equal(append(p, id, 1, 0, &answer), KA_ERR_TIMEOUT);
	assert_int_equal(ka_trail_offset(p->path), 0);
	assert_int_equal(flock(held, LOCK_UN), 0);
	append_ok(p, id, KA_TRAIL_WRITTEN);
}

static void append__a_reader_locks_the_trail__does_not_matter(void **state)
{
	struct place *p = *state;
	KA_AUTOCLOSE int reader = -1;
	char id[KA_EVENT_ID_MAX];

	make_id(1, 1, id);
	append_ok(p, id, KA_TRAIL_WRITTEN);
	reader = open(p->path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(reader, LOCK_EX), 0);
	make_id(1, 2, id);
	append_ok(p, id, KA_TRAIL_WRITTEN);
}

static void append__rotated__goes_to_the_new_file(void **state)
{
	struct place *p = *state;
	char id[KA_EVENT_ID_MAX], old[160];

	snprintf(old, sizeof(old), "%s.1", p->path);
	make_id(1, 1, id);
	append_ok(p, id, KA_TRAIL_WRITTEN);
	assert_int_equal(rename(p->path, old), 0);
	make_id(1, 2, id);
	append_ok(p, id, KA_TRAIL_WRITTEN);
	assert_int_equal(ka_trail_offset(p->path), ka_trail_offset(old));
}

/* RLIMIT_FSIZE stands in for a full disk: the write is cut short, then refused */
static void append__cut_short_by_a_full_disk__is_full_and_mended_later(void **state)
{
	struct place *p = *state;
	KA_AUTOFREE char *text = NULL;
	char id[KA_EVENT_ID_MAX];
	enum ka_trail_answer answer;
	struct rlimit room = { 100, RLIM_INFINITY }, all = { RLIM_INFINITY, RLIM_INFINITY };
	size_t len;

	signal(SIGXFSZ, SIG_IGN);
	make_id(1, 1, id);
	append_ok(p, id, KA_TRAIL_WRITTEN);
	make_id(1, 2, id);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &room), 0);
	assert_int_equal(append(p, id, 60, 0, &answer), KA_ERR_OK);
	assert_int_equal(answer, KA_TRAIL_FULL);
	assert_int_equal(ka_trail_offset(p->path), 100);
	assert_int_equal(append(p, id, 60, 0, &answer), KA_ERR_OK);
	assert_int_equal(answer, KA_TRAIL_FULL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
	append_ok(p, id, KA_TRAIL_WRITTEN);
	append_ok(p, id, KA_TRAIL_ALREADY);
	text = slurp(p->path, &len);
	assert_int_equal(text[100], '\n');
	assert_memory_equal(text + 101, "{\"event\":{\"id\":\"", 16);
}

/* ---- processes that are killed ---------------------------------------------------------------------------------- */

struct shared {
	volatile unsigned done[WRITERS]; /* events whose append returned WRITTEN or ALREADY */
};

static bool append_one(const struct place *p, unsigned w, unsigned e)
{
	enum ka_trail_answer answer;
	char id[KA_EVENT_ID_MAX];

	make_id(w, e, id);
	return append(p, id, 3000, 0, &answer) == KA_ERR_OK && answer != KA_TRAIL_FULL; /* long lines: they span pages */
}

/*
 * Each event is tried by two processes, as recorder and collector may, and a while passes between "it stands in the
 * trail" and "it is known to": there a kill must not lead to a second line.
 */
static void writer(const struct place *p, struct shared *sh, unsigned w)
{
	while (sh->done[w] < EVENTS) {
		(void)append_one(p, (w + 1) % WRITERS, sh->done[w]);
		if (append_one(p, w, sh->done[w])) {
			usleep(300);
			sh->done[w]++;
		}
	}
	_exit(0);
}

static pid_t start(const struct place *p, struct shared *sh, unsigned w)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		writer(p, sh, w);
	return pid;
}

static unsigned run_with_kills(const struct place *p, struct shared *sh)
{
	pid_t pid[WRITERS];
	unsigned running = WRITERS, killed = 0, seed = 20260823;

	for (unsigned w = 0; w < WRITERS; w++)
		pid[w] = start(p, sh, w);
	while (running > 0) {
		unsigned w = (unsigned)rand_r(&seed) % WRITERS;
		int status;

		usleep((useconds_t)rand_r(&seed) % 1500);
		if (pid[w] == 0)
			continue;
		if (killed < 400)
			kill(pid[w], SIGKILL);
		assert_int_equal(waitpid(pid[w], &status, 0), pid[w]);
		killed += WIFSIGNALED(status) ? 1 : 0;
		pid[w] = WIFSIGNALED(status) ? start(p, sh, w) : 0;
		running -= pid[w] == 0 ? 1 : 0;
	}
	return killed;
}

/* every complete JSON line is counted; what does not parse must be a torn beginning and nothing joined to it */
static void count_lines(const struct place *p, unsigned (*seen)[EVENTS], unsigned *torn)
{
	KA_AUTOFREE char *text = NULL;
	struct ka_cursor c;
	struct ka_span line;
	bool ended;
	size_t len;

	text = slurp(p->path, &len);
	ka_cursor_init(&c, text, len);
	while (ka_cursor_line(&c, &line, &ended)) {
		json_t *j = json_loadb((const char *)line.p, line.len, 0, NULL);
		const char *id = json_string_value(json_object_get(json_object_get(j, "event"), "id"));

		assert_true(ended);
		if (id != NULL) {
			assert_int_equal(strlen(id), 26);
			seen[(id[1] - '0') * 10 + id[2] - '0'][(id[22] - '0') * 1000 + (id[23] - '0') * 100 + (id[24] - '0') * 10 + id[25] - '0']++;
		} else {
			assert_null(memmem(line.p + 1, line.len > 0 ? line.len - 1 : 0, "{\"event\"", 8));
			++*torn;
		}
		json_decref(j);
	}
}

static void append__writers_killed_at_random__each_event_once(void **state)
{
	struct place *p = *state;
	struct shared *sh = mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned seen[WRITERS][EVENTS], torn = 0, killed;

	assert_true(sh != MAP_FAILED);
	memset(seen, 0, sizeof(seen));
	killed = run_with_kills(p, sh);
	count_lines(p, seen, &torn);
	for (unsigned w = 0; w < WRITERS; w++)
		for (unsigned e = 0; e < EVENTS; e++)
			assert_int_equal(seen[w][e], 1);
	print_message("events: %d, lost 0, doubled 0; %u kills, %u torn\n", WRITERS * EVENTS, killed, torn);
	munmap(sh, sizeof(*sh));
}

/* Two processes write the same event at the same moment, again and again: one of them finds it there. */
static void append__same_event_at_the_same_time__one_line(void **state)
{
	struct place *p = *state;
	unsigned *ready = mmap(NULL, sizeof(*ready), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned seen[WRITERS][EVENTS], torn = 0;
	pid_t pid[2];

	assert_true(ready != MAP_FAILED);
	memset(seen, 0, sizeof(seen));
	for (unsigned w = 0; w < 2; w++) {
		pid[w] = fork();
		for (unsigned n = 0; pid[w] == 0 && n < WRITERS * EVENTS; n++) {
			__atomic_add_fetch(ready, 1, __ATOMIC_SEQ_CST);
			while (__atomic_load_n(ready, __ATOMIC_SEQ_CST) < 2 * (n + 1))
				;
			if (!append_one(p, n / EVENTS, n % EVENTS))
				_exit(1);
		}
		if (pid[w] == 0)
			_exit(0);
	}
	for (unsigned w = 0; w < 2; w++) {
		int status;

		assert_int_equal(waitpid(pid[w], &status, 0), pid[w]);
		assert_int_equal(status, 0);
	}
	count_lines(p, seen, &torn);
	assert_int_equal(torn, 0);
	for (unsigned n = 0; n < WRITERS * EVENTS; n++)
		assert_int_equal(seen[n / EVENTS][n % EVENTS], 1);
	munmap(ready, sizeof(*ready));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(append__first_event__makes_folder_and_file), T(append__repeat__is_already),
		T(append__torn_tail__is_ended_and_kept), T(append__ended_fragment__is_no_event),
		T(append__below_the_floor__is_full), T(append__not_a_line__is_a_fault), T(append__hostile_places__are_refused),
		T(append__folder_is_a_link__is_refused), T(append__lock_not_ours__is_refused),
		T(append__held_lock__times_out_and_nothing_is_written), T(append__a_reader_locks_the_trail__does_not_matter),
		T(append__rotated__goes_to_the_new_file), T(append__cut_short_by_a_full_disk__is_full_and_mended_later),
		T(append__writers_killed_at_random__each_event_once), T(append__same_event_at_the_same_time__one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
