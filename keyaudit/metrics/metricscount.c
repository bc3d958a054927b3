/* What is counted of the trail. Counters only grow; a word that we do not know counts nowhere but among the records. */
#include "keyaudit/metrics/metricscount.h"

#include <string.h>

#include "base/err.h"

#include "base/poison.h"

static const char *const logins[KA_METRICS_LOGINS] = { "accepted", "denied", "refused", "offered" };
static const char *const lookups[KA_METRICS_LOOKUPS] = { "found", "no-keys", "refused", "unavailable", "stale" };
static const char *const plains[KA_METRICS_PLAINS] = { "records", "gaps", "recoveries", "sink_failures" };

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
	{ "ssh-key-offered", KA_METRICS_OFFERED, KA_METRICS_PLAINS, false },
	{ "trail-gap", KA_METRICS_LOGINS, KA_METRICS_GAPS, false },
	{ "trail-recovery", KA_METRICS_LOGINS, KA_METRICS_RECOVERIES, false },
	{ "sink-failing", KA_METRICS_LOGINS, KA_METRICS_SINK_FAILURES, false },
};

const char *ka_metricscount_login(enum ka_metricslogin l)
{
	return (unsigned)l < KA_METRICS_LOGINS ? logins[l] : "-";
}

const char *ka_metricscount_lookup(enum ka_metricslookup l)
{
	return (unsigned)l < KA_METRICS_LOOKUPS ? lookups[l] : "-";
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
	struct ka_span s = ka_span_of(text);
	size_t blank = ka_span_find(s, ' ');
	struct ka_span word = blank < s.len ? ka_span_sub(s, blank + 1, s.len - blank - 1) : ka_span_of("");

	word = ka_span_sub(word, 0, ka_span_find(word, ' '));
	for (size_t i = 0; i < KA_METRICS_LOOKUPS; i++)
		c->lookups[i] += ka_span_is(word, lookups[i]);
}

static void count(struct ka_metricscount *c, const json_t *event)
{
	const json_t *e = json_object_get(event, "event"), *sources = json_object_get(json_object_get(event, "keyaudit"), "sources");
	const char *action = text_of(e, "action"), *code = text_of(e, "code");

	c->plain[KA_METRICS_RECORDS]++;
	for (size_t i = 0; i < KA_ARRAY_LEN(actions); i++) {
		if (strcmp(action, actions[i].action) != 0)
			continue;
		if (actions[i].login < KA_METRICS_LOGINS)
			c->logins[actions[i].login]++;
		if (actions[i].plain < KA_METRICS_PLAINS)
			c->plain[actions[i].plain]++;
		if (actions[i].is_refusal)
			c->refusals[ka_reason_find(code, strlen(code))]++;
	}
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
