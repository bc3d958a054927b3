/* metrics/metricsread: each record once, over rotations, with and without the file that was read last. */
#include "keyaudit/metrics/metricsread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/chain.h"
#include "base/fd.h"

#include "base/poison.h"

static char dir[] = "/tmp/ka-metricsread-XXXXXX", hash[KA_CHAIN_HEX] = KA_CHAIN_ZEROS;
static uint64_t seq;

/* append the next record of the chain to @name */
static void put(const char *name, const char *line)
{
	char text[1024], prev[KA_CHAIN_HEX];
	struct ka_buf b;
	int fd = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	memcpy(prev, hash, sizeof(prev));
	ka_buf_init_array(&b, text);
	assert_true(ka_chain_put(&b, ka_span_of(line), ++seq, prev, hash));
	assert_int_equal(ka_fd_write_all(fd, b.p, b.len), KA_ERR_OK);
	close(fd);
}

static const char genesis[] = "{\"event\":{\"action\":\"trail-genesis\"},\"keyaudit\":{\"schema\":1,\"trail\":{\"chain\":"
			      "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}}}\n";
static const char refused[] = "{\"event\":{\"action\":\"ssh-key-refused\",\"code\":\"perm.group-writable\"},\"keyaudit\":{\"schema\":1}}\n";

static void read__rotation__each_record_once(void **state)
{
	static struct ka_metricscount c;
	struct ka_metricscount again;

	(void)state;
	assert_int_equal(ka_metricsread("./audit.jsonl", &c), KA_ERR_SYS);
	put("audit.jsonl", genesis);
	put("audit.jsonl", refused);
	assert_int_equal(ka_metricsread("./audit.jsonl", &c), KA_ERR_OK);
	assert_int_equal(ka_metricsread("./audit.jsonl", &c), KA_ERR_OK);
	assert_int_equal(c.refusals[KA_REASON_PERM_GROUP_WRITABLE], 1);
	/* one more before the rotation, and two behind it */
	put("audit.jsonl", refused);
	assert_int_equal(rename("audit.jsonl", "audit.jsonl-20260101-000000"), 0);
	put("audit.jsonl", genesis);
	put("audit.jsonl", refused);
	again = c;
	again.inode = 0; /* the file that was read last is gone: known by the numbers */
	assert_int_equal(ka_metricsread("./audit.jsonl", &c), KA_ERR_OK);
	assert_int_equal(c.refusals[KA_REASON_PERM_GROUP_WRITABLE], 3);
	assert_int_equal(c.plain[KA_METRICS_RECORDS], 5);
	assert_false(c.is_broken);
	assert_int_equal(ka_metricsread("./audit.jsonl", &again), KA_ERR_OK);
	assert_memory_equal(&again, &c, sizeof(c));
	assert_int_equal(unlink("audit.jsonl-20260101-000000"), 0);
	put("audit.jsonl", refused);
	assert_int_equal(ka_metricsread("./audit.jsonl", &c), KA_ERR_OK);
	assert_int_equal(c.refusals[KA_REASON_PERM_GROUP_WRITABLE], 4);
	assert_int_equal(unlink("audit.jsonl"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(read__rotation__each_record_once) };
	int failed;

	if (mkdtemp(dir) == NULL || chdir(dir) != 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	return rmdir(dir) != 0 ? 1 : failed;
}
