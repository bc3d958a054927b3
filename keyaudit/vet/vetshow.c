/* Rendering of verdicts; it must never show a byte of the file unescaped, nor the body of a private key. */
#include "keyaudit/vet/vetshow.h"

#include <jansson.h>

#include "base/limits.h"
#include "base/text.h"
#include "key/keyfpr.h"
#include "keyaudit/screen/out_wrap.h"

#include "base/poison.h"


#define CONTINUED_AT 4 /* columns */

/* was the key read to its end, whatever is wrong around it? numbers of a broken one would be guesses */
static bool is_whole(const struct ka_keyline *k)
{
	struct ka_keyblob again;

	return k->reason == KA_REASON_NONE ||
	       (k->key.blob.len > 0 && ka_keyblob_parse(k->key.blob, (struct ka_span){ NULL, 0 }, &again) == KA_REASON_NONE);
}

static void learn(struct ka_vetshow *s, const struct ka_keyline *k, struct ka_vetshow_key *f)
{
	struct ka_buf b;

	f->type = k->key.type != NULL ? ka_keyblob_name(&k->key) : NULL;
	f->bits = 0;
	f->fp[0] = '\0';
	if (!is_whole(k))
		return;
	f->bits = k->key.bits;
	ka_buf_init_array(&b, s->scratch);
	ka_keyblob_plain(&k->key, &b);
	if (ka_buf_check(&b) == KA_ERR_OK)
		ka_keyfpr_text(ka_buf_as_span(&b), f->fp);
}

/* one line for programs; on a terminal one that is continued further in */
static enum ka_err show_text(struct ka_vetshow *s, uint64_t number, const struct ka_vetshow_key *f, const struct ka_vet *v)
{
	char place[KA_TEXT_PATH_MAX + 32], reasons[KA_VERDICT_REASONS_MAX * (KA_REASON_ID_MAX + 1)], bits[KA_TEXT_U64_MAX] = "-",
	     behind[KA_TEXT_PATH_MAX + 80];
	const char *const words[] = { place, ka_vet_verdict_text(v->verdict), f->type != NULL ? f->type : "-", bits,
				      f->fp[0] != '\0' ? f->fp : "-" };
	struct ka_wrap w;
	struct ka_buf b;

	ka_buf_init_array(&b, place);
	ka_text_escape(&b, ka_span_of(s->file), 0, KA_TEXT_PATH_MAX);
	ka_buf_char(&b, ':');
	ka_buf_u64(&b, number);
	ka_buf_char(&b, ':');
	if (f->bits > 0)
		ka_text_u64(f->bits, bits);
	ka_wrap_begin(&w, &s->out, 0, CONTINUED_AT);
	for (size_t i = 0; i < KA_ARRAY_LEN(words); i++) {
		ka_wrap_solid(&w, KA_OUT_PLAIN, words[i]);
		ka_wrap_text(&w, KA_OUT_PLAIN, " ");
	}
	ka_buf_init_array(&b, reasons);
	for (size_t i = 0; i < v->count; i++) {
		ka_buf_text(&b, i == 0 ? "" : ",");
		ka_buf_text(&b, ka_reason_id(v->reasons[i]));
	}
	ka_wrap_solid(&w, KA_OUT_PLAIN, v->count == 0 ? "-" : reasons);
	if (s->with_account) {
		ka_buf_init_array(&b, behind);
		ka_buf_text(&b, " account=");
		ka_text_escape(&b, s->account, ' ', KA_TEXT_PATH_MAX);
		ka_wrap_solid(&w, KA_OUT_PLAIN, behind);
	}
	if (s->other != NULL) {
		ka_buf_init_array(&b, behind);
		ka_buf_text(&b, " as=");
		ka_buf_text(&b, s->other);
		ka_wrap_solid(&w, KA_OUT_PLAIN, behind);
	}
	if (s->ca != NULL) {
		ka_buf_init_array(&b, behind);
		ka_buf_text(&b, " ca=");
		ka_buf_text(&b, s->ca);
		ka_wrap_solid(&w, KA_OUT_PLAIN, behind);
	}
	ka_wrap_end(&w);
	return ferror(s->out.to) ? KA_ERR_SYS : KA_ERR_OK;
}

static json_t *escaped(struct ka_span text, size_t max)
{
	char shown[KA_TEXT_PATH_MAX + 1];
	struct ka_buf b;

	ka_buf_init_array(&b, shown);
	ka_text_escape(&b, text, 0, max);
	return json_stringn(b.p, b.len);
}

static json_t *reasons_of(const struct ka_vet *v)
{
	json_t *list = json_array();
	char detail[KA_VET_DETAIL_MAX];
	struct ka_buf b;

	for (size_t i = 0; i < v->count; i++) {
		json_t *o = json_pack("{s:s, s:s}", "id", ka_reason_id(v->reasons[i]), "meaning", ka_reason_meaning(v->reasons[i]));

		ka_buf_init_array(&b, detail);
		ka_vet_detail(v, i, &b);
		if (b.len > 0)
			json_object_set_new(o, "detail", json_string(detail));
		json_array_append_new(list, o);
	}
	return list;
}

/* the rest stands, and nobody knows about its numbers */
static bool is_judged(const struct ka_vet *v)
{
	for (size_t i = 0; i < v->count; i++)
		if (v->reasons[i] == KA_REASON_KEY_NOT_JUDGED)
			return false;
	return true;
}

static enum ka_err show_json(struct ka_vetshow *s, uint64_t number, const struct ka_keyline *k, const struct ka_vetshow_key *f,
			     const struct ka_vet *v)
{
	json_t *o = json_pack("{s:s, s:o, s:I, s:s, s:s?, s:o, s:s?, s:o, s:b}", "schema", KA_VETSHOW_SCHEMA,
			      "file", escaped(ka_span_of(s->file), KA_TEXT_PATH_MAX), "line", (json_int_t)number,
			      "verdict", ka_vet_verdict_text(v->verdict), "type", f->type,
			      "bits", f->bits > 0 ? json_integer((json_int_t)f->bits) : json_null(),
			      "fingerprint", f->fp[0] != '\0' ? f->fp : NULL, "reasons", reasons_of(v),
			      "complete", is_judged(v));
	int rc;

	if (o == NULL)
		return KA_ERR_NOMEM;
	if (s->with_account)
		json_object_set_new(o, "account", escaped(s->account, KA_TEXT_PATH_MAX));
	if (s->other != NULL)
		json_object_set_new(o, "as", json_string(s->other));
	if (s->ca != NULL)
		json_object_set_new(o, "ca", json_string(s->ca));
	if (k == NULL)
		;
	else if (k->reason == KA_REASON_NONE)
		json_object_set_new(o, "comment", escaped(k->comment, KA_VETSHOW_COMMENT_MAX));
	else
		json_object_set_new(o, "column", json_integer((json_int_t)k->column));
	rc = json_dumpf(o, s->out.to, JSON_COMPACT);
	json_decref(o);
	fputc('\n', s->out.to);
	return rc != 0 || ferror(s->out.to) ? KA_ERR_SYS : KA_ERR_OK;
}

enum ka_err ka_vetshow_line(struct ka_vetshow *s, uint64_t number, const struct ka_keyline *k, const struct ka_vet *v)
{
	struct ka_vetshow_key f;

	learn(s, k, &f);
	return s->json ? show_json(s, number, k, &f, v) : show_text(s, number, &f, v);
}

enum ka_err ka_vetshow_key(struct ka_vetshow *s, uint64_t number, const struct ka_vetshow_key *key, const struct ka_vet *v)
{
	return s->json ? show_json(s, number, NULL, key, v) : show_text(s, number, key, v);
}
