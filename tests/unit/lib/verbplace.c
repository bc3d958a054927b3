#include "tests/unit/lib/verbplace.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fd.h"

char *verbplace_out, *verbplace_err;

static char place[] = "/tmp/keyaudit-verb-XXXXXX", from[PATH_MAX];
static char *got;

static void must(bool ok)
{
	assert_true(ok);
}

/* fork and exec: what a library call would do with a shell, but visible */
static bool runs(const char *command)
{
	pid_t pid = fork();
	int status = -1;

	assert_true(pid >= 0);
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void verbplace_shell(const char *command)
{
	must(runs(command));
}

int verbplace_begin(void **state)
{
	(void)state;
	must(getcwd(from, sizeof(from)) != NULL);
	must(mkdtemp(place) != NULL);
	return chdir(place);
}

int verbplace_end(void **state)
{
	(void)state;
	verbplace_clear();
	free(verbplace_out);
	free(verbplace_err);
	free(got);
	verbplace_out = verbplace_err = got = NULL;
	return chdir(from) == 0 ? rmdir(place) : -1;
}

/* links are not followed; a folder that a test closed is opened again */
static void empty(int dir, const char *name)
{
	KA_AUTOCLOSEDIR DIR *all = NULL;
	const struct dirent *e;
	int fd;

	(void)!fchmodat(dir, name, 0700, 0);
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	must(fd >= 0);
	all = fdopendir(fd);
	must(all != NULL);
	while ((e = readdir(all)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (unlinkat(fd, e->d_name, 0) == 0)
			continue;
		empty(fd, e->d_name);
		must(unlinkat(fd, e->d_name, AT_REMOVEDIR) == 0);
	}
}

void verbplace_clear(void)
{
	char cwd[PATH_MAX];

	must(getcwd(cwd, sizeof(cwd)) != NULL && strcmp(cwd, place) == 0);
	empty(AT_FDCWD, ".");
}

static void begin(const char *path, int fd, int *saved)
{
	int to = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	*saved = dup(fd);
	must(to >= 0 && *saved >= 0 && dup2(to, fd) == fd);
	close(to);
}

static void end(const char *path, int fd, int saved, char **text)
{
	int file;
	size_t len;

	must(dup2(saved, fd) == fd);
	close(saved);
	file = open(path, O_RDONLY | O_CLOEXEC);
	must(file >= 0);
	free(*text);
	assert_int_equal(ka_fd_slurp(file, 1 << 24, text, &len), KA_ERR_OK);
	close(file);
	unlink(path);
}

int verbplace_run(int (*verb)(int argc, char **argv), const char **argv)
{
	int argc = 0, saved_out, saved_err, status;

	while (argv[argc] != NULL)
		argc++;
	fflush(stdout);
	fflush(stderr);
	begin(".verb.out", 1, &saved_out);
	begin(".verb.err", 2, &saved_err);
	status = verb(argc, (char **)(uintptr_t)argv);
	fflush(stdout);
	fflush(stderr);
	end(".verb.err", 2, saved_err, &verbplace_err);
	end(".verb.out", 1, saved_out, &verbplace_out);
	return status;
}

static void write_to(const char *path, const char *text, int flags)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int fd;

	if (slash != NULL) {
		must(snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path) > 0);
		mkdir(folder, 0755);
	}
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644);
	must(fd >= 0);
	assert_int_equal(ka_fd_write_all(fd, text, strlen(text)), KA_ERR_OK);
	close(fd);
}

void verbplace_put(const char *path, const char *text)
{
	write_to(path, text, O_TRUNC);
}

void verbplace_append(const char *path, const char *text)
{
	write_to(path, text, O_APPEND);
}

const char *verbplace_get(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t n;

	if (fd < 0)
		return NULL;
	free(got);
	assert_int_equal(ka_fd_slurp(fd, 1 << 24, &got, len != NULL ? len : &n), KA_ERR_OK);
	close(fd);
	return got;
}

bool verbplace_has(const char *path)
{
	return access(path, F_OK) == 0;
}

static void copy_in(const char *name, const char *suffix, mode_t mode)
{
	KA_AUTOFREE char *text = NULL;
	char path[2 * PATH_MAX];
	size_t len;
	int fd;

	must(snprintf(path, sizeof(path), "%s/tests/data/signers/%s%s", from, name, suffix) > 0);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	must(fd >= 0);
	assert_int_equal(ka_fd_slurp(fd, 1 << 16, &text, &len), KA_ERR_OK);
	close(fd);
	must(snprintf(path, sizeof(path), "%s%s", name, suffix) > 0);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	must(fd >= 0 && fchmod(fd, mode) == 0);
	assert_int_equal(ka_fd_write_all(fd, text, len), KA_ERR_OK);
	close(fd);
}

void verbplace_signer(const char *name)
{
	copy_in(name, "", 0600);
	copy_in(name, ".pub", 0644);
}

bool verbplace_verifies(const char *path, const char *name)
{
	char command[4096];

	must(snprintf(command, sizeof(command),
		      "sed '/^-----BEGIN SSH SIGNATURE-----$/,$d' '%s' >.verb.text && "
		      "tac '%s' | sed '/^-----BEGIN SSH SIGNATURE-----$/q' | tac >.verb.sig && "
		      "echo \"%s $(cut -d' ' -f1,2 '%s.pub')\" >.verb.signers && "
		      "ssh-keygen -Y verify -f .verb.signers -I '%s' -n keyaudit -s .verb.sig <.verb.text >/dev/null 2>&1",
		      path, path, name, name, name) > 0);
	return runs(command);
}
