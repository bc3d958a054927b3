#include "tests/unit/lib/hearing.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"

#include "base/poison.h"

struct ka_earfile hearing;

const char *hearing_path(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", runplace.path, name);
	return path;
}

void hearing_add(const char *name, const char *text)
{
	KA_AUTOCLOSE int fd = openat(runplace.r.run, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);

	assert_true(fd >= 0);
	assert_int_equal(ka_fd_write_all(fd, text, strlen(text)), KA_ERR_OK);
}

void hearing_say(const char *name, const char *text)
{
	char line[1024], when[KA_CLOCK_TEXT_MAX];

	ka_clock_text(ka_clock_wall_us(), when);
	snprintf(line, sizeof(line), "%s host sshd[7]: %s\n", when, text);
	hearing_add(name, line);
}

void hearing_begin(const struct ka_earposition *position)
{
	ka_earfile_begin(&hearing, hearing_path("auth.log"), true, position, ka_clock_wall_us() - 10000000);
}

void hearing_end(void)
{
	ka_earfile_end(&hearing);
}

struct ka_earposition *hearing_position(void)
{
	static struct ka_earposition p;

	assert_true(ka_earfile_position(&hearing, &p));
	return &p;
}

const char *hearing_heard(void)
{
	static char text[64 * 1024];
	struct ka_earline line;
	int looks = 0;
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	do {
		hearing.is_idle = false;
		while (ka_earfile_next(&hearing, &line)) {
			ka_buf_span(&b, line.message);
			ka_buf_char(&b, '|');
		}
	} while (!hearing.is_idle && ++looks < 1000);
	assert_true(looks < 1000);
	assert_false(b.overflow);
	return text;
}

void hearing_rename(const char *from, const char *to)
{
	assert_int_equal(renameat(runplace.r.run, from, runplace.r.run, to), 0);
}

void hearing_copy(const char *from, const char *to)
{
	KA_AUTOCLOSE int fd = openat(runplace.r.run, from, O_RDWR | O_CLOEXEC);
	KA_AUTOFREE char *text = NULL;
	size_t len;

	assert_int_equal(ka_fd_slurp(fd, 1 << 20, &text, &len), KA_ERR_OK);
	hearing_add(to, text);
	assert_int_equal(ftruncate(fd, 0), 0);
}
