/* keyaudit/mend/fixlook: the child runs with the user's rights, so what it answers is judged. It is played here. */
#include "keyaudit/mend/fixlook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <sodium.h>

#include "keyaudit/mend/fixhand.h"

#include "base/poison.h"

static const char content[] = "ssh-ed25519 AAAA\n";
static struct ka_fixlook answer, look;
static enum ka_err start_err;
static unsigned parts, most, ends;

/* these stand before those in the archive */
enum ka_err ka_fixhand_start(const struct ka_fixhand_who *who, ka_fixhand_work *work, const void *job, const int *fds, size_t count,
			     struct ka_fixhand *hand)
{
	(void)who;
	(void)work;
	(void)job;
	(void)fds;
	(void)count;
	memset(hand, 0, sizeof(*hand));
	return start_err;
}

bool ka_fixhand_receive(const struct ka_fixhand *hand, void *to, size_t n)
{
	(void)hand;
	if (parts++ == 0) {
		assert_int_equal(n, sizeof(answer));
		memcpy(to, &answer, n);
	} else {
		assert_true(n <= KA_FIX_FILE_MAX);
		memset(to, 0, n);
		memcpy(to, content, n < sizeof(content) - 1 ? n : sizeof(content) - 1);
	}
	return parts <= most;
}

bool ka_fixhand_send(const struct ka_fixhand *hand, const void *from, size_t n)
{
	(void)hand;
	(void)from;
	(void)n;
	return true;
}

void ka_fixhand_end(struct ka_fixhand *hand)
{
	(void)hand;
	ends++;
}

static int begin(void **state)
{
	(void)state;
	memset(&answer, 0, sizeof(answer));
	answer.len = sizeof(content) - 1;
	crypto_hash_sha256(answer.sha256, (const uint8_t *)content, answer.len);
	start_err = KA_ERR_OK;
	parts = ends = 0;
	most = 2;
	return 0;
}

static enum ka_err read_it(char **bytes)
{
	static const struct ka_fixworld world = { .user = "alice" };
	const struct ka_fixwalk walk = { .fd = -1, .dir = -1, .it = { .mode = S_IFREG | 0600 } };
	enum ka_err err;

	parts = ends = 0;
	err = ka_fixlook_read(&world, &walk, &look, bytes);
	assert_int_equal(ends, 1);
	return err;
}

static void answer__as_it_should_be__is_taken(void **state)
{
	char *bytes = NULL;

	(void)state;
	assert_int_equal(read_it(&bytes), KA_ERR_OK);
	assert_memory_equal(bytes, content, answer.len);
	free(bytes);
	answer.errnum = 4095; /* nothing was read: nothing is handed on */
	assert_int_equal(read_it(&bytes), KA_ERR_OK);
	assert_null(bytes);
}

static void answer__that_lies_or_ends__is_none(void **state)
{
	char *bytes = NULL;

	(void)state;
	answer.len = KA_FIX_FILE_MAX + 1;
	assert_int_equal(read_it(&bytes), KA_ERR_TIMEOUT);
	begin(state);
	answer.errnum = 4096;
	assert_int_equal(read_it(&bytes), KA_ERR_TIMEOUT);
	begin(state);
	answer.keys.keys = 1;
	memset(answer.keys.row[0].comment, 'x', sizeof(answer.keys.row[0].comment)); /* without its end */
	assert_int_equal(read_it(&bytes), KA_ERR_TIMEOUT);
	begin(state);
	answer.sha256[31] ^= 1; /* other bytes than those that were listed */
	assert_int_equal(read_it(&bytes), KA_ERR_TIMEOUT);
	for (unsigned n = 0; n < 2; n++) {
		begin(state);
		most = n;
		assert_int_equal(read_it(&bytes), KA_ERR_TIMEOUT);
	}
	begin(state);
	start_err = KA_ERR_NOMEM;
	assert_int_equal(read_it(&bytes), KA_ERR_NOMEM);
	assert_int_equal(parts, 0);
	assert_null(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(answer__as_it_should_be__is_taken, begin),
		cmocka_unit_test_setup(answer__that_lies_or_ends__is_none, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
