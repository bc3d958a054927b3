/* Starting and ending a program that is listened to. MUST: leave no process behind, whoever dies first. */
#include "base/childpipe.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/spawn.h"

#include "base/poison.h"

_Noreturn static void child(const char *const *argv, pid_t parent, int in, int out)
{
	static const char path_env[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", locale_env[] = "LC_ALL=C";
	const char *env[] = { path_env, locale_env, NULL };
	union { const char *const *from; char *const *to; } args = { .from = argv }, envp = { .from = env };
	int null = open("/dev/null", O_RDWR);

	setsid();
	if (null < 0 || !ka_spawn_keep_ids() || dup2(in >= 0 ? in : null, 0) < 0 || dup2(out, 1) < 0 || dup2(null, 2) < 0)
		_exit(126);
	ka_spawn_clean_child(3);
	/* our parent may have died before this was asked for */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		_exit(126);
	execve(argv[0], args.to, envp.to);
	_exit(127);
}

enum ka_err ka_childpipe_start(const char *const *argv, int in, pid_t *pid, int *fd)
{
	pid_t parent = getpid();
	int ends[2];

	*fd = -1;
	*pid = 0;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return KA_ERR_SYS;
	*pid = fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 ? fork() : -1;
	if (*pid == 0)
		child(argv, parent, in, ends[1]);
	close(ends[1]);
	if (*pid > 0) {
		*fd = ends[0];
		return KA_ERR_OK;
	}
	close(ends[0]);
	*pid = 0;
	return KA_ERR_SYS;
}

int ka_childpipe_stop(pid_t pid)
{
	return ka_spawn_reap(pid, 0, true);
}
