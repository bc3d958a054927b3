/* A directory of one test's own: see tmptree.h. */
#include "tests/unit/lib/tmptree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/poison.h"

char tmptree[64];

int tmptree_make(void **state)
{
	(void)state;
	snprintf(tmptree, sizeof(tmptree), "/tmp/ka-test-XXXXXX");
	return mkdtemp(tmptree) == NULL ? -1 : 0;
}

int tmptree_remove(void **state)
{
	const char *argv[] = { "/bin/rm", "-rf", tmptree, NULL };
	union { const char *const *from; char *const *to; } u = { .from = argv };
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		execv(argv[0], u.to);
		_exit(1);
	}
	return waitpid(pid, NULL, 0) == pid ? 0 : -1;
}

void tmptree_write(const char *name, const char *text)
{
	tmptree_writef(name, "%s", text);
}

void tmptree_writef(const char *name, const char *format, ...)
{
	char path[256];
	va_list args;
	FILE *f;

	assert_in_range(snprintf(path, sizeof(path), "%s/%s", tmptree, name), 1, sizeof(path) - 1);
	f = fopen(path, "w");
	assert_non_null(f);
	va_start(args, format);
	assert_true(vfprintf(f, format, args) >= 0);
	va_end(args);
	assert_int_equal(fclose(f), 0);
}
