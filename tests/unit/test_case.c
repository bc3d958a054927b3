/* keyaudit/case, and the claim that it is read from: what is no record file, and what a shortage and a kill leave behind. */
#include "keyaudit/case/case.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "keyaudit/case/removal.h"
#include "keyaudit/case/sweep.h"
#include "tests/unit/lib/runplace.h"

#include "base/poison.h"

static const struct ka_conn dead = RUNPLACE_DEAD;

static void read__not_a_record_file__is_tampered(void **state)
{
	static const char *const kinds[] = { "fifo", "dir", "link", "hard", "big" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(kinds); i++) {
		struct ka_case *c = ka_case_new(&dead);
		int fd;

		if (i == 0)
			assert_int_equal(mkfifoat(runplace.r.spool, "2147483646.77", 0600), 0);
		else if (i == 1)
			assert_int_equal(mkdirat(runplace.r.spool, "2147483646.77", 0700), 0);
		else if (i == 2)
			assert_int_equal(symlinkat("/etc/passwd", runplace.r.spool, "2147483646.77"), 0);
		else
			runplace_put(runplace.r.spool, "2147483646.77", RUNPLACE_RECORD);
		if (i == 3)
			assert_int_equal(linkat(runplace.r.spool, "2147483646.77", runplace.r.spool, "other", 0), 0);
		fd = i == 4 ? openat(runplace.r.spool, "2147483646.77", O_WRONLY | O_CLOEXEC) : -1;
		if (fd >= 0)
			assert_int_equal(ftruncate(fd, 1024L * 1024 * 1024), 0);
		assert_int_equal(ka_case_read_open(&runplace.r, c), KA_ERR_OK);
		assert_true(c->tampered);
		assert_int_equal(c->attempts, 0);
		assert_true(ka_case_is_hearsay(c));
		ka_case_free(&c);
		if (fd >= 0)
			close(fd);
		ka_sweep_reject(&runplace.r, runplace.r.spool, "2147483646.77");
		assert_false(runplace_has(runplace.r.spool, "2147483646.77"));
	}
}

static void read__file_of_another_owner__is_tampered(void **state)
{
	struct ka_case *c = ka_case_new(&dead);

	(void)state;
	runplace_put(runplace.r.spool, "2147483646.77", RUNPLACE_RECORD);
	runplace.r.command_uid = geteuid() + 1;
	assert_int_equal(ka_case_read_open(&runplace.r, c), KA_ERR_OK);
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
	runplace_put(runplace.r.spool, "2147483646.77", RUNPLACE_RECORD);
	next = dup(runplace.r.run);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){ (rlim_t)next, before.rlim_max };
	close(next);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	err = ka_case_read_open(&runplace.r, c);
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
	runplace_put(runplace.r.run, "trail", "{}\n{}\n");
	ka_buf_init_array(&b, trail);
	ka_buf_text(&b, runplace.path);
	ka_buf_text(&b, "/trail");
	runplace_put(runplace.r.spool, "2147483646.77", RUNPLACE_RECORD);
	assert_int_equal(ka_claim_take(&runplace.r, &dead, trail, &answer, &claim), KA_ERR_OK);
	assert_int_equal(claim.offset, 6);
	close(claim.dir);
	assert_true(ka_removal_entry(runplace.r.claimed, "2147483646.77"));
	assert_int_equal(mkdirat(runplace.r.claimed, "2147483646.77", 0700), 0);
	assert_int_equal(ka_claim_take(&runplace.r, &dead, trail, &answer, &claim), KA_ERR_OK);
	assert_int_equal(answer, KA_CLAIM_TAKEN);
	assert_int_equal(claim.offset, 0);
	close(claim.dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUNPLACE_TEST(read__not_a_record_file__is_tampered),
		RUNPLACE_TEST(read__file_of_another_owner__is_tampered),
		RUNPLACE_TEST(read__no_descriptor_to_be_had__is_a_fault_not_a_forgery),
		RUNPLACE_TEST(take__claim_without_a_mark__looks_through_the_whole_trail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
