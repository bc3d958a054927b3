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
	head(b, "keyaudit_lookups_total", "counter", "Answers of key sources about the keys of events.");
	for (unsigned i = 0; i < KA_METRICS_LOOKUPS; i++)
		labelled(b, "keyaudit_lookups_total", "result", ka_metricscount_lookup((enum ka_metricslookup)i), c->lookups[i]);
}

static void put_audit(const struct ka_metricscount *c, const struct ka_metricsgauge *g, struct ka_buf *b)
{
	static const char *const names[KA_METRICS_PLAINS] = { "keyaudit_audit_records_total", "keyaudit_audit_gaps_total",
							      "keyaudit_audit_recoveries_total", "keyaudit_audit_sink_failures_total" };
	static const char *const helps[KA_METRICS_PLAINS] = { "Records of the audit trail.", "Gaps that the trail itself reports.",
							      "Torn lines that were put on record.", "Times that a sink began to fail." };

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

void ka_metricstext_write(const struct ka_metricscount *c, const struct ka_metricsgauge *g, struct ka_buf *out)
{
	put_refusals(c, out);
	put_results(c, out);
	put_audit(c, g, out);
	put_stores(g, out);
	if (g->has_spool) {
		head(out, "keyaudit_spool_unclaimed", "gauge", "Connections whose records wait for the collector.");
		plain(out, "keyaudit_spool_unclaimed", "", g->spool_unclaimed);
		head(out, "keyaudit_spool_oldest_seconds", "gauge", "Age of the oldest of them.");
		plain(out, "keyaudit_spool_oldest_seconds", "", g->spool_oldest_sec > 0 ? (uint64_t)g->spool_oldest_sec : 0);
	}
	head(out, "keyaudit_build_info", "gauge", "1; the version is the label.");
	labelled(out, "keyaudit_build_info", "version", KA_VERSION, 1);
}
