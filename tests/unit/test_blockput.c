/* keyaudit/blocklist/blockput: the old file or the new one, never another; in a directory that is closed to others. */
#include "keyaudit/blocklist/blockput.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

#define PATH "/var/list.dat"

static char bytes[64];

static const char *get(const char *path)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len;

	if (fd < 0 || ka_fd_read_all(fd, bytes, sizeof(bytes) - 1, &len) != KA_ERR_OK)
		return "-";
	bytes[len] = '\0';
	return bytes;
}

static int make(void **state)
{
	(void)state;
	trustroot_dir("/var", 0755, 0);
	trustroot_dir("/open", 0777, 0);
	return 0;
}

static void put__committed__lies_there_with_its_names(void **state)
{
	struct ka_blockput p;
	struct stat st;

	(void)state;
	assert_null(ka_blockput_open(PATH, &p));
	assert_int_equal(p.old_bytes, 0);
	assert_int_equal(ka_blockput_write(&p, "new", 3), KA_ERR_OK);
	assert_string_equal(get(PATH), "-");
	assert_int_equal(ka_blockput_commit(&p, ka_span_of("1 x\n")), KA_ERR_OK);
	ka_blockput_close(&p);
	assert_string_equal(get(PATH), "new");
	assert_string_equal(get(PATH ".names"), "1 x\n");
	assert_int_equal(stat(PATH, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(access(PATH ".new", F_OK), -1);
	/* again, without names: those stay */
	assert_null(ka_blockput_open(PATH, &p));
	assert_int_equal(p.old_bytes, 3);
	assert_int_equal(ka_blockput_write(&p, "newer", 5), KA_ERR_OK);
	assert_int_equal(ka_blockput_commit(&p, ka_span_of("")), KA_ERR_OK);
	ka_blockput_close(&p);
	assert_string_equal(get(PATH), "newer");
	assert_string_equal(get(PATH ".names"), "1 x\n");
}

static void put__not_committed__leaves_the_old_one_and_nothing_else(void **state)
{
	struct ka_blockput p;

	(void)state;
	trustroot_file("/var/list.dat.new", 0600, 0, "what a killed update has left");
	assert_null(ka_blockput_open(PATH, &p));
	assert_int_equal(ka_blockput_write(&p, "half", 4), KA_ERR_OK);
	ka_blockput_close(&p);
	assert_string_equal(get(PATH), "newer");
	assert_int_equal(access(PATH ".new", F_OK), -1);
}

static void put__second_update__waits_and_is_refused(void **state)
{
	struct ka_blockput one, two;

	(void)state;
	assert_null(ka_blockput_open(PATH, &one));
	assert_string_equal(ka_blockput_open(PATH, &two), "another update is running");
	ka_blockput_close(&two);
	ka_blockput_close(&one);
	assert_null(ka_blockput_open(PATH, &two));
	ka_blockput_close(&two);
}

static void put__place_that_is_none__refused(void **state)
{
	struct ka_blockput p;

	(void)state;
	assert_string_equal(ka_blockput_open("/open/list.dat", &p), "its directory, or one above it, could be written to by others");
	ka_blockput_close(&p);
	assert_string_equal(ka_blockput_open("/nowhere/list.dat", &p), "its directory is not there");
	ka_blockput_close(&p);
	assert_string_equal(ka_blockput_open("list.dat", &p), "it is not the absolute path of a file");
	ka_blockput_close(&p);
	assert_string_equal(ka_blockput_open("/var/", &p), "it is not the absolute path of a file");
	ka_blockput_close(&p);
	assert_int_equal(symlink("list.dat", "/var/link"), 0);
	assert_string_equal(ka_blockput_open("/var/link", &p), "what lies there is no regular file");
	ka_blockput_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(put__committed__lies_there_with_its_names),
		cmocka_unit_test(put__not_committed__leaves_the_old_one_and_nothing_else),
		cmocka_unit_test(put__second_update__waits_and_is_refused),
		cmocka_unit_test(put__place_that_is_none__refused),
	};

	return trustroot_run(tests, make);
}
