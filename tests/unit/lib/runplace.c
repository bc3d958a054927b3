#include "tests/unit/lib/runplace.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "keyaudit/case/removal.h"

#include "base/poison.h"

int runplace_make(struct runplace *p)
{
	static const struct { const char *name; mode_t mode; } installed[] = { { "spool", 0730 }, { "eye", 0710 } };
	KA_AUTOCLOSE int run = -1;

	memset(p, 0, sizeof(*p));
	memset(&p->r, 0xff, sizeof(p->r));
	/* in memory where there is such a place: what is synced a thousand times need not reach a disk */
	snprintf(p->path, sizeof(p->path), "%s/ka-run.XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(p->path) == NULL)
		return -1;
	run = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < KA_ARRAY_LEN(installed); i++)
		if (mkdirat(run, installed[i].name, 0700) != 0 || fchmodat(run, installed[i].name, installed[i].mode, 0) != 0)
			return -1;
	return ka_rundir_open_at(&p->r, p->path, geteuid(), getegid(), p->why, sizeof(p->why)) == KA_ERR_OK ? 0 : -1;
}

int runplace_drop(struct runplace *p)
{
	ka_rundir_close(&p->r);
	return ka_removal_entry(AT_FDCWD, p->path) ? 0 : -1;
}

struct runplace runplace;

int runplace_setup(void **state)
{
	(void)state;
	return runplace_make(&runplace);
}

int runplace_teardown(void **state)
{
	(void)state;
	return runplace_drop(&runplace);
}

enum ka_claim_answer runplace_take(const struct ka_conn *conn, struct ka_claim *claim)
{
	enum ka_claim_answer answer;

	assert_int_equal(ka_claim_take(&runplace.r, conn, RUNPLACE_TRAIL, &answer, claim), KA_ERR_OK);
	return answer;
}

void runplace_put(int dir, const char *name, const char *text)
{
	KA_AUTOCLOSE int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ka_fd_write_all(fd, text, strlen(text)), KA_ERR_OK);
}

bool runplace_has(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}
