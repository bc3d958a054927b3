/* One reader that is turned from file to file. It must never give an event twice, nor pass over one and not say so. */
#include "keyaudit/log/trailread.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "keyaudit/log/logtrail.h"
#include "keyaudit/screen/exit.h"
#include "keyaudit/screen/out_text.h"
#include "keyaudit/trail/trailfirst.h"

#include "base/poison.h"

static enum ka_err find(struct ka_trailread *t, const char *trail, const char *conf)
{
	if (trail == NULL) {
		ka_logtrail_find(t->verb, conf, t->path, sizeof(t->path));
		return ka_trailfiles_find(t->path, KA_TRAILFILES_ALL, &t->files);
	}
	if (!ka_span_copy(ka_span_of(trail), t->path, sizeof(t->path))) {
		errno = ENAMETOOLONG;
		return KA_ERR_SYS;
	}
	return ka_trailfiles_take(trail, &t->files);
}

void ka_trailread_pass_over(struct ka_trailread *t, const char *since, const char *until)
{
	(void)ka_trailfirst_time(since, &t->since_us);
	(void)ka_trailfirst_time(until, &t->until_us);
}

int ka_trailread_begin(const char *verb, const char *trail, const char *conf, const struct ka_logquery *query, struct ka_trailread **out)
{
	struct ka_trailread *t = calloc(1, sizeof(*t));
	enum ka_err err = KA_ERR_NOMEM;
	int status = KA_EXIT_FINE;

	if (t != NULL) {
		*t = (struct ka_trailread){ .verb = verb, .query = query, .since_us = INT64_MIN, .until_us = INT64_MAX };
		ka_logsift_init(&t->sift, query);
		ka_trailread_pass_over(t, query->since, query->until);
		err = find(t, trail, conf);
	}
	if (err == KA_ERR_OK)
		err = ka_logread_new(NULL, &t->r);
	if (err == KA_ERR_SYS) {
		status = ka_logtrail_complain(verb, t->path);
	} else if (err != KA_ERR_OK) {
		fprintf(stderr, "keyaudit %s: %s\n", verb, err == KA_ERR_LIMIT ? "the trail has too many files" : "no memory");
		status = KA_EXIT_UNDECIDED;
	} else {
		t->r->sift = &t->sift;
	}
	*out = t;
	if (status != KA_EXIT_FINE)
		ka_trailread_free(out);
	return status;
}

bool ka_trailread_turn(struct ka_trailread *t, size_t i)
{
	struct ka_trailfile *f = &t->files.file[i];

	/* the query's times stand for the whole second */
	if (f->until_us < t->since_us || (t->until_us != INT64_MAX && f->from_us > t->until_us + 1000000))
		return false;
	ka_logread_turn(t->r, &f->bytes);
	return true;
}

void ka_trailread_leave(struct ka_trailread *t, size_t i)
{
	if (t->broken == 0 && t->r->broken > 0) {
		t->broken_at = t->r->broken_at;
		t->broken_in = t->files.file[i].name;
	}
	t->broken += t->r->broken;
	t->files.file[i].fault = t->files.file[i].bytes.fault;
	ka_trailbytes_rest(&t->files.file[i].bytes);
}

bool ka_trailread_next(struct ka_trailread *t, struct ka_span *raw, json_t **event)
{
	for (; t->next < t->files.count; t->next++) {
		if (!t->is_begun && !ka_trailread_turn(t, t->next))
			continue;
		t->is_begun = true;
		while (ka_logread_next(t->r, INT64_MAX, raw, event)) {
			if (ka_logquery_matches(t->query, *event))
				return true;
			json_decref(*event);
		}
		ka_trailread_leave(t, t->next);
		t->is_begun = false;
	}
	*event = NULL;
	return false;
}

void ka_trailread_rewind(struct ka_trailread *t)
{
	t->next = 0;
	t->is_begun = false;
	t->broken = t->broken_at = 0;
	for (size_t i = 0; i < t->files.count; i++) {
		t->files.file[i].fault = KA_TRAILBYTES_FINE;
		ka_trailbytes_rest(&t->files.file[i].bytes);
	}
}

static void say_file(const struct ka_trailread *t, const char *name, const char *text)
{
	struct ka_out err;

	ka_out_init(&err, stderr, KA_OUT_AUTO);
	fprintf(stderr, "keyaudit %s: ", t->verb);
	ka_out_escaped(&err, KA_OUT_PLAIN, name, KA_TEXT_PATH_MAX);
	fputs(text, stderr);
}

static void say_broken(const struct ka_trailread *t)
{
	struct ka_out err;

	if (t->broken == 0)
		return;
	ka_out_init(&err, stderr, KA_OUT_AUTO);
	fprintf(stderr, "keyaudit %s: %lu %s no event and left out", t->verb, t->broken, t->broken == 1 ? "line is" : "lines are");
	if (t->broken_at > 0)
		fprintf(stderr, ", the first is line %lu", t->broken_at);
	if (t->broken_at > 0 && t->files.count > 1) {
		fputs(" of ", stderr);
		ka_out_escaped(&err, KA_OUT_PLAIN, t->broken_in, KA_TEXT_PATH_MAX);
	}
	fputc('\n', stderr);
}

/* Files beside the trail that nobody could look into; true when one of them may hold what was asked for. */
static bool say_beside(const struct ka_trailread *t)
{
	const struct ka_trailfiles *f = &t->files;

	if (f->foreign + f->unread == 0 || f->left_us + (int64_t)KA_TRAIL_SKEW_SEC * 1000000 < t->since_us)
		return false;
	if (f->unread > 0) {
		say_file(t, f->unread_name != NULL ? f->unread_name : "a file beside the trail", " was not read: ");
		fprintf(stderr, "%s%s\n", ka_trailbytes_why(f->unread_why), f->unread > 1 ? "; and it is not the only one" : "");
	}
	if (f->foreign > 0)
		fprintf(stderr, "keyaudit %s: %zu compressed %s beside the trail %s not read: of these only gzip's are\n", t->verb, f->foreign,
			f->foreign == 1 ? "file" : "files", f->foreign == 1 ? "was" : "were");
	return true;
}

int ka_trailread_end(struct ka_trailread *t, bool is_enough)
{
	bool is_missing = false;

	for (size_t i = 0; i < t->files.count; i++) {
		const struct ka_trailfile *f = &t->files.file[i];

		if (f->fault == KA_TRAILBYTES_FINE)
			continue;
		say_file(t, f->name, " was not read to its end: ");
		fprintf(stderr, "%s\n", ka_trailbytes_why(f->fault));
		is_missing = true;
	}
	if (!is_enough && say_beside(t))
		is_missing = true;
	say_broken(t);
	return is_missing ? KA_EXIT_UNDECIDED : KA_EXIT_FINE;
}

void ka_trailread_free(struct ka_trailread **t)
{
	if (*t == NULL)
		return;
	ka_logread_free(&(*t)->r);
	ka_trailfiles_free(&(*t)->files);
	free(*t);
	*t = NULL;
}
