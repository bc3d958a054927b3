/* Planning one fix; the doing stands in fixact.c. */
#include "keyaudit/mend/fixturn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/poison.h"

static const struct ka_fixstat *home_of(const struct ka_fixworld *world)
{
	return world->has_home ? &world->home_st : NULL;
}

/* one more file to vouch for; what cannot be listed cannot be vouched for */
static enum ka_fixplan_answer list_file(struct ka_fixturn *t, const struct ka_fixworld *world, const char *path)
{
	struct ka_fixturn_file *f = t->files_count < KA_DIAG_FILES_MAX ? calloc(1, sizeof(*f)) : NULL;

	if (f == NULL)
		return KA_FIXPLAN_LARGE;
	t->file[t->files_count++] = f;
	ka_span_copy(ka_span_of(path), f->path, sizeof(f->path));
	if (!ka_fixwalk_open(path, home_of(world), &f->walk))
		return f->walk.errnum == ELOOP ? KA_FIXPLAN_LINK : KA_FIXPLAN_GONE;
	if (!S_ISREG(f->walk.it.mode))
		return KA_FIXPLAN_KIND;
	if (f->walk.it.size > KA_FIX_FILE_MAX)
		return KA_FIXPLAN_LARGE;
	if (ka_fixlook_read(world, &f->walk, &f->look, NULL) != KA_ERR_OK || f->look.errnum != 0)
		return KA_FIXPLAN_GONE;
	return f->look.keys.keys > KA_FIXKEYS_MAX ? KA_FIXPLAN_LARGE : KA_FIXPLAN_FINE;
}

static bool is_listed(const struct ka_fixturn *t, const char *path)
{
	for (size_t i = 0; i < t->files_count; i++)
		if (strcmp(t->file[i]->path, path) == 0)
			return true;
	return false;
}

/* the object itself, or the key files below it: those that exist */
static enum ka_fixplan_answer list_files(struct ka_fixturn *t, const struct ka_diagnosis *d, const struct ka_fixworld *world,
					 const struct ka_fixturn_step *s)
{
	enum ka_fixplan_answer answer = KA_FIXPLAN_FINE;

	if (S_ISREG(s->walk.it.mode))
		return is_listed(t, s->op->path) ? KA_FIXPLAN_FINE : list_file(t, world, s->op->path);
	for (size_t i = 0; i < d->key_files_count && answer == KA_FIXPLAN_FINE; i++) {
		struct ka_fixwalk walk;
		bool is_there;

		if (!ka_fixworld_holds(s->op->path, d->key_files[i]) || is_listed(t, d->key_files[i]))
			continue;
		is_there = ka_fixwalk_open(d->key_files[i], home_of(world), &walk) || walk.errnum != ENOENT;
		ka_fixwalk_close(&walk);
		if (is_there)
			answer = list_file(t, world, d->key_files[i]);
	}
	return answer;
}

/* what a fix made of several changes does to the object of this one before its turn comes */
static void expect(const struct ka_fixturn *t, const struct ka_fixworld *world, struct ka_fixturn_step *s)
{
	s->expected = s->walk.it;
	for (size_t i = 0; i < t->count; i++)
		if (ka_fixstat_is_same(&t->step[i].walk.it, &s->walk.it))
			ka_fixplan_after(t->step[i].op, world, &s->expected);
}

static enum ka_fixplan_answer plan_step(struct ka_fixturn *t, const struct ka_fixop *op, const struct ka_fixworld *world)
{
	struct ka_fixturn_step *s = &t->step[t->count];
	struct ka_fixwalk then;

	s->op = op;
	ka_fixwalk_open(op->path, home_of(world), &s->walk);
	expect(t, world, s);
	t->count++;
	then = s->walk; /* its descriptors stay the step's */
	then.it = s->expected;
	return ka_fixplan_judge(op, &then, world);
}

/* a file that only root could read until now must be nothing but keys: else its content would be given away */
static enum ka_fixplan_answer guard_secrets(struct ka_fixturn *t, const struct ka_fixworld *world, const struct ka_fixturn_step *s)
{
	enum ka_fixplan_answer answer;
	const struct ka_fixturn_file *f;

	if (s->op->kind != KA_FIXOP_CHOWN || !S_ISREG(s->walk.it.mode) || s->walk.it.uid == world->uid)
		return KA_FIXPLAN_FINE;
	answer = is_listed(t, s->op->path) ? KA_FIXPLAN_FINE : list_file(t, world, s->op->path);
	f = t->files_count > 0 ? t->file[t->files_count - 1] : NULL;
	if (answer != KA_FIXPLAN_FINE || f == NULL)
		return answer;
	return f->look.keys.odd == 0 && f->look.keys.keys > 0 && !f->look.keys.is_private ? KA_FIXPLAN_FINE : KA_FIXPLAN_NOT_KEYS;
}

static enum ka_fixplan_answer plan_trust(struct ka_fixturn *t, const struct ka_diagnosis *d, const struct ka_fixworld *world)
{
	enum ka_fixplan_answer answer = KA_FIXPLAN_FINE;

	for (size_t i = 0; i < t->count && answer == KA_FIXPLAN_FINE; i++) {
		answer = guard_secrets(t, world, &t->step[i]);
		if (answer != KA_FIXPLAN_FINE || !ka_fixstat_others(&t->step[i].walk.it, world->uid))
			continue;
		answer = list_files(t, d, world, &t->step[i]);
		t->needs_trust = t->files_count > 0;
	}
	return answer;
}

void ka_fixturn_plan(const struct ka_finding *finding, const struct ka_diagnosis *d, const struct ka_fixworld *world, struct ka_fixturn *t)
{
	const struct ka_fixops *ops = &finding->fix.ops;
	size_t idle = 0;

	memset(t, 0, sizeof(*t));
	t->finding = finding;
	for (size_t i = 0; i < ops->count && t->answer == KA_FIXPLAN_FINE; i++) {
		t->answer = plan_step(t, &ops->op[i], world);
		if (t->answer != KA_FIXPLAN_NOTHING)
			continue;
		idle++;
		t->answer = KA_FIXPLAN_FINE;
		ka_fixwalk_close(&t->step[--t->count].walk);
	}
	if (t->answer == KA_FIXPLAN_FINE)
		t->answer = plan_trust(t, d, world);
	if (ops->count > 0 && idle == ops->count)
		t->state = KA_FIXTURN_NOTHING;
	else
		t->state = ops->count == 0 || t->answer != KA_FIXPLAN_FINE ? KA_FIXTURN_BY_HAND : KA_FIXTURN_READY;
}

void ka_fixturn_free(struct ka_fixturn *t)
{
	for (size_t i = 0; i < t->count; i++)
		ka_fixwalk_close(&t->step[i].walk);
	for (size_t i = 0; i < t->files_count; i++) {
		ka_fixwalk_close(&t->file[i]->walk);
		free(t->file[i]);
	}
	t->count = t->files_count = 0;
}
