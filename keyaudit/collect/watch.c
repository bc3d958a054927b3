/*
 * The collector's loop. MUST: take what only a living monitor shows (pidfd, executable, peer) at once and diagnose
 * later; never block on one connection; work from the directories alone after any crash.
 */
#include "keyaudit/collect/watch.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "keyaudit/case/sweep.h"
#include "keyaudit/collect/drops.h"
#include "keyaudit/collect/gap.h"
#include "keyaudit/collect/watchconf.h"
#include "keyaudit/collect/watchear.h"
#include "keyaudit/collect/watchgate.h"
#include "keyaudit/collect/watchhealth.h"
#include "keyaudit/collect/watchlook.h"
#include "keyaudit/collect/watchscan.h"
#include "keyaudit/collect/watchstate.h"
#include "keyaudit/collect/watchtrail.h"
#include "keyaudit/collect/watchwork.h"

#include "base/poison.h"

/* a worker for it, or one of the other fates */
static void take_up(struct ka_watchstate *k, struct ka_watch_slot *s)
{
	switch (ka_watchgate_judge(k, s)) {
	case KA_GATE_PASS:
		ka_watchwork_start(k, s);
		return;
	case KA_GATE_HOLD:
		k->queued--;
		s->state = KA_SLOT_HELD;
		return;
	case KA_GATE_LATER:
		s->due_ms = ka_clock_boot_ms() + KA_WATCH_TICK_MS;
		ka_watchgate_write(k, k->once); /* by hand nothing is tried twice */
		return;
	case KA_GATE_ASIDE:
		k->finished++;
		ka_watchstate_drop(k, s);
		return;
	}
}

/* hearsay comes after everything else */
static void run_queue(struct ka_watchstate *k, bool seen)
{
	int64_t now = ka_clock_boot_ms();
	struct ka_watch_slot *s;

	while (ka_watchstate_has_worker(k, seen) && (s = ka_watchstate_next(k, seen, now)) != NULL) {
		/* here and not once for all: a worker or a summary may have failed meanwhile */
		if (!k->once && !ka_watchtrail_is_open(k, now))
			return;
		take_up(k, s);
	}
}

static int patience(const struct ka_watchstate *k)
{
	if (k->stage != KA_SCAN_IDLE)
		return 0;
	return k->once ? 10 : KA_WATCH_TICK_MS;
}

static void take_signals(struct ka_watchstate *k)
{
	struct signalfd_siginfo s;
	bool changed = false;

	while (read(k->signals, &s, sizeof(s)) == (ssize_t)sizeof(s)) {
		changed |= s.ssi_signo == SIGHUP;
		k->stop |= s.ssi_signo != SIGHUP;
	}
	if (changed && !k->stop)
		ka_watchconf_reload(k);
}

static void wait_for_something(struct ka_watchstate *k)
{
	size_t n = 2;

	k->poll[0] = (struct pollfd){ .fd = k->inotify, .events = POLLIN };
	k->poll[1] = (struct pollfd){ .fd = k->signals, .events = POLLIN };
	for (size_t i = 0; i < k->slots; i++) {
		if (k->slot[i].fd < 0)
			continue;
		k->polled[n] = &k->slot[i];
		k->poll[n++] = (struct pollfd){ .fd = k->slot[i].fd, .events = POLLIN };
	}
	if (poll(k->poll, n, patience(k)) < 0) {
		k->failed = errno != EINTR;
		return;
	}
	/* first of all what may vanish: monitors that just appeared */
	if (k->poll[0].revents != 0)
		ka_watchscan_events(k);
	if (k->poll[1].revents != 0)
		take_signals(k);
	for (size_t i = 2; i < n; i++) {
		struct ka_watch_slot *s = k->polled[i];

		if (k->poll[i].revents == 0 || s->fd != k->poll[i].fd)
			continue;
		if (s->state == KA_SLOT_ALIVE)
			ka_watchscan_ended(k, s);
		else if (s->state == KA_SLOT_WORKING)
			ka_watchwork_ended(k, s);
	}
}

/* nothing left that this run could finish (connections that live on are not its business) */
static bool is_drained(const struct ka_watchstate *k)
{
	return k->stage == KA_SCAN_IDLE && k->queued == 0 && k->workers == 0 &&
	       !(k->overfull && k->finished != k->finished_then);
}

static int files_max(void)
{
	struct rlimit r;

	return getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < KA_COLLECT_FILES_MAX ? (int)r.rlim_cur - KA_COLLECT_FILES_SPARE :
											KA_COLLECT_FILES_MAX - KA_COLLECT_FILES_SPARE;
}

static enum ka_err open_signals(struct ka_watchstate *k)
{
	sigset_t mask;

	sigemptyset(&mask);
	if (!k->once) {
		sigaddset(&mask, SIGTERM);
		sigaddset(&mask, SIGINT);
		sigaddset(&mask, SIGHUP);
		sigprocmask(SIG_BLOCK, &mask, NULL);
	}
	k->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	return k->signals >= 0 ? KA_ERR_OK : KA_ERR_SYS;
}

/* the first ones are waited for a moment longer, so that one event has most of them */
static void say_drops(struct ka_watchstate *k, int64_t now)
{
	if (now < k->drops_ms || !ka_drops_are_there(&k->w->dirs) || !ka_watchtrail_is_open(k, now))
		return;
	if (k->drops_gather_ms == 0)
		k->drops_gather_ms = now + KA_DROPS_GATHER_MS;
	if (!k->once && now < k->drops_gather_ms)
		return;
	k->drops_gather_ms = 0;
	k->drops_ms = now + KA_DROPS_SAY_MS;
	if (ka_drops_say(k->w) != KA_ERR_OK)
		ka_watchtrail_failed(k, true);
}

static void keep_house(struct ka_watchstate *k)
{
	int64_t now = ka_clock_boot_ms();

	if (!k->once) {
		ka_watchlook_keep(&k->w->dirs, &k->eye);
		ka_watchear_keep(&k->w->dirs, &k->w->conf, &k->ear);
		ka_watchhealth_keep(k->w, &k->health);
	}
	ka_watchscan_logins(k);
	say_drops(k, now);
	ka_watchwork_kill_overdue(k);
	ka_watchgate_write(k, false);
	ka_watchstate_say_tampered(k, false);
	if (now < k->sweep_ms)
		return;
	/* a log that is read again may speak of connections that are done: their markers stay until it has been */
	if (k->sweep_ms != 0 || k->once || k->w->conf.sshd_log == KA_CONF_LOG_NONE)
		ka_sweep_run(&k->w->dirs);
	k->sweep_ms = now + KA_DONE_KEEP_SEC * 1000 / 4;
	/* said before anything else of this boot; a full disk: tried again */
	k->gap_checked = k->gap_checked || ka_gap_check(k->w) == KA_ERR_OK;
}

static enum ka_err loop(struct ka_watchstate *k)
{
	enum ka_err err = open_signals(k);

	if (k->once)
		ka_watchear_drain(&k->w->dirs, &k->w->conf);
	if (err == KA_ERR_OK)
		err = ka_watchscan_open(k);
	if (err != KA_ERR_OK)
		return err;
	keep_house(k);
	while (!k->stop && !k->failed && !(k->once && is_drained(k))) {
		ka_watchscan_step(k);
		run_queue(k, true);
		run_queue(k, false);
		wait_for_something(k);
		keep_house(k);
	}
	ka_watchgate_write(k, true);
	ka_watchstate_say_tampered(k, true);
	return k->failed ? KA_ERR_SYS : KA_ERR_OK;
}

enum ka_err ka_watch_run(struct ka_writer **w, bool once, bool talk, struct ka_watch_result *result)
{
	KA_AUTOFREE struct ka_watchstate *k = calloc(1, sizeof(*k));
	enum ka_err err;

	*result = (struct ka_watch_result){ 0, 0 };
	if (k == NULL)
		return KA_ERR_NOMEM;
	k->w = *w;
	k->once = once;
	k->talk = talk;
	k->inotify = k->signals = -1;
	k->eye = -1;
	k->files_max = files_max();
	ka_watchgate_limits(k);
	err = loop(k);
	ka_watchlook_stop(&k->eye);
	ka_watchear_stop(&k->ear);
	ka_watchhealth_stop(&k->health);
	ka_watchwork_stop(k);
	ka_watchscan_close(k);
	if (k->signals >= 0)
		close(k->signals);
	*result = (struct ka_watch_result){ k->written, k->waiting };
	*w = k->w;
	return err;
}
