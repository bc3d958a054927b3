/* What is counted of the trail. Counters only grow; a word that we do not know counts nowhere but among the records. */
#include "keyaudit/metrics/metricscount.h"

#include <string.h>

#include "base/err.h"
#include "base/text.h"

#include "base/poison.h"

static const char *const logins[KA_METRICS_LOGINS] = { "accepted", "denied", "refused", "offered" };
static const char *const plains[KA_METRICS_PLAINS] = { "records", "gaps", "recoveries", "write_errors", "sink_failures" };
static const char *const lookups[KA_METRICS_LOOKUPS] = {
	[KA_SOURCE_FOUND] = "hit", [KA_SOURCE_NO_KEYS] = "miss", [KA_SOURCE_REFUSED] = "refused",
	[KA_SOURCE_UNAVAILABLE] = "unavailable", [KA_SOURCE_STALE] = "stale",
};
static const struct {
	int64_t us;
	const char *le;
} buckets[KA_METRICS_TOOK] = {
	{ 1000, "0.001" }, { 5000, "0.005" }, { 25000, "0.025" }, { 100000, "0.1" }, { 500000, "0.5" }, { 2000000, "2" }, { INT64_MAX, "+Inf" },
};

/* event.action: where it counts; a summary says itself how many it stands for */
static const struct {
	const char *action;
	enum ka_metricslogin login; /* KA_METRICS_LOGINS: none */
	enum ka_metricsplain plain; /* KA_METRICS_PLAINS: none */
	bool is_refusal;
} actions[] = {
	{ "ssh-login-accepted", KA_METRICS_ACCEPTED, KA_METRICS_PLAINS, false },
	{ "ssh-login-denied", KA_METRICS_DENIED, KA_METRICS_PLAINS, true },
	{ "ssh-key-refused", KA_METRICS_REFUSED, KA_METRICS_PLAINS, true },
	{ "ssh-key-refused-summary", KA_METRICS_REFUSED, KA_METRICS_PLAINS, true },
	{ "ssh-key-offered", KA_METRICS_OFFERED, KA_METRICS_PLAINS, false },
	{ "trail-gap", KA_METRICS_LOGINS, KA_METRICS_GAPS, false },
	{ "trail-recovery", KA_METRICS_LOGINS, KA_METRICS_RECOVERIES, false },
	{ "sink-failing", KA_METRICS_LOGINS, KA_METRICS_SINK_FAILURES, false },
};

const char *ka_metricscount_login(enum ka_metricslogin l)
{
	return (unsigned)l < KA_METRICS_LOGINS ? logins[l] : "-";
}

const char *ka_metricscount_lookup(enum ka_source_answer a)
{
	return (unsigned)a < KA_METRICS_LOOKUPS ? lookups[a] : "-";
}

const char *ka_metricscount_le(size_t bucket)
{
	return buckets[bucket < KA_METRICS_TOOK ? bucket : KA_METRICS_TOOK - 1].le;
}

const char *ka_metricscount_health(size_t i)
{
	return ka_event_action_text((enum ka_action_event)(KA_EVENT_FINAL_COUNT + i));
}

struct ka_metricssource *ka_metricscount_source(struct ka_metricscount *c, struct ka_span name, bool may_add)
{
	static const char others[] = "other";
	size_t i = 1;

	memcpy(c->sources[0].name, others, sizeof(others));
	for (; i < KA_METRICS_SOURCES_MAX && c->sources[i].name[0] != '\0'; i++)
		if (ka_span_is(name, c->sources[i].name))
			return &c->sources[i];
	if (!may_add || i == KA_METRICS_SOURCES_MAX || ka_span_is(name, others) || !ka_span_copy(name, c->sources[i].name, KA_SOURCE_NAME_MAX))
		return &c->sources[0];
	return &c->sources[i];
}

const char *ka_metricscount_plain(enum ka_metricsplain p)
{
	return (unsigned)p < KA_METRICS_PLAINS ? plains[p] : "-";
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s != NULL ? s : "";
}

/* "NAME ANSWER REASON ...": what one source said */
static void count_lookup(struct ka_metricscount *c, const char *text)
{
	struct ka_span rest = ka_span_of(text), name, word;
	enum ka_source_answer answer;

	if (ka_text_split(&rest, ' ', &name) && ka_text_split(&rest, ' ', &word) && ka_answer_find(word, &answer))
		ka_metricscount_source(c, name, false)->lookups[answer]++;
}

static void count_took(struct ka_metricscount *c, const json_t *took)
{
	json_int_t us = json_integer_value(took);
	size_t i = 0;

	if (us <= 0 || us > KA_RECORD_TOOK_MAX_US)
		return;
	while (us > buckets[i].us)
		i++;
	c->took[i]++;
	c->took_us += (uint64_t)us;
}

/* how many connections an event stands for: a summary says so itself */
static uint64_t stands_for(const json_t *own, const char *action)
{
	json_int_t n = json_integer_value(json_object_get(own, "count"));

	return strcmp(action, ka_event_action_text(KA_EVENT_KEY_SUMMARY)) == 0 && n > 0 && n < INT32_MAX ? (uint64_t)n : 1;
}

static void count_health(struct ka_metricscount *c, const json_t *event, const char *action)
{
	for (size_t i = 0; i < KA_METRICS_HEALTH; i++)
		c->health[i] += strcmp(action, ka_metricscount_health(i)) == 0;
	/* a gap is of a boot, or of a time in which the trail could not be written */
	if (strcmp(action, ka_event_action_text(KA_EVENT_TRAIL_GAP)) == 0 && strstr(text_of(event, "message"), KA_EVENT_SAYS_SHUT) != NULL)
		c->plain[KA_METRICS_WRITE_ERRORS]++;
}

static void count(struct ka_metricscount *c, const json_t *event)
{
	const json_t *e = json_object_get(event, "event"), *own = json_object_get(event, "keyaudit"), *sources = json_object_get(own, "sources");
	const char *action = text_of(e, "action"), *code = text_of(e, "code");

	c->plain[KA_METRICS_RECORDS]++;
	for (size_t i = 0; i < KA_ARRAY_LEN(actions); i++) {
		if (strcmp(action, actions[i].action) != 0)
			continue;
		if (actions[i].login < KA_METRICS_LOGINS)
			c->logins[actions[i].login] += stands_for(own, action);
		if (actions[i].plain < KA_METRICS_PLAINS)
			c->plain[actions[i].plain]++;
		if (actions[i].is_refusal)
			c->refusals[ka_reason_find(code, strlen(code))] += stands_for(own, action);
	}
	count_health(c, event, action);
	count_took(c, json_object_get(own, "lookup_us"));
	for (size_t i = 0; i < json_array_size(sources); i++) {
		const char *s = json_string_value(json_array_get(sources, i));

		count_lookup(c, s != NULL ? s : "");
	}
}

/* A genesis says which chain it belongs to; the first record of another one begins the numbers again. */
static void take_genesis(struct ka_metricscount *c, const json_t *event)
{
	const char *chain = text_of(json_object_get(json_object_get(event, "keyaudit"), "trail"), "chain");
	size_t n = strlen(chain);

	if (n == 0 || n >= sizeof(c->chain) || strcmp(chain, c->chain) == 0)
		return;
	memcpy(c->chain, chain, n + 1);
	c->seq = 0;
	c->hash[0] = '\0';
	c->is_broken = false;
}

/* What does not stand behind its predecessor is only said of neighbours: files may have been compressed before they were read. */
static void judge(struct ka_metricscount *c, struct ka_span line, const struct ka_chain_link *link)
{
	bool is_next = c->seq > 0 && c->hash[0] != '\0' && link->seq == c->seq + 1;

	if (!ka_chain_is_intact(line, link) || (is_next && strcmp(link->prev, c->hash) != 0))
		c->is_broken = true;
	c->seq = link->seq;
	memcpy(c->hash, link->hash, sizeof(c->hash));
}

void ka_metricscount_take(struct ka_metricscount *c, struct ka_span line, const json_t *event)
{
	struct ka_chain_link link;

	if (strcmp(text_of(json_object_get(event, "event"), "action"), "trail-genesis") == 0)
		take_genesis(c, event);
	if (ka_chain_parse(line, &link)) {
		if (link.seq <= c->seq)
			return;
		judge(c, line, &link);
	}
	count(c, event);
}
