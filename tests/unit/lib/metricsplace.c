/* The chain goes on over files: a rotation is a rename by the test. */
#include "tests/unit/lib/metricsplace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <fcntl.h>

#include "audit/chain.h"
#include "base/cleanup.h"
#include "base/fd.h"

#include "base/poison.h"

static char dir[] = "/tmp/ka-metricsplace-XXXXXX", hash[KA_CHAIN_HEX] = KA_CHAIN_ZEROS;
static uint64_t seq;

const char metricsplace_genesis[] = "{\"event\":{\"action\":\"trail-genesis\"},\"keyaudit\":{\"schema\":1,\"trail\":{\"chain\":"
				    "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}}}\n";
const char metricsplace_refused[] = "{\"event\":{\"action\":\"ssh-key-refused\",\"code\":\"perm.group-writable\"},\"keyaudit\":{\"schema\":1}}\n";

void metricsplace_put(const char *name, const char *line)
{
	char text[1024], prev[KA_CHAIN_HEX];
	struct ka_buf b;
	KA_AUTOCLOSE int fd = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	memcpy(prev, hash, sizeof(prev));
	ka_buf_init_array(&b, text);
	assert_true(ka_chain_put(&b, ka_span_of(line), ++seq, prev, hash));
	assert_int_equal(ka_fd_write_all(fd, b.p, b.len), KA_ERR_OK);
}

bool metricsplace_in(void)
{
	return mkdtemp(dir) != NULL && chdir(dir) == 0;
}

bool metricsplace_out(void)
{
	return rmdir(dir) == 0;
}
