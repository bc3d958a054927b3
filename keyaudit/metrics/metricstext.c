/* The text for Prometheus. */
#include "keyaudit/metrics/metricstext.h"

#include "base/err.h"

#include "base/poison.h"

static void head(struct ka_buf *b, const char *name, const char *type, const char *help)
{
	ka_buf_text(b, "# HELP ");
	ka_buf_text(b, name);
	ka_buf_char(b, ' ');
	ka_buf_text(b, help);
	ka_buf_text(b, "\n# TYPE ");
	ka_buf_text(b, name);
	ka_buf_char(b, ' ');
	ka_buf_text(b, type);
	ka_buf_char(b, '\n');
}

/* @value needs no escaping: it is one of our words, or a source's name, which has letters, digits and -_ only */
static void label(struct ka_buf *b, char before, const char *name, struct ka_span value)
{
	ka_buf_char(b, before);
	ka_buf_text(b, name);
	ka_buf_text(b, "=\"");
	ka_buf_span(b, value);
	ka_buf_char(b, '"');
}

static void labelled(struct ka_buf *b, const char *metric, const char *name, const char *value, uint64_t n)
{
	ka_buf_text(b, metric);
	label(b, '{', name, ka_span_of(value));
	ka_buf_text(b, "} ");
	ka_buf_u64(b, n);
	ka_buf_char(b, '\n');
}

static void plain(struct ka_buf *b, const char *metric, const char *end, uint64_t n)
{
	ka_buf_text(b, metric);
	ka_buf_text(b, end);
	ka_buf_char(b, ' ');
	ka_buf_u64(b, n);
	ka_buf_char(b, '\n');
}

static void put_refusals(const struct ka_metricscount *c, struct ka_buf *b)
{
	static const char name[] = "keyaudit_refusals_total";

	head(b, name, "counter", "Refused keys and denied logins by their primary reason.");
	for (int i = 0; i < KA_REASON_COUNT; i++) {
		enum ka_reason r = (enum ka_reason)i;
		struct ka_span id = ka_span_of(ka_reason_id(r));

		if (c->refusals[i] == 0 && !ka_reason_is_live(r))
			continue;
		ka_buf_text(b, name);
		label(b, '{', "reason", id);
		label(b, ',', "stage", ka_span_sub(id, 0, ka_reason_family(r)));
		ka_buf_text(b, "} ");
		ka_buf_u64(b, c->refusals[i]);
		ka_buf_char(b, '\n');
	}
}

static void put_results(const struct ka_metricscount *c, struct ka_buf *b)
{
	head(b, "keyaudit_logins_total", "counter", "Connections with a key by what came of them.");
	for (unsigned i = 0; i < KA_METRICS_LOGINS; i++)
		labelled(b, "keyaudit_logins_total", "result", ka_metricscount_login((enum ka_metricslogin)i), c->logins[i]);
	head(b, "keyaudit_health_events_total", "counter", "Events that are no logins, by action: what keyaudit says of its own work and of this host.");
	for (size_t i = 0; i < KA_METRICS_HEALTH; i++)
		labelled(b, "keyaudit_health_events_total", "action", ka_metricscount_health(i), c->health[i]);
}

static void put_lookups(const struct ka_metricscount *c, struct ka_buf *b)
{
	static const char name[] = "keyaudit_lookups_total";

	head(b, name, "counter", "Answers of key sources about the keys of events.");
	for (size_t s = 0; s < KA_METRICS_SOURCES_MAX && c->sources[s].name[0] != '\0'; s++)
		for (unsigned i = 0; i < KA_METRICS_LOOKUPS; i++) {
			ka_buf_text(b, name);
			label(b, '{', "source", ka_span_of(c->sources[s].name));
			label(b, ',', "result", ka_span_of(ka_metricscount_lookup((enum ka_source_answer)i)));
			ka_buf_text(b, "} ");
			ka_buf_u64(b, c->sources[s].lookups[i]);
			ka_buf_char(b, '\n');
		}
}

/* microseconds as seconds, with all their digits */
static void seconds(struct ka_buf *b, uint64_t us)
{
	ka_buf_u64(b, us / 1000000);
	ka_buf_char(b, '.');
	for (uint64_t digit = 100000; digit > 0; digit /= 10)
		ka_buf_char(b, (char)('0' + us / digit % 10));
}

static void put_took(const struct ka_metricscount *c, struct ka_buf *b)
{
	static const char name[] = "keyaudit_lookup_duration_seconds";
	uint64_t sum = 0;

	head(b, name, "histogram", "How long the command took to answer about the keys of events, by its own clock.");
	for (size_t i = 0; i < KA_METRICS_TOOK; i++) {
		sum += c->took[i];
		labelled(b, "keyaudit_lookup_duration_seconds_bucket", "le", ka_metricscount_le(i), sum);
	}
	ka_buf_text(b, "keyaudit_lookup_duration_seconds_sum ");
	seconds(b, c->took_us);
	plain(b, "\nkeyaudit_lookup_duration_seconds_count", "", sum);
}

static void put_audit(const struct ka_metricscount *c, const struct ka_metricsgauge *g, struct ka_buf *b)
{
	static const char *const names[KA_METRICS_PLAINS] = { "keyaudit_audit_records_total", "keyaudit_audit_gaps_total",
							      "keyaudit_audit_recoveries_total", "keyaudit_audit_write_errors_total",
							      "keyaudit_audit_sink_failures_total" };
	static const char *const helps[KA_METRICS_PLAINS] = { "Records of the audit trail.", "Gaps that the trail itself reports.",
							      "Torn lines that were put on record.",
							      "Times in which the trail could not be written, known when it could again.",
							      "Times that a sink began to fail." };

	for (unsigned i = 0; i < KA_METRICS_PLAINS; i++) {
		head(b, names[i], "counter", helps[i]);
		plain(b, names[i], "", c->plain[i]);
	}
	if (c->seq > 0) {
		head(b, "keyaudit_audit_chain_ok", "gauge", "0 when a record was not what its hash says, or did not follow the one before.");
		plain(b, "keyaudit_audit_chain_ok", "", !c->is_broken);
	}
	if (g->last_seal > 0) {
		head(b, "keyaudit_audit_last_seal_timestamp_seconds", "gauge", "When the trail was sealed last.");
		plain(b, "keyaudit_audit_last_seal_timestamp_seconds", "", (uint64_t)g->last_seal);
	}
}

static uint64_t success_of(const struct ka_metricsstore *s) { return s->last_success > 0 ? (uint64_t)s->last_success : 0; }
static uint64_t expires_of(const struct ka_metricsstore *s) { return s->expires > 0 ? (uint64_t)s->expires : 0; }
static uint64_t serial_of(const struct ka_metricsstore *s) { return s->serial; }
static uint64_t signature_of(const struct ka_metricsstore *s) { return !s->is_signature_bad; }

static void put_stores(const struct ka_metricsgauge *g, struct ka_buf *b)
{
	static const struct {
		const char *name, *help;
		uint64_t (*of)(const struct ka_metricsstore *s);
		bool has_zero; /* 0 is a value, and not "none" */
	} rows[] = {
		{ "keyaudit_store_last_success_timestamp_seconds", "When the store confirmed an entry last.", success_of, false },
		{ "keyaudit_store_expires_timestamp_seconds", "When the first of its signed documents expires.", expires_of, false },
		{ "keyaudit_store_serial", "The highest serial of its documents.", serial_of, false },
		{ "keyaudit_store_signature_valid", "0 when a document was refused for its signature or serial.", signature_of, true },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		bool has_head = false;

		for (size_t k = 0; k < g->stores_count; k++) {
			uint64_t v = rows[i].of(&g->stores[k]);

			if (v == 0 && !rows[i].has_zero)
				continue;
			if (!has_head)
				head(b, rows[i].name, "gauge", rows[i].help);
			has_head = true;
			labelled(b, rows[i].name, "store", g->stores[k].name, v);
		}
	}
}

static void put_build(const struct ka_metricsgauge *g, struct ka_buf *b)
{
	static const char name[] = "keyaudit_build_info";

	head(b, name, "gauge", "1; the versions are the labels.");
	ka_buf_text(b, name);
	label(b, '{', "version", ka_span_of(KA_VERSION));
	label(b, ',', "openssh", ka_span_of(g->openssh[0] != '\0' ? g->openssh : "unknown"));
	ka_buf_text(b, "} 1\n");
}

void ka_metricstext_write(const struct ka_metricscount *c, const struct ka_metricsgauge *g, struct ka_buf *out)
{
	put_refusals(c, out);
	put_results(c, out);
	put_lookups(c, out);
	put_took(c, out);
	put_audit(c, g, out);
	put_stores(g, out);
	if (g->has_spool) {
		head(out, "keyaudit_spool_unclaimed", "gauge", "Connections whose records wait for the collector.");
		plain(out, "keyaudit_spool_unclaimed", "", g->spool_unclaimed);
		head(out, "keyaudit_spool_oldest_seconds", "gauge", "Age of the oldest of them.");
		plain(out, "keyaudit_spool_oldest_seconds", "", g->spool_oldest_sec > 0 ? (uint64_t)g->spool_oldest_sec : 0);
	}
	if (g->has_verdicts) {
		head(out, "keyaudit_verdicts_kept", "gauge", "Answers of authkeys-vet that are kept, also of policies that hold no more.");
		plain(out, "keyaudit_verdicts_kept", "", g->verdicts_kept);
	}
	put_build(g, out);
}
