/* keyaudit/sweep: what goes, what stays, and what never belonged there. */
#include "keyaudit/sweep.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/proc.h"
#include "keyaudit/claim.h"
#include "keyaudit/witnessnote.h"
#include "tests/unit/lib/runplace.h"

#include "base/poison.h"

#define TRAIL "/nonexistent/trail"
#define RECORD "ka1 attempt at=1 up=1 pp=1 pid=1 uid=1 user=alice type=ssh-ed25519 fp=F key=- c=- src=- verdict=none reasons=- opts=-\n"

static const struct ka_conn dead = { 2147483646, 77 }; /* above any pid_max */

static struct runplace w;

static int make(void **state)
{
	(void)state;
	return runplace_make(&w);
}

static int drop(void **state)
{
	(void)state;
	return runplace_drop(&w);
}

static enum ka_claim_answer take(const struct ka_conn *conn, struct ka_claim *claim)
{
	enum ka_claim_answer answer;

	assert_int_equal(ka_claim_take(&w.r, conn, TRAIL, &answer, claim), KA_ERR_OK);
	return answer;
}

static int entries(int dir)
{
	KA_AUTOCLOSEDIR DIR *d = fdopendir(openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	int n = -2; /* the dots */

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	return n;
}

static off_t size_of(int dir, const char *name)
{
	struct stat st;

	assert_int_equal(fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	return st.st_size;
}

static void reject__many_and_large__few_and_small_are_kept(void **state)
{
	char block[256 * 1024];

	(void)state;
	memset(block, 'x', sizeof(block) - 1);
	block[sizeof(block) - 1] = '\0';
	for (int i = 0; i < KA_REJECTED_MAX + 20; i++) {
		runplace_put(w.r.spool, "x", "small");
		ka_sweep_reject(&w.r, w.r.spool, "x");
		assert_false(runplace_has(w.r.spool, "x"));
	}
	assert_true(runplace_has(w.r.rejected, "0") && runplace_has(w.r.rejected, "31"));
	assert_false(runplace_has(w.r.rejected, "32"));
	unlinkat(w.r.rejected, "0", 0);
	runplace_put(w.r.spool, "x", block);
	ka_sweep_reject(&w.r, w.r.spool, "x");
	assert_false(runplace_has(w.r.spool, "x"));
	assert_int_equal(size_of(w.r.rejected, "0"), 0);
	runplace_put(w.r.rejected, "1", block); /* its writer had it open and went on */
	ka_sweep_rejected(&w.r);
	assert_int_equal(size_of(w.r.rejected, "1"), 0);
	assert_int_equal(size_of(w.r.rejected, "2"), 5);
}

static void reject__deep_folders__have_left_the_spool_at_once(void **state)
{
	(void)state;
	for (int i = 0; i < KA_REJECTED_MAX; i++) {
		runplace_put(w.r.spool, "x", "small");
		ka_sweep_reject(&w.r, w.r.spool, "x");
	}
	assert_int_equal(mkdirat(w.r.spool, "d", 0700), 0);
	assert_int_equal(mkdirat(w.r.spool, "d/e", 0700), 0);
	for (int i = 0; i < KA_REMOVAL_STEPS_MAX + 100; i++) {
		char name[32];
		struct ka_buf b;

		ka_buf_init_array(&b, name);
		ka_buf_text(&b, "d/e/");
		ka_buf_i64(&b, i);
		assert_int_equal(mkdirat(w.r.spool, name, 0700), 0);
	}
	ka_sweep_reject(&w.r, w.r.spool, "d"); /* too full for one attempt */
	assert_false(runplace_has(w.r.spool, "d"));
	ka_sweep_rejected(&w.r);
	ka_sweep_rejected(&w.r);
	assert_int_equal(entries(w.r.rejected), KA_REJECTED_MAX);
}

static void empty__only_plain_files__and_no_link_is_followed(void **state)
{
	(void)state;
	runplace_put(w.r.spool, "x", "text");
	assert_int_equal(symlinkat("x", w.r.spool, "l"), 0);
	ka_sweep_empty(w.r.spool, "l");
	assert_int_equal(size_of(w.r.spool, "x"), 4);
	assert_int_equal(mkfifoat(w.r.spool, "f", 0600), 0);
	ka_sweep_empty(w.r.spool, "f"); /* does not wait for a reader */
	ka_sweep_empty(w.r.spool, "absent");
	ka_sweep_empty(w.r.spool, "x");
	assert_int_equal(size_of(w.r.spool, "x"), 0);
	assert_false(ka_sweep_is_swollen(w.r.spool, "x") || ka_sweep_is_swollen(w.r.spool, "f"));
}

static void age(int dir, const char *name)
{
	const struct timespec old[2] = { { 1000000, 0 }, { 1000000, 0 } };

	assert_int_equal(utimensat(dir, name, old, AT_SYMLINK_NOFOLLOW), 0);
}

static void sweep__old_ones_go__what_is_awaited_stays(void **state)
{
	const struct ka_conn waiting = { 2147483646, 78 };
	struct ka_witness seen = { .seen = true, .client = "203.0.113.7", .client_port = 5 }, back;
	struct ka_claim claim;
	struct stat st;

	(void)state;
	ka_witness_note(&w.r, &dead, &seen);
	ka_witness_note(&w.r, &waiting, &seen);
	runplace_put(w.r.spool, "2147483646.78", RECORD);
	age(w.r.seen, "2147483646.77");
	age(w.r.seen, "2147483646.78");
	runplace_put(w.r.done, "2147483646.79", "");
	runplace_put(w.r.done, "2147483646.80", ""); /* its monitor lived when it was made: 60 s begin now */
	assert_int_equal(fchmodat(w.r.done, "2147483646.79", 0400, 0), 0);
	age(w.r.done, "2147483646.79");
	age(w.r.done, "2147483646.80");
	ka_sweep_run(&w.r);
	assert_false(runplace_has(w.r.seen, "2147483646.77") || runplace_has(w.r.done, "2147483646.79"));
	assert_true(runplace_has(w.r.seen, "2147483646.78") && runplace_has(w.r.done, "2147483646.80"));
	assert_int_equal(fstatat(w.r.done, "2147483646.80", &st, 0), 0);
	assert_int_equal(st.st_mode & 0777, 0400);
	assert_int_equal(take(&waiting, &claim), KA_CLAIM_TAKEN); /* still awaited, now in its claim */
	ka_claim_release(&w.r, &claim);
	ka_sweep_run(&w.r);
	ka_witness_recall(&w.r, &waiting, &back);
	assert_true(back.seen);
	assert_string_equal(back.client, "203.0.113.7");
}

static void sweep__monitor_alive__marker_stays(void **state)
{
	struct ka_proc_stat self;
	struct ka_conn alive;
	char name[KA_CONN_NAME_MAX];

	(void)state;
	assert_true(ka_proc_stat(getpid(), &self));
	alive = (struct ka_conn){ getpid(), self.start };
	assert_int_equal(ka_claim_finish(&w.r, &alive, true), KA_ERR_OK);
	ka_conn_name(&alive, name);
	age(w.r.done, name);
	ka_sweep_run(&w.r);
	assert_true(runplace_has(w.r.done, name));
}

/* the next collector sweeps before it looks around, and would not know that their event is written */
static void sweep__leftovers_of_a_written_event__keep_its_marker(void **state)
{
	static const char *const names[] = { "2147483646.77", "2147483646.78", "2147483646.79" };
	const struct ka_conn late = { 2147483646, 77 }, half = { 2147483646, 78 };
	struct ka_claim claim;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++) {
		runplace_put(w.r.done, names[i], "");
		assert_int_equal(fchmodat(w.r.done, names[i], 0400, 0), 0);
		age(w.r.done, names[i]);
	}
	runplace_put(w.r.spool, "2147483646.77", RECORD);                               /* recorded late */
	assert_int_equal(mkdirat(w.r.claimed, "2147483646.78", 0700), 0); /* killed while the claim was removed */
	ka_sweep_run(&w.r);
	assert_false(runplace_has(w.r.done, "2147483646.79"));
	assert_int_equal(take(&late, &claim), KA_CLAIM_DONE);
	assert_int_equal(take(&half, &claim), KA_CLAIM_DONE);
	assert_false(runplace_has(w.r.spool, "2147483646.77") || runplace_has(w.r.claimed, "2147483646.78"));
	ka_sweep_run(&w.r);
	assert_false(runplace_has(w.r.done, "2147483646.77") || runplace_has(w.r.done, "2147483646.78"));
}

static void sweep__mark_of_a_living_monitor__stays(void **state)
{
	struct ka_proc_stat self;
	char name[KA_CONN_NAME_MAX + 8];
	struct ka_buf b;

	(void)state;
	assert_true(ka_proc_stat(getpid(), &self));
	ka_buf_init_array(&b, name);
	ka_buf_i64(&b, getpid());
	ka_buf_char(&b, '.');
	ka_buf_u64(&b, self.start);
	ka_buf_text(&b, ".said");
	runplace_put(w.r.seen, name, "");
	runplace_put(w.r.seen, "2147483646.77.said", "");
	age(w.r.seen, name);
	age(w.r.seen, "2147483646.77.said");
	ka_sweep_run(&w.r);
	assert_true(runplace_has(w.r.seen, name));
	assert_false(runplace_has(w.r.seen, "2147483646.77.said"));
}

int main(void)
{
#define IN_WORLD(f) cmocka_unit_test_setup_teardown(f, make, drop)
	const struct CMUnitTest tests[] = {
		IN_WORLD(reject__many_and_large__few_and_small_are_kept),
		IN_WORLD(reject__deep_folders__have_left_the_spool_at_once),
		IN_WORLD(empty__only_plain_files__and_no_link_is_followed),

		IN_WORLD(sweep__old_ones_go__what_is_awaited_stays),
		IN_WORLD(sweep__monitor_alive__marker_stays),
		IN_WORLD(sweep__leftovers_of_a_written_event__keep_its_marker),
		IN_WORLD(sweep__mark_of_a_living_monitor__stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
