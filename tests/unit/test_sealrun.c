/* seal/sealrun: one seal for each epoch, also over crashes between the seal and the next key. */
#include "keyaudit/seal/sealrun.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "keyaudit/seal/sealkeyfile.h"
#include "keyaudit/verify/verifyrun.h"
#include "lib/sealplace.h"

#include "base/poison.h"

static char trail[512], lock[512], key[512], seals[512];
static struct ka_sealjob job = { .trail = trail, .lock = lock, .key = key, .why = "timer" };
static struct ka_sealkey k0;

static void begin(void)
{
	char *here;

	verbplace_clear();
	verbplace_shell("chmod 700 .");
	here = getcwd(NULL, 0);
	assert_non_null(here);
	assert_true(snprintf(trail, sizeof(trail), "%s/audit.jsonl", here) > 0 && snprintf(lock, sizeof(lock), "%s/lock", here) > 0 &&
		    snprintf(key, sizeof(key), "%s/key", here) > 0 && snprintf(seals, sizeof(seals), "%s/seals.jsonl", here) > 0);
	free(here);
	ka_chainsample_begin(&sealplace);
	ka_chainsample_genesis(&sealplace, "first");
	sealplace_put("audit.jsonl", ka_buf_as_span(&sealplace.b));
	assert_int_equal(ka_sealrun_begin(&job, &k0), KA_ERR_OK);
}

static enum ka_sealrun_answer sealed(void)
{
	char text[KA_SEAL_LINE_MAX];
	enum ka_sealrun_answer answer;
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	assert_int_equal(ka_sealrun(&job, &answer, &b), KA_ERR_OK);
	assert_int_equal(b.len > 0, answer == KA_SEALRUN_SEALED);
	return answer;
}

/* What is wrong with the seals as they lie there, judged with K0; NULL: nothing. @count: of seals. */
static const char *wrong(uint64_t *count)
{
	static struct ka_verifyrun r;
	const char *const files[] = { trail };
	const struct ka_verifyjob v = { .files = files, .files_count = 1, .seals = seals, .k0 = &k0 };
	struct ka_progress bar;

	ka_progress_begin(&bar);
	assert_int_equal(ka_verifyrun(&v, &bar, &r), KA_ERR_OK);
	ka_verifyrun_end(&r);
	*count = r.seals.count;
	return r.wrong.text;
}

static uint64_t epoch_of_key(void)
{
	struct ka_sealkey k;

	assert_int_equal(ka_sealkeyfile_read(key, &k), KA_ERR_OK);
	return k.epoch;
}

static void seal__epochs_with_and_without_records__verify_with_k0(void **state)
{
	uint64_t count;

	(void)state;
	begin();
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(sealed(), KA_SEALRUN_SEALED);
		assert_int_equal(epoch_of_key(), i + 2);
		if (i % 2 == 0)
			ka_chainsample_records(&sealplace, 2);
		sealplace_put("audit.jsonl", ka_buf_as_span(&sealplace.b));
	}
	assert_null(wrong(&count));
	assert_int_equal(count, 5);
}

static void seal__killed_between_seal_and_key__has_one_seal_for_each_epoch(void **state)
{
	uint64_t count;

	(void)state;
	begin();
	assert_int_equal(sealed(), KA_SEALRUN_SEALED);
	verbplace_shell("cp -p key old");
	assert_int_equal(sealed(), KA_SEALRUN_SEALED);
	verbplace_shell("mv old key"); /* the seal of epoch 2 is there, and its key as well */
	assert_int_equal(sealed(), KA_SEALRUN_SEALED);
	assert_int_equal(epoch_of_key(), 4);
	assert_null(wrong(&count));
	assert_int_equal(count, 3);
}

static void seal__torn_before_its_end__is_made_again(void **state)
{
	uint64_t count;

	(void)state;
	begin();
	assert_int_equal(sealed(), KA_SEALRUN_SEALED);
	verbplace_shell("cp -p key old");
	assert_int_equal(sealed(), KA_SEALRUN_SEALED);
	verbplace_shell("mv old key; truncate -s -30 seals.jsonl");
	assert_int_equal(sealed(), KA_SEALRUN_SEALED);
	assert_null(wrong(&count));
	assert_int_equal(count, 2);
}

static void seal__no_key_or_no_chain__is_an_answer(void **state)
{
	struct ka_sealkey again;

	(void)state;
	begin();
	errno = 0;
	assert_int_equal(ka_sealrun_begin(&job, &again), KA_ERR_SYS);
	assert_int_equal(errno, EEXIST);
	verbplace_shell("rm audit.jsonl");
	assert_int_equal(sealed(), KA_SEALRUN_NO_CHAIN);
	assert_false(verbplace_has("seals.jsonl"));
	verbplace_put("audit.jsonl", "{\"event\":1}\n");
	assert_int_equal(sealed(), KA_SEALRUN_NO_CHAIN);
	assert_int_equal(epoch_of_key(), 1);
	verbplace_shell("rm key");
	assert_int_equal(sealed(), KA_SEALRUN_NO_KEY);
}

static void seal__key_far_behind_or_broken__is_a_fault(void **state)
{
	char text[KA_SEAL_LINE_MAX];
	enum ka_sealrun_answer answer;
	struct ka_buf b;

	(void)state;
	begin();
	sealplace.key.epoch = KA_SEAL_CATCH_UP_MAX + 100;
	ka_chainsample_seal(&sealplace);
	sealplace_put("seals.jsonl", ka_buf_as_span(&sealplace.s));
	ka_buf_init_array(&b, text);
	assert_int_equal(ka_sealrun(&job, &answer, &b), KA_ERR_LIMIT);
	verbplace_put("key", "no key");
	assert_int_equal(chmod("key", 0600), 0);
	assert_int_equal(ka_sealrun(&job, &answer, &b), KA_ERR_SYNTAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seal__epochs_with_and_without_records__verify_with_k0),
		cmocka_unit_test(seal__killed_between_seal_and_key__has_one_seal_for_each_epoch),
		cmocka_unit_test(seal__torn_before_its_end__is_made_again), cmocka_unit_test(seal__no_key_or_no_chain__is_an_answer),
		cmocka_unit_test(seal__key_far_behind_or_broken__is_a_fault),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
