/* keyaudit/signwork: a directory of its own, what may lie in it, and which signatures are believed afterwards. */
#include "keyaudit/sign/signwork.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/signplace.h"
#include "tests/unit/lib/verbplace.h"

#include "base/poison.h"

static struct ka_signerkey keys[2];
static struct ka_signwork w;
static struct ka_signwork_how how;
static struct ka_buf out;
static char text[16384];
static int here = -1;

static int setup(void **state)
{
	(void)state;
	verbplace_clear();
	signplace_key("ops", &keys[0]);
	signplace_key("ops-new", &keys[1]);
	how = (struct ka_signwork_how){ .keys = keys, .keys_count = 2, .jobs = 2 };
	ka_buf_init_array(&out, text);
	here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(here >= 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ka_signwork_close(&w);
	close(here);
	return 0;
}

static void add(const char *bytes)
{
	assert_int_equal(ka_signwork_add(&w, ka_span_of(bytes)), KA_ERR_OK);
}

static enum ka_err blocks(size_t number, const char *bytes)
{
	ka_buf_init_array(&out, text);
	return ka_signwork_blocks(&w, &how, number, ka_span_of(bytes), &out);
}

static void open__below_tmp__private_and_gone_afterwards(void **state)
{
	char path[KA_SIGNWORK_PATH_MAX];
	struct stat st;

	(void)state;
	assert_int_equal(ka_signwork_open(&w), KA_ERR_OK);
	memcpy(path, w.path, sizeof(path));
	assert_int_equal(strncmp(path, "/tmp/", 5), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(w.count + w.signed_, 0);
	add("one");
	ka_signwork_close(&w);
	assert_int_equal(stat(path, &st), -1);
	assert_int_equal(w.dir, -1);
	ka_signwork_close(&w); /* once more does no harm */
}

static void open_in__what_was_left_there__goes(void **state)
{
	struct stat st;

	(void)state;
	verbplace_put("kept", "x");
	assert_int_equal(mkdir("w", 0700), 0);
	verbplace_put("w/1", "text of a killed one");
	verbplace_put("w/1.sig", "half");
	verbplace_put("w/" SIGNPLACE_HOSTILE, "x");
	assert_int_equal(symlink("../kept", "w/2"), 0);
	assert_int_equal(ka_signwork_open_in(here, "w", &w), KA_ERR_OK);
	verbplace_shell("test -z \"$(ls -A w)\"");
	assert_true(verbplace_has("kept"));
	assert_string_equal(w.path, "");
	add("one");
	ka_signwork_close(&w);
	/* the directory stays, empty */
	assert_int_equal(stat("w", &st), 0);
	verbplace_shell("test -z \"$(ls -A w)\"");
}

static void open_in__missing__is_made_private(void **state)
{
	struct stat st;
	mode_t was = umask(0);

	(void)state;
	assert_int_equal(ka_signwork_open_in(here, "new", &w), KA_ERR_OK);
	umask(was);
	assert_int_equal(stat("new", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
}

static void open_in__two_at_once__the_second_waits_outside(void **state)
{
	struct ka_signwork second;

	(void)state;
	assert_int_equal(ka_signwork_open_in(here, "w", &w), KA_ERR_OK);
	add("of the first");
	assert_int_equal(ka_signwork_open_in(here, "w", &second), KA_ERR_TIMEOUT);
	ka_signwork_close(&second);
	assert_string_equal(verbplace_get("w/1", NULL), "of the first");
	ka_signwork_close(&w);
	assert_int_equal(ka_signwork_open_in(here, "w", &second), KA_ERR_OK);
	ka_signwork_close(&second);
}

static void open_in__what_is_no_folder_of_ours__is_refused(void **state)
{
	(void)state;
	verbplace_put("elsewhere/file", "x");
	assert_int_equal(symlink("elsewhere", "link"), 0);
	assert_int_equal(ka_signwork_open_in(here, "link", &w), KA_ERR_SYS);
	ka_signwork_close(&w);
	assert_true(verbplace_has("elsewhere/file"));
	assert_int_equal(ka_signwork_open_in(here, "elsewhere/file", &w), KA_ERR_SYS);
	ka_signwork_close(&w);
	/* whoever may write there can put a signature there */
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(chmod("elsewhere", i == 0 ? 0720 : 0702), 0);
		errno = 0;
		assert_int_equal(ka_signwork_open_in(here, "elsewhere", &w), KA_ERR_SYS);
		assert_int_equal(errno, EPERM);
		ka_signwork_close(&w);
		assert_true(verbplace_has("elsewhere/file"));
	}
	if (geteuid() == 0) {
		assert_int_equal(mkdir("theirs", 0700), 0);
		assert_int_equal(chown("theirs", 65534, 65534), 0);
		assert_int_equal(ka_signwork_open_in(here, "theirs", &w), KA_ERR_SYS);
		ka_signwork_close(&w);
	}
	/* a folder in it is nothing that was left by us: it stays */
	assert_int_equal(mkdir("full", 0700), 0);
	verbplace_put("full/sub/file", "x");
	assert_int_equal(ka_signwork_open_in(here, "full", &w), KA_ERR_SYS);
	assert_true(verbplace_has("full/sub/file"));
}

static void add__many__are_numbered_and_private(void **state)
{
	char bytes[32];
	struct stat st;

	(void)state;
	assert_int_equal(ka_signwork_open_in(here, "w", &w), KA_ERR_OK);
	for (size_t i = 1; i <= 150; i++) { /* more than fit at first */
		assert_true(snprintf(bytes, sizeof(bytes), "text %zu", i) > 0);
		add(bytes);
		assert_int_equal(w.count, i);
	}
	assert_string_equal(verbplace_get("w/150", NULL), "text 150");
	assert_int_equal(stat("w/1", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	/* what lies there already is not written over, and not counted */
	verbplace_put("w/151", "somebody's");
	assert_int_equal(ka_signwork_add(&w, ka_span_of("x")), KA_ERR_SYS);
	assert_int_equal(w.count, 150);
	assert_string_equal(verbplace_get("w/151", NULL), "somebody's");
}

static size_t seen_done;

static void progress(void *ctx, size_t done)
{
	assert_ptr_equal(ctx, &how);
	assert_true(done >= seen_done);
	seen_done = done;
}

static void sign__two_keys_two_rounds__each_text_by_each_key(void **state)
{
	struct ka_span rest, block;
	struct ka_sshsig_text hashed;

	(void)state;
	how.progress = progress;
	how.ctx = &how;
	seen_done = 0;
	assert_int_equal(ka_signwork_open_in(here, "w", &w), KA_ERR_OK);
	add("one\n");
	add("two\n");
	assert_int_equal(ka_signwork_sign(&w, &how), KA_ERR_OK);
	assert_int_equal(seen_done, 4);
	assert_int_equal(w.signed_, 2);
	seen_done = 0;
	add("three\n");
	assert_int_equal(ka_signwork_sign(&w, &how), KA_ERR_OK);
	assert_int_equal(seen_done, 2);
	/* nothing is left to do */
	assert_int_equal(ka_signwork_sign(&w, &how), KA_ERR_OK);
	assert_int_equal(blocks(1, "one\n"), KA_ERR_OK);
	assert_int_equal(blocks(3, "three\n"), KA_ERR_OK);
	/* in the order of the keys, each of this text */
	rest = ka_buf_as_span(&out);
	rest.len = (size_t)(strstr(text, KA_SSHSIG_END) - text) + strlen(KA_SSHSIG_END "\n");
	assert_true(ka_signblock_take(rest, &block));
	ka_sshsig_text(ka_span_of("three\n"), &hashed);
	assert_true(ka_signblock_is_by(block, &keys[0], &hashed, &w.room));
	assert_true(ka_signblock_take(ka_span_sub(ka_buf_as_span(&out), rest.len, SIZE_MAX), &block));
	assert_true(ka_signblock_is_by(block, &keys[1], &hashed, &w.room));
}

static void sign__nobody_or_nothing__no_block(void **state)
{
	(void)state;
	assert_int_equal(ka_signwork_open_in(here, "w", &w), KA_ERR_OK);
	assert_int_equal(ka_signwork_sign(&w, &how), KA_ERR_OK);
	add("one");
	/* not signed yet: there is no block to be read */
	assert_int_equal(blocks(1, "one"), KA_ERR_SYS);
	assert_int_equal(out.len, 0);
}

static void sign__key_that_cannot__nothing_counts_as_signed(void **state)
{
	int kept = dup(2), null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	enum ka_err err;

	(void)state;
	assert_int_equal(unlink("ops-new"), 0);
	assert_int_equal(ka_signwork_open_in(here, "w", &w), KA_ERR_OK);
	add("one");
	assert_true(kept >= 0 && null >= 0 && dup2(null, 2) == 2);
	err = ka_signwork_sign(&w, &how);
	assert_int_equal(dup2(kept, 2), 2);
	close(kept);
	close(null);
	assert_int_equal(err, KA_ERR_CRYPTO);
	assert_int_equal(w.signed_, 0);
	assert_int_not_equal(blocks(1, "one"), KA_ERR_OK);
}

static void blocks__another_text_or_number__is_refused(void **state)
{
	(void)state;
	assert_int_equal(ka_signwork_open_in(here, "w", &w), KA_ERR_OK);
	add("one");
	add("two");
	assert_int_equal(ka_signwork_sign(&w, &how), KA_ERR_OK);
	assert_int_equal(blocks(1, "two"), KA_ERR_CRYPTO);
	assert_int_equal(blocks(0, "one"), KA_ERR_CRYPTO);
	assert_int_equal(blocks(3, ""), KA_ERR_CRYPTO);
	assert_int_equal(blocks(SIZE_MAX, "one"), KA_ERR_CRYPTO);
	/* whatever became of the file: what was added counts */
	verbplace_put("w/1", "changed");
	assert_int_equal(blocks(1, "changed"), KA_ERR_CRYPTO);
	assert_int_equal(blocks(1, "one"), KA_ERR_OK);
	/* also when that is what was signed, and every signature holds */
	add("three");
	verbplace_put("w/3", "changed");
	assert_int_equal(ka_signwork_sign(&w, &how), KA_ERR_OK);
	assert_int_equal(blocks(3, "changed"), KA_ERR_CRYPTO);
	assert_int_equal(blocks(3, "three"), KA_ERR_CRYPTO);
	ka_buf_init(&out, text, 64);
	assert_int_equal(ka_signwork_blocks(&w, &how, 1, ka_span_of("one"), &out), KA_ERR_LIMIT);
}

static void blocks__changed_signatures__are_refused(void **state)
{
	char *other;

	(void)state;
	assert_int_equal(ka_signwork_open_in(here, "w", &w), KA_ERR_OK);
	add("one");
	add("two");
	assert_int_equal(ka_signwork_sign(&w, &how), KA_ERR_OK);
	/* the other key's, of this text */
	other = strdup(verbplace_get("w/1.0", NULL));
	verbplace_put("w/1.0", verbplace_get("w/1.1", NULL));
	assert_int_equal(blocks(1, "one"), KA_ERR_CRYPTO);
	/* this key's, of another text */
	verbplace_put("w/1.0", verbplace_get("w/2.0", NULL));
	assert_int_equal(blocks(1, "one"), KA_ERR_CRYPTO);
	/* half of it, none of it, with something behind, a link to it, far too much */
	verbplace_put("w/1.0", other);
	assert_int_equal(blocks(1, "one"), KA_ERR_OK);
	verbplace_append("w/1.0", "\n");
	assert_int_equal(blocks(1, "one"), KA_ERR_CRYPTO);
	other[strlen(other) / 2] = '\0';
	verbplace_put("w/1.0", other);
	assert_int_equal(blocks(1, "one"), KA_ERR_CRYPTO);
	verbplace_put("w/1.0", "");
	assert_int_equal(blocks(1, "one"), KA_ERR_CRYPTO);
	assert_int_equal(truncate("w/1.0", KA_KEYGEN_SIG_MAX + 1), 0);
	assert_int_equal(blocks(1, "one"), KA_ERR_SYS);
	verbplace_shell("mv w/2.0 . && rm w/1.0 && ln -s ../2.0 w/2.0");
	assert_int_equal(blocks(2, "two"), KA_ERR_SYS);
	assert_int_equal(blocks(1, "one"), KA_ERR_SYS);
	free(other);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(open__below_tmp__private_and_gone_afterwards),
		CASE(open_in__what_was_left_there__goes),
		CASE(open_in__missing__is_made_private),
		CASE(open_in__two_at_once__the_second_waits_outside),
		CASE(open_in__what_is_no_folder_of_ours__is_refused),
		CASE(add__many__are_numbered_and_private),
		CASE(sign__two_keys_two_rounds__each_text_by_each_key),
		CASE(sign__nobody_or_nothing__no_block),
		CASE(sign__key_that_cannot__nothing_counts_as_signed),
		CASE(blocks__another_text_or_number__is_refused),
		CASE(blocks__changed_signatures__are_refused),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
