/* Settings in words and as JSON. It must never print a byte of a file unescaped. */
#include "keyaudit/config/confprint.h"

#include <stdlib.h>
#include <string.h>

#include "audit/jsonout.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "keyaudit/config/policyshow.h"

#include "base/poison.h"

struct print {
	const struct ka_conf *conf;
	const struct ka_confquestion *question;
	const struct ka_out *out;
	size_t width; /* of the longest origin */
	const char *section, *source, *of; /* in hand */
	char *text; /* of KA_CONFPRINT_JSON_MAX bytes, for one line of JSON */
};

static void each(struct print *p, void (*take)(void *ctx, const struct ka_confshow *s))
{
	if (ka_confquestion_is(p->question))
		ka_policyshow_each(p->conf, &p->question->who, true, take, p);
	else
		ka_confshow_each(p->conf, take, p);
}

/* ---- text ---- */

static void measure(void *ctx, const struct ka_confshow *s)
{
	struct print *p = ctx;
	size_t n = strlen(s->origin);

	p->width = n > p->width ? n : p->width;
}

static void put_heading(const struct print *p, const struct ka_confshow *s)
{
	char text[2 * KA_TEXT_PATH_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, p->section != NULL ? "\n[" : "[");
	ka_buf_text(&b, s->section);
	if (s->source != NULL) {
		ka_buf_char(&b, ' ');
		ka_buf_text(&b, s->source);
	}
	ka_buf_char(&b, ']');
	if (s->source != NULL && !s->is_asked)
		ka_buf_text(&b, "   (not in [lookup] sources, so it is not asked)");
	if (s->of != NULL) {
		ka_buf_text(&b, "   (for source ");
		ka_buf_text(&b, s->of);
		ka_buf_text(&b, ": what it changes)");
	}
	ka_confquestion_write(p->question, &b);
	fprintf(p->out->to, "%s\n", text);
}

static void put_text(void *ctx, const struct ka_confshow *s)
{
	struct print *p = ctx;

	if (s->section != p->section || s->source != p->source || s->of != p->of) {
		put_heading(p, s);
		p->section = s->section;
		p->source = s->source;
		p->of = s->of;
	}
	ka_out_text(p->out, s->at.line == 0 ? KA_OUT_DIM : KA_OUT_PLAIN, s->origin);
	fprintf(p->out->to, "%*s%s = ", (int)(p->width - strlen(s->origin) + 2), "", s->key);
	ka_out_escaped(p->out, KA_OUT_PLAIN, s->value, KA_CONF_TEXT_MAX * 4);
	fputc('\n', p->out->to);
}

void ka_confprint_text(const struct ka_conf *c, const struct ka_confquestion *q, const struct ka_out *out)
{
	struct print p = { .conf = c, .question = q, .out = out };

	each(&p, measure);
	each(&p, put_text);
}

/* ---- JSON ---- */

static void put_question(const struct ka_confquestion *q, struct ka_buf *b)
{
	const struct { const char *name, *value; } parts[] = { { "user", q->user }, { "source", q->source }, { "profile", q->profile } };

	ka_jsonout_object(b, "for");
	for (size_t i = 0; i < KA_ARRAY_LEN(parts); i++)
		if (parts[i].value != NULL)
			ka_jsonout_text(b, parts[i].name, ka_span_of(parts[i].value), KA_TEXT_USER_MAX);
	ka_jsonout_object_end(b);
}

static void put_json(void *ctx, const struct ka_confshow *s)
{
	struct print *p = ctx;
	struct ka_buf b;

	ka_buf_init(&b, p->text, KA_CONFPRINT_JSON_MAX);
	ka_jsonout_object(&b, NULL);
	ka_jsonout_plain(&b, "schema", "keyaudit.config/1");
	ka_jsonout_plain(&b, "section", s->section);
	if (s->source != NULL) {
		ka_jsonout_plain(&b, "source", s->source);
		ka_jsonout_bool(&b, "asked", s->is_asked);
	}
	if (ka_confquestion_is(p->question))
		put_question(p->question, &b);
	if (s->of != NULL) {
		ka_jsonout_object(&b, "for");
		ka_jsonout_plain(&b, "source", s->of);
		ka_jsonout_object_end(&b);
	}
	ka_jsonout_plain(&b, "key", s->key);
	ka_jsonout_text(&b, "value", ka_span_of(s->value), KA_JSONOUT_TEXT_MAX - 1);
	ka_jsonout_bool(&b, "default", strcmp(s->origin, "default") == 0);
	ka_jsonout_plain(&b, "origin", s->origin);
	if (s->at.line != 0) {
		ka_jsonout_plain(&b, "file", ka_conf_file(p->conf, s->at));
		ka_jsonout_u64(&b, "line", s->at.line);
	}
	ka_jsonout_object_end(&b);
	fprintf(p->out->to, "%s\n", p->text);
}

enum ka_err ka_confprint_json(const struct ka_conf *c, const struct ka_confquestion *q, const struct ka_out *out)
{
	KA_AUTOFREE char *text = malloc(KA_CONFPRINT_JSON_MAX);
	struct print p = { .conf = c, .question = q, .out = out, .text = text };

	if (text == NULL)
		return KA_ERR_NOMEM;
	each(&p, put_json);
	return KA_ERR_OK;
}
