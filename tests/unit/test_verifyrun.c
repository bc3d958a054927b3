/* verify/verifyrun: the result and the exit status, from files. */
#include "keyaudit/verify/verifyrun.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/sealplace.h"

#include "base/poison.h"

static struct ka_verifyrun r;

static int judged(bool anchors, bool key, bool strict)
{
	static const char *const files[] = { "audit.jsonl" };
	struct ka_verifyjob job = { .files = files, .files_count = 1, .seals = "seals.jsonl", .anchors = anchors ? "anchors" : NULL,
				    .k0 = key ? &sealplace.k0 : NULL };
	struct ka_progress bar;
	int status;

	ka_progress_begin(&bar);
	assert_int_equal(ka_verifyrun(&job, &bar, &r), KA_ERR_OK);
	status = ka_verifyrun_status(&r, strict);
	ka_verifyrun_end(&r);
	return status;
}

static void run__all_agrees__is_intact_with_an_anchor_alone(void **state)
{
	(void)state;
	sealplace_write();
	assert_int_equal(judged(true, true, true), 0);
	assert_int_equal(r.result, KA_VERIFY_INTACT);
	assert_int_equal(r.unanchored, 0);
	assert_int_equal(judged(false, true, false), 3);
	assert_int_equal(r.result, KA_VERIFY_UNANCHORED);
	assert_int_equal(r.unanchored, 10);
}

static void run__records_behind_the_anchor__are_never_intact(void **state)
{
	(void)state;
	sealplace_write();
	ka_chainsample_records(&sealplace, 3);
	sealplace_put("audit.jsonl", ka_buf_as_span(&sealplace.b));
	assert_int_equal(judged(true, true, false), 0);
	assert_int_equal(r.result, KA_VERIFY_UNANCHORED);
	assert_int_equal(r.unanchored, 3);
	assert_string_equal(r.chain.behind_at, "2026-08-23T10:10:10.000000Z");
	assert_int_equal(judged(true, true, true), 3);
	sealplace_write();
	verbplace_append("audit.jsonl", "{\"torn");
	assert_int_equal(judged(true, true, false), 0);
	assert_int_equal(r.result, KA_VERIFY_UNANCHORED);
}

static void run__anchors_of_what_is_not_here__vouch_for_nothing(void **state)
{
	(void)state;
	ka_chainsample_begin(&sealplace);
	ka_chainsample_genesis(&sealplace, "first");
	ka_chainsample_records(&sealplace, 4);
	ka_chainsample_seal(&sealplace);
	sealplace_put("anchors", ka_buf_as_span(&sealplace.s));
	sealplace_put("seals.jsonl", ka_buf_as_span(&sealplace.s));
	/* the file in which they stood has gone, by age or by hand */
	sealplace.b.len = 0;
	ka_chainsample_genesis(&sealplace, "renamed");
	ka_chainsample_records(&sealplace, 2);
	sealplace_put("audit.jsonl", ka_buf_as_span(&sealplace.b));
	assert_int_equal(judged(true, false, false), 3);
	assert_int_equal(r.result, KA_VERIFY_UNANCHORED);
	assert_int_equal(r.unanchored, 3);
	/* one of the first that is here is enough */
	ka_chainsample_seal(&sealplace);
	sealplace_put("anchors", ka_buf_as_span(&sealplace.s));
	sealplace_put("seals.jsonl", ka_buf_as_span(&sealplace.s));
	ka_chainsample_records(&sealplace, 1);
	sealplace_put("audit.jsonl", ka_buf_as_span(&sealplace.b));
	assert_int_equal(judged(true, true, false), 0);
	assert_int_equal(r.unanchored, 1);
}

static void run__seal_cut_away__is_known_by_the_anchor(void **state)
{
	(void)state;
	sealplace_write();
	sealplace_put("seals.jsonl", ka_span_sub(ka_buf_as_span(&sealplace.s), 0, ka_span_find(ka_buf_as_span(&sealplace.s), '\n') + 1));
	assert_int_equal(judged(true, false, false), 1);
	assert_int_equal(r.wrong.what, KA_VERIFY_SEAL);
	assert_int_equal(r.seal_epoch, 2);
	assert_int_equal(judged(false, true, false), 3);
}

static void run__seals_changed__are_broken_with_k0(void **state)
{
	(void)state;
	sealplace_write();
	sealplace.seals[sealplace.s.len - 5] = sealplace.seals[sealplace.s.len - 5] == 'a' ? 'b' : 'a';
	sealplace_put("seals.jsonl", ka_buf_as_span(&sealplace.s));
	assert_int_equal(judged(false, true, false), 1);
	assert_int_equal(r.wrong.what, KA_VERIFY_SEAL);
	assert_int_equal(r.seal_epoch, 2);
	assert_int_equal(judged(false, false, false), 3);
}

static void run__trail_cut__is_broken(void **state)
{
	(void)state;
	sealplace_write();
	verbplace_shell("head -n 9 audit.jsonl > t && mv t audit.jsonl");
	assert_int_equal(judged(true, false, false), 1);
	assert_int_equal(r.unanchored, 0);
	assert_string_equal(ka_verify_result_text(r.result), "broken");
}

static void run__no_anchor_in_the_file_or_no_file__is_a_fault(void **state)
{
	static const char *const files[] = { "audit.jsonl" };
	struct ka_verifyjob job = { .files = files, .files_count = 1, .anchors = "none" };
	struct ka_progress bar;

	(void)state;
	sealplace_write();
	ka_progress_begin(&bar);
	verbplace_put("none", "hello\n");
	assert_int_equal(ka_verifyrun(&job, &bar, &r), KA_ERR_SYNTAX);
	job.anchors = "missing";
	assert_int_equal(ka_verifyrun(&job, &bar, &r), KA_ERR_SYS);
	assert_string_equal(r.failed, "missing");
	ka_verifyrun_end(&r);
}

/* an honest writer goes on while we read: what a witness saw stands in the trail before it, so the trail is read behind them */
static void run__others_write_meanwhile__is_not_broken(void **state)
{
	static const char *const files[] = { "audit.jsonl" };
	const struct ka_verifyjob job = { .files = files, .files_count = 1, .seals = "seals.jsonl", .anchors = "anchors", .k0 = &sealplace.k0 };
	struct ka_progress bar;

	(void)state;
	ka_progress_begin(&bar);
	sealplace_write();
	assert_int_equal(ka_verifyrun_witnesses(&job, &r), KA_ERR_OK);
	ka_chainsample_records(&sealplace, 3);
	ka_chainsample_seal(&sealplace);
	sealplace_put("audit.jsonl", ka_buf_as_span(&sealplace.b));
	sealplace_put("seals.jsonl", ka_buf_as_span(&sealplace.s));
	sealplace_put("anchors", ka_buf_as_span(&sealplace.s));
	assert_int_equal(ka_verifyrun_trail(&job, &bar, &r), KA_ERR_OK);
	assert_int_equal(r.result, KA_VERIFY_UNANCHORED);
	assert_int_equal(r.unanchored, 3);
	ka_verifyrun_end(&r);
	assert_int_equal(judged(true, true, true), 0);
}

/* an anchor may have seen a seal that was made behind a look at the seals, never the other way round */
static void run__anchors__are_read_before_the_seals(void **state)
{
	const struct ka_verifyjob job = { .seals = "missing", .anchors = "k0" };

	(void)state;
	sealplace_write();
	assert_int_equal(ka_verifyrun_witnesses(&job, &r), KA_ERR_SYNTAX);
	assert_string_equal(r.failed, "k0");
	ka_verifyrun_end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(run__all_agrees__is_intact_with_an_anchor_alone),
		cmocka_unit_test(run__records_behind_the_anchor__are_never_intact),
		cmocka_unit_test(run__anchors_of_what_is_not_here__vouch_for_nothing),
		cmocka_unit_test(run__seal_cut_away__is_known_by_the_anchor), cmocka_unit_test(run__seals_changed__are_broken_with_k0),
		cmocka_unit_test(run__others_write_meanwhile__is_not_broken), cmocka_unit_test(run__anchors__are_read_before_the_seals),
		cmocka_unit_test(run__trail_cut__is_broken), cmocka_unit_test(run__no_anchor_in_the_file_or_no_file__is_a_fault),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
