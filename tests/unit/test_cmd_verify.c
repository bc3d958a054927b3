/* keyaudit verify, whole: options, exit statuses, and what it says when it cannot. */
#include "keyaudit/cmd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/caught.h"
#include "lib/sealplace.h"
#include "lib/trustroot.h"

#include "base/poison.h"

static int verify(const char *a, const char *b, const char *c, const char *d, const char *e)
{
	const char *const args[] = { a, b, c, d, e, NULL };

	return caught_verb(ka_cmd_verify, "verify", args);
}

static void verify__files_given__exit_statuses(void **state)
{
	(void)state;
	sealplace_write();
	assert_int_equal(verify("--anchor", "anchors", "--key=k0", "audit.jsonl", NULL), 0);
	assert_non_null(strstr(caught_out, "intact"));
	assert_non_null(strstr(caught_out, "each made with the key of its epoch"));
	assert_int_equal(verify("audit.jsonl", NULL, NULL, NULL, NULL), 3);
	ka_chainsample_records(&sealplace, 1);
	sealplace_put("audit.jsonl", ka_buf_as_span(&sealplace.b));
	assert_int_equal(verify("--anchor", "anchors", "audit.jsonl", NULL, NULL), 0);
	assert_int_equal(verify("--anchor", "anchors", "--strict", "--", "audit.jsonl"), 3);
	assert_int_equal(verify("--anchor", "anchors", "--json", "audit.jsonl", NULL), 0);
	assert_int_equal(caught_out[0], '{');
	verbplace_shell("gzip -k audit.jsonl");
	assert_int_equal(verify("--anchor", "anchors", "--key=k0", "audit.jsonl.gz", NULL), 0);
	verbplace_shell("size=$(stat -c %s audit.jsonl.gz); truncate -s $((size - 9)) audit.jsonl.gz");
	assert_int_equal(verify("--anchor", "anchors", "--key=k0", "audit.jsonl.gz", NULL), 1);
	assert_non_null(strstr(caught_out, "broken: order: the compressed file is damaged here\n  audit.jsonl.gz:"));
	verbplace_shell("sed -i 3d audit.jsonl");
	assert_int_equal(verify("audit.jsonl", NULL, NULL, NULL, NULL), 1);
}

static void verify__a_configuration__finds_trail_and_seals(void **state)
{
	char conf[512];

	(void)state;
	sealplace_write();
	assert_true(snprintf(conf, sizeof(conf), "[lookup]\nsources = local\n[source local]\ntype = file\npath = /etc/k/%%u\n[audit]\ntrail = ") > 0);
	verbplace_put("conf", conf);
	verbplace_shell("printf '%s/audit.jsonl\\n' \"$PWD\" >> conf");
	assert_int_equal(verify("-c", "missing.conf", "--seals", "seals.jsonl", NULL), 3); /* the default trail, which is not there */
	(void)verify("-c", "conf", NULL, NULL, NULL);
	assert_non_null(caught_err);
}

static void verify__what_cannot_be__is_told(void **state)
{
	(void)state;
	sealplace_write();
	assert_int_equal(verify("--anchor", NULL, NULL, NULL, NULL), 2);
	assert_int_equal(verify("--wrong", NULL, NULL, NULL, NULL), 2);
	assert_int_equal(verify("--key", "anchors", "audit.jsonl", NULL, NULL), 2);
	assert_non_null(strstr(caught_err, "mistyped"));
	assert_int_equal(verify("--key", "missing", "audit.jsonl", NULL, NULL), 3);
	assert_int_equal(verify("--anchor", "k0", "audit.jsonl", NULL, NULL), 3);
	assert_non_null(strstr(caught_err, "k0: no anchor stands in it"));
	assert_int_equal(verify("missing", NULL, NULL, NULL, NULL), 3);
	assert_non_null(strstr(caught_err, "no such file"));
	assert_int_equal(verify("--help", NULL, NULL, NULL, NULL), 0);
}

static void verify__seals_gone__judged_by_the_anchors(void **state)
{
	(void)state;
	sealplace_write();
	verbplace_shell("rm seals.jsonl");
	assert_int_equal(verify("--key", "k0", "audit.jsonl", NULL, NULL), 3);
	assert_int_equal(verify("--anchor", "anchors", "audit.jsonl", NULL, NULL), 0);
	assert_non_null(strstr(caught_out, "seals: none"));
	/* with K0 at hand they must be there, for an anchor has seen them */
	assert_int_equal(verify("--anchor", "anchors", "--key", "k0", "audit.jsonl"), 1);
	assert_non_null(strstr(caught_out, "an anchor has seen this seal, and it is missing"));
	/* and what was done to the trail comes first */
	verbplace_shell("sed -i '$d' audit.jsonl");
	assert_int_equal(verify("--anchor", "anchors", "--key", "k0", "audit.jsonl"), 1);
	assert_non_null(strstr(caught_out, "broken at record"));
	assert_int_equal(verify("--seals", "seals.jsonl", "audit.jsonl", NULL, NULL), 3);
	assert_non_null(strstr(caught_err, "no such file"));
}

/* whoever was killed in a rotation leaves no trail, but all of its records */
static void verify__no_trail_but_its_files__is_verified(void **state)
{
	(void)state;
	sealplace_write();
	trustroot_file("/conf", 0644, 0, "[lookup]\nsources = local\n[source local]\ntype = file\npath = /etc/k/%u\n[audit]\ntrail = /audit.jsonl\n");
	assert_int_equal(verify("-c", "/conf", "--anchor", "anchors", NULL), 0);
	assert_non_null(strstr(caught_out, "intact"));
	assert_int_equal(rename("audit.jsonl", "audit.jsonl-20260823T101542Z"), 0);
	assert_int_equal(verify("-c", "/conf", "--anchor", "anchors", NULL), 0);
	assert_non_null(strstr(caught_out, "intact"));
	assert_int_equal(unlink("audit.jsonl-20260823T101542Z"), 0);
	assert_int_equal(verify("-c", "/conf", "--anchor", "anchors", NULL), 3);
	assert_non_null(strstr(caught_err, "there is no trail yet"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verify__files_given__exit_statuses), cmocka_unit_test(verify__a_configuration__finds_trail_and_seals),
		cmocka_unit_test(verify__what_cannot_be__is_told), cmocka_unit_test(verify__seals_gone__judged_by_the_anchors),
	};

	const struct CMUnitTest in_a_root[] = { cmocka_unit_test(verify__no_trail_but_its_files__is_verified) };
	int failed = cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);

	return failed != 0 ? failed : trustroot_run(in_a_root, NULL);
}
