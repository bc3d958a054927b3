/* keyaudit/case, and the claim that it is read from: what is no record file, and what a shortage and a kill leave behind. */
#include "keyaudit/case.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "keyaudit/removal.h"
#include "keyaudit/sweep.h"
#include "tests/unit/lib/runplace.h"

#include "base/poison.h"

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

static void read__not_a_record_file__is_tampered(void **state)
{
	static const char *const kinds[] = { "fifo", "dir", "link", "hard", "big" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(kinds); i++) {
		struct ka_case *c = ka_case_new(&dead);
		int fd;

		if (i == 0)
			assert_int_equal(mkfifoat(w.r.spool, "2147483646.77", 0600), 0);
		else if (i == 1)
			assert_int_equal(mkdirat(w.r.spool, "2147483646.77", 0700), 0);
		else if (i == 2)
			assert_int_equal(symlinkat("/etc/passwd", w.r.spool, "2147483646.77"), 0);
		else
			runplace_put(w.r.spool, "2147483646.77", RECORD);
		if (i == 3)
			assert_int_equal(linkat(w.r.spool, "2147483646.77", w.r.spool, "other", 0), 0);
		fd = i == 4 ? openat(w.r.spool, "2147483646.77", O_WRONLY | O_CLOEXEC) : -1;
		if (fd >= 0)
			assert_int_equal(ftruncate(fd, 1024L * 1024 * 1024), 0);
		assert_int_equal(ka_case_read_open(&w.r, c), KA_ERR_OK);
		assert_true(c->tampered);
		assert_int_equal(c->attempts, 0);
		assert_true(ka_case_is_hearsay(c));
		ka_case_free(&c);
		if (fd >= 0)
			close(fd);
		ka_sweep_reject(&w.r, w.r.spool, "2147483646.77");
		assert_false(runplace_has(w.r.spool, "2147483646.77"));
	}
}

static void read__file_of_another_owner__is_tampered(void **state)
{
	struct ka_case *c = ka_case_new(&dead);

	(void)state;
	runplace_put(w.r.spool, "2147483646.77", RECORD);
	w.r.command_uid = geteuid() + 1;
	assert_int_equal(ka_case_read_open(&w.r, c), KA_ERR_OK);
	assert_true(c->tampered);
	assert_int_equal(c->attempts, 0);
	ka_case_free(&c);
}

/* what we lack says nothing about the file, and must not cost its records */
static void read__no_descriptor_to_be_had__is_a_fault_not_a_forgery(void **state)
{
	struct ka_case *c = ka_case_new(&dead);
	struct rlimit before, none;
	enum ka_err err;
	int next;

	(void)state;
	runplace_put(w.r.spool, "2147483646.77", RECORD);
	next = dup(w.r.run);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){ (rlim_t)next, before.rlim_max };
	close(next);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	err = ka_case_read_open(&w.r, c);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(err, KA_ERR_SYS);
	assert_false(c->tampered);
	ka_case_free(&c);
}

/* killed before the mark was made, or when it was gone again already: nobody knows where to look from */
static void take__claim_without_a_mark__looks_through_the_whole_trail(void **state)
{
	struct ka_claim claim;
	enum ka_claim_answer answer;
	char trail[128];
	struct ka_buf b;

	(void)state;
	runplace_put(w.r.run, "trail", "{}\n{}\n");
	ka_buf_init_array(&b, trail);
	ka_buf_text(&b, w.path);
	ka_buf_text(&b, "/trail");
	runplace_put(w.r.spool, "2147483646.77", RECORD);
	assert_int_equal(ka_claim_take(&w.r, &dead, trail, &answer, &claim), KA_ERR_OK);
	assert_int_equal(claim.offset, 6);
	close(claim.dir);
	assert_true(ka_removal_entry(w.r.claimed, "2147483646.77"));
	assert_int_equal(mkdirat(w.r.claimed, "2147483646.77", 0700), 0);
	assert_int_equal(ka_claim_take(&w.r, &dead, trail, &answer, &claim), KA_ERR_OK);
	assert_int_equal(answer, KA_CLAIM_TAKEN);
	assert_int_equal(claim.offset, 0);
	close(claim.dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(read__not_a_record_file__is_tampered, make, drop),
		cmocka_unit_test_setup_teardown(read__file_of_another_owner__is_tampered, make, drop),
		cmocka_unit_test_setup_teardown(read__no_descriptor_to_be_had__is_a_fault_not_a_forgery, make, drop),
		cmocka_unit_test_setup_teardown(take__claim_without_a_mark__looks_through_the_whole_trail, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
