/* keyaudit/sweep: what goes, what stays, and what never belonged there. */
#include "keyaudit/case/sweep.h"

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
#include "keyaudit/case/claim.h"
#include "keyaudit/case/witnessnote.h"
#include "tests/unit/lib/runplace.h"

#include "base/poison.h"

static const struct ka_conn dead = RUNPLACE_DEAD;

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
		runplace_put(runplace.r.spool, "x", "small");
		ka_sweep_reject(&runplace.r, runplace.r.spool, "x");
		assert_false(runplace_has(runplace.r.spool, "x"));
	}
	assert_true(runplace_has(runplace.r.rejected, "0") && runplace_has(runplace.r.rejected, "31"));
	assert_false(runplace_has(runplace.r.rejected, "32"));
	unlinkat(runplace.r.rejected, "0", 0);
	runplace_put(runplace.r.spool, "x", block);
	ka_sweep_reject(&runplace.r, runplace.r.spool, "x");
	assert_false(runplace_has(runplace.r.spool, "x"));
	assert_int_equal(size_of(runplace.r.rejected, "0"), 0);
	runplace_put(runplace.r.rejected, "1", block); /* its writer had it open and went on */
	ka_sweep_rejected(&runplace.r);
	assert_int_equal(size_of(runplace.r.rejected, "1"), 0);
	assert_int_equal(size_of(runplace.r.rejected, "2"), 5);
}

static void reject__deep_folders__have_left_the_spool_at_once(void **state)
{
	(void)state;
	for (int i = 0; i < KA_REJECTED_MAX; i++) {
		runplace_put(runplace.r.spool, "x", "small");
		ka_sweep_reject(&runplace.r, runplace.r.spool, "x");
	}
	assert_int_equal(mkdirat(runplace.r.spool, "d", 0700), 0);
	assert_int_equal(mkdirat(runplace.r.spool, "d/e", 0700), 0);
	for (int i = 0; i < KA_REMOVAL_STEPS_MAX + 100; i++) {
		char name[32];
		struct ka_buf b;

		ka_buf_init_array(&b, name);
		ka_buf_text(&b, "d/e/");
		ka_buf_i64(&b, i);
		assert_int_equal(mkdirat(runplace.r.spool, name, 0700), 0);
	}
	ka_sweep_reject(&runplace.r, runplace.r.spool, "d"); /* too full for one attempt */
	assert_false(runplace_has(runplace.r.spool, "d"));
	ka_sweep_rejected(&runplace.r);
	ka_sweep_rejected(&runplace.r);
	assert_int_equal(entries(runplace.r.rejected), KA_REJECTED_MAX);
}

static void empty__only_plain_files__and_no_link_is_followed(void **state)
{
	(void)state;
	runplace_put(runplace.r.spool, "x", "text");
	assert_int_equal(symlinkat("x", runplace.r.spool, "l"), 0);
	ka_sweep_empty(runplace.r.spool, "l");
	assert_int_equal(size_of(runplace.r.spool, "x"), 4);
	assert_int_equal(mkfifoat(runplace.r.spool, "f", 0600), 0);
	ka_sweep_empty(runplace.r.spool, "f"); /* does not wait for a reader */
	ka_sweep_empty(runplace.r.spool, "absent");
	ka_sweep_empty(runplace.r.spool, "x");
	assert_int_equal(size_of(runplace.r.spool, "x"), 0);
	assert_false(ka_sweep_is_swollen(runplace.r.spool, "x") || ka_sweep_is_swollen(runplace.r.spool, "f"));
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
	ka_witness_note(&runplace.r, &dead, &seen);
	ka_witness_note(&runplace.r, &waiting, &seen);
	runplace_put(runplace.r.spool, "2147483646.78", RUNPLACE_RECORD);
	age(runplace.r.seen, "2147483646.77");
	age(runplace.r.seen, "2147483646.78");
	runplace_put(runplace.r.done, "2147483646.79", "");
	runplace_put(runplace.r.done, "2147483646.80", ""); /* its monitor lived when it was made: 60 s begin now */
	assert_int_equal(fchmodat(runplace.r.done, "2147483646.79", 0400, 0), 0);
	age(runplace.r.done, "2147483646.79");
	age(runplace.r.done, "2147483646.80");
	ka_sweep_run(&runplace.r);
	assert_false(runplace_has(runplace.r.seen, "2147483646.77") || runplace_has(runplace.r.done, "2147483646.79"));
	assert_true(runplace_has(runplace.r.seen, "2147483646.78") && runplace_has(runplace.r.done, "2147483646.80"));
	assert_int_equal(fstatat(runplace.r.done, "2147483646.80", &st, 0), 0);
	assert_int_equal(st.st_mode & 0777, 0400);
	assert_int_equal(runplace_take(&waiting, &claim), KA_CLAIM_TAKEN); /* still awaited, now in its claim */
	ka_claim_release(&runplace.r, &claim);
	ka_sweep_run(&runplace.r);
	ka_witness_recall(&runplace.r, &waiting, &back);
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
	assert_int_equal(ka_claim_finish(&runplace.r, &alive, true), KA_ERR_OK);
	ka_conn_name(&alive, name);
	age(runplace.r.done, name);
	ka_sweep_run(&runplace.r);
	assert_true(runplace_has(runplace.r.done, name));
}

/* the next collector sweeps before it looks around, and would not know that their event is written */
static void sweep__leftovers_of_a_written_event__keep_its_marker(void **state)
{
	static const char *const names[] = { "2147483646.77", "2147483646.78", "2147483646.79" };
	const struct ka_conn late = { 2147483646, 77 }, half = { 2147483646, 78 };
	struct ka_claim claim;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++) {
		runplace_put(runplace.r.done, names[i], "");
		assert_int_equal(fchmodat(runplace.r.done, names[i], 0400, 0), 0);
		age(runplace.r.done, names[i]);
	}
	runplace_put(runplace.r.spool, "2147483646.77", RUNPLACE_RECORD);                               /* recorded late */
	assert_int_equal(mkdirat(runplace.r.claimed, "2147483646.78", 0700), 0); /* killed while the claim was removed */
	ka_sweep_run(&runplace.r);
	assert_false(runplace_has(runplace.r.done, "2147483646.79"));
	assert_int_equal(runplace_take(&late, &claim), KA_CLAIM_DONE);
	assert_int_equal(runplace_take(&half, &claim), KA_CLAIM_DONE);
	assert_false(runplace_has(runplace.r.spool, "2147483646.77") || runplace_has(runplace.r.claimed, "2147483646.78"));
	ka_sweep_run(&runplace.r);
	assert_false(runplace_has(runplace.r.done, "2147483646.77") || runplace_has(runplace.r.done, "2147483646.78"));
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
	runplace_put(runplace.r.seen, name, "");
	runplace_put(runplace.r.seen, "2147483646.77.said", "");
	age(runplace.r.seen, name);
	age(runplace.r.seen, "2147483646.77.said");
	ka_sweep_run(&runplace.r);
	assert_true(runplace_has(runplace.r.seen, name));
	assert_false(runplace_has(runplace.r.seen, "2147483646.77.said"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUNPLACE_TEST(reject__many_and_large__few_and_small_are_kept),
		RUNPLACE_TEST(reject__deep_folders__have_left_the_spool_at_once),
		RUNPLACE_TEST(empty__only_plain_files__and_no_link_is_followed),
		RUNPLACE_TEST(sweep__old_ones_go__what_is_awaited_stays),
		RUNPLACE_TEST(sweep__monitor_alive__marker_stays),
		RUNPLACE_TEST(sweep__leftovers_of_a_written_event__keep_its_marker),
		RUNPLACE_TEST(sweep__mark_of_a_living_monitor__stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
