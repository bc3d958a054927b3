/* keyaudit/watchscan: what inotify says, said by a pipe. */
#include "keyaudit/collect/watchscan.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/unit/lib/writerplace.h"

#include "base/poison.h"

static struct writerplace w;
static int say;

static int make(void **state)
{
	struct ka_watchstate *k = calloc(1, sizeof(*k));
	int ends[2];

	*state = k;
	if (k == NULL || writerplace_make(&w) != 0 || pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0)
		return -1;
	k->w = w.w;
	k->inotify = ends[0];
	k->spool_wd = 1;
	k->files_max = 1000;
	k->rescan_ms = ka_clock_boot_ms() + 100000;
	say = ends[1];
	return 0;
}

static int drop(void **state)
{
	struct ka_watchstate *k = *state;

	while (k->slots > 0)
		ka_watchstate_drop(k, &k->slot[k->slots - 1]);
	close(k->inotify);
	close(say);
	free(k);
	return writerplace_drop(&w);
}

static void event(int wd, uint32_t mask, const char *name)
{
	struct inotify_event e = { .wd = wd, .mask = mask, .len = name != NULL ? 64 : 0 };
	char said[sizeof(e) + 64] = { 0 };

	memcpy(said, &e, sizeof(e));
	assert_true(name == NULL || ka_span_copy(ka_span_of(name), said + sizeof(e), 64));
	assert_int_equal(write(say, said, sizeof(e) + e.len), (ssize_t)(sizeof(e) + e.len));
}

static void events__overflow__everything_is_looked_at_again_at_once(void **state)
{
	struct ka_watchstate *k = *state;

	event(1, IN_CREATE, "2147483646.77");
	ka_watchscan_events(k);
	assert_true(k->rescan_ms > ka_clock_boot_ms());
	event(-1, IN_Q_OVERFLOW, NULL);
	ka_watchscan_events(k);
	assert_true(k->rescan_ms <= ka_clock_boot_ms());
}

static void events__names__are_queued_or_taken_away(void **state)
{
	struct ka_watchstate *k = *state;
	struct ka_watch_slot *s;

	runplace_put(w.run.r.spool, "junk", "x");
	runplace_put(w.run.r.spool, "2147483646.77", "");
	event(1, IN_CREATE, "junk");
	event(1, IN_CREATE, "2147483646.77");
	event(2, IN_CREATE, "2147483646.78"); /* the other directory: a phase record */
	ka_watchscan_events(k);
	assert_false(runplace_has(w.run.r.spool, "junk"));
	assert_int_equal(k->tampered, 1);
	assert_int_equal(k->queued, 2);
	s = ka_watchstate_find(k, &(struct ka_conn){ 2147483646, 77 });
	assert_non_null(s);
	assert_int_equal(s->state, KA_SLOT_QUEUED);
	assert_true(s->due_ms > ka_clock_boot_ms()); /* its command may still be writing */
}

static off_t size_of(const char *name)
{
	struct stat st;

	assert_int_equal(fstatat(w.run.r.spool, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	return st.st_size;
}

/* it takes the room of others' records; a process of ours stands for the monitor */
static void events__living_ones_file_is_swollen__it_is_emptied(void **state)
{
	struct ka_watchstate *k = *state;
	const struct ka_conn conn = { getpid(), 1 };
	char name[KA_CONN_NAME_MAX];
	int fd;

	ka_conn_name(&conn, name);
	assert_non_null(ka_watchstate_add(k, &conn, KA_SLOT_ALIVE, true));
	runplace_put(w.run.r.spool, name, "small");
	event(1, IN_CREATE, name);
	ka_watchscan_events(k);
	assert_int_equal(size_of(name), 5);
	fd = openat(w.run.r.spool, name, O_WRONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(fd, KA_SPOOL_FILE_MAX + 1), 0);
	close(fd);
	event(1, IN_CREATE, name);
	ka_watchscan_events(k);
	assert_int_equal(size_of(name), 0);
	assert_int_equal(k->tampered, 1);
	assert_int_equal(ka_watchstate_find(k, &conn)->state, KA_SLOT_ALIVE);
}

int main(void)
{
#define IN_WORLD(f) cmocka_unit_test_setup_teardown(f, make, drop)
	const struct CMUnitTest tests[] = {
		IN_WORLD(events__overflow__everything_is_looked_at_again_at_once),
		IN_WORLD(events__names__are_queued_or_taken_away),
		IN_WORLD(events__living_ones_file_is_swollen__it_is_emptied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
