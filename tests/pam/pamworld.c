/* The folder, the scripts and the ears of the module's tests. */
#include "tests/pam/pamworld.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <security/pam_appl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/fd.h"
#include "spool/phase.h"

#include "base/poison.h"

struct pamworld_said pamworld_said;

__attribute__((format(printf, 1, 0))) static void note(const char *format, va_list ap)
{
	size_t n = strlen(pamworld_said.log);

	pamworld_said.log_lines++;
	vsnprintf(pamworld_said.log + n, sizeof(pamworld_said.log) - n, format, ap);
	n = strlen(pamworld_said.log);
	snprintf(pamworld_said.log + n, sizeof(pamworld_said.log) - n, "\n");
}

/* libpam calls syslog(3) by one of these names, and finds ours first */
__attribute__((visibility("default"), format(printf, 2, 3))) void syslog(int priority, const char *format, ...);
__attribute__((visibility("default"), format(printf, 3, 4))) void __syslog_chk(int priority, int flag, const char *format, ...);

void syslog(int priority, const char *format, ...)
{
	va_list ap;

	(void)priority;
	va_start(ap, format);
	note(format, ap);
	va_end(ap);
}

void __syslog_chk(int priority, int flag, const char *format, ...)
{
	va_list ap;

	(void)priority;
	(void)flag;
	va_start(ap, format);
	note(format, ap);
	va_end(ap);
}

static int converse(int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	(void)data;
	for (int i = 0; i < n; i++) {
		pamworld_said.told_count++;
		pamworld_said.told_style = msg[i]->msg_style;
		snprintf(pamworld_said.told, sizeof(pamworld_said.told), "%s", msg[i]->msg);
	}
	*resp = calloc((size_t)n, sizeof(**resp));
	return *resp != NULL ? PAM_SUCCESS : PAM_BUF_ERR;
}

static void put(const char *path, mode_t mode, const char *text)
{
	int fd;

	unlink(path);
	fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode);
	assert_true(fd >= 0);
	assert_int_equal(ka_fd_write_all(fd, text, strlen(text)), KA_ERR_OK);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

void pamworld_recorder(const char *body)
{
	static char script[2048];

	snprintf(script, sizeof(script), "#!/bin/sh\nprintf '%%s\\n' \"$@\" >%s/seen\n%s\n", PAMWORLD_DIR, body);
	put(PAMWORLD_RECORDER, 0755, script);
}

void pamworld_stack(const char *service, const char *lines)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/conf/%s", PAMWORLD_DIR, service);
	put(path, 0644, lines);
}

/* one line per phase, all with the same control word and arguments */
void pamworld_stack_of(const char *control, const char *args)
{
	static char text[2048];

	snprintf(text, sizeof(text), "auth %s %s %s\naccount %s %s %s\nsession %s %s %s\n", control, PAMWORLD_MODULE, args,
		 control, PAMWORLD_MODULE, args, control, PAMWORLD_MODULE, args);
	pamworld_stack("sshd", text);
}

static void empty_dir(const char *path)
{
	char name[1024];
	struct dirent *e;
	DIR *d = opendir(path);

	while (d != NULL && (e = readdir(d)) != NULL) {
		snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
		unlink(name);
	}
	if (d != NULL)
		closedir(d);
}

/* the folder is one for all programs, which may run at the same time; the lock ends with this one */
static bool is_ours(void)
{
	static int fd = -1;
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fd >= 0)
		return true;
	fd = open(PAMWORLD_DIR "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return fd >= 0 && fcntl(fd, F_SETLKW, &whole) == 0;
}

int pamworld_set_up(void **state)
{
	static const char *const dirs[] = {
		PAMWORLD_DIR "/bin", PAMWORLD_DIR "/conf", PAMWORLD_DIR "/run",
		PAMWORLD_DIR "/run/keyaudit", PAMWORLD_DIR "/run/keyaudit/spool", PAMWORLD_PHASES,
	};

	(void)state;
	if (!is_ours())
		return -1;
	for (size_t i = 0; i < KA_ARRAY_LEN(dirs); i++)
		if (mkdir(dirs[i], 0700) < 0 && errno != EEXIST)
			return -1;
	empty_dir(PAMWORLD_PHASES);
	empty_dir(PAMWORLD_DIR "/conf");
	unlink(PAMWORLD_DIR "/seen");
	unlink(PAMWORLD_DIR "/world");
	/* libpam misses it loudly */
	pamworld_stack("other", "auth required pam_deny.so\naccount required pam_deny.so\nsession required pam_deny.so\n");
	pamworld_said.log[0] = pamworld_said.told[0] = '\0';
	pamworld_said.log_lines = pamworld_said.told_count = pamworld_said.told_style = 0;
	pamworld_recorder(PAMWORLD_ALLOW);
	return 0;
}

static int call(pam_handle_t *h, enum pamworld_call what, int flags)
{
	switch (what) {
	case AUTH: return pam_authenticate(h, flags);
	case CRED: return pam_setcred(h, flags);
	case ACCOUNT: return pam_acct_mgmt(h, flags);
	case OPEN: return pam_open_session(h, flags);
	case CLOSE: return pam_close_session(h, flags);
	case PASSWORD: return pam_chauthtok(h, flags);
	}
	return -1;
}

int pamworld_run_as(const char *service, const char *user, enum pamworld_call what, int flags)
{
	static const struct pam_conv conv = { converse, NULL };
	pam_handle_t *h = NULL;
	int code;

	assert_int_equal(pam_start_confdir(service, user, &conv, PAMWORLD_DIR "/conf", &h), PAM_SUCCESS);
	pam_set_item(h, PAM_RHOST, "192.0.2.7");
	pam_set_item(h, PAM_TTY, "ssh");
	pam_putenv(h, "SSH_CONNECTION=192.0.2.7 40001 198.51.100.2 22");
	if (what == OPEN)
		pam_putenv(h, "SSH_AUTH_INFO_0=" PAMWORLD_INFO);
	code = call(h, what, flags);
	pam_end(h, code);
	return code;
}

int pamworld_run(enum pamworld_call what)
{
	return pamworld_run_as("sshd", "alice", what, 0);
}

/* a file as text, "" when it cannot be opened */
static void slurp(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t n = 0;

	text[0] = '\0';
	if (fd < 0)
		return;
	assert_int_equal(ka_fd_read_all(fd, text, size - 1, &n), KA_ERR_OK);
	text[n] = '\0';
	close(fd);
}

/* the phase file of this process, "" when there is none */
char *pamworld_noted(void)
{
	static char text[KA_PHASE_FILE_MAX];
	char path[1024] = "";
	struct dirent *e;
	DIR *d = opendir(PAMWORLD_PHASES);

	while (d != NULL && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			snprintf(path, sizeof(path), "%s/%s", PAMWORLD_PHASES, e->d_name);
	if (d != NULL)
		closedir(d);
	slurp(path, text, sizeof(text));
	return text;
}

const char *pamworld_slurp(const char *path)
{
	static char text[4096];

	slurp(path, text, sizeof(text));
	return text;
}

