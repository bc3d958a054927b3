/* trail/trailbytes: the same bytes at the same places, plain and compressed; and what is damaged says so. */
#include "keyaudit/trail/trailbytes.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "lib/verbplace.h"

#include "base/poison.h"

static struct ka_trailbytes b;
static char block[64 * 1024];

/* all of it from @at on, in pieces of @step; the length */
static size_t read_from(int64_t at, size_t step)
{
	size_t len = 0, got;

	while (len + step <= sizeof(block) && (got = ka_trailbytes_read(&b, at + (int64_t)len, block + len, step)) > 0)
		len += got;
	return len;
}

static void open_it(const char *name, bool is_packed)
{
	assert_int_equal(ka_trailbytes_open(AT_FDCWD, name, &b), KA_ERR_OK);
	assert_int_equal(b.is_packed, is_packed);
}

static void read__plain_and_packed__the_same(void **state)
{
	static const char *const names[] = { "f", "f.gz", "packed" };

	(void)state;
	verbplace_clear();
	verbplace_shell("seq 1 8000 > f; gzip -k f; cp f.gz packed");
	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++) {
		open_it(names[i], i > 0);
		assert_int_equal(read_from(0, 1000), 38893);
		assert_memory_equal(block, "1\n2\n3\n", 6);
		assert_memory_equal(block + 38893 - 5, "8000\n", 5);
		assert_int_equal(read_from(38893, 10), 0);
		assert_int_equal(read_from(100000, 10), 0);
		assert_int_equal(b.child, 0); /* it has ended by itself */
		/* there and back */
		assert_int_equal(ka_trailbytes_read(&b, 38893 - 5, block, 4), 4);
		assert_memory_equal(block, "8000", 4);
		assert_int_equal(ka_trailbytes_read(&b, 2, block, 2), 2);
		assert_memory_equal(block, "2\n", 2);
		ka_trailbytes_rest(&b);
		assert_int_equal(b.child, 0);
		assert_int_equal(ka_trailbytes_read(&b, 0, block, 2), 2);
		assert_int_equal(b.fault, KA_TRAILBYTES_FINE);
		ka_trailbytes_close(&b);
		ka_trailbytes_close(&b);
	}
}

static void read__damaged__what_comes_before_it(void **state)
{
	static const char *const names[] = { "cut.gz", "flipped.gz", "behind.gz", "empty.gz", "other.gz" };

	(void)state;
	verbplace_clear();
	verbplace_shell("seq 1 8000 > f; gzip -k f; head -c 9000 f.gz > cut.gz; : > empty.gz; echo nothing > other.gz; (cat f.gz; echo x) > behind.gz;"
			" (head -c 9000 f.gz; printf '\\377\\377\\377'; tail -c +9004 f.gz) > flipped.gz; printf '{}\\n' > plain.gz");
	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++) {
		open_it(names[i], true);
		if (i < 3)
			assert_true(read_from(0, 1000) > 10000);
		assert_int_equal(read_from(38893, 10), 0);
		assert_int_equal(b.fault, KA_TRAILBYTES_DAMAGED);
		assert_int_equal(read_from(0, 10), 0); /* it stays */
		ka_trailbytes_rest(&b);
		assert_int_equal(b.fault, KA_TRAILBYTES_FINE);
		ka_trailbytes_close(&b);
	}
	open_it("plain.gz", false); /* somebody has unpacked it, and left the name */
	assert_int_equal(read_from(0, 10), 3);
	ka_trailbytes_close(&b);
}

static void read__no_gzip__says_so(void **state)
{
	(void)state;
	verbplace_clear();
	verbplace_shell("seq 1 8000 | gzip > f.gz");
	open_it("f.gz", true);
	b.gzip = "/nonexistent/gzip";
	assert_int_equal(read_from(0, 10), 0);
	assert_int_equal(b.fault, KA_TRAILBYTES_NO_GZIP);
	ka_trailbytes_rest(&b);
	assert_string_equal(ka_trailbytes_why(KA_TRAILBYTES_NO_GZIP), "gzip cannot be run");
	ka_trailbytes_close(&b);
}

static void open__no_regular_file__is_refused(void **state)
{
	(void)state;
	verbplace_clear();
	verbplace_shell("mkdir d; mkfifo p.gz");
	assert_int_equal(ka_trailbytes_open(AT_FDCWD, "missing", &b), KA_ERR_SYS);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(ka_trailbytes_open(AT_FDCWD, "d", &b), KA_ERR_SYS);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(ka_trailbytes_open(AT_FDCWD, "p.gz", &b), KA_ERR_SYS); /* and does not hang */
	assert_int_equal(errno, EINVAL);
	assert_int_equal(b.fd, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__plain_and_packed__the_same),
		cmocka_unit_test(read__damaged__what_comes_before_it),
		cmocka_unit_test(read__no_gzip__says_so),
		cmocka_unit_test(open__no_regular_file__is_refused),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
