/* Running ssh-keygen. MUST: give it no name that it could take for an option; outlive none of its children. */
#include "keyaudit/sign/keygensign.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/text.h"
#include "keyaudit/sign/numbered.h"
#include "store/sshsig.h"

#include "base/poison.h"

#define FIXED_WORDS 8
#define NOT_STARTED 128 /* and an errno: the status of a child that did not become ssh-keygen; its own are 0, 1 and 255 */

/* one call: the files from @first on */
struct call {
	pid_t pid; /* 0: not started, -1: ended well */
	size_t first, count, done;
};

/* what became of the calls so far */
struct outcome {
	enum ka_err err;
	int sys; /* an errno, with KA_ERR_SYS */
};

static void give_up(void)
{
	_exit(NOT_STARTED + (errno > 0 && errno < 255 - NOT_STARTED ? errno : 0));
}

/* in the child */
static void become(const struct ka_keygensign *job, char *const *argv, pid_t parent)
{
	struct sigaction plain = { .sa_handler = SIG_DFL };

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent || fchdir(job->dir) != 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		give_up();
	if (job->agent != NULL && setenv("SSH_AUTH_SOCK", job->agent, 1) != 0)
		give_up();
	sigaction(SIGPIPE, &plain, NULL);
	execv(KA_PATH_KEYGEN, argv);
	give_up();
}

static enum ka_err start(const struct ka_keygensign *job, struct call *c)
{
	KA_AUTOFREE char **argv = calloc(c->count + FIXED_WORDS + 1, sizeof(*argv));
	KA_AUTOFREE struct ka_numbered *names = calloc(c->count, sizeof(*names));
	const char *fixed[FIXED_WORDS] = { KA_PATH_KEYGEN, "-q", "-Y", "sign", "-n", KA_SSHSIG_NAMESPACE, "-f", job->key->path };
	pid_t parent = getpid();

	if (argv == NULL || names == NULL)
		return KA_ERR_NOMEM;
	for (size_t i = 0; i < FIXED_WORDS; i++)
		argv[i] = (char *)(uintptr_t)fixed[i];
	for (size_t i = 0; i < c->count; i++) {
		names[i] = ka_numbered(c->first + i, "");
		argv[FIXED_WORDS + i] = names[i].text;
	}
	c->pid = fork();
	if (c->pid == 0)
		become(job, argv, parent);
	return c->pid > 0 ? KA_ERR_OK : KA_ERR_SYS;
}

static void watch(const struct ka_keygensign *job, struct call *c)
{
	struct stat st;

	while (c->done < c->count) {
		if (fstatat(job->dir, ka_numbered(c->first + c->done, ".sig").text, &st, AT_SYMLINK_NOFOLLOW) != 0)
			return;
		c->done++;
	}
}

static void report(const struct ka_keygensign *job, const struct call *calls, size_t count)
{
	size_t done = 0;

	for (size_t i = 0; i < count; i++)
		done += calls[i].done;
	if (job->progress != NULL)
		job->progress(job->ctx, done);
}

static void failed(struct outcome *o, int status)
{
	if (o->err != KA_ERR_OK)
		return;
	o->err = KA_ERR_CRYPTO;
	if (WIFEXITED(status) && WEXITSTATUS(status) >= NOT_STARTED && WEXITSTATUS(status) < 255)
		*o = (struct outcome){ .err = KA_ERR_SYS, .sys = WEXITSTATUS(status) - NOT_STARTED };
}

/* true while it runs; @o tells when it failed */
static bool is_running(struct call *c, struct outcome *o)
{
	int status = -1;
	pid_t got;

	if (c->pid <= 0)
		return false;
	do
		got = waitpid(c->pid, &status, WNOHANG);
	while (got < 0 && errno == EINTR);
	if (got == 0)
		return true;
	if (got != c->pid || status != 0)
		failed(o, got == c->pid ? status : -1);
	c->pid = -1;
	return false;
}

static void stop(struct call *calls, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (calls[i].pid > 0) {
			kill(calls[i].pid, SIGTERM);
			while (waitpid(calls[i].pid, NULL, 0) < 0 && errno == EINTR)
				;
			calls[i].pid = -1;
		}
}

/* each call its share, as many at once as may be */
static enum ka_err run(const struct ka_keygensign *job, struct call *calls, size_t count, unsigned jobs)
{
	struct outcome o = { .err = KA_ERR_OK };
	size_t next = 0;

	for (;;) {
		size_t running = 0;

		for (size_t i = 0; i < next; i++) {
			running += is_running(&calls[i], &o);
			watch(job, &calls[i]);
		}
		while (o.err == KA_ERR_OK && next < count && running < jobs) {
			o.err = start(job, &calls[next]);
			o.sys = errno;
			next += o.err == KA_ERR_OK;
			running += o.err == KA_ERR_OK;
		}
		report(job, calls, count);
		if (running == 0)
			break;
		if (o.err != KA_ERR_OK)
			stop(calls, next);
		else
			poll(NULL, 0, KA_KEYGEN_STEP_MS);
	}
	errno = o.err == KA_ERR_SYS ? o.sys : errno;
	return o.err;
}

enum ka_err ka_keygensign_run(const struct ka_keygensign *job)
{
	/* who is asked for a passphrase, or for a touch, is asked by one at a time */
	unsigned jobs = job->key->is_encrypted || job->key->is_sk || job->jobs == 0 ? 1 : job->jobs;
	size_t share = (job->count + jobs - 1) / jobs, count = 0;
	KA_AUTOFREE struct call *calls = NULL;

	if (job->count == 0)
		return KA_ERR_OK;
	if (share > KA_KEYGEN_FILES_MAX)
		share = KA_KEYGEN_FILES_MAX;
	calls = calloc((job->count + share - 1) / share, sizeof(*calls));
	if (calls == NULL)
		return KA_ERR_NOMEM;
	for (size_t first = 0; first < job->count; first += share)
		calls[count++] = (struct call){
			.first = job->first + first, .count = job->count - first < share ? job->count - first : share,
		};
	return run(job, calls, count, jobs);
}
