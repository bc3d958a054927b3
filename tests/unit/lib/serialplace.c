/* Makes and removes the directory. */
#include "tests/unit/lib/serialplace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fd.h"

#include "base/poison.h"

struct ka_serialdir serialplace;
char serialplace_path[64];

int serialplace_make(void **state)
{
	(void)state;
	memcpy(serialplace_path, "/tmp/ka-serial.XXXXXX", 22);
	if (mkdtemp(serialplace_path) == NULL)
		return -1;
	return ka_serialdir_open(serialplace_path, &serialplace) == KA_ERR_OK ? 0 : -1;
}

static size_t walk(bool remove)
{
	KA_AUTOCLOSEDIR DIR *dir = opendir(serialplace_path);
	struct dirent *entry;
	size_t n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		n++;
		if (remove && unlinkat(dirfd(dir), entry->d_name, 0) != 0)
			assert_int_equal(unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR), 0);
	}
	return n;
}

int serialplace_drop(void **state)
{
	(void)state;
	chmod(serialplace_path, 0700);
	walk(true);
	ka_serialdir_close(&serialplace);
	return rmdir(serialplace_path);
}

size_t serialplace_count(void)
{
	return walk(false);
}

void serialplace_put(const char *name, const char *bytes, size_t len, mode_t mode)
{
	KA_AUTOCLOSE int fd = openat(serialplace.fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ka_fd_write_all(fd, bytes, len), KA_ERR_OK);
	assert_int_equal(fchmod(fd, mode), 0);
}

char *serialplace_get(const char *name, size_t *len)
{
	KA_AUTOCLOSE int fd = openat(serialplace.fd, name, O_RDONLY | O_CLOEXEC);
	char *text = NULL;

	if (fd >= 0)
		assert_int_equal(ka_fd_slurp(fd, 32 << 20, &text, len), KA_ERR_OK);
	return text;
}
