/* One key, one line of answer. */
#include "keyaudit/blocklist/blocklookup.h"

#include <stdio.h>
#include <stdlib.h>

#include "audit/jsonout.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "key/keyfpr.h"
#include "key/keyline.h"
#include "vet/vettables.h"

#include "base/poison.h"

/* large */
struct work {
	struct ka_keyline line;
	uint8_t storage[KA_BLOB_MAX];
	char plain[KA_BLOB_MAX];
	struct ka_vetpolicy policy;
	struct ka_vet vet;
	char fp[KA_FPR_TEXT_MAX], hash[2 * KA_BKHASH_LEN + 1];
};

static void name_key(struct work *w)
{
	uint8_t hash[KA_BKHASH_LEN];
	struct ka_buf b;

	ka_buf_init_array(&b, w->plain);
	ka_keyblob_plain(&w->line.key, &b);
	ka_keyfpr_text(ka_buf_as_span(&b), w->fp);
	w->hash[0] = '\0';
	if (ka_bkhash(&w->line.key, hash))
		ka_text_hex(hash, sizeof(hash), w->hash, sizeof(w->hash));
}

static bool is_data(enum ka_reason r)
{
	return r == KA_REASON_DATA_MISSING || r == KA_REASON_DATA_INVALID || r == KA_REASON_DATA_STALE;
}

static void print_text(const struct work *w, bool is_listed)
{
	printf("%s %s %s", w->fp, w->hash[0] != '\0' ? w->hash : "-", is_listed ? "listed" : "not listed");
	for (size_t i = 0; i < w->vet.count; i++)
		printf("%s %s (%s)", i > 0 ? "," : ":", ka_reason_id(w->vet.reasons[i]), w->vet.details[i]);
	putchar('\n');
}

static void print_json(const struct work *w, bool is_listed)
{
	char text[KA_BLOCKLOOKUP_JSON_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_jsonout_object(&b, NULL);
	ka_jsonout_plain(&b, "schema", KA_BLOCKLOOKUP_SCHEMA);
	ka_jsonout_plain(&b, "fingerprint", w->fp);
	ka_jsonout_plain(&b, "bkhash120", w->hash);
	ka_jsonout_bool(&b, "listed", is_listed);
	ka_jsonout_array(&b, "reasons");
	for (size_t i = 0; i < w->vet.count; i++) {
		ka_jsonout_object(&b, NULL);
		ka_jsonout_plain(&b, "reason", ka_reason_id(w->vet.reasons[i]));
		ka_jsonout_text(&b, "detail", ka_span_of(w->vet.details[i]), KA_TEXT_PATH_MAX / KA_BLOCKLIST_FILES_MAX);
		ka_jsonout_object_end(&b);
	}
	ka_jsonout_array_end(&b);
	ka_jsonout_object_end(&b);
	puts(text);
}

enum ka_err ka_blocklookup_line(struct ka_blocklookup *l, struct ka_span line)
{
	KA_AUTOFREE struct work *w = calloc(1, sizeof(*w));
	struct ka_vetnote note;
	bool is_listed = false, is_troubled = false;

	if (w == NULL)
		return KA_ERR_NOMEM;
	ka_keyline_parse(line, w->storage, &w->line);
	if (!w->line.key.whole || w->line.key.type == NULL)
		return KA_ERR_OK;
	name_key(w);
	ka_vetpolicy_default(&w->policy);
	ka_vetnote_init(&note, &w->policy, true, &w->vet);
	ka_vettables_judge(&w->line.key, &note);
	ka_blocklist_judge(l->lists, &w->line.key, &note);
	for (size_t i = 0; i < w->vet.count; i++) {
		is_troubled |= is_data(w->vet.reasons[i]);
		is_listed |= !is_data(w->vet.reasons[i]);
	}
	l->keys++;
	l->listed += is_listed;
	l->troubled += is_troubled;
	if (l->json)
		print_json(w, is_listed);
	else
		print_text(w, is_listed);
	return KA_ERR_OK;
}
