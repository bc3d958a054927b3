/* An event out of the trail. Its texts are strangers' text, whoever wrote the file. */
#include "keyaudit/explain/explainevent.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"
#include "keyaudit/explain/explainreason.h"
#include "keyaudit/log/logquery.h"

#include "base/poison.h"

#define TEXT_ROOM (2 * KA_TEXT_PATH_MAX - 512) /* for what is shown of one field */

/* RFC 4648 6, lower case, as events write it */
static bool is_base32(const char *word, size_t len)
{
	if (strlen(word) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!ka_text_is_lower((uint8_t)word[i]) && (word[i] < '2' || word[i] > '7'))
			return false;
	return true;
}

bool ka_explainevent_is_name(const char *word)
{
	return is_base32(word, KA_EVENT_ID_MAX - 1) || is_base32(word, KA_REF_MAX - 1);
}

json_t *ka_explainevent_find(struct ka_trailread *t)
{
	struct ka_span raw;
	json_t *one, *last = NULL;

	for (size_t i = t->files.count; last == NULL && i-- > 0;) {
		if (!ka_trailread_turn(t, i))
			continue;
		while (ka_logread_next(t->r, INT64_MAX, &raw, &one)) {
			bool is_it = ka_logquery_matches(t->query, one);

			json_decref(is_it ? last : one);
			if (is_it)
				last = one;
		}
		ka_trailread_leave(t, i);
	}
	return last;
}

static void put(struct ka_buf *b, const char *before, const char *text, const char *after)
{
	if (text[0] == '\0')
		return;
	ka_buf_text(b, before);
	ka_text_escape(b, ka_span_of(text), 0, TEXT_ROOM / 2);
	ka_buf_text(b, after);
}

static void row(const struct ka_out *o, const char *label, const struct ka_buf *b)
{
	if (b->len > 0)
		ka_explainreason_row(o, label, b->p);
}

static void row_at(const struct ka_out *o, const char *label, const json_t *event, const char *path)
{
	char text[TEXT_ROOM];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	put(&b, "", ka_logquery_at(event, path), "");
	row(o, label, &b);
}

static void show_who(const struct ka_out *o, const json_t *event)
{
	const json_t *port = json_object_get(json_object_get(event, "source"), "port");
	char text[TEXT_ROOM];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	put(&b, "", ka_logquery_at(event, "user.name"), "");
	put(&b, " from ", ka_logquery_at(event, "source.ip"), "");
	if (json_is_integer(port)) {
		ka_buf_text(&b, " port ");
		ka_buf_i64(&b, json_integer_value(port));
	}
	put(&b, ", seen by ", ka_logquery_at(event, "keyaudit.source_from"), "");
	row(o, "who", &b);
}

/* every key that was tried, with its own reason; the list ends where the event cut it */
static void show_offers(const struct ka_out *o, const json_t *event)
{
	const json_t *offers = json_object_get(json_object_get(event, "keyaudit"), "offers"), *one;
	size_t i;

	json_array_foreach(offers, i, one) {
		char text[TEXT_ROOM];
		struct ka_buf b;

		ka_buf_init_array(&b, text);
		put(&b, "", json_is_string(one) ? json_string_value(one) : "", "");
		row(o, i == 0 ? "offered" : "", &b);
	}
}

static void show_file(const struct ka_out *o, const json_t *event)
{
	char text[TEXT_ROOM];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	put(&b, "", ka_logquery_at(event, "file.path"), "");
	put(&b, "  mode ", ka_logquery_at(event, "file.mode"), "");
	put(&b, " ", ka_logquery_at(event, "file.owner"), "");
	put(&b, ":", ka_logquery_at(event, "file.group"), "");
	row(o, "file", &b);
}

void ka_explainevent_text(const struct ka_out *o, const json_t *event)
{
	const char *code = ka_logquery_at(event, "event.code");
	enum ka_reason reason = ka_reason_find(code, strlen(code));
	char text[1024];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	put(&b, "", ka_logquery_at(event, "event.action"), "");
	put(&b, "  ", code, "");
	ka_out_text(o, KA_OUT_STRONG, text);
	fputc('\n', o->to);
	row_at(o, "when", event, "@timestamp");
	show_who(o, event);
	row_at(o, "says", event, "message");
	show_offers(o, event);
	show_file(o, event);
	ka_buf_init_array(&b, text);
	put(&b, "", ka_logquery_at(event, "keyaudit.basis"), "");
	put(&b, ", trust: ", ka_logquery_at(event, "keyaudit.trust"), "");
	put(&b, ", ended in phase: ", ka_logquery_at(event, "keyaudit.phase"), "");
	row(o, "basis", &b);
	ka_buf_init_array(&b, text);
	put(&b, "", ka_logquery_at(event, "keyaudit.ref"), "");
	put(&b, ", event ", ka_logquery_at(event, "event.id"), "");
	put(&b, ", connection ", ka_logquery_at(event, "keyaudit.connection"), "");
	row(o, "ref", &b);
	row_at(o, "fix", event, "keyaudit.fix");
	if (reason != KA_REASON_NONE)
		ka_explainreason_text(o, reason);
}
