/*
 * The part of a trail line that is our own: keyaudit.*, and the fingerprints for related.hash. Strings and no arrays
 * of objects, since some readers lose the pairing inside them. Pure; it must never name an address.
 */
#include "audit/eventown.h"

#include <string.h>

#include "audit/eventmethod.h"
#include "audit/jsonout.h"
#include "base/text.h"

#include "base/poison.h"

static void text(struct ka_buf *b, const char *key, const char *value, size_t max)
{
	ka_jsonout_text(b, key, ka_span_of(value), max);
}

/* The offers that are named: the first ones, and in the last place the event's own key when it came later. */
static const struct ka_offer *offer_at(const struct ka_event *e, size_t i)
{
	if (i == KA_EVENT_OFFERS_MAX - 1 && e->key != NULL && e->key >= e->offers + KA_EVENT_OFFERS_MAX &&
	    e->key < e->offers + e->offers_count)
		return e->key;
	return &e->offers[i];
}

static size_t offers_said(const struct ka_eventown *l)
{
	if (l->drop >= KA_DROP_OFFERS || l->e->offers == NULL)
		return 0;
	return l->e->offers_count < KA_EVENT_OFFERS_MAX ? l->e->offers_count : KA_EVENT_OFFERS_MAX;
}

static bool is_repeated_fp(const struct ka_event *e, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (strcmp(offer_at(e, i)->fp, offer_at(e, j)->fp) == 0)
			return true;
	return false;
}

static bool is_offered_fp(const struct ka_event *e, size_t n, const char *fp)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(offer_at(e, i)->fp, fp) == 0)
			return true;
	return false;
}

void ka_eventown_hashes(const struct ka_eventown *l, struct ka_buf *b)
{
	size_t n = offers_said(l);
	const struct ka_offer *key = l->e->key;

	if (n == 0 && (key == NULL || key->fp[0] == '\0'))
		return;
	ka_jsonout_array(b, "hash");
	for (size_t i = 0; i < n; i++)
		if (offer_at(l->e, i)->fp[0] != '\0' && !is_repeated_fp(l->e, i))
			text(b, NULL, offer_at(l->e, i)->fp, KA_FPR_TEXT_MAX);
	if (key != NULL && key->fp[0] != '\0' && !is_offered_fp(l->e, n, key->fp))
		text(b, NULL, key->fp, KA_FPR_TEXT_MAX);
	ka_jsonout_array_end(b);
}

static void put_key(const struct ka_eventown *l, struct ka_buf *b)
{
	const struct ka_event *e = l->e;

	if (e->key == NULL)
		return;
	ka_jsonout_object(b, "key");
	if (e->key->type[0] != '\0')
		text(b, "type", e->key->type, KA_TYPE_NAME_MAX);
	if (e->key->fp[0] != '\0')
		text(b, "fingerprint", e->key->fp, KA_FPR_TEXT_MAX);
	if (e->key_bits > 0)
		ka_jsonout_u64(b, "bits", e->key_bits);
	if (e->key_label != NULL && e->key_label[0] != '\0' && l->drop < KA_DROP_LABEL)
		text(b, "label", e->key_label, KA_TEXT_LABEL_MAX);
	ka_jsonout_object_end(b);
}

/* "type fingerprint reason": three words whatever the bytes, since Wazuh takes no objects in arrays */
static void put_offers(const struct ka_eventown *l, struct ka_buf *b)
{
	size_t n = offers_said(l);

	if (n > 0)
		ka_jsonout_array(b, "offers");
	for (size_t i = 0; i < n; i++) {
		const struct ka_offer *o = offer_at(l->e, i);
		char words[768];
		struct ka_buf w;

		ka_buf_init_array(&w, words);
		ka_text_percent(&w, ka_span_of(o->type));
		ka_buf_char(&w, ' ');
		ka_text_percent(&w, ka_span_of(o->fp));
		ka_buf_char(&w, ' ');
		ka_buf_text(&w, ka_reason_id(o->verdict));
		ka_jsonout_plain(b, NULL, words);
	}
	if (n > 0)
		ka_jsonout_array_end(b);
	if (l->e->offers_count > 0)
		ka_jsonout_u64(b, "offers_total", l->e->offers_count);
}

/* "NAME ANSWER REASON" and what proves it: strings, as with the offers */
static void put_sources(const struct ka_eventown *l, struct ka_buf *b)
{
	size_t n = l->drop < KA_DROP_SOURCES ? l->e->sources_count : 0;

	if (n > 0)
		ka_jsonout_array(b, "sources");
	for (size_t i = 0; i < n; i++) {
		const struct ka_recordsrc *s = &l->e->sources[i];
		char words[256];
		struct ka_buf w;
		size_t before;

		ka_buf_init_array(&w, words);
		ka_buf_text(&w, s->name);
		ka_buf_char(&w, ' ');
		ka_buf_text(&w, ka_answer_text(s->answer));
		ka_buf_char(&w, ' ');
		ka_buf_text(&w, ka_reason_id(s->reason));
		before = w.len;
		ka_buf_char(&w, ' ');
		ka_recordsrc_evidence(&s->evidence, ' ', &w);
		if (w.len == before + 1)
			ka_buf_cut(&w, before);
		ka_jsonout_plain(b, NULL, words);
	}
	if (n > 0)
		ka_jsonout_array_end(b);
}

static void put_also(const struct ka_eventown *l, struct ka_buf *b)
{
	if (l->e->also_count == 0 || l->drop >= KA_DROP_ALSO)
		return;
	ka_jsonout_array(b, "also");
	for (size_t i = 0; i < l->e->also_count && i < KA_ARRAY_LEN(l->e->also); i++)
		ka_jsonout_plain(b, NULL, ka_reason_id(l->e->also[i]));
	ka_jsonout_array_end(b);
}

/* Commands stand as they are to be pasted, joined by &&; without one, the advice. */
static void put_fix(const struct ka_eventown *l, struct ka_buf *b)
{
	const struct ka_fix *fix = l->e->finding != NULL ? &l->e->finding->fix : NULL;
	char whole[KA_JSONOUT_TEXT_MAX];
	struct ka_buf w;

	if (fix == NULL || l->drop >= KA_DROP_FIX)
		return;
	ka_buf_init_array(&w, whole);
	for (size_t i = 0; i < fix->commands && i < KA_ARRAY_LEN(fix->command); i++) {
		ka_buf_text(&w, i > 0 ? " && " : "");
		ka_buf_text(&w, fix->command[i]);
	}
	if (fix->commands == 0)
		ka_buf_text(&w, fix->advice);
	if (w.len == 0 || w.overflow) /* half a command is worse than none */
		return;
	if (ka_text_is_plain(ka_buf_as_span(&w)))
		ka_jsonout_plain(b, "fix", whole);
	else
		text(b, "fix", whole, sizeof(whole) - 1);
}

static const char *trust_text(enum ka_event_trust t)
{
	switch (t) {
	case KA_TRUST_SEEN:
		return "seen";
	case KA_TRUST_LOG_UNVERIFIED:
		return "log-unverified";
	case KA_TRUST_CLAIMED:
	default:
		return "claimed";
	}
}

static void put_connection(const struct ka_eventown *l, struct ka_buf *b)
{
	char name[KA_CONN_NAME_MAX], ref[KA_REF_MAX];

	if (!l->e->has_conn)
		return;
	ka_conn_name(&l->e->conn, name);
	ka_jsonout_plain(b, "connection", name);
	ka_event_ref(l->h->machine_id, l->h->boot_id, &l->e->conn, ref);
	ka_jsonout_plain(b, "ref", ref);
}

static void put_stage(const struct ka_event *e, struct ka_buf *b)
{
	char family[KA_REASON_ID_MAX];
	struct ka_span id = ka_span_of(ka_reason_id(e->reason));

	if (e->reason != KA_REASON_NONE && ka_span_copy(ka_span_sub(id, 0, ka_reason_family(e->reason)), family, sizeof(family)))
		ka_jsonout_plain(b, "stage", family);
}

static void put_optional(struct ka_buf *b, const char *key, const char *word)
{
	if (word != NULL)
		ka_jsonout_plain(b, key, word);
}

void ka_eventown_put(const struct ka_eventown *l, struct ka_buf *b)
{
	const struct ka_event *e = l->e;

	ka_jsonout_object(b, "keyaudit");
	ka_jsonout_u64(b, "schema", 1);
	put_connection(l, b);
	ka_jsonout_plain(b, "trust", trust_text(e->trust));
	put_optional(b, "phase", e->phase);
	put_stage(e, b);
	put_optional(b, "basis", e->basis);
	put_optional(b, "method", e->method);
	ka_eventmethod_put(e->methods, b);
	put_optional(b, "source_from", l->ip[0] != '\0' ? e->source_from : NULL);
	put_key(l, b);
	put_offers(l, b);
	put_sources(l, b);
	if (e->lookup_us > 0)
		ka_jsonout_i64(b, "lookup_us", e->lookup_us);
	put_also(l, b);
	if (e->action >= KA_EVENT_FINAL_COUNT)
		ka_jsonout_u64(b, "count", e->summary_count);
	put_fix(l, b);
	ka_jsonout_object_end(b);
}
