/* audit/trail with several writers at once: exactly once, whatever is killed. */
#include "audit/trail.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/cleanup.h"
#include "base/cursor.h"
#include "tests/unit/lib/trailplace.h"

#include "base/poison.h"

#define WRITERS 8
#define EVENTS 50

struct shared {
	volatile unsigned done[WRITERS]; /* events whose append returned WRITTEN or ALREADY */
};

static bool append_one(const struct trailplace *p, unsigned w, unsigned e)
{
	enum ka_trail_answer answer;
	char id[KA_EVENT_ID_MAX];

	trailplace_id(w, e, id);
	if (trailplace_append(p, id, 3000, 0, &answer) != KA_ERR_OK) /* long lines: they span pages */
		return false;
	return answer != KA_TRAIL_FULL;
}

/*
 * Each event is tried by two processes, as recorder and collector may, and a while passes between "it stands in the
 * trail" and "it is known to": there a kill must not lead to a second line.
 */
static void writer(const struct trailplace *p, struct shared *sh, unsigned w)
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

static pid_t start(const struct trailplace *p, struct shared *sh, unsigned w)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		writer(p, sh, w);
	return pid;
}

static unsigned run_with_kills(const struct trailplace *p, struct shared *sh)
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
static void count_lines(const struct trailplace *p, unsigned (*seen)[EVENTS], unsigned *torn)
{
	KA_AUTOFREE char *text = NULL;
	struct ka_cursor c;
	struct ka_span line;
	bool ended;
	size_t len;

	text = trailplace_slurp(p->path, &len);
	ka_cursor_init(&c, text, len);
	while (ka_cursor_line(&c, &line, &ended)) {
		json_t *j = json_loadb((const char *)line.p, line.len, 0, NULL);
		const char *id = json_string_value(json_object_get(json_object_get(j, "event"), "id"));

		assert_true(ended);
		if (id != NULL && strncmp(id + 3, "xxxxxx", 6) != 0) {
			json_decref(j); /* the trail about itself */
			continue;
		}
		if (id != NULL) {
			assert_int_equal(strlen(id), 26);
			seen[(id[1] - '0') * 10 + id[2] - '0'][(id[22] - '0') * 1000 + (id[23] - '0') * 100 + (id[24] - '0') * 10 + id[25] - '0']++;
		} else {
			assert_null(memmem(line.p + 1, line.len > 0 ? line.len - 1 : 0, "{\"event\":{\"id\":\"w", 16));
			++*torn;
		}
		json_decref(j);
	}
}

static void append__writers_killed_at_random__each_event_once(void **state)
{
	struct trailplace *p = *state;
	struct shared *sh = mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned seen[WRITERS][EVENTS], torn = 0, killed;

	assert_true(sh != MAP_FAILED);
	memset(seen, 0, sizeof(seen));
	killed = run_with_kills(p, sh);
	count_lines(p, seen, &torn);
	assert_in_range(trailplace_whole(p), 0, torn);
	for (unsigned w = 0; w < WRITERS; w++)
		for (unsigned e = 0; e < EVENTS; e++)
			assert_int_equal(seen[w][e], 1);
	print_message("events: %d, lost 0, doubled 0; %u kills, %u torn\n", WRITERS * EVENTS, killed, torn);
	munmap(sh, sizeof(*sh));
}

/* Two processes write the same event at the same moment, again and again: one of them finds it there. */
static void append__same_event_at_the_same_time__one_line(void **state)
{
	struct trailplace *p = *state;
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
	assert_int_equal(trailplace_whole(p), 0);
	for (unsigned n = 0; n < WRITERS * EVENTS; n++)
		assert_int_equal(seen[n / EVENTS][n % EVENTS], 1);
	munmap(ready, sizeof(*ready));
}

#define T(f) cmocka_unit_test_setup_teardown(f, trailplace_setup, trailplace_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(append__writers_killed_at_random__each_event_once),
		T(append__same_event_at_the_same_time__one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
