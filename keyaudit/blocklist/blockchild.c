/* fork, fewer rights, exec. */
#include "keyaudit/blocklist/blockchild.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/spawn.h"
#include "keyaudit/cache/fetchuser.h"

#include "base/poison.h"

_Noreturn static void become(const char *const *argv, pid_t parent, int in, int out)
{
	static const char path_env[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", locale_env[] = "LC_ALL=C";
	const char *env[] = { path_env, locale_env, NULL };
	union { const char *const *from; char *const *to; } args = { .from = argv }, envp = { .from = env };
	int null = open("/dev/null", O_RDWR);
	enum ka_fetchuser_answer who = geteuid() == 0 ? ka_fetchuser_become(false) : KA_FETCHUSER_IS;

	if (who != KA_FETCHUSER_IS) {
		(void)ka_fetchuser_say("blocklist", who);
		_exit(126);
	}
	if (null < 0 || dup2(in >= 0 ? in : null, 0) < 0 || dup2(out, 1) < 0)
		_exit(126);
	ka_spawn_clean_child(3);
	/* behind the change of rights, which takes it away; and our parent may have died before */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		_exit(126);
	execve(argv[0], args.to, envp.to);
	fprintf(stderr, "keyaudit blocklist: %s cannot be run (%s)\n", argv[0], strerrorname_np(errno));
	_exit(127);
}

enum ka_err ka_blockchild_start(const char *const *argv, int in, struct ka_blockchild *out)
{
	pid_t parent = getpid();
	KA_AUTOCLOSE int from = -1, to = -1;
	int ends[2];

	*out = (struct ka_blockchild){ .fd = -1 };
	if (pipe2(ends, O_CLOEXEC) != 0)
		return KA_ERR_SYS;
	from = ends[0];
	to = ends[1];
	out->pid = fork();
	if (out->pid == 0)
		become(argv, parent, in, to);
	if (out->pid < 0) {
		out->pid = 0;
		return KA_ERR_SYS;
	}
	out->fd = ka_steal_fd(&from);
	return KA_ERR_OK;
}

int ka_blockchild_end(struct ka_blockchild *c)
{
	int status = -1;

	if (c->fd >= 0)
		close(ka_steal_fd(&c->fd));
	if (c->pid > 0)
		status = ka_spawn_reap(c->pid, KA_BLOCKCHILD_END_MS, false);
	c->pid = 0;
	return status >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
