/* A first line, which may be anybody's. Only what it says of its place is taken; whether it is true the verifier asks. */
#include "keyaudit/trail/trailfirst.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "audit/chain.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"

#include "base/poison.h"

static bool number(struct ka_span *s, size_t digits, char behind, uint64_t max, int *out)
{
	uint64_t v;

	if (s->len <= digits || s->p[digits] != (uint8_t)behind || !ka_text_to_u64(ka_span_sub(*s, 0, digits), max, &v))
		return false;
	*s = ka_span_sub(*s, digits + 1, s->len);
	*out = (int)v;
	return true;
}

bool ka_trailfirst_time(const char *text, int64_t *us)
{
	struct ka_span s = ka_span_of(text);
	int year, month, day, hour, min, sec;

	if (!number(&s, 4, '-', 9999, &year) || !number(&s, 2, '-', 12, &month) || !number(&s, 2, 'T', 31, &day) || month < 1 || day < 1 ||
	    !number(&s, 2, ':', 23, &hour) || !number(&s, 2, ':', 59, &min) || !number(&s, 2, s.len > 2 && s.p[2] == '.' ? '.' : 'Z', 60, &sec))
		return false;
	*us = ka_clock_from_civil(year, month, day, hour, min, sec) * 1000000;
	return true;
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

void ka_trailfirst_take(struct ka_span line, struct ka_trailfile *f)
{
	struct ka_chain_link link;
	json_t *event = NULL;
	const char *chain;

	if (line.len < KA_EVENT_LINE_MAX && ka_chain_parse(line, &link))
		event = json_loadb((const char *)line.p, line.len, JSON_REJECT_DUPLICATES, NULL);
	chain = text_of(json_object_get(json_object_get(event, "keyaudit"), "trail"), "chain");
	if (strcmp(text_of(json_object_get(event, "event"), "action"), "trail-genesis") == 0 &&
	    strlen(chain) == sizeof(f->chain) - 1) {
		memcpy(f->chain, chain, sizeof(f->chain));
		f->seq = link.seq;
		(void)ka_trailfirst_time(text_of(event, "@timestamp"), &f->begun_us);
	}
	json_decref(event);
}

void ka_trailfirst_read(struct ka_trailfile *f)
{
	KA_AUTOFREE char *block = malloc(KA_EVENT_LINE_MAX);
	struct ka_span s = { (const uint8_t *)block, 0 };
	size_t got, n = 0;

	while (block != NULL && s.len < KA_EVENT_LINE_MAX && n == s.len &&
	       (got = ka_trailbytes_read(&f->bytes, (int64_t)s.len, block + s.len, KA_EVENT_LINE_MAX - s.len)) > 0) {
		s.len += got;
		n = ka_span_find(s, '\n');
	}
	if (n < s.len)
		ka_trailfirst_take(ka_span_sub(s, 0, n), f);
	if (n < s.len || f->bytes.fault == KA_TRAILBYTES_FINE)
		ka_trailbytes_rest(&f->bytes); /* what is wrong behind it is found when it is read */
}
