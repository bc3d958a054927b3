/* All accounts. MUST: hold no more of an account than its record; end every worker; believe no number from the pipe unchecked. */
#include "keyaudit/doctor/allusers.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/text.h"

#include "base/poison.h"

const char *ka_alluser_state_text(enum ka_alluser_state state)
{
	static const char *const texts[KA_ALLUSER_STATES] = { "ok", "none", "warn", "fail", "unknown" };

	return (unsigned)state < KA_ALLUSER_STATES ? texts[state] : "-";
}

void ka_allusers_free(struct ka_allusers *all)
{
	for (size_t i = 0; i < all->count; i++)
		free(all->name[i]);
	free(all->name);
	free(all->passwd);
	free(all->found);
	memset(all, 0, sizeof(*all));
}

static bool grow(struct ka_allusers *all, size_t *room)
{
	size_t more = *room == 0 ? 256 : 2 * *room;
	char **name = reallocarray(all->name, more, sizeof(*name));
	struct ka_allusers_passwd *passwd;

	if (name == NULL)
		return false;
	all->name = name;
	passwd = reallocarray(all->passwd, more, sizeof(*passwd));
	if (passwd == NULL)
		return false;
	all->passwd = passwd;
	*room = more;
	return true;
}

static bool is_service(const char *shell)
{
	const char *name = strrchr(shell, '/');

	name = name != NULL ? name + 1 : shell;
	return strcmp(name, "nologin") == 0 || strcmp(name, "false") == 0;
}

enum ka_err ka_allusers_list(struct ka_allusers *out)
{
	enum ka_err err = KA_ERR_OK;
	const struct passwd *pw;
	size_t room = 0;

	memset(out, 0, sizeof(*out));
	setpwent();
	while (err == KA_ERR_OK && (pw = getpwent()) != NULL) {
		if (strlen(pw->pw_name) >= KA_USER_NAME_MAX)
			continue; /* no such name can log in here */
		if (out->count == KA_ALLUSERS_MAX)
			err = KA_ERR_LIMIT;
		else if (out->count == room && !grow(out, &room))
			err = KA_ERR_NOMEM;
		else if ((out->name[out->count] = strdup(pw->pw_name)) == NULL)
			err = KA_ERR_NOMEM;
		else
			out->passwd[out->count++] = (struct ka_allusers_passwd){ .uid = pw->pw_uid, .is_service = is_service(pw->pw_shell) };
	}
	endpwent();
	out->found = err == KA_ERR_OK ? calloc(out->count + 1, sizeof(*out->found)) : NULL;
	if (out->found == NULL) {
		ka_allusers_free(out);
		return err != KA_ERR_OK ? err : KA_ERR_NOMEM;
	}
	return KA_ERR_OK;
}

/* an account that nobody gave a key has nothing to be kept out with, but for a file that cannot be looked into */
static bool is_none(const struct ka_diagnosis *d, const struct ka_allusers_passwd *passwd)
{
	enum ka_reason reason = d->has_primary ? d->findings[0].reason : KA_REASON_NONE;

	if (d->usable_keys > 0)
		return false;
	if (reason == KA_REASON_NONE || ka_reason_class(reason) == KA_CLASS_ABSENT)
		return true;
	if (reason == KA_REASON_FILE_HOME_MISSING)
		return passwd->is_service;
	return ka_reason_class(reason) == KA_CLASS_ALONE; /* lists, shells, expiry: no key would be lost by them */
}

void ka_allusers_judge(const struct ka_diagnosis *d, const struct ka_allusers_passwd *passwd, struct ka_alluser *out)
{
	const struct ka_finding *first = d->count > 0 ? &d->findings[0] : NULL;
	bool none = is_none(d, passwd);
	struct ka_span path;

	memset(out, 0, sizeof(*out));
	out->keys = (uint32_t)d->usable_keys;
	out->warnings = (uint32_t)(d->count - (d->has_primary ? 1 : 0));
	if (d->has_primary && !none)
		out->state = KA_ALLUSER_FAIL;
	else if (out->warnings > 0 && !none)
		out->state = KA_ALLUSER_WARN;
	else
		out->state = none ? KA_ALLUSER_NONE : KA_ALLUSER_OK;
	if (first == NULL || out->state == KA_ALLUSER_OK)
		return;
	out->reason = (uint32_t)first->reason;
	out->line = first->evidence.line;
	path = ka_span_of(first->evidence.path);
	if (path.len >= sizeof(out->path))
		path = ka_span_sub(path, path.len - (sizeof(out->path) - 1), path.len);
	ka_span_copy(path, out->path, sizeof(out->path));
}

/* one process: every @step-th account */
_Noreturn static void work(const struct ka_allusers *all, const struct ka_diag_subject *base, size_t first, size_t step, int to)
{
	KA_AUTOFREE struct ka_diagnosis *d = calloc(1, sizeof(*d));
	KA_AUTOFREE struct ka_diag_subject *s = calloc(1, sizeof(*s));
	struct ka_alluser one;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (size_t i = first; d != NULL && s != NULL && i < all->count; i += step) {
		*s = *base;
		ka_span_copy(ka_span_of(all->name[i]), s->user, sizeof(s->user));
		if (ka_diagnosis_run(s, d) == KA_ERR_OK)
			ka_allusers_judge(d, &all->passwd[i], &one);
		else
			one = (struct ka_alluser){ .state = KA_ALLUSER_UNKNOWN };
		one.index = (uint32_t)i;
		if (ka_fd_write_all(to, &one, sizeof(one)) != KA_ERR_OK)
			break;
	}
	_exit(0);
}

static bool is_record(const struct ka_alluser *one, size_t count)
{
	return one->index < count && one->state < KA_ALLUSER_STATES && one->reason < KA_REASON_COUNT &&
	       memchr(one->path, '\0', sizeof(one->path)) != NULL;
}

/* one record of @sizeof bytes, which a pipe never splits (pipe(7) PIPE_BUF); false at its end */
static bool receive(struct ka_allusers *all, int from)
{
	struct ka_alluser one;
	ssize_t got;

	do
		got = read(from, &one, sizeof(one));
	while (got < 0 && errno == EINTR);
	if (got != (ssize_t)sizeof(one) || !is_record(&one, all->count))
		return false;
	all->found[one.index] = one;
	return true;
}

static void listen_to(struct ka_allusers *all, struct pollfd *from, size_t n, struct ka_progress *bar)
{
	size_t open = n, done = 0;

	while (open > 0 && (poll(from, n, -1) > 0 || errno == EINTR))
		for (size_t i = 0; i < n; i++) {
			if (from[i].fd < 0 || from[i].revents == 0)
				continue;
			if (receive(all, from[i].fd)) {
				ka_progress_done(bar, ++done);
				continue;
			}
			close(from[i].fd);
			from[i].fd = -1;
			open--;
		}
}

static void add_up(struct ka_allusers *all)
{
	memset(all->sum, 0, sizeof(all->sum));
	for (size_t i = 0; i < all->count; i++)
		all->sum[all->found[i].state]++;
}

enum ka_err ka_allusers_run(struct ka_allusers *all, const struct ka_diag_subject *base, unsigned workers, struct ka_progress *bar)
{
	struct pollfd from[KA_ALLUSERS_WORKERS_MAX];
	pid_t pid[KA_ALLUSERS_WORKERS_MAX];
	size_t n = workers < 1 ? 1 : workers < KA_ALLUSERS_WORKERS_MAX ? workers : KA_ALLUSERS_WORKERS_MAX, begun = 0;
	int ends[2];

	_Static_assert(sizeof(struct ka_alluser) <= 512, "a pipe takes up to 512 bytes in one piece everywhere");
	for (size_t i = 0; i < all->count; i++)
		all->found[i] = (struct ka_alluser){ .index = (uint32_t)i, .state = KA_ALLUSER_UNKNOWN };
	ka_progress_stage(bar, "accounts", all->count);
	fflush(NULL);
	while (begun < n && pipe2(ends, O_CLOEXEC) == 0) {
		pid[begun] = fork();
		if (pid[begun] == 0)
			work(all, base, begun, n, ends[1]);
		close(ends[1]);
		if (pid[begun] < 0) {
			close(ends[0]);
			break;
		}
		from[begun++] = (struct pollfd){ .fd = ends[0], .events = POLLIN };
	}
	listen_to(all, from, begun, bar);
	for (size_t i = 0; i < begun; i++)
		while (waitpid(pid[i], NULL, 0) < 0 && errno == EINTR)
			;
	ka_progress_clear(bar);
	add_up(all);
	return begun == n ? KA_ERR_OK : KA_ERR_SYS;
}
