/* A file that nobody else can open. */
#include "tests/unit/lib/memfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"

#include "base/poison.h"

int memfile_of(const void *bytes, size_t len)
{
	int fd = memfd_create("memfile", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(ka_fd_write_all(fd, bytes, len), KA_ERR_OK);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}
