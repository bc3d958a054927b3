/* Running fixes. It must never begin without a place for the undo note. */
#include "keyaudit/mend/fixrun.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "keyaudit/mend/fixact.h"
#include "keyaudit/mend/fixask.h"
#include "keyaudit/mend/fixjson.h"
#include "keyaudit/mend/fixnotes.h"
#include "keyaudit/mend/fixtell.h"
#include "keyaudit/screen/exit.h"

#include "base/poison.h"

/* everything of one run, in one piece of memory */
struct run {
	const struct ka_fixrun_how *how;
	const struct ka_diagnosis *d; /* of this round */
	struct ka_out out;
	struct ka_fixworld world;
	struct ka_fixact_log log;
	struct ka_fixturn turn;
	struct ka_fixjson json;
	size_t shown, done, left;  /* left: what could have been done and was not */
	bool is_over;              /* a person has had enough */
};

const char *ka_fixrun_refusal(const struct ka_fixrun_how *how, int *status)
{
	if (how->dry_run)
		return NULL;
	if (geteuid() != 0) {
		*status = KA_EXIT_NOPERM;
		return "only root can keep undo notes: use sudo, or look at what would be done with --dry-run";
	}
	if (!how->yes && !ka_fixask_can(how->json ? stderr : stdout)) {
		*status = KA_EXIT_USAGE;
		return "there is no terminal to ask on: add --yes, or look at what would be done with --dry-run";
	}
	return NULL;
}

/* does a person, or the command line, want this? */
static enum ka_fixturn_state agree(struct run *r)
{
	const struct ka_fixturn *t = &r->turn;

	if (t->needs_trust && r->how->yes)
		return r->how->trust ? KA_FIXTURN_READY : KA_FIXTURN_UNTRUSTED;
	if (r->how->yes)
		return KA_FIXTURN_READY;
	switch (ka_fixask(r->out.to, t->needs_trust ? "    Is each of these keys right, and shall it be done?" : "    Shall it be done?")) {
	case KA_FIXASK_YES:
		return KA_FIXTURN_READY;
	case KA_FIXASK_QUIT:
		r->is_over = true;
		return KA_FIXTURN_DECLINED;
	case KA_FIXASK_NO:
		break;
	}
	return KA_FIXTURN_DECLINED;
}

static void take_turn(struct run *r, const struct ka_finding *finding)
{
	struct ka_fixturn *t = &r->turn;

	ka_fixturn_plan(finding, r->d, &r->world, t);
	if (r->how->dry_run) {
		ka_fixtell_script(&r->out, t, r->how->trust);
	} else if (t->state != KA_FIXTURN_NOTHING) {
		bool could = t->state == KA_FIXTURN_READY;

		ka_fixtell_turn(&r->out, t, ++r->shown);
		if (could)
			t->state = agree(r);
		if (t->state == KA_FIXTURN_READY)
			ka_fixact_run(t, &r->world, &r->log);
		r->done += t->state == KA_FIXTURN_DONE;
		r->left += could && t->state != KA_FIXTURN_DONE;
		if (could)
			ka_fixtell_result(&r->out, t);
		ka_fixjson_turn(&r->json, t);
	}
	ka_fixturn_free(t);
}

/* what decides about a key; the rest is shown by the doctor and left alone */
static void take_turns(struct run *r)
{
	for (size_t i = 0; i < r->d->count && !r->is_over; i++)
		if ((i == 0 && r->d->has_primary) || r->d->findings[i].decided)
			take_turn(r, &r->d->findings[i]);
}

static bool begin(struct run *r, const struct ka_diag_subject *s)
{
	const char *state = r->how->state != NULL ? r->how->state : KA_PATH_STATE;
	char why[KA_TEXT_PATH_MAX];

	r->log.dir = -1;
	ka_out_init(&r->out, r->how->json ? stderr : stdout, r->how->dry_run ? KA_OUT_NEVER : KA_OUT_AUTO);
	if (!ka_fixworld_take(s->user, &r->world)) {
		fputs("keyaudit doctor: the user is not known any more: getent passwd USER\n", stderr);
		return false;
	}
	if (r->how->dry_run)
		return true;
	r->log.dir = ka_fixnotes_open(state, true, why, sizeof(why));
	if (r->log.dir < 0) {
		fprintf(stderr, "keyaudit doctor: no undo note can be kept: %s\n", why);
		return false;
	}
	r->log.note.at_sec = ka_clock_wall_us() / 1000000;
	ka_span_copy(ka_span_of(s->user), r->log.note.user, sizeof(r->log.note.user));
	return ka_fixnotes_new_id(r->log.dir, r->log.note.id) == KA_ERR_OK;
}

static void tell_note(const struct run *r)
{
	if (r->log.note.count == 0)
		ka_fixnotes_drop(r->log.dir, r->log.note.id);
	else
		fprintf(r->out.to, "\n undo  keyaudit doctor --undo %s\n", r->log.note.id);
}

static void tell_end(const struct run *r, const struct ka_diagnosis *d)
{
	fputc('\n', r->out.to);
	ka_out_mark(&r->out, d->has_primary ? KA_OUT_BAD : KA_OUT_GOOD);
	fputc(' ', r->out.to);
	ka_out_escaped(&r->out, KA_OUT_STRONG, r->world.user, KA_TEXT_USER_MAX);
	if (d->has_primary)
		fprintf(r->out.to, " still cannot log in: %s  %s\n", ka_reason_meaning(d->findings[0].reason), ka_reason_id(d->findings[0].reason));
	else
		fputs(": nothing stands against a login any more\n", r->out.to);
}

/* the files have changed; what they say now is what counts */
static int finish(struct run *r, const struct ka_diag_subject *s, const struct ka_diagnosis *d)
{
	tell_note(r);
	tell_end(r, d);
	if (r->how->json)
		ka_fixjson_end(&r->json, s, d, r->log.note.count > 0 ? r->log.note.id : "");
	return d->has_primary || r->left > 0 ? KA_EXIT_FINDINGS : KA_EXIT_FINE;
}

/*
 * Behind one cause often stands the next, and some changes may only be made when others have been. So the doctor is asked
 * again after each round in which everything that could be done was done, until nothing stands against a login.
 * @d: of the end afterwards; false: it could not be asked
 */
static bool take_rounds(struct run *r, struct ka_diag_subject *s, struct ka_diagnosis *before, struct ka_diagnosis *d)
{
	for (unsigned i = 0; i < KA_FIX_ROUNDS_MAX; i++) {
		size_t done = r->done;

		memcpy(before, d, sizeof(*before));
		if (i > 0 && !ka_fixworld_take(s->user, &r->world)) /* the home has changed too */
			return false;
		take_turns(r);
		if (ka_diagnosis_run(s, d) != KA_ERR_OK)
			return false;
		if (!d->has_primary || r->done == done || r->left > 0 || r->is_over)
			return true;
	}
	return true;
}

/* a lease that is taken for a moment (fixlook.h) may be asked back with it */
static void ignore_lease_signal(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGIO, &ignore, NULL);
}

int ka_fixrun_user(const struct ka_fixrun_how *how, struct ka_diag_subject *s, struct ka_diagnosis *d)
{
	KA_AUTOFREE struct run *r = calloc(1, sizeof(*r));
	KA_AUTOFREE struct ka_diagnosis *before = malloc(sizeof(*before));
	int status = KA_EXIT_UNDECIDED;
	bool ready;

	if (r == NULL || before == NULL || !ka_fixjson_begin(&r->json, how->json))
		return KA_EXIT_UNDECIDED;
	ignore_lease_signal();
	r->how = how;
	r->d = before;
	ready = begin(r, s);
	if (ready && how->dry_run) {
		memcpy(before, d, sizeof(*before));
		ka_fixtell_script_head(&r->out, s->user);
		take_turns(r);
		status = d->has_primary ? KA_EXIT_FINDINGS : KA_EXIT_FINE;
	} else if (ready && take_rounds(r, s, before, d)) {
		status = finish(r, s, d);
	} else if (ready) {
		tell_note(r);
	}
	if (r->log.dir >= 0)
		close(r->log.dir);
	ka_fixact_forget(&r->log);
	ka_fixjson_free(&r->json);
	return status;
}
