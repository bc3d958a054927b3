/* The command's side of a fetch: fork, exec, read to the end. */
#include "source/sourcefetch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/paths.h"
#include "base/spawn.h"
#include "base/text.h"

#include "base/poison.h"

/* never returns; @out is the answer's pipe, or -1 */
_Noreturn static void become_fetcher(const char *const *args, int out)
{
	static const char path_env[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", locale_env[] = "LC_ALL=C";
	const char *env[] = { path_env, locale_env, NULL };
	union { const char *const *from; char *const *to; } argv = { .from = args }, envp = { .from = env };
	int null = open("/dev/null", O_RDWR);

	setsid();
	if (null < 0 || !ka_spawn_keep_ids() || dup2(null, 0) < 0 || dup2(out >= 0 ? out : null, 1) < 0 || dup2(null, 2) < 0)
		_exit(126);
	ka_spawn_clean_child(3);
	execve(args[0], argv.to, envp.to);
	_exit(127);
}

static void make_args(const char **args, const char *const *options, const struct ka_sourcefetch_who *who)
{
	size_t n = 0;

	args[n++] = KA_PATH_FETCH;
	for (; *options != NULL; options++)
		args[n++] = *options;
	if (who->fp[0] != '\0') {
		args[n++] = "--fp";
		args[n++] = who->fp;
	}
	if (who->key[0] != '\0') {
		args[n++] = "--key";
		args[n++] = who->key;
	}
	if (who->except[0] != '\0') {
		args[n++] = "--except";
		args[n++] = who->except;
	}
	args[n++] = who->source;
	args[n++] = who->user;
	args[n] = NULL;
}

/* false when the end did not come in time, or more came than an entry can be */
static bool read_answer(int fd, int ms, void *storage, size_t *len)
{
	int64_t until = ka_clock_boot_ms() + ms, left;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char *bytes = storage;

	*len = 0;
	while ((left = until - ka_clock_boot_ms()) > 0) {
		ssize_t got;

		if (poll(&p, 1, (int)left) <= 0)
			continue;
		got = read(fd, bytes + *len, KA_ENTRY_MAX + 1 - *len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0;
		*len += (size_t)got;
		if (*len > KA_ENTRY_MAX)
			return false;
	}
	return false;
}

void ka_sourcefetch_run(const struct ka_sourcefetch_who *who, int deadline_ms, void *storage, struct ka_sourcefetch *out)
{
	const int64_t now = ka_clock_wall_us() / 1000000;
	char ms[KA_TEXT_U64_MAX];
	const char *args[KA_SOURCE_FETCH_ARGS_MAX];
	KA_AUTOCLOSE int from = -1, to = -1;
	struct ka_span answer;
	int ends[2];
	size_t len;
	pid_t pid;

	out->has_entry = false;
	out->fail = (struct ka_lasttry){ .at = now, .until = now, .reason = KA_REASON_STORE_UNREACHABLE };
	ka_text_u64((uint64_t)deadline_ms, ms);
	make_args(args, (const char *const[]){ "--deadline", ms, NULL }, who);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return;
	from = ends[0];
	to = ends[1];
	pid = fork();
	if (pid == 0)
		become_fetcher(args, to);
	if (pid < 0)
		return;
	close(ka_steal_fd(&to));
	if (!read_answer(from, deadline_ms + KA_SOURCE_FETCH_GRACE_MS, storage, &len)) {
		out->fail.reason = KA_REASON_STORE_TIMEOUT;
		return;
	}
	(void)waitpid(pid, NULL, WNOHANG); /* it may still be at the disk: init collects it */
	answer = (struct ka_span){ storage, len };
	out->has_entry = ka_entry_parse(answer, &out->entry) && strcmp(out->entry.source, who->source) == 0 &&
			 strcmp(out->entry.user, who->user) == 0;
	if (!out->has_entry && !ka_lasttry_parse(answer, &out->fail))
		out->fail.reason = KA_REASON_STORE_UNREACHABLE; /* it could not be started, or ended early */
}

void ka_sourcefetch_later(const struct ka_sourcefetch_who *who)
{
	const char *args[KA_SOURCE_FETCH_ARGS_MAX];

	make_args(args, (const char *const[]){ "--background", NULL }, who);
	if (fork() == 0)
		become_fetcher(args, -1);
}

void ka_sourcefetch_want(const char *source, const char *user)
{
	char path[KA_PATH_TRUSTED_MAX];
	KA_AUTOCLOSE int fd = -1;
	struct ka_buf b;

	ka_buf_init_array(&b, path);
	ka_buf_text(&b, KA_PATH_WANTED "/");
	ka_buf_text(&b, source);
	ka_buf_char(&b, ':');
	ka_buf_text(&b, user);
	if (ka_buf_check(&b) == KA_ERR_OK)
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}
