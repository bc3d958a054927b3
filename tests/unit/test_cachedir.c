/* store/cachedir: an entry is read from a file that only the cache's owner could have written, or not at all. */
#include "store/cachedir.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fd.h"

#include "base/poison.h"

static char cache[] = "/tmp/ka-cachedir.XXXXXX", file[128], name[KA_ENTRY_HEX], url[KA_ENTRY_HEX];
static char storage[KA_ENTRY_MAX + 1];
static struct ka_entry got;

static void write_file(const char *path, struct ka_span bytes)
{
	KA_AUTOCLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0640);

	assert_true(fd >= 0);
	assert_int_equal(ka_fd_write_all(fd, bytes.p, bytes.len), KA_ERR_OK);
	assert_int_equal(fchmod(fd, 0640), 0);
}

static size_t write_entry(const char *source, const char *user, size_t length)
{
	static char text[KA_ENTRY_BULK_MAX], body[KA_STORE_BULK_MAX];
	struct ka_entry e = { .is_found = true, .status = 200, .mirror = 1, .body = { (uint8_t *)body, length } };
	struct ka_buf b;

	memset(body, 'k', length);
	ka_span_copy(ka_span_of(source), e.source, sizeof(e.source));
	ka_span_copy(ka_span_of(user), e.user, sizeof(e.user));
	ka_span_copy(ka_span_of(url), e.url, sizeof(e.url));
	ka_buf_init_array(&b, text);
	ka_entry_write(&e, &b);
	unlink(file);
	write_file(file, ka_buf_as_span(&b));
	return b.len;
}

static enum ka_cachedir_answer look(void)
{
	return ka_cachedir_read(cache, "corp", "alice", name, url, storage, sizeof(storage), &got);
}

static int set_up(void **state)
{
	struct ka_buf b;

	(void)state;
	assert_non_null(mkdtemp(cache));
	assert_int_equal(chmod(cache, 02750), 0);
	ka_entry_name("corp", "alice", NULL, name);
	ka_entry_hash(&(const char *){ "u" }, 1, url);
	ka_buf_init_array(&b, file);
	ka_buf_text(&b, cache);
	ka_buf_text(&b, "/corp");
	assert_int_equal(mkdir(file, 0750), 0);
	ka_buf_char(&b, '/');
	ka_buf_text(&b, name);
	return ka_buf_check(&b);
}

static int tear_down(void **state)
{
	char *slash = strrchr(file, '/');

	(void)state;
	unlink(file);
	*slash = '\0';
	rmdir(file);
	return rmdir(cache);
}

static void read__an_entry__is_found_with_its_body(void **state)
{
	(void)state;
	write_entry("corp", "alice", 100);
	assert_int_equal(look(), KA_CACHEDIR_FOUND);
	assert_int_equal(got.body.len, 100);
	write_entry("corp", "alice", KA_STORE_BODY_MAX);
	assert_int_equal(look(), KA_CACHEDIR_FOUND);
}

static void read__nothing_there__is_absent(void **state)
{
	(void)state;
	unlink(file);
	assert_int_equal(look(), KA_CACHEDIR_ABSENT);
	assert_int_equal(ka_cachedir_read("/tmp/ka-is-not-there", "corp", "alice", name, url, storage, sizeof(storage), &got),
			 KA_CACHEDIR_ABSENT);
}

static void read__for_somebody_else__is_invalid(void **state)
{
	(void)state;
	write_entry("corp", "bob", 10);
	assert_int_equal(look(), KA_CACHEDIR_INVALID);
	assert_int_equal(ka_cachedir_read(cache, "corp", NULL, name, url, storage, sizeof(storage), &got), KA_CACHEDIR_FOUND);
	write_entry("other", "alice", 10);
	assert_int_equal(look(), KA_CACHEDIR_INVALID);
}

static void read__asked_with_something_else__is_absent(void **state)
{
	char other[KA_ENTRY_HEX];

	(void)state;
	write_entry("corp", "alice", 10);
	ka_entry_hash(&(const char *){ "v" }, 1, other);
	assert_int_equal(ka_cachedir_read(cache, "corp", "alice", name, other, storage, sizeof(storage), &got), KA_CACHEDIR_ABSENT);
	assert_int_equal(ka_cachedir_read(cache, "corp", "alice", name, NULL, storage, sizeof(storage), &got), KA_CACHEDIR_FOUND);
}

static void read__torn__is_invalid(void **state)
{
	size_t len = write_entry("corp", "alice", 4096);

	(void)state;
	for (size_t n = 0; n < len; n += n < 600 ? 1 : 97) {
		assert_int_equal(truncate(file, (off_t)(len - 1 - n)), 0);
		assert_int_equal(look(), KA_CACHEDIR_INVALID);
	}
}

static void read__too_large__is_invalid(void **state)
{
	(void)state;
	write_entry("corp", "alice", KA_STORE_BODY_MAX + KA_ENTRY_HEAD_MAX);
	assert_int_equal(look(), KA_CACHEDIR_INVALID);
}

static void read__writable_by_others__is_invalid(void **state)
{
	(void)state;
	write_entry("corp", "alice", 10);
	assert_int_equal(chmod(file, 0660), 0);
	assert_int_equal(look(), KA_CACHEDIR_INVALID);
	assert_int_equal(chmod(file, 0642), 0);
	assert_int_equal(look(), KA_CACHEDIR_INVALID);
	assert_int_equal(chmod(file, 0644), 0);
	assert_int_equal(look(), KA_CACHEDIR_FOUND);
	assert_int_equal(chmod(cache, 0770), 0);
	assert_int_equal(look(), KA_CACHEDIR_INVALID);
	assert_int_equal(chmod(cache, 02750), 0);
	assert_int_equal(look(), KA_CACHEDIR_FOUND);
}

static void read__of_another_owner__is_invalid(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	write_entry("corp", "alice", 10);
	assert_int_equal(chown(file, 12345, 0), 0);
	assert_int_equal(look(), KA_CACHEDIR_INVALID);
	/* the owner is who owns the cache, whoever that is */
	assert_int_equal(chown(cache, 12345, 0), 0);
	assert_int_equal(look(), KA_CACHEDIR_FOUND);
	assert_int_equal(chown(cache, 0, 0), 0);
}

static void read__a_link_a_fifo_a_folder_a_second_name__is_invalid(void **state)
{
	char second[sizeof(file) + 8];
	struct ka_buf b;

	(void)state;
	write_entry("corp", "alice", 10);
	ka_buf_init_array(&b, second);
	ka_buf_text(&b, file);
	ka_buf_text(&b, ".2");
	assert_int_equal(link(file, second), 0);
	assert_int_equal(look(), KA_CACHEDIR_INVALID);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(symlink(second, file), 0);
	assert_int_equal(look(), KA_CACHEDIR_INVALID);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(mkfifo(file, 0640), 0);
	assert_int_equal(look(), KA_CACHEDIR_INVALID);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(mkdir(file, 0750), 0);
	assert_int_equal(look(), KA_CACHEDIR_INVALID);
	assert_int_equal(rmdir(file), 0);
	assert_int_equal(unlink(second), 0);
}

static void lasttry__beside_the_entry__is_read(void **state)
{
	char path[sizeof(file) + 8];
	struct ka_lasttry t;
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, path);
	ka_buf_text(&b, file);
	ka_buf_text(&b, ".try");
	assert_false(ka_cachedir_lasttry(cache, "corp", name, &t));
	write_file(path, ka_span_of("ka1 fail at=10 reason=store.tls status=0 mirror=1 until=40\n"));
	assert_true(ka_cachedir_lasttry(cache, "corp", name, &t));
	assert_int_equal(t.until, 40);
	write_file(path, ka_span_of("ka1 fail at=10 reason=store.tls status=0"));
	assert_false(ka_cachedir_lasttry(cache, "corp", name, &t));
	memset(storage, 'x', 4096);
	write_file(path, (struct ka_span){ (uint8_t *)storage, 4096 });
	assert_false(ka_cachedir_lasttry(cache, "corp", name, &t));
	unlink(path);
}

static void path__too_long__none(void **state)
{
	char long_name[KA_PATH_TRUSTED_MAX], path[KA_PATH_TRUSTED_MAX];

	(void)state;
	assert_true(ka_cachedir_path("/c", "s", ka_cachedir_name("e", ".try").text, path));
	assert_string_equal(path, "/c/s/e.try");
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	assert_false(ka_cachedir_path("/c", "s", long_name, path));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__an_entry__is_found_with_its_body),
		cmocka_unit_test(read__nothing_there__is_absent),
		cmocka_unit_test(read__for_somebody_else__is_invalid),
		cmocka_unit_test(read__asked_with_something_else__is_absent),
		cmocka_unit_test(read__torn__is_invalid),
		cmocka_unit_test(read__too_large__is_invalid),
		cmocka_unit_test(read__writable_by_others__is_invalid),
		cmocka_unit_test(read__of_another_owner__is_invalid),
		cmocka_unit_test(read__a_link_a_fifo_a_folder_a_second_name__is_invalid),
		cmocka_unit_test(lasttry__beside_the_entry__is_read),
		cmocka_unit_test(path__too_long__none),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
