/* The child. MUST: end when its parent does; tell nothing that it has not seen itself. */
#include "keyaudit/collect/watchhealth.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "keyaudit/collect/watchchild.h"
#include "keyaudit/health/healthconf.h"
#include "keyaudit/health/healthconflook.h"
#include "keyaudit/health/healthdata.h"
#include "keyaudit/health/healthstore.h"

#include "base/poison.h"

#define BOOK "collect.told"

struct job {
	struct ka_writer *w;
	pid_t parent;
	bool is_said; /* one before it has said why it could not begin */
};

/* one look; what could not be told is told by the next one. A cache or a list may be large, the configuration is not */
static void look(struct ka_health *h, const char *path, bool dear_too)
{
	KA_AUTOFREE struct ka_healthconf *seen = calloc(1, sizeof(*seen));
	KA_AUTOFREE struct ka_conf *conf = calloc(1, sizeof(*conf));

	if (seen == NULL || conf == NULL || ka_healthconflook(path, conf, seen) != KA_ERR_OK)
		return;
	if (ka_healthconf_tell(h, seen) != KA_ERR_OK)
		return;
	if (!dear_too || seen->is_editing || (seen->reason != KA_REASON_NONE && seen->reason != KA_REASON_CONF_DISABLED))
		return;
	if (ka_healthdata_look(h, conf) != KA_ERR_OK || ka_healthstore_look(h, KA_PATH_CACHE, KA_PATH_SERIALS, conf) != KA_ERR_OK)
		return;
}

int64_t ka_watchhealth_pause(int64_t took_ms, int64_t used_us)
{
	int64_t of_used = used_us / 1000 * KA_HEALTH_LOOK_SHARE, of_took = took_ms * KA_HEALTH_WAIT_SHARE;
	int64_t ms = of_used > of_took ? of_used : of_took;

	return ms < KA_HEALTH_LOOK_MAX_MS ? ms : KA_HEALTH_LOOK_MAX_MS;
}

static void look_on(const void *ctx)
{
	const struct job *job = ctx;
	bool was_unkept = false;
	int64_t dear_ms = 0; /* when what may be large is looked at again */
	struct ka_health h;

	if (ka_health_open(&h, job->w, job->w->health, BOOK) != KA_ERR_OK) {
		if (!job->is_said)
			fprintf(stderr, "keyaudit collect: %s cannot be used: changes of key stores, of the configuration and of lists are not told; "
					"mend: systemd-tmpfiles --create keyaudit.conf\n", job->w->health);
		return;
	}
	/* a change of effective ids, as a look at what the command may read makes one, takes the parent's death signal away */
	while (getppid() == job->parent) {
		int64_t begin = ka_clock_boot_ms(), used = ka_clock_cpu_us();

		look(&h, job->w->conf_path, begin >= dear_ms);
		if (begin >= dear_ms)
			dear_ms = ka_clock_boot_ms() + ka_watchhealth_pause(ka_clock_boot_ms() - begin, ka_clock_cpu_us() - used);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (h.is_unkept && !was_unkept)
			fprintf(stderr, "keyaudit collect: %s cannot be written: changes are told again after a restart\n", job->w->health);
		was_unkept = h.is_unkept;
		if (getppid() == job->parent)
			poll(NULL, 0, KA_HEALTH_LOOK_MS);
	}
	ka_health_close(&h);
}

void ka_watchhealth_keep(struct ka_writer *w, struct ka_watchhealth *c)
{
	int64_t now = ka_clock_boot_ms();
	int status = SIGKILL; /* that is no end of its own */

	if (c->pid > 0 && waitpid(c->pid, &status, WNOHANG) != 0) {
		c->is_said |= WIFEXITED(status);
		c->pid = -1;
	}
	if (c->pid > 0 || w->health == NULL || now < c->again_ms)
		return;
	c->again_ms = now + KA_HEALTH_AGAIN_MS;
	c->pid = ka_watchchild_start(look_on, &(const struct job){ w, getpid(), c->is_said });
}

void ka_watchhealth_stop(struct ka_watchhealth *c)
{
	ka_watchchild_stop(&c->pid);
	*c = (struct ka_watchhealth){ .pid = -1, .is_said = c->is_said };
}
