/* The book's lines. What it cannot read it does not believe: then a change is told once more, which is better than never. */
#include "keyaudit/health/healthbook.h"

#include <string.h>

#include "base/fields.h"

#include "base/poison.h"

#define HEAD "ka1 health"

static bool take_action(struct ka_fields *f, enum ka_action_event *out)
{
	struct ka_span word = ka_fields_raw(f, "action");

	for (unsigned i = KA_EVENT_FINAL_COUNT; i < KA_EVENT_COUNT; i++)
		if (ka_span_is(word, ka_event_action_text((enum ka_action_event)i))) {
			*out = (enum ka_action_event)i;
			return true;
		}
	return false;
}

static bool take_line(struct ka_span line, struct ka_healthrow *r)
{
	struct ka_fields f;

	memset(r, 0, sizeof(*r));
	if (!ka_fields_init(&f, line, HEAD))
		return false;
	ka_fields_text(&f, "subject", r->subject, sizeof(r->subject));
	ka_fields_text(&f, "value", r->value, sizeof(r->value));
	r->since_us = ka_fields_i64(&f, "since", INT64_MAX);
	if (f.failed || ka_fields_end(&f))
		return !f.failed;
	r->is_pending = true;
	ka_fields_text(&f, "next", r->next, sizeof(r->next));
	if (!take_action(&f, &r->action))
		return false;
	r->at_us = ka_fields_i64(&f, "at", INT64_MAX);
	r->before = ka_fields_i64(&f, "before", INT64_MAX);
	ka_fields_text(&f, "boot", r->boot, sizeof(r->boot));
	return ka_fields_end(&f) && strlen(r->boot) == sizeof(r->boot) - 1;
}

void ka_healthbook_parse(struct ka_span text, struct ka_healthbook *out)
{
	struct ka_span line;
	struct ka_cursor c;
	bool whole;

	out->count = 0;
	ka_cursor_init(&c, text.p, text.len);
	while (out->count < KA_HEALTH_ROWS_MAX && ka_cursor_line(&c, &line, &whole))
		if (whole && take_line(line, &out->row[out->count]) && ka_healthbook_find(out, out->row[out->count].subject) == NULL)
			out->count++;
}

void ka_healthbook_write(const struct ka_healthbook *b, struct ka_buf *out)
{
	for (size_t i = 0; i < b->count; i++) {
		const struct ka_healthrow *r = &b->row[i];

		ka_buf_text(out, HEAD);
		ka_fields_put_text(out, "subject", r->subject);
		ka_fields_put_text(out, "value", r->value);
		ka_fields_put_i64(out, "since", r->since_us);
		if (r->is_pending) {
			ka_fields_put_text(out, "next", r->next);
			ka_fields_put_text(out, "action", ka_event_action_text(r->action));
			ka_fields_put_i64(out, "at", r->at_us);
			ka_fields_put_i64(out, "before", r->before);
			ka_fields_put_text(out, "boot", r->boot);
		}
		ka_buf_char(out, '\n');
	}
}

struct ka_healthrow *ka_healthbook_find(struct ka_healthbook *b, const char *subject)
{
	for (size_t i = 0; i < b->count; i++)
		if (strcmp(b->row[i].subject, subject) == 0)
			return &b->row[i];
	return NULL;
}

struct ka_healthrow *ka_healthbook_take(struct ka_healthbook *b, const char *subject)
{
	struct ka_healthrow *r = ka_healthbook_find(b, subject);

	if (r != NULL)
		return r;
	if (b->count == KA_HEALTH_ROWS_MAX || strlen(subject) >= sizeof(r->subject))
		return NULL;
	r = &b->row[b->count++];
	memset(r, 0, sizeof(*r));
	(void)ka_span_copy(ka_span_of(subject), r->subject, sizeof(r->subject));
	return r;
}

void ka_healthbook_drop(struct ka_healthbook *b, struct ka_healthrow *row)
{
	*row = b->row[--b->count];
}

int64_t ka_healthbook_moment(const struct ka_healthbook *b, int64_t now)
{
	for (size_t i = 0; i < b->count; i++) {
		int64_t last = b->row[i].is_pending && b->row[i].at_us > b->row[i].since_us ? b->row[i].at_us : b->row[i].since_us;

		if (last >= now && last < INT64_MAX)
			now = last + 1;
	}
	return now;
}
