/* metrics/metricsgauge: spool and seal; stores are judged where entries are (test_cachelist.c), here what is not there. */
#include "keyaudit/metrics/metricsgauge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "keyaudit/seal/sealline.h"
#include "verdict/verdicts.h"

#include "base/poison.h"

static char dir[] = "/tmp/ka-metricsgauge-XXXXXX";

static void gauge__nothing_there__nothing_said(void **state)
{
	static const struct ka_conf conf;
	struct ka_metricsgauge g = { .stores_count = 0 };

	(void)state;
	ka_metricsgauge_stores(&g, "/nonexistent", &conf, 1000);
	ka_metricsgauge_spool(&g, "/nonexistent", 1000);
	ka_metricsgauge_seal(&g, "/nonexistent/audit.jsonl");
	ka_metricsgauge_verdicts(&g, "/nonexistent");
	assert_false(g.has_spool);
	assert_false(g.has_verdicts);
	assert_int_equal(g.stores_count, 0);
	assert_int_equal(g.last_seal, 0);
}

static void openssh__the_release__and_nothing_that_ends_a_label(void **state)
{
	static const struct { const char *version, *release; } rows[] = {
		{ "OpenSSH_9.2p1 Debian-2+deb12u10", "9.2p1" }, { "OpenSSH_10.0p2", "10.0p2" }, { "", "" }, { "Sun_SSH_1.0", "" },
		{ "OpenSSH_9\"} 7", "" }, { "OpenSSH_9.2p1111111111111111111111111111111", "" }, { "OpenSSH_", "" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		struct ka_metricsgauge g = { .stores_count = 0 };

		ka_metricsgauge_openssh(&g, rows[i].version);
		assert_string_equal(g.openssh, rows[i].release);
	}
}

static void spool__files__are_counted_with_the_oldest(void **state)
{
	struct timespec old[2] = { { .tv_sec = 900 }, { .tv_sec = 900 } };
	struct ka_metricsgauge g = { .stores_count = 0 };
	int fd;

	(void)state;
	ka_metricsgauge_spool(&g, ".", 1000);
	assert_true(g.has_spool);
	assert_int_equal(g.spool_unclaimed, 0);
	assert_int_equal(g.spool_oldest_sec, 0);
	fd = open("one", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(futimens(fd, old), 0);
	close(fd);
	ka_metricsgauge_spool(&g, ".", 1000);
	assert_int_equal(g.spool_unclaimed, 1);
	assert_int_equal(g.spool_oldest_sec, 100);
	assert_int_equal(unlink("one"), 0);
}

static void verdicts__table__counted_when_it_is_used(void **state)
{
	static const struct ka_vetanswer ok = { .word = KA_VETANSWER_OK };
	struct ka_metricsgauge g = { .stores_count = 0 };
	struct ka_verdictkey key;

	(void)state;
	ka_verdictkey_make(NULL, 0, &key);
	ka_metricsgauge_verdicts(&g, ".");
	assert_true(g.has_verdicts);
	assert_int_equal(g.verdicts_kept, 0);
	assert_true(ka_verdicts_put(".", &key, &ok));
	ka_metricsgauge_verdicts(&g, ".");
	assert_true(g.has_verdicts);
	assert_int_equal(g.verdicts_kept, 1);
	assert_int_equal(chmod(KA_VERDICTS_TABLE, 0666), 0);
	ka_metricsgauge_verdicts(&g, ".");
	assert_false(g.has_verdicts);
	assert_int_equal(unlink(KA_VERDICTS_TABLE), 0);
}

static void seal__the_last_whole_one__is_its_time(void **state)
{
	struct ka_metricsgauge g = { .stores_count = 0 };
	struct ka_sealkey key = { .epoch = 1 };
	struct ka_seal s = { .seq = 1, .at = "2026-08-09T10:15:42.123456Z", .why = "timer" };
	char text[4 * KA_SEAL_LINE_MAX];
	struct ka_buf b;
	int fd;

	(void)state;
	memset(s.chain, 'a', KA_SEAL_CHAIN_MAX - 1);
	memset(s.head, 'b', KA_SEAL_HEX_MAX - 1);
	memset(s.prev, '0', KA_SEAL_HEX_MAX - 1);
	memset(s.boot_id, 'c', 32);
	ka_buf_init_array(&b, text);
	ka_sealline_write(&s, &key, &b);
	ka_buf_text(&b, "{\"torn");
	fd = open("seals.jsonl", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(ka_fd_write_all(fd, b.p, b.len), KA_ERR_OK);
	close(fd);
	ka_metricsgauge_seal(&g, "./audit.jsonl");
	assert_int_equal(g.last_seal, 1786270542);
	assert_int_equal(unlink("seals.jsonl"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gauge__nothing_there__nothing_said),
		cmocka_unit_test(verdicts__table__counted_when_it_is_used),
		cmocka_unit_test(openssh__the_release__and_nothing_that_ends_a_label),
		cmocka_unit_test(spool__files__are_counted_with_the_oldest),
		cmocka_unit_test(seal__the_last_whole_one__is_its_time),
	};
	int failed;

	if (mkdtemp(dir) == NULL || chdir(dir) != 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	return rmdir(dir) != 0 ? 1 : failed;
}
