/* The file lies in /tmp itself: nothing else is made beside it. */
#include "tests/unit/lib/logplace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <fcntl.h>

#include "base/cleanup.h"
#include "base/fd.h"

#include "base/poison.h"

const char logplace_text[] =
	"{\"@timestamp\":\"2026-08-23T10:00:00.000000Z\",\"event\":{\"action\":\"trail-genesis\",\"id\":\"g\"},\"keyaudit\":{\"seq\":1}}\n"
	"{\"@timestamp\":\"2026-08-23T10:15:42.123456Z\",\"message\":\"no key worked\",\"event\":{\"outcome\":\"failure\",\"id\":\"fi7v\","
	"\"code\":\"perm.wrong-owner\"},\"user\":{\"name\":\"alice\"},\"keyaudit\":{\"ref\":\"asm6lelb\"}}\n"
	"{\"@timestamp\":\"2026-08-23T10:15:43.123456Z\",\"event\":{\"outcome\":\"success\",\"id\":\"abcd\"},\"user\":{\"name\":\"bob\"},"
	"\"keyaudit\":{\"ref\":\"asm6lelb\"}}\n";

char logplace_trail[64];

int logplace_setup(void **state)
{
	(void)state;
	snprintf(logplace_trail, sizeof(logplace_trail), "/tmp/ka-logplace-XXXXXX");
	KA_AUTOCLOSE int fd = mkostemp(logplace_trail, O_CLOEXEC);

	assert_int_equal(ka_fd_write_all(fd, logplace_text, strlen(logplace_text)), KA_ERR_OK);
	return 0;
}

int logplace_teardown(void **state)
{
	(void)state;
	unlink(logplace_trail);
	return 0;
}
