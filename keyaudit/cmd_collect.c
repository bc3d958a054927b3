/*
 * keyaudit collect: events for connections that PAM never saw the end of. As a
 * service (--watch) it also takes what only a living monitor shows.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "keyaudit/case/pidns.h"
#include "keyaudit/cmd.h"
#include "keyaudit/collect/watch.h"
#include "keyaudit/collect/watchconf.h"
#include "keyaudit/screen/usage.h"

#include "base/poison.h"

static const char usage[] =
	"usage: keyaudit collect [--watch] [--verbose] [-c FILE]\n\n"
	"Writes one final event per connection that has ended, from the records in\n"
	KA_PATH_RUN ".\n"
	"  --watch    stay and watch (the service keyaudit-collect); without it: drain\n"
	"             what lies there and end\n"
	"  --verbose  say on stderr what happens\n"
	"  -c FILE    another configuration file\n\n"
	"examples:\n"
	"  keyaudit collect\n"
	"  keyaudit collect --watch --verbose\n";

/* one descriptor per living connection; what cannot be had is looked at again later */
static void take_descriptors(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur >= KA_COLLECT_FILES_MAX)
		return;
	r.rlim_cur = r.rlim_max < KA_COLLECT_FILES_MAX ? r.rlim_max : KA_COLLECT_FILES_MAX;
	if (setrlimit(RLIMIT_NOFILE, &r) != 0)
		fputs("keyaudit collect: warning: no more descriptors to be had\n", stderr);
}

int ka_cmd_collect(int argc, char **argv)
{
	KA_AUTOFREE struct ka_writer *w = calloc(1, sizeof(*w));
	KA_AUTOCLOSE int lock = -1;
	const char *conf = KA_PATH_CONF;
	char why[KA_CONF_ERROR_MAX] = "";
	bool watch = false, talk = false;
	struct ka_watch_result result;
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	enum ka_err err;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--watch") == 0) {
			watch = true;
		} else if (strcmp(argv[i], "--verbose") == 0) {
			talk = true;
		} else if (strcmp(argv[i], "-c") == 0 && i + 1 < argc) {
			conf = argv[++i];
		} else {
			if (strcmp(argv[i], "--help") != 0)
				return strcmp(argv[i], "-c") == 0 ? ka_usage_error("collect", "a value is missing behind", "-c") :
								    ka_usage_stray("collect", argv[i]);
			fputs(usage, stdout);
			return KA_EXIT_FINE;
		}
	}
	umask(027);
	if (watch)
		ka_watchconf_hold();
	take_descriptors();
	if (geteuid() != 0) {
		fputs("keyaudit collect: must be root: it reads " KA_PATH_RUN " and writes the trail\n", stderr);
		return KA_EXIT_NOPERM;
	}
	if (w == NULL || ka_caseevent_open(w, "keyaudit-collect", conf, why, sizeof(why)) != KA_ERR_OK) {
		fprintf(stderr, "keyaudit collect: %s\n", why);
		return KA_EXIT_UNDECIDED;
	}
	if (ka_pidns_settle(&w->dirs, why, sizeof(why)) >= KA_PIDNS_OTHER) {
		fprintf(stderr, "keyaudit collect: %s\n", why);
		return KA_EXIT_UNDECIDED;
	}
	if (w->conf_reason != KA_REASON_NONE)
		fprintf(stderr, "keyaudit collect: warning: %s: %s\n", ka_reason_id(w->conf_reason), w->conf_text);
	if (watch) {
		lock = open(KA_PATH_COLLECT_LOCK, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
		/* not flock(2): workers that outlive a killed collector would keep it */
		if (lock < 0 || fcntl(lock, F_SETLK, &whole) != 0) {
			fputs("keyaudit collect: another collector is watching already\n", stderr);
			return KA_EXIT_UNDECIDED;
		}
	}
	err = ka_watch_run(&w, !watch, talk, &result);
	if (err != KA_ERR_OK) {
		fputs("keyaudit collect: stopped: a system call failed; what was not written stays in " KA_PATH_RUN "\n", stderr);
		return KA_EXIT_UNDECIDED;
	}
	if (talk || !watch)
		fprintf(stderr, "keyaudit collect: %lu event%s written\n", result.written, result.written == 1 ? "" : "s");
	if (watch || result.waiting == 0)
		return KA_EXIT_FINE;
	fprintf(stderr, "keyaudit collect: %lu connection%s: the trail %s could not be written, or another process has them\n",
		result.waiting, result.waiting == 1 ? " waits" : "s wait", w->conf.trail);
	return KA_EXIT_UNDECIDED;
}
