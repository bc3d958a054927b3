/* Cache entries. MUST: hand on no body whose length and hash were not checked. */
#include "store/entry.h"

#include <sodium.h>
#include <string.h>

#include "base/fields.h"
#include "base/text.h"

#include "base/poison.h"

void ka_entry_sha256(struct ka_span body, char out[static KA_ENTRY_HEX])
{
	uint8_t raw[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(raw, body.p, body.len);
	ka_text_hex(raw, sizeof(raw), out, KA_ENTRY_HEX);
}

static void read_outcome(struct ka_fields *f, struct ka_entry *e)
{
	struct ka_span word = ka_fields_raw(f, "outcome");

	e->is_found = ka_span_is(word, "found");
	if (!e->is_found && !ka_span_is(word, "no-keys"))
		f->failed = true;
}

bool ka_entry_is_alarm(enum ka_reason reason)
{
	return ka_reason_level(reason) == KA_LEVEL_ALERT && ka_span_starts(ka_span_of(ka_reason_id(reason)), "store.");
}

/* the last field, and rare */
static void read_alarm(struct ka_fields *f, struct ka_entry *e)
{
	struct ka_span id;

	e->alarm = KA_REASON_NONE;
	if (f->failed || f->rest.len == 0)
		return;
	id = ka_fields_raw(f, "alarm");
	e->alarm = ka_reason_find((const char *)id.p, id.len);
	if (!ka_entry_is_alarm(e->alarm))
		f->failed = true;
}

bool ka_entry_parse(struct ka_span bytes, struct ka_entry *e)
{
	const struct ka_span head = ka_span_sub(bytes, 0, ka_span_find(ka_span_sub(bytes, 0, KA_ENTRY_HEAD_MAX), '\n'));
	char found[KA_ENTRY_HEX];
	struct ka_fields f;
	int64_t length;

	if (head.len == bytes.len || head.len >= KA_ENTRY_HEAD_MAX || !ka_fields_init(&f, head, "ka1 entry"))
		return false;
	ka_fields_text(&f, "source", e->source, sizeof(e->source));
	ka_fields_text(&f, "user", e->user, sizeof(e->user));
	ka_fields_text(&f, "url", e->url, sizeof(e->url));
	e->status = (unsigned)ka_fields_i64(&f, "status", 999);
	read_outcome(&f, e);
	ka_fields_text(&f, "etag", e->etag, sizeof(e->etag));
	ka_fields_text(&f, "modified", e->modified, sizeof(e->modified));
	e->fetched = ka_fields_i64(&f, "fetched", KA_ENTRY_TIME_MAX);
	e->confirmed = ka_fields_i64(&f, "confirmed", KA_ENTRY_TIME_MAX);
	e->fresh = ka_fields_i64(&f, "fresh", KA_ENTRY_TIME_MAX);
	e->swr = ka_fields_i64(&f, "swr", KA_ENTRY_TIME_MAX);
	e->stale = ka_fields_i64(&f, "stale", KA_ENTRY_TIME_MAX);
	e->serial = ka_fields_i64(&f, "serial", INT64_MAX);
	e->mirror = (unsigned)ka_fields_i64(&f, "mirror", KA_MIRRORS_MAX);
	length = ka_fields_i64(&f, "length", KA_STORE_BULK_MAX);
	ka_fields_text(&f, "sha256", e->sha256, sizeof(e->sha256));
	read_alarm(&f, e);
	e->body = ka_span_sub(bytes, head.len + 1, bytes.len);
	if (!ka_fields_end(&f) || (size_t)length != e->body.len || (!e->is_found && e->body.len > 0))
		return false;
	ka_entry_sha256(e->body, found);
	return strcmp(found, e->sha256) == 0;
}

void ka_entry_write(const struct ka_entry *e, struct ka_buf *out)
{
	char sha256[KA_ENTRY_HEX];

	ka_entry_sha256(e->body, sha256);
	ka_buf_text(out, "ka1 entry");
	ka_fields_put_text(out, "source", e->source);
	ka_fields_put_text(out, "user", e->user);
	ka_fields_put_text(out, "url", e->url);
	ka_fields_put_i64(out, "status", e->status);
	ka_fields_put_text(out, "outcome", e->is_found ? "found" : "no-keys");
	ka_fields_put_text(out, "etag", e->etag);
	ka_fields_put_text(out, "modified", e->modified);
	ka_fields_put_i64(out, "fetched", e->fetched);
	ka_fields_put_i64(out, "confirmed", e->confirmed);
	ka_fields_put_i64(out, "fresh", e->fresh);
	ka_fields_put_i64(out, "swr", e->swr);
	ka_fields_put_i64(out, "stale", e->stale);
	ka_fields_put_i64(out, "serial", e->serial);
	ka_fields_put_i64(out, "mirror", e->mirror);
	ka_fields_put_i64(out, "length", (int64_t)e->body.len);
	ka_fields_put_text(out, "sha256", sha256);
	if (e->alarm != KA_REASON_NONE)
		ka_fields_put_text(out, "alarm", ka_reason_id(e->alarm));
	ka_buf_char(out, '\n');
	ka_buf_span(out, e->body);
}

void ka_entry_hash(const char *const *parts, size_t count, char out[static KA_ENTRY_HEX])
{
	uint8_t raw[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	for (size_t i = 0; i < count; i++)
		crypto_hash_sha256_update(&state, (const uint8_t *)parts[i], strlen(parts[i]) + 1);
	crypto_hash_sha256_final(&state, raw);
	ka_text_hex(raw, sizeof(raw), out, KA_ENTRY_HEX);
}

void ka_entry_name(const char *source, const char *user, const char *fp, char out[static KA_ENTRY_HEX])
{
	uint8_t raw[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const uint8_t *)source, strlen(source) + 1);
	crypto_hash_sha256_update(&state, (const uint8_t *)user, strlen(user));
	if (fp != NULL) {
		crypto_hash_sha256_update(&state, (const uint8_t *)"", 1);
		crypto_hash_sha256_update(&state, (const uint8_t *)fp, strlen(fp));
	}
	crypto_hash_sha256_final(&state, raw);
	ka_text_hex(raw, sizeof(raw), out, KA_ENTRY_HEX);
}
