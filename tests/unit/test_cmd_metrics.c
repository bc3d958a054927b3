/* keyaudit metrics: its words, the two files, and that counters only grow. */
#include "keyaudit/cmd.h"

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
#include "tests/unit/lib/caught.h"

#include "base/poison.h"

static char dir[] = "/tmp/ka-cmdmetrics-XXXXXX", hash[KA_CHAIN_HEX] = KA_CHAIN_ZEROS;
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

static char text[256 * 1024];

static const char *file(const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	size_t n = 0;

	if (ka_fd_read_all(fd, text, sizeof(text) - 1, &n) != KA_ERR_OK)
		n = 0;
	text[n] = '\0';
	if (fd >= 0)
		close(fd);
	return text;
}

static void metrics__wrong_words__are_told(void **state)
{
	(void)state;
	assert_int_equal(CAUGHT(ka_cmd_metrics, "metrics", "--help"), KA_EXIT_FINE);
	assert_int_equal(CAUGHT(ka_cmd_metrics, "metrics", "-c", "x"), KA_EXIT_USAGE);
	assert_non_null(strstr(caught_err, "--textfile is missing"));
	assert_int_equal(CAUGHT(ka_cmd_metrics, "metrics", "--textfile", "a.txt"), KA_EXIT_USAGE);
	assert_int_equal(CAUGHT(ka_cmd_metrics, "metrics", "--textfile"), KA_EXIT_USAGE);
	assert_int_equal(CAUGHT(ka_cmd_metrics, "metrics", "--textfile=-", "--user"), KA_EXIT_USAGE);
}

#define RUN(textfile) CAUGHT(ka_cmd_metrics, "metrics", "--textfile=" textfile, "--state=state", "--trail", "./audit.jsonl", "-c", "/nonexistent")

static void metrics__counts__and_remembers(void **state)
{
	static const char one[] = "\nkeyaudit_refusals_total{reason=\"perm.group-writable\",stage=\"perm\"} 1\n";
	struct stat st;

	(void)state;
	assert_int_equal(RUN("a.prom"), KA_EXIT_FINE); /* no trail yet */
	put("audit.jsonl", genesis);
	put("audit.jsonl", refused);
	assert_int_equal(RUN("-"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_out, one));
	assert_null(strstr(file("a.prom"), one));
	assert_int_equal(RUN("a.prom"), KA_EXIT_FINE);
	assert_non_null(strstr(file("a.prom"), one));
	assert_int_equal(stat("a.prom", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(stat("state", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	/* the trail is gone: what was counted stays counted */
	assert_int_equal(unlink("audit.jsonl"), 0);
	assert_int_equal(RUN("a.prom"), KA_EXIT_FINE);
	assert_non_null(strstr(file("a.prom"), one));
	/* a state that is none is said */
	assert_int_equal(truncate("state", 30), 0);
	assert_int_equal(RUN("a.prom"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_err, "holds no counters"));
	assert_null(strstr(file("a.prom"), one));
	assert_int_equal(unlink("a.prom") + unlink("state") + unlink("state.lock"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(metrics__wrong_words__are_told), cmocka_unit_test(metrics__counts__and_remembers) };
	int failed;

	if (mkdtemp(dir) == NULL || chdir(dir) != 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	return rmdir(dir) != 0 ? 1 : failed;
}
