/* Entries of src, both ways. */
#include "spool/recordsrc.h"

#include <string.h>

#include "base/sourcename.h"
#include "base/text.h"

#include "base/poison.h"

static const struct {
	char name[8];
	uint8_t at, size;
} words[] = {
#define WORD(name, field) { name, offsetof(struct ka_source_evidence, field), sizeof(((struct ka_source_evidence *)0)->field) }
	WORD("age", age_sec), WORD("status", status), WORD("mirror", mirror), WORD("serial", serial), WORD("served", served),
	WORD("cause", cause), /* the last one: an id, and no number */
#undef WORD
};

#define IS_CAUSE(i) ((i) == KA_ARRAY_LEN(words) - 1)

static int64_t get(const struct ka_source_evidence *e, size_t i)
{
	const char *at = (const char *)e + words[i].at;
	int64_t whole;
	int32_t half;

	if (words[i].size == sizeof(whole)) {
		memcpy(&whole, at, sizeof(whole));
		return whole;
	}
	memcpy(&half, at, sizeof(half));
	return half;
}

static void set(struct ka_source_evidence *e, size_t i, int64_t value)
{
	char *at = (char *)e + words[i].at;
	int32_t half = (int32_t)value;

	if (words[i].size == sizeof(value))
		memcpy(at, &value, sizeof(value));
	else
		memcpy(at, &half, sizeof(half));
}

void ka_recordsrc_evidence(const struct ka_source_evidence *e, char between, struct ka_buf *out)
{
	bool is_first = true;

	for (size_t i = 0; i < KA_ARRAY_LEN(words); i++) {
		int64_t value = get(e, i);

		if (value < 0)
			continue;
		if (!is_first)
			ka_buf_char(out, between);
		is_first = false;
		ka_buf_text(out, words[i].name);
		ka_buf_char(out, '=');
		if (IS_CAUSE(i))
			ka_buf_text(out, ka_reason_id((enum ka_reason)value));
		else
			ka_buf_i64(out, value);
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

static bool take_value(struct ka_span text, size_t i, int64_t *out)
{
	uint64_t n = 0;

	if (IS_CAUSE(i))
		n = (uint64_t)ka_reason_find((const char *)text.p, text.len);
	else if (!ka_text_to_u64(text, words[i].size == sizeof(int64_t) ? INT64_MAX : INT32_MAX, &n))
		return false;
	*out = (int64_t)n;
	return !IS_CAUSE(i) || *out > (int64_t)KA_REASON_NONE;
}

static bool take_word(struct ka_span word, struct ka_source_evidence *e)
{
	size_t eq = ka_span_find(word, '=');

	for (size_t i = 0; i < KA_ARRAY_LEN(words) && eq < word.len; i++) {
		int64_t n;

		if (!ka_span_is(ka_span_sub(word, 0, eq), words[i].name))
			continue;
		if (get(e, i) >= 0 || !take_value(ka_span_sub(word, eq + 1, word.len), i, &n))
			return false;
		set(e, i, n);
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
