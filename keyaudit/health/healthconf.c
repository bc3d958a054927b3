/* What changed about the configuration. The rows of the book: "conf", "file PATH" and "source NAME". */
#include "keyaudit/health/healthconf.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

#include "base/poison.h"

#define CONF "conf"
#define FILE_OF "file "
#define SOURCE_OF "source "

static const char *join(const char *a, const char *b, char *out, size_t size)
{
	struct ka_buf buf;

	ka_buf_init(&buf, out, size);
	ka_buf_text(&buf, a);
	ka_buf_text(&buf, b);
	return out;
}

static void put_owners(struct ka_evidence *e)
{
	const struct passwd *pw = getpwuid(e->uid);
	const struct group *gr;

	if (pw == NULL || !ka_span_copy(ka_span_of(pw->pw_name), e->owner, sizeof(e->owner)))
		ka_text_u64(e->uid, e->owner);
	gr = getgrgid(e->gid);
	if (gr == NULL || !ka_span_copy(ka_span_of(gr->gr_name), e->group, sizeof(e->group)))
		ka_text_u64(e->gid, e->group);
}

static void put_place(struct ka_finding *f, const char *path, mode_t mode, uid_t uid, gid_t gid)
{
	struct ka_evidence *e = &f->evidence;

	(void)ka_span_copy(ka_span_of(path), e->path, sizeof(e->path));
	e->has_stat = mode != 0;
	e->mode = mode;
	e->uid = uid;
	e->gid = gid;
	if (e->has_stat)
		put_owners(e);
}

static enum ka_err tell_file(struct ka_health *h, const struct ka_healthconf_file *file, bool is_first, size_t *told)
{
	KA_AUTOFREE struct ka_finding *f = calloc(1, sizeof(*f));
	char subject[KA_HEALTH_SUBJECT_MAX];
	const char *before;
	struct ka_healthchange c = { .subject = join(FILE_OF, file->path, subject, sizeof(subject)), .value = file->sha256,
				     .action = KA_EVENT_CONFIG_CHANGED, .finding = f, .file_sha256 = file->sha256, .count = 1 };
	char text[KA_TEXT_OPTION_MAX];
	struct ka_buf b;

	if (f == NULL)
		return KA_ERR_NOMEM;
	if (file->sha256[0] == '\0')
		return KA_ERR_OK;
	if (is_first) {
		ka_health_note(h, subject, file->sha256);
		return KA_ERR_OK;
	}
	before = ka_health_value(h, subject);
	if (before != NULL && strcmp(before, file->sha256) == 0)
		return KA_ERR_OK;
	put_place(f, file->path, file->mode, file->uid, file->gid);
	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "sha256 ");
	ka_buf_text(&b, file->sha256);
	ka_buf_text(&b, before != NULL && before[0] != '\0' ? ", was " : ", new here");
	ka_buf_text(&b, before != NULL ? before : "");
	c.text = text;
	*told += 1;
	return ka_health_tell(h, &c);
}

static bool has_file(const struct ka_healthconf *seen, const char *path)
{
	for (size_t i = 0; i < seen->files; i++)
		if (strcmp(seen->file[i].path, path) == 0)
			return true;
	return false;
}

static enum ka_err tell_gone(struct ka_health *h, const char *subject, size_t *told)
{
	KA_AUTOFREE struct ka_finding *f = calloc(1, sizeof(*f));
	char own[KA_HEALTH_SUBJECT_MAX];
	const struct ka_healthchange c = { .subject = own, .value = "", .action = KA_EVENT_CONFIG_CHANGED, .finding = f,
					   .text = "it is not there any more", .count = 1 };
	enum ka_err err;

	if (f == NULL || !ka_span_copy(ka_span_of(subject), own, sizeof(own)))
		return KA_ERR_NOMEM;
	(void)ka_span_copy(ka_span_of(own + strlen(FILE_OF)), f->evidence.path, sizeof(f->evidence.path));
	*told += 1;
	err = ka_health_tell(h, &c);
	if (err == KA_ERR_OK)
		ka_health_forget(h, own);
	return err;
}

/* files of the book that are no more; from behind, since a row that is dropped gets the last one's place */
static enum ka_err tell_all_gone(struct ka_health *h, const struct ka_healthconf *seen, size_t *told)
{
	enum ka_err err = KA_ERR_OK;

	for (size_t i = h->book->count; seen->is_listed && err == KA_ERR_OK && i-- > 0;) {
		const char *subject = h->book->row[i].subject;

		if (ka_span_starts(ka_span_of(subject), FILE_OF) && !has_file(seen, subject + strlen(FILE_OF)))
			err = tell_gone(h, subject, told);
	}
	return err;
}

/* refused or not: of the configuration itself, or of what a source of it needs */
static enum ka_err tell_verdict(struct ka_health *h, const char *subject, struct ka_finding *f, const char *text, const char *fine)
{
	char value[KA_HEALTH_VALUE_MAX];
	struct ka_healthchange c = { .subject = subject, .value = value, .action = KA_EVENT_CONFIG_UNSAFE, .finding = f, .text = "", .count = 1 };

	ka_health_verdict(f->reason, text, value);
	if (f->reason == KA_REASON_NONE || f->reason == KA_REASON_CONF_DISABLED)
		c.action = KA_EVENT_CONFIG_CHANGED;
	if (f->reason == KA_REASON_NONE)
		c.text = fine;
	(void)ka_span_copy(ka_span_sub(ka_span_of(text), 0, sizeof(f->evidence.detail) - 1), f->evidence.detail, sizeof(f->evidence.detail));
	return ka_health_tell(h, &c);
}

static enum ka_err tell_conf(struct ka_health *h, const struct ka_healthconf *seen, bool is_said)
{
	KA_AUTOFREE struct ka_finding *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return KA_ERR_NOMEM;
	/* another file is in force: that says it */
	if (seen->reason == KA_REASON_NONE && (is_said || ka_health_value(h, CONF) == NULL)) {
		ka_health_note(h, CONF, "");
		return KA_ERR_OK;
	}
	f->reason = seen->reason;
	if (seen->reason != KA_REASON_NONE)
		put_place(f, seen->why.path, seen->why.mode, seen->why.uid, seen->why.gid);
	return tell_verdict(h, CONF, f, seen->text, "it is in force again");
}

static enum ka_err tell_source(struct ka_health *h, const struct ka_healthconf_source *s)
{
	KA_AUTOFREE struct ka_finding *f = calloc(1, sizeof(*f));
	char subject[KA_HEALTH_SUBJECT_MAX], text[KA_CONF_ERROR_MAX + KA_SOURCE_NAME_MAX + 16];
	struct ka_buf b;

	if (f == NULL)
		return KA_ERR_NOMEM;
	join(SOURCE_OF, s->name, subject, sizeof(subject));
	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "source ");
	ka_buf_text(&b, s->name);
	ka_buf_text(&b, s->reason != KA_REASON_NONE ? ": " : ": what it needs is accepted again");
	ka_buf_text(&b, s->reason != KA_REASON_NONE ? s->text : "");
	f->reason = s->reason;
	return tell_verdict(h, subject, f, s->reason != KA_REASON_NONE ? text : "", text);
}

enum ka_err ka_healthconf_tell(struct ka_health *h, const struct ka_healthconf *seen)
{
	bool is_first = ka_health_value(h, CONF) == NULL;
	enum ka_err err = KA_ERR_OK;
	size_t told = 0;

	if (seen->is_editing)
		return KA_ERR_OK;
	for (size_t i = 0; err == KA_ERR_OK && i < seen->files; i++)
		err = tell_file(h, &seen->file[i], is_first, &told);
	if (err == KA_ERR_OK)
		err = tell_all_gone(h, seen, &told);
	if (err == KA_ERR_OK)
		err = tell_conf(h, seen, told > 0);
	for (size_t i = 0; err == KA_ERR_OK && i < seen->sources; i++)
		err = tell_source(h, &seen->source[i]);
	return err;
}
