/* Entries of src, both ways. */
#include "spool/recordsrc.h"

#include "base/sourcename.h"
#include "base/text.h"

#include "base/poison.h"

static const struct {
	char name[8];
	size_t at;
} words[] = {
	{ "age", offsetof(struct ka_source_evidence, age_sec) },   { "status", offsetof(struct ka_source_evidence, status) },
	{ "mirror", offsetof(struct ka_source_evidence, mirror) }, { "serial", offsetof(struct ka_source_evidence, serial) },
	{ "served", offsetof(struct ka_source_evidence, served) },
};

static int64_t *field(struct ka_source_evidence *e, size_t i)
{
	return (int64_t *)(void *)((char *)e + words[i].at);
}

void ka_recordsrc_evidence(const struct ka_source_evidence *e, char between, struct ka_buf *out)
{
	struct ka_source_evidence copy = *e;
	bool is_first = true;

	for (size_t i = 0; i < KA_ARRAY_LEN(words); i++) {
		if (*field(&copy, i) < 0)
			continue;
		if (!is_first)
			ka_buf_char(out, between);
		is_first = false;
		ka_buf_text(out, words[i].name);
		ka_buf_char(out, '=');
		ka_buf_i64(out, *field(&copy, i));
	}
}

void ka_recordsrc_write(const struct ka_recordsrc *r, struct ka_buf *out)
{
	size_t begin = out->len, before;

	if (begin > 0)
		ka_buf_char(out, ',');
	ka_buf_text(out, r->name);
	ka_buf_char(out, ':');
	ka_buf_text(out, ka_answer_text(r->answer));
	ka_buf_char(out, ':');
	ka_buf_text(out, ka_reason_id(r->reason));
	before = out->len;
	ka_buf_char(out, ':');
	ka_recordsrc_evidence(&r->evidence, '/', out);
	if (out->len == before + 1 && !out->overflow)
		ka_buf_cut(out, before);
	if (out->overflow)
		ka_buf_cut(out, begin);
}

static bool take_word(struct ka_span word, struct ka_source_evidence *e)
{
	size_t eq = ka_span_find(word, '=');
	uint64_t n = 0;

	for (size_t i = 0; i < KA_ARRAY_LEN(words) && eq < word.len; i++) {
		if (!ka_span_is(ka_span_sub(word, 0, eq), words[i].name))
			continue;
		if (*field(e, i) >= 0 || !ka_text_to_u64(ka_span_sub(word, eq + 1, word.len), INT64_MAX, &n))
			return false;
		*field(e, i) = (int64_t)n;
		return true;
	}
	return false;
}

static bool take_evidence(struct ka_span text, struct ka_source_evidence *e)
{
	struct ka_span word;

	if (text.len == 0)
		return false;
	while (ka_text_split(&text, '/', &word))
		if (!take_word(word, e))
			return false;
	return true;
}

/* the part up to the next colon; @has_more: there is one */
static struct ka_span part(struct ka_span *rest, bool *has_more)
{
	size_t end = ka_span_find(*rest, ':');
	struct ka_span out = ka_span_sub(*rest, 0, end);

	*has_more = end < rest->len;
	*rest = ka_span_sub(*rest, end + 1, rest->len);
	return out;
}

static bool parse(struct ka_span entry, struct ka_recordsrc *out)
{
	bool behind_name, behind_answer, has_evidence;
	struct ka_span name = part(&entry, &behind_name), answer = part(&entry, &behind_answer), id = part(&entry, &has_evidence);

	out->evidence = ka_source_evidence_none();
	out->reason = ka_reason_find((const char *)id.p, id.len);
	if (!behind_name || !behind_answer || !ka_sourcename_is_valid(name) || !ka_span_copy(name, out->name, sizeof(out->name)) ||
	    !ka_answer_find(answer, &out->answer) || (out->reason == KA_REASON_NONE && !ka_span_is(id, "-")))
		return false;
	return !has_evidence || take_evidence(entry, &out->evidence);
}

bool ka_recordsrc_next(struct ka_span *rest, struct ka_recordsrc *out)
{
	size_t end = ka_span_find(*rest, ',');
	bool ok = rest->len > 0 && parse(ka_span_sub(*rest, 0, end), out);

	*rest = ok && end + 1 < rest->len ? ka_span_sub(*rest, end + 1, rest->len) : (struct ka_span){ NULL, 0 };
	return ok;
}
