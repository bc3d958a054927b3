/* diag/sshdrevoked: lists as text and as KRL, the latter by the real ssh-keygen. */
#include "diag/sshdrevoked.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/paths.h"
#include "base/spawn.h"
#include "tests/unit/lib/certsample.h"

#include "base/poison.h"

/* how ssh-keygen fares, in the child that is to become it; by its assembler name, so that no prototype with attributes is in the way */
int own_execve(const char *path, char *const *argv, char *const *env) __asm__("execve");
static enum { KEYGEN_RUNS, KEYGEN_IS_GONE, KEYGEN_FALLS, KEYGEN_HANGS_AT_KEYS, KEYGEN_HANGS } keygen;

int own_execve(const char *path, char *const *argv, char *const *env)
{
	if (keygen == KEYGEN_IS_GONE) {
		errno = ENOENT;
		return -1;
	}
	while (keygen == KEYGEN_HANGS || (keygen == KEYGEN_HANGS_AT_KEYS && argv[4] != NULL))
		pause();
	if (keygen == KEYGEN_FALLS)
		raise(SIGKILL);
	return (int)syscall(SYS_execve, path, argv, env);
}

static char dir[64], list[96], other[96], source[128];
static struct ka_offer offers[3];
static struct ka_keyscan_offer ready[3];
static struct ka_sshdconf conf;
static struct ka_sshdrevoked revoked;

/* the key, a certificate of it, and one by another authority */
static int begin(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/ka-revoked.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(list, sizeof(list), "%s/list", dir);
	snprintf(other, sizeof(other), "%s/other", dir);
	certsample_take("k", &offers[0], &ready[0]);
	certsample_take("plain", &offers[1], &ready[1]);
	certsample_take("rsasigned", &offers[2], &ready[2]);
	return 0;
}

static int end(void **state)
{
	(void)state;
	keygen = KEYGEN_RUNS;
	unlink(list);
	unlink(other);
	rmdir(dir);
	return 0;
}

static void write_list(const char *path, const char *text)
{
	FILE *to = fopen(path, "w");

	assert_non_null(to);
	fputs(text, to);
	assert_int_equal(fclose(to), 0);
}

/* as `ssh-keygen -k` makes it of one public key of tests/data/certs; NULL: of none */
static void make_krl(const char *name)
{
	char here[96];
	const char *argv[] = { KA_PATH_KEYGEN, "-q", "-k", "-f", list, name != NULL ? source : NULL, NULL };
	struct ka_spawn what = { .argv = argv, .output_max = 4096, .deadline_ms = 20000 };
	struct ka_spawn_out out;

	assert_non_null(getcwd(here, sizeof(here)));
	snprintf(source, sizeof(source), "%s/tests/data/certs/%s.pub", here, name != NULL ? name : "");
	assert_int_equal(ka_spawn_run(&what, &out), KA_ERR_OK);
	free(out.output);
	assert_int_equal(out.status, 0);
}

static void look(const char *value)
{
	struct ka_buf b;

	ka_buf_init_array(&b, conf.text);
	ka_buf_text(&b, value);
	conf.text_len = b.len;
	conf.is_known = true;
	assert_int_equal(ka_sshdrevoked_look(&conf, offers, ready, 3, &revoked), KA_ERR_OK);
}

static void look_at_list(void)
{
	char value[256];

	snprintf(value, sizeof(value), "revokedkeys %s\n", list);
	look(value);
	assert_int_equal(revoked.count, 1);
}

static void none__nothing(void **state)
{
	(void)state;
	look("revokedkeys none\n");
	assert_int_equal(revoked.count, 0);
	look("port 22\n");
	assert_int_equal(revoked.count, 0);
}

static void text__key_and_authority(void **state)
{
	(void)state;
	write_list(list, certsample_text("k"));
	look_at_list();
	assert_true(revoked.files[0].key[0] && revoked.files[0].key[1] && revoked.files[0].key[2]);
	assert_false(revoked.files[0].ca[1]);
	write_list(list, certsample_text("ca"));
	look_at_list();
	assert_false(revoked.files[0].key[0] || revoked.files[0].key[1] || revoked.files[0].ca[2]);
	assert_true(revoked.files[0].ca[1]);
	write_list(list, certsample_text("other"));
	look_at_list();
	assert_false(revoked.files[0].key[0] || revoked.files[0].ca[1]);
	write_list(list, "");
	look_at_list();
	assert_false(revoked.files[0].key[0] || revoked.files[0].ca[1]);
	assert_int_equal(revoked.files[0].file.errnum, 0);
}

static void krl__key_authority_and_neither(void **state)
{
	(void)state;
	make_krl("k");
	look_at_list();
	assert_true(revoked.files[0].file.is_krl);
	assert_true(revoked.files[0].key[0] && revoked.files[0].key[1]);
	assert_false(revoked.files[0].ca[1]);
	make_krl("ca");
	look_at_list();
	assert_false(revoked.files[0].key[0] || revoked.files[0].key[1] || revoked.files[0].key[2]);
	assert_true(revoked.files[0].ca[1]);
	assert_false(revoked.files[0].ca[2]);
	make_krl("plain"); /* the certificate by its serial */
	look_at_list();
	assert_true(revoked.files[0].key[1]);
	assert_false(revoked.files[0].key[0] || revoked.files[0].ca[1] || revoked.files[0].key[2]);
	make_krl(NULL);
	look_at_list();
	assert_false(revoked.files[0].key[0] || revoked.files[0].key[1] || revoked.files[0].is_broken);
}

static void broken__missing_garbage_cut(void **state)
{
	(void)state;
	look_at_list();
	assert_int_equal(revoked.files[0].file.errnum, ENOENT);
	write_list(list, "garbage\n");
	look_at_list();
	assert_int_equal(revoked.files[0].file.bad_line, 1);
	make_krl("k");
	assert_int_equal(truncate(list, 60), 0);
	look_at_list();
	assert_true(revoked.files[0].is_broken);
	assert_false(revoked.files[0].key[0]);
}

static void several__each_is_looked_at(void **state)
{
	char value[256];

	(void)state;
	write_list(list, "");
	write_list(other, certsample_text("k"));
	snprintf(value, sizeof(value), "revokedkeys %s %s\n", list, other);
	look(value);
	assert_int_equal(revoked.count, 2);
	assert_true(revoked.files[1].key[0]);
}

/* nothing is known then, which is neither a clean list nor a broken one; and it takes one deadline, whatever is asked */
static void krl__ssh_keygen_that_says_nothing__is_told(void **state)
{
	char value[320];
	int64_t before;

	(void)state;
	make_krl("k");
	for (keygen = KEYGEN_IS_GONE; keygen <= KEYGEN_HANGS_AT_KEYS; keygen++) {
		before = ka_clock_boot_ms();
		look_at_list();
		assert_int_equal(revoked.files[0].told, keygen == KEYGEN_IS_GONE ? KA_SSHDREVOKED_NO_PROGRAM : KA_SSHDREVOKED_NO_ANSWER);
		assert_false(revoked.files[0].is_broken || revoked.files[0].key[0] || revoked.files[0].ca[1]);
		assert_true(ka_clock_boot_ms() - before < 2 * KA_SSHDREVOKED_ASK_MS);
	}
	keygen = KEYGEN_HANGS; /* of the second list it is not asked, and a text needs nobody */
	write_list(other, certsample_text("k"));
	snprintf(value, sizeof(value), "revokedkeys %s %s %s\n", list, list, other);
	before = ka_clock_boot_ms();
	look(value);
	assert_true(ka_clock_boot_ms() - before < 2 * KA_SSHDREVOKED_ASK_MS);
	assert_int_equal(revoked.count, 3);
	assert_int_equal(revoked.files[1].told, KA_SSHDREVOKED_NO_ANSWER);
	assert_int_equal(revoked.files[2].told, KA_SSHDREVOKED_TOLD);
	assert_true(revoked.files[2].key[0]);
	keygen = KEYGEN_RUNS;
	look_at_list();
	assert_int_equal(revoked.files[0].told, KA_SSHDREVOKED_TOLD);
	assert_true(revoked.files[0].key[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(none__nothing, begin, end),
		cmocka_unit_test_setup_teardown(text__key_and_authority, begin, end),
		cmocka_unit_test_setup_teardown(krl__key_authority_and_neither, begin, end),
		cmocka_unit_test_setup_teardown(krl__ssh_keygen_that_says_nothing__is_told, begin, end),
		cmocka_unit_test_setup_teardown(broken__missing_garbage_cut, begin, end),
		cmocka_unit_test_setup_teardown(several__each_is_looked_at, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
