/* The ear's child. MUST: keep the position only behind what is recorded; take no lock; end when its parent does. */
#include "keyaudit/collect/watchear.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/limits.h"
#include "keyaudit/case/casesaid.h"
#include "keyaudit/collect/saidjoin.h"
#include "keyaudit/collect/watchchild.h"
#include "keyaudit/ear/ear.h"

#include "base/poison.h"

/* said now and then: how many lines told something, and nobody knows of which connection */
struct lost {
	unsigned long count;
	int64_t say_ms;
	bool has_heard;      /* a line of sshd */
	bool is_unkept;      /* the position is older than what was read */
	const char *trouble; /* said last */
};

static void say(struct lost *lost, const char *trouble)
{
	int64_t now = ka_clock_boot_ms();

	if (trouble != NULL && trouble != lost->trouble)
		fprintf(stderr, "keyaudit collect: sshd's log: %s\n", trouble);
	lost->trouble = trouble;
	if (lost->count == 0 || now < lost->say_ms)
		return;
	fprintf(stderr, "keyaudit collect: sshd's log: %lu line%s could not be joined with a connection\n", lost->count,
		lost->count == 1 ? "" : "s");
	lost->count = 0;
	lost->say_ms = now + KA_COLLECT_SAY_MS;
}

/* all lines that there are now, at most a turn of them; false: one of them could not be recorded, so the position stays */
static bool take_turn(const struct ka_rundir *r, struct ka_ear *ear, struct lost *lost)
{
	struct ka_earline line;

	for (int n = 0; n < KA_EAR_TURN_MAX && ka_ear_next(ear, &line); n++) {
		enum ka_saidjoin_answer answer = ka_saidjoin_take(r, &line);

		if (!lost->has_heard)
			ka_casesaid_heard(r);
		lost->has_heard = true;
		for (int i = 0; answer == KA_SAIDJOIN_LATER && i < KA_WATCHEAR_TRIES_MAX; i++) {
			poll(NULL, 0, KA_WATCHEAR_TRY_MS);
			answer = ka_saidjoin_take(r, &line);
		}
		lost->count += answer == KA_SAIDJOIN_LOST;
		if (answer == KA_SAIDJOIN_LATER)
			return false; /* from the kept position again */
	}
	lost->is_unkept = ka_ear_keep(ear) != KA_ERR_OK; /* then they come again, which is harmless */
	return true;
}

/* what the child is given; it has a copy of its own */
struct job {
	const struct ka_rundir *dirs;
	const struct ka_conf *conf;
};

static void listen_on(const void *ctx)
{
	const struct job *job = ctx;
	struct lost lost = { .count = 0 };
	struct ka_ear *ear = NULL;

	if (ka_ear_open(job->conf, job->dirs->run, true, &ear) != KA_ERR_OK || ear == NULL)
		return;
	while (take_turn(job->dirs, ear, &lost)) {
		struct pollfd p = { .fd = ka_ear_fd(ear), .events = POLLIN };

		say(&lost, lost.is_unkept ? "how far it was read cannot be kept" : ka_ear_trouble(ear));
		if (poll(&p, 1, ka_ear_patience_ms(ear)) < 0 && errno != EINTR)
			break;
	}
	ka_ear_close(&ear);
}

void ka_watchear_keep(const struct ka_rundir *r, const struct ka_conf *conf, struct ka_watchear *ear)
{
	struct job job = { r, conf };
	int64_t now = ka_clock_boot_ms();

	if (ear->pid > 0 && waitpid(ear->pid, NULL, WNOHANG) != 0)
		ear->pid = -1;
	if (ear->pid > 0 || conf->sshd_log == KA_CONF_LOG_NONE || now < ear->again_ms)
		return;
	ear->again_ms = now + KA_WATCHEAR_AGAIN_MS;
	ear->pid = ka_watchchild_start(listen_on, &job);
}

void ka_watchear_stop(struct ka_watchear *ear)
{
	ka_watchchild_stop(&ear->pid);
	*ear = (struct ka_watchear){ .pid = -1 };
}

void ka_watchear_drain(const struct ka_rundir *r, const struct ka_conf *conf)
{
	int64_t until = ka_clock_boot_ms() + KA_WATCHEAR_DRAIN_MS;
	struct lost lost = { .count = 0 };
	struct ka_ear *ear = NULL;

	if (ka_ear_open(conf, r->run, false, &ear) != KA_ERR_OK || ear == NULL)
		return;
	while (take_turn(r, ear, &lost) && !ka_ear_is_drained(ear) && ka_clock_boot_ms() < until) {
		struct pollfd p = { .fd = ka_ear_fd(ear), .events = POLLIN };

		if (poll(&p, 1, ka_ear_patience_ms(ear)) < 0 && errno != EINTR)
			break;
	}
	say(&lost, ka_ear_trouble(ear));
	ka_ear_close(&ear);
}
