/* keyaudit refresh: runs authkeys-fetch --refresh with the rights of its user, as the timer does. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/paths.h"
#include "keyaudit/cache/cachelist.h"
#include "keyaudit/cache/fetchuser.h"
#include "keyaudit/cmd.h"
#include "keyaudit/screen/usage.h"

#include "base/poison.h"

static const char usage[] =
	"usage: keyaudit refresh [--now] [--source NAME]\n\n"
	"Asks the key stores for what is no longer fresh: runs authkeys-fetch(8) as\n"
	KA_FETCH_USER ", as keyaudit-refresh.timer does.\n\n"
	"  --now          also what is fresh, after a wait of up to 30 s: for telling\n"
	"                 many hosts at once\n"
	"  --source NAME  this source alone\n\n"
	"Exit status: 0 done, 2 usage, 3 could not decide, 75 a store could not be asked,\n"
	"77 no permission.\n\n"
	"examples:\n"
	"  sudo keyaudit refresh --source corp\n"
	"  ansible all -b -m command -a 'keyaudit refresh --now'\n";

struct refresh {
	bool now;
	const char *source;
};

/* 0: go on; -1: the help was shown */
static int parse(struct refresh *r, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			fputs(usage, stdout);
			return -1;
		}
		if (strcmp(argv[i], "--now") == 0) {
			r->now = true;
		} else if (strcmp(argv[i], "--source") == 0 && i + 1 < argc) {
			r->source = argv[++i];
			if (!ka_cachelist_is_source(r->source))
				return ka_usage_error("refresh", "no source can be called", r->source);
		} else {
			return strcmp(argv[i], "--source") == 0 ? ka_usage_error("refresh", "a value is missing behind", "--source") :
								  ka_usage_stray("refresh", argv[i]);
		}
	}
	return 0;
}

/* in the child, with no rights but the fetcher's. The environment stays behind: it was another user's */
static void become(const struct refresh *r)
{
	char *const environment[] = { (char *)(uintptr_t)"PATH=/usr/bin:/bin", (char *)(uintptr_t)"LC_ALL=C", NULL };
	const char *argv[6] = { KA_PATH_FETCH, "--refresh" };
	size_t n = 2;

	if (r->now)
		argv[n++] = "--now";
	if (r->source != NULL) {
		argv[n++] = "--source";
		argv[n++] = r->source;
	}
	signal(SIGPIPE, SIG_DFL);
	if (chdir("/") == 0)
		execve(KA_PATH_FETCH, (char *const *)(uintptr_t)argv, environment);
	fprintf(stderr, "keyaudit refresh: " KA_PATH_FETCH " cannot be run (%s)\n", strerrorname_np(errno));
	_exit(127);
}

static int run(const struct refresh *r)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		become(r);
	if (pid < 0)
		return KA_EXIT_UNDECIDED;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return KA_EXIT_UNDECIDED;
	if (!WIFEXITED(status))
		return KA_EXIT_UNDECIDED;
	switch (WEXITSTATUS(status)) {
	case 0:
		return KA_EXIT_FINE;
	case 1:
		return KA_EXIT_TEMPORARY;
	default: /* it has said why */
		return KA_EXIT_UNDECIDED;
	}
}

int ka_cmd_refresh(int argc, char **argv)
{
	struct refresh r = { .now = false };
	int status = parse(&r, argc, argv);
	enum ka_fetchuser_answer who;

	if (status != 0)
		return status == -1 ? KA_EXIT_FINE : status;
	who = ka_fetchuser_become(false);
	return who == KA_FETCHUSER_IS ? run(&r) : ka_fetchuser_say("refresh", who);
}
