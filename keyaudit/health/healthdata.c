/* What became of the files that keys are judged by. The rows of the book: "data PATH". */
#include "keyaudit/health/healthdata.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "keyaudit/config/datacheck.h"

#include "base/poison.h"

#define DATA_OF "data "
#define MEND "; mend: "

struct look {
	struct ka_health *h;
	enum ka_err err;
	bool is_named[KA_HEALTH_ROWS_MAX]; /* by row of the book: the configuration names it still */
};

static void subject_of(struct ka_span path, char out[static KA_HEALTH_SUBJECT_MAX])
{
	struct ka_buf b;

	ka_buf_init(&b, out, KA_HEALTH_SUBJECT_MAX);
	ka_buf_text(&b, DATA_OF);
	ka_buf_span(&b, ka_span_sub(path, 0, KA_HEALTH_SUBJECT_MAX - sizeof(DATA_OF)));
}

static bool is_being_written(struct ka_span path)
{
	char name[KA_PATH_TRUSTED_MAX];
	struct stat st;

	return ka_span_copy(path, name, sizeof(name)) && lstat(name, &st) == 0 && ka_health_is_fresh(&st);
}

/* the path stands in the event by itself, and how to mend it is the doctor's */
static struct ka_span cause_of(const struct ka_datacheck *c)
{
	const char *begin = c->text + c->cause, *end = strstr(begin, MEND);
	struct ka_span all = { (const uint8_t *)begin, end != NULL ? (size_t)(end - begin) : strlen(begin) };

	return ka_span_sub(all, 0, KA_TEXT_OPTION_MAX - 1);
}

static enum ka_err tell(struct look *l, const char *subject, const struct ka_datacheck *c)
{
	KA_AUTOFREE struct ka_finding *f = calloc(1, sizeof(*f));
	char value[KA_HEALTH_VALUE_MAX];
	bool is_wrong = c->reason != KA_REASON_NONE;
	const struct ka_healthchange change = { .subject = subject, .value = value, .action = is_wrong ? KA_EVENT_DATA_UNUSABLE : KA_EVENT_DATA_USABLE,
						.finding = f, .text = is_wrong ? "" : "it can be relied on again", .count = 1 };

	if (f == NULL)
		return KA_ERR_NOMEM;
	ka_health_verdict(c->reason, c->text, value);
	f->reason = c->reason;
	(void)ka_span_copy(ka_span_sub(c->path, 0, sizeof(f->evidence.path) - 1), f->evidence.path, sizeof(f->evidence.path));
	if (is_wrong)
		(void)ka_span_copy(cause_of(c), f->evidence.detail, sizeof(f->evidence.detail));
	return ka_health_tell(l->h, &change);
}

static void take(void *ctx, const struct ka_datacheck *c)
{
	char subject[KA_HEALTH_SUBJECT_MAX];
	struct ka_healthrow *row;
	struct look *l = ctx;

	subject_of(c->path, subject);
	row = ka_healthbook_take(l->h->book, subject);
	if (row != NULL)
		l->is_named[row - l->h->book->row] = true;
	if (l->err == KA_ERR_OK && !is_being_written(c->path))
		l->err = tell(l, subject, c);
}

enum ka_err ka_healthdata_look(struct ka_health *h, const struct ka_conf *conf)
{
	struct look l = { .h = h, .err = KA_ERR_OK };
	enum ka_err err = ka_datacheck_each(conf, take, &l);

	if (err == KA_ERR_OK)
		err = l.err;
	/* from behind, since a row that is dropped gets the last one's place */
	for (size_t i = h->book->count; err == KA_ERR_OK && i-- > 0;) {
		char subject[KA_HEALTH_SUBJECT_MAX];

		memcpy(subject, h->book->row[i].subject, sizeof(subject));
		if (!l.is_named[i] && ka_span_starts(ka_span_of(subject), DATA_OF))
			ka_health_forget(h, subject);
	}
	return err;
}
