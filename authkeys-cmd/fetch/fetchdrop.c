/* Dropping everything that came from the caller. */
#include "authkeys-cmd/fetch/fetchdrop.h"

#include <grp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/spawn.h"

#include "base/poison.h"

/* root called a set-user-ID program: its capabilities are asleep until the effective uid is root's again */
static bool leave_groups(uid_t uid)
{
	struct stat program;

	return stat("/proc/self/exe", &program) == 0 && setresuid(0, 0, uid) == 0 && setgroups(0, NULL) == 0 &&
	       setresgid(program.st_gid, program.st_gid, program.st_gid) == 0;
}

static bool become(uid_t uid)
{
	uid_t r, e, s;

	if (getuid() == 0 && !leave_groups(uid))
		return false;
	return setresuid(uid, uid, uid) == 0 && getresuid(&r, &e, &s) == 0 && r == uid && e == uid && s == uid && setuid(0) != 0;
}

static void limit(int what, rlim_t most)
{
	struct rlimit now;

	if (getrlimit((__rlimit_resource_t)what, &now) == 0 && now.rlim_max < most)
		most = now.rlim_max;
	setrlimit((__rlimit_resource_t)what, &(const struct rlimit){ most, most });
}

static void stop_timers(void)
{
	static const __itimer_which_t timers[] = { ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF };

	for (size_t i = 0; i < KA_ARRAY_LEN(timers); i++)
		setitimer(timers[i], &(const struct itimerval){ .it_value = { 0, 0 } }, NULL);
}

/* a signal that was blocked and waits would end us as soon as it may: ignored, it is forgotten */
static void forget_signals(void)
{
	for (int sig = 1; sig < NSIG; sig++)
		if (sig != SIGKILL && sig != SIGSTOP)
			signal(sig, SIG_IGN);
}

const char *ka_fetchdrop(void)
{
	const uid_t uid = geteuid();

	if (uid == 0)
		return "must not run as root; keyaudit refresh runs it as _keyfetch";
	if (!become(uid))
		return "cannot drop to its own uid";
	if (prctl(PR_SET_DUMPABLE, 0) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return "cannot give up privileges";
	stop_timers();
	if (clearenv() != 0 || setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1) != 0 || setenv("LC_ALL", "C", 1) != 0)
		return "cannot clean its environment";
	forget_signals();
	ka_spawn_clean_child(3);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a full disk and a small RLIMIT_FSIZE are the same to us */
	umask(0027);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, KA_FETCH_FILE_MAX);
	limit(RLIMIT_NOFILE, KA_FETCH_FDS_MAX);
	return ka_fd_reserve_std() == KA_ERR_OK ? NULL : "cannot open /dev/null";
}
