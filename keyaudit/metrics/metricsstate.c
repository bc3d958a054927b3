/* The memory of the counters, written and read. A file that a crash tore has no "end", and is none. */
#include "keyaudit/metrics/metricsstate.h"

#include <string.h>

#include "base/err.h"
#include "base/sourcename.h"
#include "base/text.h"

#include "base/poison.h"

#define HEAD "keyaudit-metrics/1"
#define WORDS 5
#define SUM "sum" /* of the durations, beside their buckets */

static const char *or_dash(const char *s)
{
	return s[0] != '\0' ? s : "-";
}

static void put_count(struct ka_buf *b, const char *kind, const char *name, uint64_t n)
{
	if (n == 0)
		return;
	ka_buf_text(b, "count ");
	ka_buf_text(b, kind);
	ka_buf_char(b, ' ');
	ka_buf_text(b, name);
	ka_buf_char(b, ' ');
	ka_buf_u64(b, n);
	ka_buf_char(b, '\n');
}

static void put_source(struct ka_buf *b, const struct ka_metricssource *s)
{
	for (unsigned i = 0; i < KA_METRICS_LOOKUPS; i++) {
		char name[KA_SOURCE_NAME_MAX + 16];
		struct ka_buf n;

		ka_buf_init_array(&n, name);
		ka_buf_text(&n, ka_metricscount_lookup((enum ka_source_answer)i));
		ka_buf_char(&n, '/');
		ka_buf_text(&n, s->name);
		put_count(b, "lookups", name, s->lookups[i]);
	}
}

void ka_metricsstate_write(const struct ka_metricscount *c, struct ka_buf *out)
{
	const uint64_t place[] = { c->device, c->inode, c->offset };

	ka_buf_text(out, HEAD "\nchain ");
	ka_buf_text(out, or_dash(c->chain));
	ka_buf_char(out, ' ');
	ka_buf_u64(out, c->seq);
	ka_buf_char(out, ' ');
	ka_buf_text(out, or_dash(c->hash));
	ka_buf_text(out, c->is_broken ? " broken\nfile" : " ok\nfile");
	for (size_t i = 0; i < KA_ARRAY_LEN(place); i++) {
		ka_buf_char(out, ' ');
		ka_buf_u64(out, place[i]);
	}
	ka_buf_char(out, '\n');
	for (int r = 0; r < KA_REASON_COUNT; r++)
		put_count(out, "refusals", ka_reason_id((enum ka_reason)r), c->refusals[r]);
	for (unsigned i = 0; i < KA_METRICS_LOGINS; i++)
		put_count(out, "logins", ka_metricscount_login((enum ka_metricslogin)i), c->logins[i]);
	for (size_t i = 0; i < KA_METRICS_SOURCES_MAX && c->sources[i].name[0] != '\0'; i++)
		put_source(out, &c->sources[i]);
	for (size_t i = 0; i < KA_METRICS_TOOK; i++)
		put_count(out, "took", ka_metricscount_le(i), c->took[i]);
	put_count(out, "took", SUM, c->took_us);
	for (size_t i = 0; i < KA_METRICS_HEALTH; i++)
		put_count(out, "health", ka_metricscount_health(i), c->health[i]);
	for (unsigned i = 0; i < KA_METRICS_PLAINS; i++)
		put_count(out, "audit", ka_metricscount_plain((enum ka_metricsplain)i), c->plain[i]);
	ka_buf_text(out, "end\n");
}

/* Up to WORDS words of one line; how many there are. */
static size_t split(struct ka_span line, struct ka_span *words)
{
	size_t n = 0;

	while (n < WORDS) {
		size_t blank = ka_span_find(line, ' ');

		words[n++] = ka_span_sub(line, 0, blank);
		if (blank >= line.len)
			return n;
		line = ka_span_sub(line, blank + 1, line.len - blank - 1);
	}
	return WORDS + 1;
}

static bool take_text(struct ka_span s, char *out, size_t size)
{
	if (s.len == 0 || s.len >= size)
		return false;
	if (ka_span_is(s, "-"))
		return true;
	memcpy(out, s.p, s.len);
	out[s.len] = '\0';
	return true;
}

/* RESULT/SOURCE: only root writes the state, so a name in it is one of a configuration */
static void take_lookups(struct ka_metricscount *c, struct ka_span name, uint64_t n)
{
	struct ka_span result;

	if (!ka_text_split(&name, '/', &result) || !ka_sourcename_is_valid(name))
		return;
	for (unsigned i = 0; i < KA_METRICS_LOOKUPS; i++)
		if (ka_span_is(result, ka_metricscount_lookup((enum ka_source_answer)i)))
			ka_metricscount_source(c, name, true)->lookups[i] = n;
}

static void take_count(struct ka_metricscount *c, struct ka_span kind, struct ka_span name, uint64_t n)
{
	if (ka_span_is(kind, "refusals")) {
		enum ka_reason r = ka_reason_find((const char *)name.p, name.len);

		if (r != KA_REASON_NONE || ka_span_is(name, "-"))
			c->refusals[r] = n;
	}
	for (unsigned i = 0; ka_span_is(kind, "logins") && i < KA_METRICS_LOGINS; i++)
		if (ka_span_is(name, ka_metricscount_login((enum ka_metricslogin)i)))
			c->logins[i] = n;
	if (ka_span_is(kind, "lookups"))
		take_lookups(c, name, n);
	if (ka_span_is(kind, "took") && ka_span_is(name, SUM))
		c->took_us = n;
	for (size_t i = 0; ka_span_is(kind, "took") && i < KA_METRICS_TOOK; i++)
		if (ka_span_is(name, ka_metricscount_le(i)))
			c->took[i] = n;
	for (size_t i = 0; ka_span_is(kind, "health") && i < KA_METRICS_HEALTH; i++)
		if (ka_span_is(name, ka_metricscount_health(i)))
			c->health[i] = n;
	for (unsigned i = 0; ka_span_is(kind, "audit") && i < KA_METRICS_PLAINS; i++)
		if (ka_span_is(name, ka_metricscount_plain((enum ka_metricsplain)i)))
			c->plain[i] = n;
}

static bool take_line(struct ka_metricscount *c, const struct ka_span *w, size_t n)
{
	uint64_t v;

	if (n == 5 && ka_span_is(w[0], "chain")) {
		c->is_broken = ka_span_is(w[4], "broken");
		return take_text(w[1], c->chain, sizeof(c->chain)) && ka_text_to_u64(w[2], UINT64_MAX, &c->seq) &&
		       take_text(w[3], c->hash, sizeof(c->hash)) && (c->is_broken || ka_span_is(w[4], "ok"));
	}
	if (n == 4 && ka_span_is(w[0], "file"))
		return ka_text_to_u64(w[1], UINT64_MAX, &c->device) && ka_text_to_u64(w[2], UINT64_MAX, &c->inode) &&
		       ka_text_to_u64(w[3], INT64_MAX, &c->offset);
	if (n != 4 || !ka_span_is(w[0], "count") || !ka_text_to_u64(w[3], UINT64_MAX, &v))
		return false;
	take_count(c, w[1], w[2], v);
	return true;
}

static bool take_all(struct ka_span text, struct ka_metricscount *c)
{
	struct ka_span words[WORDS];

	for (size_t number = 0; text.len > 0; number++) {
		size_t n = ka_span_find(text, '\n');
		struct ka_span line = ka_span_sub(text, 0, n);

		if (n >= text.len)
			return false;
		text = ka_span_sub(text, n + 1, text.len - n - 1);
		if (number == 0 && !ka_span_is(line, HEAD))
			return false;
		if (number > 0 && ka_span_is(line, "end"))
			return text.len == 0;
		if (number > 0 && !take_line(c, words, split(line, words)))
			return false;
	}
	return false;
}

bool ka_metricsstate_parse(struct ka_span text, struct ka_metricscount *c)
{
	*c = (struct ka_metricscount){ .seq = 0 };
	if (take_all(text, c))
		return true;
	*c = (struct ka_metricscount){ .seq = 0 };
	return false;
}
