/* Looking at the sshd that runs. Every file is bounded and every program has a deadline. */
#include "diag/daemon.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/spawn.h"
#include "base/text.h"

#include "base/poison.h"

#define USUAL_PIDFILE "/run/sshd.pid"

/* the process that a PidFile of root's names, 0 for none */
static pid_t read_pidfile(const char *path, struct stat *st)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char text[32];
	size_t len = 0;
	uint64_t pid;

	if (fd < 0 || fstat(fd, st) != 0 || !S_ISREG(st->st_mode) || st->st_uid != 0 ||
	    ka_fd_read_all(fd, text, sizeof(text), &len) != KA_ERR_OK)
		return 0;
	if (len > 0 && text[len - 1] == '\n')
		len--;
	return ka_text_to_u64((struct ka_span){ (const uint8_t *)text, len }, INT32_MAX, &pid) ? (pid_t)pid : 0;
}

void ka_daemon_find(const char *config, struct ka_daemon *out)
{
	struct stat st;

	memset(out, 0, sizeof(*out));
	out->unit = "ssh";
	ka_listener_look(config, read_pidfile(USUAL_PIDFILE, &st), &out->listener);
}

void ka_daemon_loaded(const struct ka_sshdconf *conf, struct ka_daemon *d)
{
	char path[KA_TEXT_PATH_MAX];
	struct stat st;

	d->loaded_us = 0;
	if (!d->listener.is_found || !ka_span_copy(ka_sshdconf_value(conf, "pidfile"), path, sizeof(path)) || path[0] != '/' ||
	    read_pidfile(path, &st) != d->listener.pid)
		return;
	d->loaded_us = (int64_t)st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000;
}

static const char *unit_name(void)
{
	static const struct { const char *path, *name; } units[] = {
		{ "/etc/systemd/system/ssh.service", "ssh" }, { "/lib/systemd/system/ssh.service", "ssh" },
		{ "/usr/lib/systemd/system/ssh.service", "ssh" }, { "/etc/systemd/system/sshd.service", "sshd" },
		{ "/usr/lib/systemd/system/sshd.service", "sshd" },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(units); i++)
		if (access(units[i].path, F_OK) == 0)
			return units[i].name;
	return "ssh";
}

static void test(const char *program, const char *config, struct ka_daemon *d)
{
	const char *const argv[] = { program, "-t", "-f", config, NULL };
	struct ka_spawn what = { .argv = argv, .output_max = sizeof(d->test) - 1, .is_front_enough = true,
				 .deadline_ms = KA_DIAG_SSHD_T_MS, .with_stderr = true };
	struct ka_spawn_out out;

	if (program[0] != '/' || ka_spawn_run(&what, &out) != KA_ERR_OK)
		return;
	d->is_tested = out.exec_errnum == 0;
	d->test_status = out.status != -1 && WIFEXITED(out.status) ? WEXITSTATUS(out.status) : -1;
	if (!ka_span_copy((struct ka_span){ (const uint8_t *)out.output, strnlen(out.output, out.len) }, d->test, sizeof(d->test)))
		d->test[0] = '\0';
	free(out.output);
}

static void look_at_keys(struct ka_daemon *d)
{
	struct stat st;

	for (unsigned i = 0; i < KA_DAEMON_KEYS; i++)
		d->is_open[i] = lstat(ka_daemon_key(i), &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077) != 0;
}

void ka_daemon_examine(const char *program, const char *config, const struct ka_sshdconf *conf, struct ka_daemon *d)
{
	d->unit = unit_name();
	ka_ports_look(d->listener.is_found ? d->listener.pid : 0, &d->ports);
	/* what is known may be a kept answer, of when sshd still started */
	if ((conf->is_known && d->listener.is_found) || geteuid() != 0)
		return;
	test(program, config, d);
	look_at_keys(d);
}
