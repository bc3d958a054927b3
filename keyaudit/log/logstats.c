/* One hash table a kind. A text that does not fit is cut, as in the table of `keyaudit log`. */
#include "keyaudit/log/logstats.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "keyaudit/log/logquery.h"

#include "base/poison.h"

/* FNV-1a. Names chosen to collide cost time, bounded by the table's size, and nothing else. */
static size_t place_of(const char *text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *text != '\0'; text++)
		h = (h ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
	return (size_t)(h % KA_LOGSTATS_ROWS_MAX);
}

static void count(struct ka_logstats_table *t, const char *raw)
{
	struct ka_span s = ka_span_of(raw);
	char text[KA_LOGSTATS_TEXT_MAX];
	struct ka_buf b;
	size_t at;

	if (s.len == 0)
		return;
	ka_buf_init_array(&b, text);
	if (ka_text_is_plain(s) && s.len < sizeof(text))
		ka_buf_span(&b, s);
	else
		ka_text_escape(&b, s, 0, sizeof(text) - 1);
	at = place_of(text);
	for (size_t tries = 0; tries < KA_LOGSTATS_TRIES_MAX; tries++, at = (at + 1) % KA_LOGSTATS_ROWS_MAX) {
		struct ka_logstats_row *row = &t->row[at];

		if (row->text[0] == '\0') {
			(void)ka_span_copy(ka_span_of(text), row->text, sizeof(row->text));
			t->used++;
		}
		if (strcmp(row->text, text) == 0) {
			row->count++;
			return;
		}
	}
	t->others++;
}

void ka_logstats_add(struct ka_logstats *s, const json_t *event)
{
	const char *outcome = ka_logquery_at(event, "event.outcome");
	struct ka_span at = ka_span_of(ka_logquery_at(event, "@timestamp"));
	char hour[3];

	s->events++;
	s->success += strcmp(outcome, "success") == 0;
	s->failure += strcmp(outcome, "failure") == 0;
	s->unknown += strcmp(outcome, "unknown") == 0;
	count(&s->table[KA_LOGSTATS_REASON], ka_logquery_at(event, "event.code"));
	count(&s->table[KA_LOGSTATS_USER], ka_logquery_at(event, "user.name"));
	count(&s->table[KA_LOGSTATS_FROM], ka_logquery_at(event, "source.ip"));
	at = ka_span_sub(at, 11, 2);
	if (at.len == 2 && ka_text_is_digit(at.p[0]) && ka_text_is_digit(at.p[1]) && ka_span_copy(at, hour, sizeof(hour)))
		count(&s->table[KA_LOGSTATS_HOUR], hour);
}

static int by_count(const void *a, const void *b)
{
	const struct ka_logstats_row *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return strcmp(x->text, y->text);
}

size_t ka_logstats_sort(struct ka_logstats *s, enum ka_logstats_kind kind)
{
	struct ka_logstats_table *t = &s->table[kind];

	qsort(t->row, KA_LOGSTATS_ROWS_MAX, sizeof(t->row[0]), by_count);
	return t->used;
}
