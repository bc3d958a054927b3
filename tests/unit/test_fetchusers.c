/* authkeys-fetch/fetchusers: whose entries are kept warm, and the names that nobody is asked for by. */
#include "authkeys-cmd/fetch/fetchusers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "authkeys-cmd/fetch/fetchstore.h"
#include "base/buf.h"
#include "base/limits.h"
#include "tests/unit/lib/fetchsource.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

static char listed[512];
static enum ka_err err;

static const char *list(const char *lines)
{
	struct ka_fetchusers users;
	struct ka_buf b;

	err = ka_fetchusers_list("/c", fetchsource(lines), &users);
	ka_buf_init_array(&b, listed);
	for (size_t i = 0; i < users.count; i++) {
		ka_buf_text(&b, users.names[i]);
		ka_buf_char(&b, ' ');
	}
	ka_fetchusers_free(&users);
	assert_null(users.names);
	return listed;
}

static void put_entry(const char *user, const char *name)
{
	static char text[KA_ENTRY_MAX];
	struct ka_entry e = { .status = 404, .mirror = 1 };
	struct ka_fetchstore store;
	struct ka_buf b;

	ka_span_copy(ka_span_of("corp"), e.source, sizeof(e.source));
	ka_span_copy(ka_span_of(user), e.user, sizeof(e.user));
	ka_buf_init_array(&b, text);
	ka_entry_write(&e, &b);
	assert_int_equal(ka_fetchstore_open("/c", "corp", &store), KA_ERR_OK);
	assert_int_equal(ka_fetchstore_put(&store, name, ka_buf_as_span(&b)), KA_ERR_OK);
	ka_fetchstore_close(&store);
}

static int set_up(void **state)
{
	(void)state;
	trustroot_dir("/k", 0755, 0);
	trustroot_dir("/etc", 0755, 0);
	trustroot_dir("/c", 02750, 0);
	return 0;
}

static void nothing_said__is_nobody(void **state)
{
	(void)state;
	assert_string_equal(list(""), "");
	assert_int_equal(err, KA_ERR_OK);
}

static void file__a_name_a_line__sorted_and_once(void **state)
{
	(void)state;
	trustroot_file("/k/users", 0644, 0, "carol\nalice\n\n  bob\t\nalice\n# nobody\n");
	assert_string_equal(list("users = /k/users"), "alice bob carol ");
	assert_int_equal(err, KA_ERR_OK);
}

static void file__names_that_are_none__are_left_out(void **state)
{
	(void)state;
	trustroot_file("/k/users", 0644, 0, "../x\nal ice\n-a\n:index\nal/ice\nx\\y\nok\nal\x01ice\n.dot\ncr\r\n");
	assert_string_equal(list("users = /k/users"), "cr ok ");
}

static void file__that_must_not_be_trusted__is_an_error(void **state)
{
	(void)state;
	trustroot_file("/k/users", 0666, 0, "alice\n");
	assert_string_equal(list("users = /k/users"), "");
	assert_int_equal(err, KA_ERR_SYS);
	assert_int_equal(unlink("/k/users"), 0);
	assert_string_equal(list("users = /k/users"), "");
	assert_int_equal(err, KA_ERR_SYS);
}

static void passwd__everybody(void **state)
{
	(void)state;
	trustroot_file("/etc/passwd", 0644, 0, "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n");
	assert_string_equal(list("users = passwd"), "alice root ");
}

static void index__that_is_not_there__is_an_error(void **state)
{
	(void)state;
	assert_string_equal(list("format = signed\nsigners = /k/signers\nindex_url = https://k.test/index\nusers = index"), "");
	assert_int_equal(err, KA_ERR_SYS);
}

static void cache__whoever_lies_there__is_kept_warm(void **state)
{
	(void)state;
	put_entry("zoe", "0000000000000000000000000000000000000000000000000000000000000001");
	put_entry("alice", "0000000000000000000000000000000000000000000000000000000000000002");
	put_entry(":index", "0000000000000000000000000000000000000000000000000000000000000003");
	put_entry("torn", "0000000000000000000000000000000000000000000000000000000000000004");
	put_entry("other", "not-an-entry");
	assert_int_equal(truncate("/c/corp/0000000000000000000000000000000000000000000000000000000000000004", 50), 0);
	trustroot_file("/k/users", 0644, 0, "bob\nalice\n");
	assert_string_equal(list("users = /k/users"), "alice bob zoe ");
	assert_string_equal(list(""), "alice zoe ");
	/* also when the list cannot be read */
	assert_string_equal(list("users = /k/missing"), "alice zoe ");
	assert_int_equal(err, KA_ERR_SYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_said__is_nobody),
		cmocka_unit_test(file__a_name_a_line__sorted_and_once),
		cmocka_unit_test(file__names_that_are_none__are_left_out),
		cmocka_unit_test(file__that_must_not_be_trusted__is_an_error),
		cmocka_unit_test(passwd__everybody),
		cmocka_unit_test(index__that_is_not_there__is_an_error),
		cmocka_unit_test(cache__whoever_lies_there__is_kept_warm),
	};

	return trustroot_run(tests, set_up);
}
